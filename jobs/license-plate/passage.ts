import type { CameraId } from '../../src/domain/ids.js';
import { bestRead } from '../../src/domain/plates/best-read.js';
import { matchLists } from '../../src/domain/plates/list-matching.js';
import type { Passage } from '../../src/domain/plates/passage.js';
import { sceneKey } from '../../src/domain/plates/picture-keys.js';
import { listsOf } from '../../src/domain/plates/plate-alarms.js';
import { fuse } from '../../src/domain/plates/read-plate.js';
import type { PlateReading } from '../../src/domain/plates/reading.js';
import { isSamePassage } from '../../src/domain/plates/same-passage.js';
import type { JobContext } from '../define.js';
import { announce, type AnnouncePorts } from './announce.js';
import { listIndex } from './list-index.js';

export type PlatePorts = AnnouncePorts | 'passages' | 'grammars';
type Context = JobContext<PlatePorts>;

interface About {
  readonly id: string;
  readonly cameraId: CameraId;
  readonly trackId: number;
  readonly bornAt: number;
  /** Default: as it was told before. */
  readonly vehicle?: string;
}

/** When the camera is not there any more, s. */
const WINDOW_S = 60;

/**
 * Fuses everything seen of one vehicle so far.
 * @param isFinal decides by the reading whether the passage is over
 * @returns the passage as it is now; `undefined`: nothing was seen that could be a plate.
 */
export async function gather(
  about: About,
  isFinal: (reading: PlateReading) => boolean,
  ctx: Context,
): Promise<Passage | undefined> {
  const { passages, grammars } = ctx.ports;
  const reads = await passages.reads(about.id);
  const seen = reads.flatMap(({ sight, at }) => (sight ? [{ sight, at }] : []));
  const reading = fuse(seen, grammars);
  const best = bestRead(reads);
  if (!reading || !best) return undefined;
  const { id, cameraId, trackId, vehicle = (await passages.get(id))?.vehicle } = about;
  const passage: Passage = {
    ...{ id, cameraId, trackId },
    firstAt: Math.min(...seen.map(({ at }) => at)),
    at: best.at,
    lastAt: Math.max(...seen.map(({ at }) => at)),
    reading,
    ...(vehicle !== undefined && { vehicle }),
    ...(best.crop !== undefined && { crop: best.crop, scene: sceneKey(about) }),
    state: 'open',
    hits: [],
  };
  return isFinal(reading) ? finalise(passage, ctx) : passages.put(passage);
}

/**
 * Makes a passage final: one with its plate at this camera a moment ago takes it in, else it is checked against the
 * lists and everybody is told. Whatever of this is repeated writes the same rows and asks for the same jobs.
 */
async function finalise(passage: Passage, ctx: Context): Promise<Passage> {
  const { passages } = ctx.ports;
  const earlier = await passages.get(passage.id);
  if (earlier && earlier.state !== 'open') {
    await announce(earlier, ctx);
    return earlier;
  }
  const twin = await twinOf(passage, ctx);
  if (twin) {
    await passages.put(await withAgain(twin, passage, ctx));
    return passages.put({ ...passage, state: 'merged', mergedInto: twin.id });
  }
  const now = await passages.put({ ...passage, state: 'final', hits: await hitsOf(passage, ctx) });
  await announce(now, ctx);
  return now;
}

/** Lists it is on; of what could not be read, none. */
export async function hitsOf(
  { reading, cameraId, at }: Pick<Passage, 'reading' | 'cameraId' | 'at'>,
  ctx: JobContext<'cameras' | 'plateLists'>,
): Promise<Passage['hits']> {
  if (reading.verdict === 'rejected') return [];
  const { index } = await listIndex(ctx.ports.plateLists);
  const camera = ctx.ports.cameras.all().find(({ id }) => id === cameraId);
  const hits = matchLists(reading, index, at).map((hit) => ({ ...hit, id: hit.list }));
  return listsOf(hits, camera?.plates?.lists ?? []).map(({ id: _, ...hit }) => hit);
}

async function twinOf(passage: Passage, { ports }: Context): Promise<Passage | undefined> {
  const { cameraId, id, at, firstAt, lastAt, reading } = passage;
  if (cameraId === undefined || reading.verdict === 'rejected') return undefined;
  const camera = ports.cameras.all().find((one) => one.id === cameraId);
  const windowMs = (camera?.plates?.passageWindowS ?? WINDOW_S) * 1000;
  // By their best sight, which may be anywhere between the first and the last.
  const from = Math.min(firstAt, at) - windowMs - LONGEST_MS;
  const to = Math.max(lastAt, at) + windowMs + LONGEST_MS;
  const found = await ports.passages.same({ cameraId, key: reading.key, from, to, exceptId: id });
  return found.find((other) => isSamePassage(other, passage, windowMs));
}

/** How far the best sight of a passage may be from its ends. */
const LONGEST_MS = 3_600_000;

/** A final passage whose vehicle was seen once more: the better reading of the two stands. */
async function withAgain(first: Passage, again: Passage, ctx: Context): Promise<Passage> {
  const ends = {
    firstAt: Math.min(first.firstAt, again.firstAt),
    lastAt: Math.max(first.lastAt, again.lastAt),
  };
  if (first.review || again.reading.p <= first.reading.p) return { ...first, ...ends };
  const { id, state } = first;
  return { ...first, ...again, ...ends, id, state, hits: await hitsOf(again, ctx) };
}
