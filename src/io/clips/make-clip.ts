import { readFile, rm, stat, writeFile } from 'node:fs/promises';
import type { ClipOrder, MadeClip } from '../../ports/clips.js';
import { joinEntries } from '../mp4/parameter-sets.js';
import { createAssembly } from './assembly.js';
import type { ClipMakerOptions } from './clip-maker.js';
import { rewrapArguments } from './encode-arguments.js';
import { hashFile } from './hash-file.js';
import { type MadeParts, makeParts } from './make-parts.js';
import { type Placed, placeItems } from './place-items.js';
import { probeClip } from './probe-clip.js';
import { createProgress, type Progress } from './progress.js';
import { runFfmpeg } from './run-ffmpeg.js';
import { fetchSource } from './sources.js';
import { survey, type Survey } from './survey.js';
import { makePoster, makeSprite } from './thumbnails.js';
import { openWorkFolder, type WorkFolder } from './work-folder.js';
import { writeClip } from './write-clip.js';

/** What steps usually cost, ms: reading and hashing a megabyte, the thumbnails. */
const COST = { perByte: 2 / 1024 ** 2, thumbnails: 1500 };
const RESULT = 'made.json';
/** Fits the usual rates of pictures. */
const COMMON_TIMESCALE = 90_000;

export interface MakeOptions {
  readonly signal: AbortSignal;
  readonly onProgress: ((fraction: number, leftMs?: number) => void) | undefined;
}

/** Makes the clip of an order in its working folder, or goes on where an earlier try ended. See `ClipMaker`. */
export async function makeClip(
  order: ClipOrder,
  maker: ClipMakerOptions,
  { signal, onProgress }: MakeOptions,
): Promise<MadeClip> {
  signal.throwIfAborted();
  const folder = await openWorkFolder(maker.workDir, order);
  const made = await finished(folder);
  if (made) return made;
  const progress = createProgress(onProgress);
  expectCosts(order, progress);
  const read = { signal, onBytes: (count: number) => progress.did(count * COST.perByte) };
  const sources = { recordings: maker.recordings, files: maker.files, cold: maker.cold };
  const first = await survey(order, (segmentId) => fetchSource(segmentId, sources, folder, read));
  const parts = await makeParts(first, { order, folder, maker, signal, progress });
  const clip = await assemble(parts, folder, read, signal);
  progress.did(COST.thumbnails);
  const result = await finish(order, clip, folder, read);
  await folder.replace(RESULT, (draft) => writeFile(draft, JSON.stringify(result)));
  onProgress?.(1, 0);
  return result;
}

/** What an earlier try finished. */
async function finished(folder: WorkFolder): Promise<MadeClip | undefined> {
  const text = await readFile(folder.place(RESULT), 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  const made = JSON.parse(text) as MadeClip;
  const sizes = await Promise.all(
    [made.path, made.poster, made.sprite.path].map((path) =>
      stat(path).then(
        ({ size }) => size,
        () => 0,
      ),
    ),
  );
  return sizes[0] === made.bytes && sizes.every((size) => size > 0) ? made : undefined;
}

/** Bytes are not known before the recordings are looked up: 2 Mbit/s are usual. They are read, copied and counted. */
function expectCosts({ plan }: ClipOrder, progress: Progress): void {
  const recordedMs = plan.stretches.reduce((sum, { from, to }) => sum + to - from, 0);
  progress.expect(COST.thumbnails + 3 * recordedMs * 250 * COST.perByte);
}

interface AssembledClip extends Placed {
  readonly found: Survey;
  readonly sha256: string;
  readonly poster: string;
  readonly sprite: MadeClip['sprite'];
}

/** Joins everything into one MP4 in the working folder. */
async function assemble(
  parts: MadeParts,
  folder: WorkFolder,
  read: { readonly signal: AbortSignal; readonly onBytes: (count: number) => void },
  signal: AbortSignal,
): Promise<AssembledClip> {
  const { found } = parts;
  const { sound } = parts;
  const entry = joinEntries(parts.entries);
  const size = parts.size ?? found.stretches[0]!.track;
  const timescale = timescaleOf(found);
  const clip = { timescale, width: size.width, height: size.height };
  const assembly = createAssembly({ ...clip, entry, sound });
  const placed = await placeItems(found, assembly, {
    ...{ timescale, soundTimescale: sound?.timescale, ...parts },
  });
  const { head, runs, keys, durationMs } = assembly.end(placed.lastUnits);
  const { sha256 } = await folder.replace('clip.mp4', (draft) => writeClip(draft, head, runs, read));
  const film = { ...clip, keys, durationMs };
  const [poster, sprite] = await allOf([makePoster(film, folder, signal), makeSprite(film, folder, signal)]);
  return { found, ...placed, sha256, poster, sprite };
}

/** Both are over, also when one failed: nothing writes into the folder any more. */
async function allOf<A, B>(works: readonly [Promise<A>, Promise<B>]): Promise<[A, B]> {
  await Promise.allSettled(works);
  return Promise.all(works);
}

/** Picture times stay exact where all recordings count alike. */
function timescaleOf({ stretches }: Survey): number {
  const [first] = stretches;
  const isSame = stretches.every(({ track }) => track.timescale === first?.track.timescale);
  return isSame && first ? first.track.timescale : COMMON_TIMESCALE;
}

/** Puts the MP4 into the container that was asked for, and looks at what is really there. */
async function finish(
  { format }: ClipOrder,
  clip: AssembledClip,
  folder: WorkFolder,
  read: { readonly signal: AbortSignal; readonly onBytes: (count: number) => void },
): Promise<MadeClip> {
  const { signal } = read;
  const mp4 = folder.place('clip.mp4');
  const path = folder.place(`clip.${format}`);
  let { sha256 } = clip;
  if (format !== 'mp4') {
    await folder.replace(`clip.${format}`, (draft) =>
      runFfmpeg(rewrapArguments(mp4, format), draft, { signal }),
    );
    ({ sha256 } = await hashFile(path, read));
    await rm(mp4, { force: true });
  }
  // An MP4 says how many pictures it has; others are counted.
  const probed = await probeClip(path, signal, format !== 'mp4');
  const { size } = await stat(path);
  const { found, poster, sprite, stretches, firstAt, lastAt } = clip;
  const { codec, width, height, frames, durationMs, audioCodec } = probed;
  return {
    ...{ path, poster, sprite, bytes: size, sha256, durationMs, frames, width, height, codec },
    ...(audioCodec !== undefined && { audioCodec }),
    ...{ how: found.how, firstAt, lastAt, stretches, gaps: found.gaps },
  };
}
