import type { CameraId } from '../../src/domain/ids.js';
import { bestRead, bestScene } from '../../src/domain/plates/best-read.js';
import type { Grammar } from '../../src/domain/plates/grammar.js';
import { matchLists } from '../../src/domain/plates/list-matching.js';
import type { Passage, PlateRead } from '../../src/domain/plates/passage.js';
import { visitOf } from '../../src/domain/plates/passage-id.js';
import { listsOf } from '../../src/domain/plates/plate-alarms.js';
import { fuse } from '../../src/domain/plates/read-plate.js';
import type { PlateReading } from '../../src/domain/plates/reading.js';
import { isPoorViewOf, isSamePassage } from '../../src/domain/plates/same-passage.js';
import type { PassageStore } from '../../src/ports.js';
import type { JobContext } from '../define.js';
import { announce, type AnnouncePorts } from './announce.js';

export type PlatePorts = AnnouncePorts | 'passages' | 'grammars';
type Context = JobContext<PlatePorts>;

export interface About {
  readonly id: string;
  readonly cameraId: CameraId;
  readonly trackId?: number;
  /** Default: as it was told before. */
  readonly vehicle?: string;
  /** Where the picture of the vehicle is; default: that of the best look which has one. */
  readonly scene?: string;
}

/** When the camera is not there any more, s. */
const WINDOW_S = 60;
/** How far the best sight of a passage may be behind its first one. */
const LONGEST_MS = 3_600_000;
/** Poor views of a plate, and pieces of it, come shortly before or after the good ones. */
const BESIDE_MS = 5000;

/** What writing passages needs beside the store; asked for before, since within `exclusively` nothing else may be. */
export interface Known {
  readonly grammars: readonly Grammar[];
  readonly windowMs: number;
  readonly hitsOf: (what: Pick<Passage, 'reading' | 'at'>) => Passage['hits'];
}

export async function knownFor(
  cameraId: CameraId | undefined,
  ctx: JobContext<'cameras' | 'plateLists' | 'grammars'>,
): Promise<Known> {
  const { index } = await ctx.ports.plateLists.index();
  const plates = ctx.ports.cameras.all().find(({ id }) => id === cameraId)?.plates;
  return {
    grammars: ctx.ports.grammars,
    windowMs: (plates?.passageWindowS ?? WINDOW_S) * 1000,
    hitsOf: ({ reading, at }) => {
      // What could not be read is on no list.
      if (reading.verdict === 'rejected') return [];
      const hits = matchLists(reading, index, at).map((hit) => ({ ...hit, id: hit.list }));
      return listsOf(hits, plates?.lists ?? []).map(({ id: _, ...hit }) => hit);
    },
  };
}

/**
 * Fuses everything seen of one vehicle so far, and tells of the passage when that makes it final.
 * @param isFinal decides by the reading whether the passage is over
 * @param read a look to keep before: in the same transaction, since each one waits for the disk
 * @returns the passage as it is now; `undefined`: nothing was seen that could be a plate.
 */
export async function gather(
  about: About,
  isFinal: (reading: PlateReading) => boolean,
  ctx: Context,
  read?: PlateRead,
): Promise<Passage | undefined> {
  const known = await knownFor(about.cameraId, ctx);
  const now = await ctx.ports.passages.exclusively(about.cameraId, async (store) => {
    if (read) await store.addRead(read);
    return settle(about, isFinal, known, store);
  });
  if (now) await announce(now, ctx);
  return now;
}

/** The same within `exclusively`; whoever calls it tells of what it gives back. */
export async function settle(
  about: About,
  isFinal: (reading: PlateReading) => boolean,
  known: Known,
  store: PassageStore,
): Promise<Passage | undefined> {
  const earlier = await store.get(about.id);
  if (earlier && earlier.state !== 'open') return earlier;
  const vehicle = about.vehicle ?? earlier?.vehicle;
  const passage = passageOf(
    { ...about, ...(vehicle !== undefined && { vehicle }) },
    await store.reads(about.id),
    known,
  );
  if (!passage) return undefined;
  return isFinal(passage.reading) ? finalise(passage, known, store) : store.put(passage);
}

/** What the looks at one plate say together; open. */
export function passageOf(
  { id, cameraId, trackId, vehicle, scene }: About,
  reads: readonly PlateRead[],
  { grammars }: Pick<Known, 'grammars'>,
): Passage | undefined {
  const seen = reads.flatMap(({ sight, at }) => (sight ? [{ sight, at }] : []));
  const reading = fuse(seen, grammars);
  const best = bestRead(reads);
  if (!reading || !best) return undefined;
  const shown = scene ?? bestScene(reads);
  return {
    ...{ id, cameraId },
    ...(trackId !== undefined && { trackId }),
    firstAt: Math.min(...seen.map(({ at }) => at)),
    at: best.at,
    lastAt: Math.max(...seen.map(({ at }) => at)),
    reading,
    ...(vehicle !== undefined && { vehicle }),
    ...(best.crop !== undefined && { crop: best.crop }),
    ...(best.crop !== undefined && shown !== undefined && { scene: shown }),
    state: 'open',
    hits: [],
  };
}

/**
 * Makes a passage final: one with its plate at this camera a moment ago takes it in, else it is checked against the
 * lists. Whatever of this is repeated writes the same rows.
 */
async function finalise(passage: Passage, known: Known, store: PassageStore): Promise<Passage> {
  const twin = await twinOf(passage, known, store);
  if (twin) {
    await store.put(withAgain(twin, passage, known));
    return store.put({ ...passage, state: 'merged', mergedInto: twin.id });
  }
  const final = await withEvidence(passage, store);
  return store.put({ ...final, state: 'final', hits: known.hitsOf(final) });
}

/**
 * Whole pictures show more than plates. What only one look saw as unsure, while another plate was there for sure, is a
 * part of something, or none.
 */
async function withEvidence(passage: Passage, store: PassageStore): Promise<Passage> {
  const { id, cameraId, firstAt, lastAt, reading } = passage;
  if (visitOf(id) === undefined || reading.sights > 1 || reading.verdict !== 'needs-review') return passage;
  const span = BESIDE_MS;
  const around = { cameraId: cameraId ?? '', from: firstAt - span, to: lastAt + span };
  const isSure = (await store.seen(around)).some(
    (other) => other.id !== id && other.reading.verdict === 'accepted' && other.firstAt <= around.to,
  );
  if (!isSure) return passage;
  const reason = 'seen once only, while another plate was there';
  return { ...passage, reading: { ...reading, verdict: 'rejected', reason } };
}

async function twinOf(
  passage: Passage,
  { windowMs }: Known,
  store: PassageStore,
): Promise<Passage | undefined> {
  const { cameraId, id, firstAt, lastAt, reading } = passage;
  if (cameraId === undefined || reading.verdict === 'rejected') return undefined;
  const besideMs = visitOf(id) === undefined ? undefined : BESIDE_MS;
  const from = firstAt - Math.max(windowMs, besideMs ?? 0);
  const found = await store.seen({ cameraId, from, to: lastAt + windowMs + LONGEST_MS });
  const others = found.filter((other) => other.id !== id && other.state === 'final');
  return (
    others.find((other) => isSamePassage(other, passage, windowMs)) ??
    (besideMs === undefined ? undefined : others.find((other) => isPoorViewOf(passage, other, besideMs)))
  );
}

/** A final passage whose vehicle was seen once more: the better reading of the two stands. */
export function withAgain(first: Passage, again: Passage, { hitsOf }: Known): Passage {
  const ends = {
    firstAt: Math.min(first.firstAt, again.firstAt),
    lastAt: Math.max(first.lastAt, again.lastAt),
  };
  if (first.review || again.reading.p <= first.reading.p) return { ...first, ...ends };
  const { id, state } = first;
  return { ...first, ...again, ...ends, id, state, hits: hitsOf(again) };
}
