import type { ClipOrder } from '../../ports/clips.js';
import { freeSetId, parameterSetsOf } from '../mp4/parameter-sets.js';
import type { ClipMakerOptions } from './clip-maker.js';
import { soundKindOf } from '../mp4/sound-kind.js';
import type { Track } from '../mp4/tracks.js';
import { runFfmpeg } from './run-ffmpeg.js';
import {
  soundArguments,
  encodingForAll,
  encodingLike,
  type PictureEncoding,
  type PictureSize,
} from './encode-arguments.js';
import { encodePart, type EncodePiece, gapPart, type PartOptions } from './parts.js';
import { probeClip } from './probe-clip.js';
import type { Progress } from './progress.js';
import { readRecording, type RecordingContents } from './recording-file.js';
import { contentsOf, type FoundItem, type FoundStretch, piecesOf, type Survey } from './survey.js';
import type { WorkFolder } from './work-folder.js';

/** Encoding a millisecond of recording usually costs this much, ms. */
const ENCODING_COST = 0.2;

/** Everything that had to be encoded lies in the working folder. */
export interface MadeParts {
  readonly found: Survey;
  /** Set: everything was encoded into this size. */
  readonly size: PictureSize | undefined;
  /** The sample entries of all that goes into the clip, in its order. */
  readonly entries: readonly Uint8Array[];
  readonly partOf: (stretch: FoundStretch, piece: EncodePiece) => Promise<RecordingContents>;
  readonly soundOf: (stretch: FoundStretch, contents: RecordingContents) => Promise<RecordingContents>;
  /** What the clip's sound is like. */
  readonly sound: Track | undefined;
  readonly gapOf: (item: Extract<FoundItem, { kind: 'gap' }>) => Promise<RecordingContents>;
}

interface PartsOptions {
  readonly order: ClipOrder;
  readonly folder: WorkFolder;
  readonly maker: ClipMakerOptions;
  readonly signal: AbortSignal;
  readonly progress: Progress;
}

/** Encodes the edges of what is copied, or everything, in parts; those that an earlier try made are taken over. */
export async function makeParts(survey: Survey, options: PartsOptions): Promise<MadeParts> {
  const { found, encodingOf } = await encodings(survey, options);
  const { order, folder, maker, signal, progress } = options;
  const { watermark, overlay, blurFaces } = order.look;
  const size = found.how === 'encode' ? sizeOfLongest(found) : undefined;
  const partOptions: PartOptions = {
    ...{ order, folder, size, threads: maker.threads, signal },
    hasLook: watermark !== undefined || overlay === true || blurFaces === true,
    neighboursOf: (stretch) => neighboursOf(found, stretch),
    ...{ detectors: maker.detectors, faces: maker.faces, previous: undefined },
    onEncoded: (ms) => progress.did(ms * ENCODING_COST),
  };
  const like = found.stretches[0]!;
  const partOf = async (stretch: FoundStretch, piece: EncodePiece, contents?: RecordingContents) => {
    const source = contents ?? (await contentsOf(stretch.path, stretch.segment));
    return made(await encodePart(stretch, source, piece, await encodingOf(stretch), partOptions));
  };
  const gapOf = async (item: Extract<FoundItem, { kind: 'gap' }>) =>
    made(await gapPart(item, size ?? like.track, await encodingOf(like), partOptions));
  for (const stretch of found.stretches) {
    if (found.how === 'encode') progress.expect(lengthMs(stretch) * ENCODING_COST);
  }
  const entries: Uint8Array[] = [];
  for (const item of found.items) {
    if (item.kind === 'gap') {
      entries.push((await gapOf(item)).track.entry);
      continue;
    }
    const contents = await contentsOf(item.path, item.segment);
    for (const piece of piecesOf(found.how, item, contents)) {
      const own = piece.do === 'copy' ? item.track : (await partOf(item, piece, contents)).track;
      entries.push(own.entry);
    }
  }
  const soundOf = await sameSound(found, folder, signal);
  const heard = found.stretches.find(({ soundTrack }) => soundTrack !== undefined);
  const sound = heard && (await soundOf(heard, await contentsOf(heard.path, heard.segment))).soundTrack;
  return { found, size, entries: distinct(entries), partOf, gapOf, soundOf, sound };
}

/** How what has to be encoded is encoded: like its neighbours, so that it can stand beside them. */
async function encodings(
  survey: Survey,
  { maker: { threads }, order, signal }: PartsOptions,
): Promise<{ found: Survey; encodingOf: (stretch: FoundStretch) => Promise<PictureEncoding> }> {
  const forAll = {
    found: { ...survey, how: 'encode' as const },
    encodingOf: async () => encodingForAll(threads),
  };
  if (survey.how === 'encode') return forAll;
  const sets = survey.stretches
    .map(({ track }) => parameterSetsOf(track.entry))
    .filter((set) => set !== undefined);
  const setId = freeSetId(sets.filter(({ codec }) => codec === 'h264'));
  const known = new Map<string, PictureEncoding>();
  const shown = order.showGaps && survey.items.some(({ kind }) => kind === 'gap');
  for (const [i, stretch] of survey.stretches.entries()) {
    const key = keyOf(stretch);
    if (known.has(key) || !(stretch.hasEdges || (shown && i === 0))) continue;
    const { family } = stretch;
    const encoding =
      family === 'other'
        ? undefined
        : encodingLike(family, await probeClip(stretch.path, signal), {
            threads,
            ...(setId !== undefined && { setId }),
          });
    if (!encoding) return forAll;
    known.set(key, encoding);
  }
  return {
    found: survey,
    encodingOf: async (stretch) => known.get(keyOf(stretch)) ?? encodingForAll(threads),
  };
}

/** Of one codec and size, as the renderer takes them. */
function neighboursOf({ items }: Survey, stretch: FoundStretch): ReturnType<PartOptions['neighboursOf']> {
  const at = items.indexOf(stretch);
  const [before, after] = [items[at - 1], items[at + 1]];
  const fits = (other: FoundItem | undefined): other is FoundStretch =>
    other?.kind === 'stretch' &&
    other.path !== stretch.path &&
    other.family === stretch.family &&
    other.track.width === stretch.track.width &&
    other.track.height === stretch.track.height;
  return {
    before: stretch.isJoined && fits(before) ? [before] : [],
    after: fits(after) && after.isJoined ? [after] : [],
  };
}

/** Sound is copied where all recordings have the same kind of it; a clip has one. */
async function sameSound(
  { stretches }: Survey,
  folder: WorkFolder,
  signal: AbortSignal,
): Promise<MadeParts['soundOf']> {
  const kinds = stretches.flatMap(({ soundTrack }) => (soundTrack ? [soundKindOf(soundTrack.entry)] : []));
  const [first] = kinds;
  if (!first || kinds.every(({ key }) => key === first.key)) return async (_, contents) => contents;
  const converted = async ({ path, segment }: FoundStretch): Promise<string> =>
    folder.once(`sound-${segment.id}.mp4`, (draft) =>
      runFfmpeg(soundArguments(path, first), draft, { signal }),
    );
  for (const stretch of stretches) if (stretch.soundTrack) await converted(stretch);
  return async (stretch, contents) => (stretch.soundTrack ? made(await converted(stretch)) : contents);
}

function keyOf({ track }: FoundStretch): string {
  return Buffer.from(track.entry).toString('base64');
}

function distinct(entries: readonly Uint8Array[]): Uint8Array[] {
  const byText = new Map(entries.map((entry) => [Buffer.from(entry).toString('base64'), entry]));
  return [...byText.values()];
}

async function made(path: string): Promise<RecordingContents> {
  const contents = await readRecording(path);
  if (!contents) throw new Error(`the part ${path} holds no picture`);
  return contents;
}

function lengthMs({ from, to, track, segment }: FoundStretch): number {
  const end = Math.min(to, ((segment.endAt - segment.startAt) * track.timescale) / 1000);
  return ((end - from) / track.timescale) * 1000;
}

/** Even: colours are kept for two pixels each way. */
function sizeOfLongest({ stretches }: Survey): PictureSize {
  const bySize = new Map<string, { width: number; height: number; ms: number }>();
  for (const stretch of stretches) {
    const { width, height } = stretch.track;
    const key = `${width}x${height}`;
    const known = bySize.get(key) ?? { width, height, ms: 0 };
    bySize.set(key, { ...known, ms: known.ms + lengthMs(stretch) });
  }
  const [longest] = [...bySize.values()].sort((a, b) => b.ms - a.ms);
  return { width: even(longest!.width), height: even(longest!.height) };
}

function even(pixels: number): number {
  return Math.max(2, pixels - (pixels % 2));
}
