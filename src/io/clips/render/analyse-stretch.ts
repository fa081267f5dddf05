import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { blindCovers, coversOf, FACE_ROOM, HOLD_MS, type Cover } from '../../../domain/export/face-cover.js';
import type { Size } from '../../../domain/geometry.js';
import type { SourceAddress } from '../../../domain/frame-source.js';
import { PermanentError } from '../../../errors.js';
import { FfmpegSource } from '../../ffmpeg/frame-source.js';
import {
  StretchAnalysis,
  type Known,
  type AnalysedPicture,
  type AnalysisOptions,
  type Faces,
} from './stretch-analysis.js';
import { writeMask } from './mask-track.js';
import { OverlayTrack } from './overlay-track.js';
import { SLACK_US, type Timeline } from './timeline.js';

/** The engine sees so much from before the stretch, so that what is there is known from the first picture on, ms. */
export const RUN_UP_MS = 5000;
/** Faces are looked for at least so often, frames a second: nobody is to walk through between two looks. */
const LEAST_FACE_FPS = 5;
/** And so much from after it, for faces that are covered before they are found. */
export const RUN_OUT_MS = HOLD_MS;
/** Between two looks boxes move on with the tracker, no more often than this, µs. */
const REDRAW_US = 80_000;
/** A face becomes this many squares across, at most. */
const SQUARES = 3;
/** What becomes of a picture of which nobody knows what is in it: so many squares across. */
const BLIND_SQUARES = 16;
const LEAST_BLOCK_PX = 8;

export interface AnalysisOrder extends AnalysisOptions {
  /** Capture times, epoch ms; `to` is not included. */
  readonly from: number;
  readonly to: number;
  readonly timeline: Timeline;
  /** File of the timeline's script. */
  readonly script: string;
  /** Times of the pictures, µs after `from`. */
  readonly pictures: readonly number[];
  /** Size of the recorded pictures. */
  readonly source: Size;
  readonly wantsOverlay: boolean;
  readonly folder: string;
  /** Files with what the analysis knows: from the part before, for the part after. */
  readonly memory?: { readonly before?: string; readonly after: string };
}

export interface Analysed {
  readonly overlay?: string;
  readonly mask?: { readonly path: string; readonly blockPx: number };
}

/**
 * Looks at a stretch as the camera's analysis does, and writes what lies over its pictures.
 * @param onDone ms of the stretch that have been looked at
 */
export async function analyseStretch(
  order: AnalysisOrder,
  { signal, onDone }: { signal: AbortSignal; onDone: (doneMs: number) => void },
): Promise<Analysed> {
  const { from, to, source, folder } = order;
  const analysis = new StretchAnalysis(order);
  const drawing = order.wantsOverlay
    ? await Drawing.begin(join(folder, 'overlay.ivf'), order, analysis)
    : undefined;
  const looks: Faces[] = [];
  let left: Known | undefined;
  try {
    const known = await recall(order.memory?.before);
    if (known) analysis.goOn(known);
    let hasBegun = known !== undefined;
    for await (const picture of readPictures(order, signal)) {
      if (picture.at >= to + RUN_OUT_MS) break;
      if (picture.at >= to) left ??= analysis.known();
      if (picture.at >= from - SLACK_US / 1000 && !hasBegun) {
        hasBegun = true;
        analysis.beginCounting();
      }
      const us = Math.round((picture.at - from) * 1000);
      await drawing?.drawUntil(us);
      const found = await analysis.look(picture);
      if (found) looks.push(found);
      await drawing?.draw(us);
      onDone(Math.max(0, Math.min(picture.at, to) - from));
    }
    signal.throwIfAborted();
    await drawing?.drawUntil(Infinity);
    if (order.memory) await writeFile(order.memory.after, JSON.stringify(left ?? analysis.known()));
  } finally {
    await drawing?.close();
  }
  const overlay = order.wantsOverlay ? { overlay: join(folder, 'overlay.ivf') } : {};
  if (!order.faces) return overlay;
  const path = join(folder, 'mask.ivf');
  const covers = coversOfLooks(looks, order);
  await writeMask(path, covers, source, order.pictures.at(-1) ?? 0);
  return { ...overlay, mask: { path, blockPx: blockOf(looks, covers, source) } };
}

async function recall(path: string | undefined): Promise<Known | undefined> {
  if (path === undefined) return undefined;
  try {
    return JSON.parse(await readFile(path, 'utf8')) as Known;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Draws the overlay at the times of recorded pictures within the stretch. */
class Drawing {
  #next = 0;
  #drawnUs = -Infinity;

  private constructor(
    private readonly track: OverlayTrack,
    private readonly order: AnalysisOrder,
    private readonly analysis: StretchAnalysis,
  ) {}

  static async begin(path: string, order: AnalysisOrder, analysis: StretchAnalysis): Promise<Drawing> {
    return new Drawing(await OverlayTrack.create(path, order.source), order, analysis);
  }

  /** The pictures before that one, where the tracker expects things to be. */
  async drawUntil(us: number): Promise<void> {
    for (; (this.order.pictures[this.#next] ?? Infinity) < us - 2 * SLACK_US; this.#next++) {
      const time = this.order.pictures[this.#next]!;
      if (time - this.#drawnUs >= REDRAW_US) await this.draw(time);
    }
  }

  async draw(us: number): Promise<void> {
    if (us < -SLACK_US || us >= (this.order.to - this.order.from) * 1000) return;
    await this.track.show(Math.max(0, us), this.analysis.overlayAt(this.order.from + us / 1000));
    this.#drawnUs = us;
  }

  async close(): Promise<void> {
    await this.track.close();
  }
}

/** The pictures that the camera's analysis would see, from the run-up on. */
async function* readPictures(order: AnalysisOrder, signal: AbortSignal): AsyncGenerator<AnalysedPicture> {
  const { camera, from, timeline, script } = order;
  const fps = order.faces ? Math.max(LEAST_FACE_FPS, camera.fps) : camera.fps;
  const address: SourceAddress = { kind: 'file', location: script, label: `the recordings of ${camera.id}` };
  const source = new FfmpegSource(
    'ffmpeg',
    address,
    { fps, maxWidth: camera.maxWidth, signal },
    {
      args: ['-copyts', '-protocol_whitelist', 'file', '-f', 'concat', '-safe', '0', '-i', script],
      originUs: Math.round(from * 1000) - timeline.originUs,
      fromSlot: -Math.ceil((RUN_UP_MS / 1000) * fps),
    },
  );
  try {
    let lastMs = -Infinity;
    for (let next = await source.next(); next; next = await source.next()) {
      const { frame, mediaMs, picture } = next;
      // Where recordings overlap the one that began first goes on to its end.
      if (mediaMs > lastMs) yield { at: from + mediaMs, frame, picture };
      lastMs = Math.max(lastMs, mediaMs);
    }
    signal.throwIfAborted();
    const { problem } = source.ending();
    if (problem) throw new PermanentError(problem.message);
  } finally {
    await source.close();
  }
}

/** Times of covers are ms after `from`. */
function coversOfLooks(looks: readonly Faces[], { from, to }: { from: number; to: number }): Cover[] {
  const relative = looks.map(({ faces, heads }) => ({
    faces: { ...faces, at: faces.at - from },
    heads: { ...heads, at: heads.at - from },
  }));
  return [
    ...coversOf(
      relative.map(({ faces }) => faces),
      FACE_ROOM,
    ),
    ...coversOf(
      relative.map(({ heads }) => heads),
      0.1,
    ),
    ...blindCovers(
      relative.map(({ faces }) => faces.at),
      0,
      to - from,
    ),
  ];
}

/** Squares so large that the largest face of the stretch becomes a few of them; smaller ones are one square then. */
function blockOf(looks: readonly Faces[], covers: readonly Cover[], { width, height }: Size): number {
  let largestPx = LEAST_BLOCK_PX * SQUARES;
  for (const { faces, heads } of looks) {
    for (const box of faces.boxes) largestPx = Math.max(largestPx, box.width * width, box.height * height);
    // Of what is taken for a head about half is the face.
    for (const box of heads.boxes) largestPx = Math.max(largestPx, (box.height * height) / 2);
  }
  const isBlind = covers.some(({ box }) => box.width >= 1 && box.height >= 1);
  const block = Math.max(largestPx / SQUARES, isBlind ? width / BLIND_SQUARES : 0);
  return Math.ceil(Math.min(block, Math.min(width, height) / 2));
}
