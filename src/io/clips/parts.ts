import { createHash } from 'node:crypto';
import { rm } from 'node:fs/promises';
import type { CutPiece } from '../../domain/export/cut-pieces.js';
import type { ClipOrder } from '../../ports/clips.js';
import type { FaceFinder } from '../../ports/faces.js';
import type { Detectors } from '../../ports.js';
import {
  encodeArguments,
  type PictureEncoding,
  type PictureSize,
  stillArguments,
} from './encode-arguments.js';
import { drawGap, gapLines } from './gap-picture.js';
import { readRecording, type RecordingContents } from './recording-file.js';
import { renderStretch } from './render/render.js';
import { runFfmpeg } from './run-ffmpeg.js';
import { cutOut, damaged } from './sources.js';
import type { FoundItem, FoundStretch } from './survey.js';
import type { WorkFolder } from './work-folder.js';

export type EncodePiece = Extract<CutPiece, { do: 'encode' }>;

/** What all parts of a clip have in common. */
export interface PartOptions {
  readonly order: ClipOrder;
  readonly folder: WorkFolder;
  /** Set: everything is encoded into this size; else pictures keep theirs. */
  readonly size: PictureSize | undefined;
  readonly threads: number;
  /** Drawn into, by its own encoder. */
  readonly hasLook: boolean;
  /** What is recorded beside a stretch, without anything between, in order: what is there moves into the stretch and out. */
  neighboursOf(stretch: FoundStretch): {
    readonly before: readonly FoundStretch[];
    readonly after: readonly FoundStretch[];
  };
  readonly detectors: () => Promise<Detectors>;
  readonly faces: () => Promise<FaceFinder>;
  readonly signal: AbortSignal;
  /** The part made before. */
  previous: string | undefined;
  /** So much more of the recordings is encoded, ms. */
  readonly onEncoded: (ms: number) => void;
}

/** Encodes the pictures of a piece, unless an earlier try did. @returns the part's file */
export async function encodePart(
  stretch: FoundStretch,
  contents: RecordingContents,
  piece: EncodePiece,
  encoding: PictureEncoding,
  options: PartOptions,
): Promise<string> {
  const { folder, signal } = options;
  const ms = (units: number): number => (units * 1000) / stretch.track.timescale;
  const lengthMs = ms(piece.to - piece.from);
  let told = 0;
  const onProgress = (doneMs: number): void => {
    const more = Math.min(lengthMs, doneMs) - told;
    if (more <= 0) return;
    told += more;
    options.onEncoded(more);
  };
  const name = partName(stretch.segment.id, piece, encoding, options.size);
  const part = await folder.once(name, async (draft) => {
    const input = await inputOf(contents, piece, options, `in-${name}`);
    try {
      if (options.hasLook)
        await render(stretch, piece, { contents, input, draft, name }, options, onProgress);
      else {
        const { from, to } = piece;
        const { timescale } = stretch.track;
        const size = options.size && { size: options.size };
        const job = encodeArguments({ path: input, from, to, timescale, encoding, ...size });
        await runFfmpeg(job, draft, { signal, onProgress: (at) => onProgress(at - ms(piece.from)) });
      }
    } finally {
      if (input !== contents.path) await rm(input, { force: true });
    }
    if (!(await readRecording(draft)))
      throw damaged(stretch.segment, 'holds pictures that cannot be decoded');
  });
  onProgress(lengthMs);
  options.previous = name;
  return part;
}

/** Looked at around what is rendered, ms: who comes into the picture is known by then. */
const LOOK_AROUND = { beforeMs: 6000, afterMs: 2000 };

/** The file to decode from: the recording, or what is needed of it. */
async function inputOf(
  contents: RecordingContents,
  piece: EncodePiece,
  options: PartOptions,
  name: string,
): Promise<string> {
  const { fragments, path } = contents;
  const { folder, signal } = options;
  const range = fragmentsOf(contents, wantsAnalysis(options.order) ? lookedAt(contents, piece) : piece);
  if (range[0] <= 0 && range[1] === fragments.length - 1) return path;
  await folder.replace(name, (draft) => cutOut(contents, range, draft, signal));
  return folder.place(name);
}

function wantsAnalysis({ look }: ClipOrder): boolean {
  return look.overlay === true || look.blurFaces === true;
}

function lookedAt(
  { pictures, track }: RecordingContents,
  { from, to }: EncodePiece,
): Pick<EncodePiece, 'first' | 'from' | 'to'> {
  const begin = from - (LOOK_AROUND.beforeMs / 1000) * track.timescale;
  const end = to + (LOOK_AROUND.afterMs / 1000) * track.timescale;
  const first = pictures.findLastIndex(({ isEntry, shownAt }) => isEntry && shownAt <= begin);
  return { first: Math.max(0, first), from: begin, to: end };
}

/** Indexes of the first and the last fragment that hold a part of it. */
function fragmentsOf(
  { fragments, pictures }: RecordingContents,
  { first, from, to }: Pick<EncodePiece, 'first' | 'from' | 'to'>,
): readonly [number, number] {
  const last = pictures.findLastIndex(({ shownAt }) => shownAt >= from && shownAt < to);
  const holding = (index: number): number =>
    fragments.findIndex((one) => pictures[index]!.at >= one.from && pictures[index]!.at < one.to);
  return [holding(first), holding(last)];
}

function render(
  stretch: FoundStretch,
  piece: EncodePiece,
  {
    contents,
    input,
    draft,
    name,
  }: { contents: RecordingContents; input: string; draft: string; name: string },
  options: PartOptions,
  onProgress: (doneMs: number) => void,
): Promise<void> {
  const { segment, track } = stretch;
  const { order, folder, threads, detectors, faces, signal } = options;
  const [from, to] = between(contents, piece).map(
    (units) => segment.startAt + (units * 1000) / track.timescale,
  ) as [number, number];
  const { width, height } = options.size ?? track;
  const { before, after } = wantsAnalysis(order) ? options.neighboursOf(stretch) : { before: [], after: [] };
  const whole = (one: FoundStretch) => ({
    ...{ path: one.path, startAt: one.segment.startAt },
    isAround: true,
  });
  const memory = wantsAnalysis(order) && memoryOf(folder, name, options.previous);
  return renderStretch(
    {
      inputs: [...before.map(whole), { path: input, startAt: segment.startAt }, ...after.map(whole)],
      ...{ from, to, camera: order.camera, timeZone: order.timeZone },
      look: order.look,
      // Sound is taken from the recordings when the parts are joined.
      out: { path: draft, width, height, timescale: track.timescale, threads, hasAudio: false },
      ...(memory && { memory }),
      ...{ detectors, faces },
    },
    { signal, onProgress },
  );
}

/** In the middle between the pictures of a piece and those beside it: whoever rounds finds the same pictures. */
function between({ pictures }: RecordingContents, { from, to }: EncodePiece): [number, number] {
  let [before, after] = [-Infinity, Infinity];
  for (const { shownAt } of pictures) {
    if (shownAt < from) before = Math.max(before, shownAt);
    if (shownAt >= to) after = Math.min(after, shownAt);
  }
  const last = to - 1;
  const begin = before === -Infinity ? from - 0.5 : (before + from) / 2;
  return [begin, after === Infinity ? last + pictures.at(-1)!.duration / 2 : (last + after) / 2];
}

/** What the analysis knows at the end of a part, for the next one. */
function memoryOf(
  folder: WorkFolder,
  name: string,
  previous: string | undefined,
): { readonly before?: string; readonly after: string } {
  const place = (part: string): string => folder.place(`${part}.memory`);
  return { after: place(name), ...(previous !== undefined && { before: place(previous) }) };
}

/** The pictures that say why there are none. @returns the part's file */
export async function gapPart(
  { gap, shownMs }: Extract<FoundItem, { kind: 'gap' }>,
  size: PictureSize,
  encoding: PictureEncoding,
  { folder, order, signal }: PartOptions,
): Promise<string> {
  const name = partName('gap', { from: gap.from, to: gap.to }, encoding, size);
  return folder.once(name, async (draft) => {
    const picture = `${draft}.png`;
    try {
      await drawGap(gapLines(gap, order.timeZone), size, picture);
      await runFfmpeg(stillArguments({ path: picture, lengthMs: shownMs, encoding }), draft, { signal });
    } finally {
      await rm(picture, { force: true });
    }
  });
}

/** Says all that the part depends on beside the order, which is the same in one working folder. */
function partName(
  of: string,
  { from, to }: { readonly from: number; readonly to: number },
  { threads: _, ...encoding }: PictureEncoding,
  size: PictureSize | undefined,
): string {
  const how = createHash('sha256').update(JSON.stringify({ encoding, size })).digest('hex').slice(0, 8);
  return `part-${of}-${from}-${to}-${how}.mp4`;
}
