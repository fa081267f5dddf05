import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Camera } from '../../../domain/camera.js';
import { clockPieces, watermarkTitle } from '../../../domain/export/watermark.js';
import { PermanentError } from '../../../errors.js';
import type { Detectors } from '../../../ports.js';
import type { ClipLook } from '../../../ports/clips.js';
import type { FaceFinder } from '../../../ports/faces.js';
import { runFfmpeg } from '../run-ffmpeg.js';
import { analyseStretch, RUN_OUT_MS, RUN_UP_MS, type Analysed } from './analyse-stretch.js';
import { renderArguments, type RenderPlan } from './arguments.js';
import { findFont } from './fonts.js';
import {
  inputsWithin,
  pictureTimes,
  probeInput,
  timelineOf,
  type ProbedInput,
  type Timeline,
} from './timeline.js';
import { drawLogo, drawTitle } from './watermark-pictures.js';

/** A stretch of recordings to be encoded anew. */
export interface RenderOrder {
  /**
   * Files of one codec and size, in order; `startAt`: capture time of their pts 0, epoch ms. With an overlay or blurred faces
   * also what was recorded 5 s before and 1 s after the stretch, where there is such: a face is covered a second before it is
   * found and after it is lost, and tracks are there from the first picture on. `isAround`: for that only, none of its
   * pictures is shown.
   */
  readonly inputs: readonly {
    readonly path: string;
    readonly startAt: number;
    readonly isAround?: boolean;
  }[];
  /** Capture times, epoch ms, counted to the µs; `to` is not included. */
  readonly from: number;
  readonly to: number;
  readonly camera: Camera;
  readonly timeZone: string;
  readonly look: ClipLook;
  readonly out: {
    readonly path: string;
    readonly width: number;
    readonly height: number;
    readonly timescale: number;
    readonly threads: number;
    /** The result has sound: silence where nothing was recorded. */
    readonly hasAudio: boolean;
  };
  /**
   * A long stretch in parts: files in which the analysis leaves what it knows, for the next part, so that counts and ids go on.
   * `before` may be missing; `after` is written before this ends.
   */
  readonly memory?: { readonly before?: string; readonly after: string };
  /** Asked for when an overlay is drawn or faces are blurred. */
  readonly detectors: () => Promise<Detectors>;
  readonly faces: () => Promise<FaceFinder>;
}

interface RenderOptions {
  readonly signal: AbortSignal;
  /** Never less than before. */
  onProgress(doneMs: number): void;
}

/** What the analysis is of the whole work, where there is one. */
const ANALYSIS_SHARE = 0.7;

/**
 * Encodes the pictures whose capture time is in [from, to) anew, with watermark, overlay and faces made unrecognisable:
 * H.264 in fragmented MP4, times from 0 (the first picture), no picture encoded out of order, headers that depend on size and
 * settings only. Sound begins with the first picture. Files beside the result are removed again; a result is whole.
 * @param options.onProgress ms of the stretch that are done
 * @throws PermanentError naming a file that cannot be read, or a watermark that cannot be drawn, or when there is no picture;
 * Error with `code` ENOSPC when the disk is full
 */
export async function renderStretch(asked: RenderOrder, options: RenderOptions): Promise<void> {
  const { signal } = options;
  const order = { ...asked, from: toMicro(asked.from), to: toMicro(asked.to) };
  const folder = `${order.out.path}.work`;
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  try {
    const stretch = await openStretch(order, folder, signal);
    const wantsAnalysis = order.look.overlay === true || order.look.blurFaces === true;
    const share = wantsAnalysis ? ANALYSIS_SHARE : 0;
    const { from, to } = order;
    const analysed = wantsAnalysis
      ? await analyse(order, stretch, folder, { signal, onDone: (ms) => options.onProgress(ms * share) })
      : {};
    const plan = await planRender(order, stretch, analysed, folder, signal);
    const made = join(folder, 'made.mp4');
    const onDone = (ms: number): void =>
      options.onProgress(Math.min(to - from, (to - from) * share + ms * (1 - share)));
    await runFfmpeg(renderArguments(plan), made, { signal, onProgress: onDone });
    await rename(made, order.out.path);
    options.onProgress(to - from);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

interface Stretch {
  readonly inputs: readonly ProbedInput[];
  readonly first: ProbedInput;
  readonly timeline: Timeline;
  /** File of the timeline's script. */
  readonly script: string;
  /** µs after `from` */
  readonly pictures: readonly number[];
}

async function openStretch(
  { inputs, from, to, camera }: RenderOrder,
  folder: string,
  signal: AbortSignal,
): Promise<Stretch> {
  const probed: ProbedInput[] = [];
  for (const input of inputsWithin(inputs, from - RUN_UP_MS, to + RUN_OUT_MS)) {
    probed.push(await probeInput(input, signal));
  }
  const shown = inputsWithin(
    probed.filter(({ isAround }) => isAround !== true),
    from,
    to,
  );
  const [first] = shown;
  const range = `${new Date(from).toISOString()} – ${new Date(to).toISOString()}`;
  if (!first) throw new PermanentError(`camera ${camera.id}: there is no recording of ${range}`);
  const timeline = timelineOf(shown, from);
  const script = await writeScript(join(folder, 'pictures.txt'), timeline);
  const pictures = await pictureTimes(script, timeline, { from, to }, signal);
  if (pictures.length === 0)
    throw new PermanentError(`camera ${camera.id}: no picture was recorded in ${range}`);
  return { inputs: probed, first, timeline, script, pictures };
}

async function analyse(
  order: RenderOrder,
  { inputs, first, pictures }: Stretch,
  folder: string,
  options: Parameters<typeof analyseStretch>[1],
): Promise<Analysed> {
  const { from, to, camera, timeZone, look } = order;
  const timeline = timelineOf(inputs, from - RUN_UP_MS);
  const detector = await (await order.detectors()).get(camera.detect.network);
  return analyseStretch(
    {
      ...{ camera, timeZone, detector, from, to, timeline, pictures, folder },
      ...(look.blurFaces === true && { faces: await order.faces() }),
      script: await writeScript(join(folder, 'looked.txt'), timeline),
      source: { width: first.width, height: first.height },
      wantsOverlay: look.overlay === true,
      ...(order.memory && { memory: order.memory }),
    },
    options,
  );
}

async function planRender(
  order: RenderOrder,
  { inputs, first, timeline, script, pictures }: Stretch,
  analysed: Analysed,
  folder: string,
  signal: AbortSignal,
): Promise<RenderPlan> {
  const { from, to, out, look } = order;
  const shiftOf = ({ originUs }: Timeline): number => originUs - Math.round(from * 1000);
  const heard = inputsWithin(
    inputs.filter(({ hasAudio, isAround }) => hasAudio && isAround !== true),
    from,
    to,
  );
  signal.throwIfAborted();
  const sound = heard.length > 0 ? timelineOf(heard, from) : undefined;
  const audio = sound && {
    script: await writeScript(join(folder, 'sound.txt'), sound),
    shiftUs: shiftOf(sound),
    beginUs: pictures[0] ?? 0,
  };
  return {
    video: { script, shiftUs: shiftOf(timeline) },
    ...(out.hasAudio && { audio: audio ?? ('silence' as const) }),
    durationUs: Math.round((to - from) * 1000),
    source: { width: first.width, height: first.height },
    out,
    ...analysed,
    ...(look.watermark && (await planWatermark(look.watermark, order, folder))),
  };
}

async function planWatermark(
  { title, timeZone, logo }: NonNullable<ClipLook['watermark']>,
  { from, to, out }: RenderOrder,
  folder: string,
): Promise<Pick<RenderPlan, 'title' | 'logo' | 'clock'>> {
  const font = await findFont(watermarkTitle(title));
  const titlePatch = await drawTitle(title, out, folder);
  return {
    ...(titlePatch && { title: titlePatch }),
    ...(logo !== undefined && { logo: await drawLogo(logo, out, folder) }),
    clock: { font, from, pieces: clockPieces(from, to, timeZone) },
  };
}

/** Times in ffmpeg's filters are whole µs. */
function toMicro(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}

async function writeScript(path: string, { script }: Timeline): Promise<string> {
  await writeFile(path, script);
  return path;
}
