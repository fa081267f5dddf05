import type { Camera } from '../../src/domain/camera.js';
import { intersectionArea, type UnitBox } from '../../src/domain/geometry.js';
import type { Picture } from '../../src/domain/picture.js';
import { bestRead } from '../../src/domain/plates/best-read.js';
import type { Grammar } from '../../src/domain/plates/grammar.js';
import type { Passage, PlateRead } from '../../src/domain/plates/passage.js';
import { readId, sightId, visitId } from '../../src/domain/plates/passage-id.js';
import { cropKey, lookSceneKey } from '../../src/domain/plates/picture-keys.js';
import { boxAround, cornersIn, surroundings } from '../../src/domain/plates/places.js';
import { isSettled, readPlate } from '../../src/domain/plates/read-plate.js';
import type { PlateReading } from '../../src/domain/plates/reading.js';
import type { PlateSight } from '../../src/domain/plates/sight.js';
import { sameVisitMs } from '../../src/domain/plates/visit-plan.js';
import { isFullyRead, passageOfSight } from '../../src/domain/plates/whose-plate.js';
import { isInside } from '../../src/domain/zone-watch.js';
import type { PassageStore } from '../../src/ports.js';
import { done, skipped, type JobContext, type Outcome } from '../define.js';
import { announce } from './announce.js';
import { licensePlate, type PlateGlancePayload } from './job.js';
import { knownFor, passageOf, settle, withAgain, type Known, type PlatePorts } from './passage.js';

type Context = JobContext<PlatePorts | 'pins' | 'plates' | 'pictures' | 'snapshots'>;

/** One plate of the picture. `corners` of `sight` are those in the whole picture, `seen` in the pinned one. */
interface Sighting {
  readonly id: string;
  readonly at: number;
  readonly seen: PlateSight;
  readonly sight: PlateSight;
  readonly reading: PlateReading;
}

/** Text this near to the edge may be cut: characters stand further apart from it on a whole plate; in character heights. */
const EDGE = 0.2;
/** Seen no more for this long while others are: gone, ms of capture time. */
const LEFT_MS = 15_000;

/**
 * Reads all plates of what a camera shows. Each sight goes to the passage of its text, or begins one: that is decided
 * with no other look of this camera beside it, and kept with the sight, so whatever is done twice ends the same.
 */
export async function glance(payload: PlateGlancePayload, ctx: Context): Promise<Outcome> {
  const { pins, passages } = ctx.ports;
  const { cameraId, bornAt, at, pin } = payload;
  const visit = visitId(cameraId, bornAt);
  const mark = { id: readId(visit, at), passageId: visit, at };
  const isDone = (await passages.reads(visit)).some(({ id }) => id === mark.id);
  const picture = isDone ? undefined : await pins.get(pin);
  const found = picture ? await readAll(picture, payload, ctx) : [];
  // From here on the look counts as taken, also one whose picture went before anybody had time for it.
  await passages.addRead(mark);
  await pins.remove(pin);
  if (isDone) return skipped('this look is done');
  return picture ? done({ plates: found.length, passages: found }) : skipped('frame expired');
}

/** @returns the passages that the plates of the picture belong to */
async function readAll(picture: Picture, payload: PlateGlancePayload, ctx: Context): Promise<string[]> {
  const { passages, plates, cameras, grammars } = ctx.ports;
  const { cameraId, at } = payload;
  const seen = await plates.read(picture);
  ctx.signal.throwIfAborted();
  const camera = cameras.all().find(({ id }) => id === cameraId);
  const sightings = sightingsOf(seen, payload, grammars).filter(
    ({ seen: one, sight }) =>
      !isCutOff(one, picture) && !isOnVehicle(sight, payload.vehicles) && isWanted(sight, camera),
  );
  const known = await knownFor(cameraId, ctx);
  const windowMs = sameVisitMs({ passageWindowS: known.windowMs / 1000 });
  const around = { cameraId, from: at - windowMs, to: at + windowMs };
  const reads: { read: PlateRead; reading: PlateReading }[] = [];
  for (const sighting of sightings) {
    const read = await keepPictures(picture, sighting, payload, { around, windowMs }, ctx);
    reads.push({ read, reading: sighting.reading });
  }
  const placed = await passages.exclusively(cameraId, async (store) => {
    const found: Passage[] = [];
    for (const { read, reading } of reads) {
      const passage = passageOfSight(reading, at, await store.seen(around), windowMs);
      const one = await place(read, passage, cameraId, known, store);
      if (one) found.push(one);
    }
    return found;
  });
  // Also what was final before: whoever made it so may have been killed before telling.
  for (const passage of placed) await announce(passage, ctx);
  await endWhatLeft(payload, windowMs, ctx);
  return placed.map(({ id }) => id);
}

/** @param passage the one its text belongs to; undefined: it begins one */
async function place(
  read: PlateRead,
  passage: Passage | undefined,
  cameraId: string,
  known: Known,
  store: PassageStore,
): Promise<Passage | undefined> {
  // The same vehicle is followed, and is looked at by itself.
  if (passage?.trackId !== undefined) return undefined;
  const id = passage?.id ?? read.id;
  const earlier = passage ? await store.reads(id) : [];
  const isTaken = earlier.some((other) => other.id === read.id);
  if (passage && isFullyRead(passage, earlier.length) && !isTaken) return lengthened(passage, read.at, store);
  await store.addRead({ ...read, passageId: id });
  const about = { id, cameraId };
  if (passage?.state !== 'final') return settle(about, isSettled, known, store);
  const again = passageOf(about, await store.reads(id), known);
  return again ? store.put(withAgain(passage, again, known)) : passage;
}

/** It is still there. */
async function lengthened(passage: Passage, at: number, store: PassageStore): Promise<Passage> {
  const { firstAt, lastAt } = passage;
  if (at >= firstAt && at <= lastAt) return passage;
  return store.put({ ...passage, firstAt: Math.min(firstAt, at), lastAt: Math.max(lastAt, at) });
}

function sightingsOf(
  seen: readonly PlateSight[],
  { cameraId, bornAt, at, crop }: PlateGlancePayload,
  grammars: readonly Grammar[],
): Sighting[] {
  return seen.flatMap((one, i) => {
    const sight = { ...one, corners: cornersIn(crop, one.corners) };
    const reading = readPlate(sight, grammars);
    // Signs and what nobody can read would be seen again in every picture.
    if (!reading || reading.verdict === 'rejected') return [];
    return [{ id: sightId(visitId(cameraId, bornAt), at, i + 1), at, seen: one, sight, reading }];
  });
}

/** At the edge of the picture, or of the part that is looked at: half a plate may look like a whole one of another form. */
function isCutOff({ corners, charHeightPx }: PlateSight, { width, height }: Picture): boolean {
  const box = boxAround(corners);
  const [across, down] = [(EDGE * charHeightPx) / width, (EDGE * charHeightPx) / height];
  return box.x < across || box.y < down || box.x + box.width > 1 - across || box.y + box.height > 1 - down;
}

function isOnVehicle({ corners }: PlateSight, vehicles: readonly UnitBox[]): boolean {
  const plate = boxAround(corners);
  return vehicles.some((vehicle) => intersectionArea(plate, vehicle) > 0.5 * plate.width * plate.height);
}

/** In a zone that the camera names, if it names any, and in none that it ignores. */
function isWanted({ corners }: PlateSight, camera: Camera | undefined): boolean {
  if (!camera) return true;
  const { x, y, width, height } = boxAround(corners);
  const middle = { x: x + width / 2, y: y + height / 2 };
  const isIn = ({ polygon }: Camera['zones'][number]): boolean => isInside(polygon, middle);
  const named = camera.zones.filter(({ id }) => camera.plates?.zones.includes(id));
  if (camera.zones.some((zone) => zone.kind === 'ignore' && isIn(zone))) return false;
  return named.length === 0 || named.some(isIn);
}

/** The plate, and the whole picture if it shows this plate better than before; none of what is known well enough. */
async function keepPictures(
  picture: Picture,
  { id, at, seen, sight, reading }: Sighting,
  { cameraId, bornAt }: PlateGlancePayload,
  { around, windowMs }: { around: Parameters<PassageStore['seen']>[0]; windowMs: number },
  { ports }: Context,
): Promise<PlateRead> {
  const bare = { id, passageId: id, at, sight, reading };
  const passage = passageOfSight(reading, at, await ports.passages.seen(around), windowMs);
  const earlier = passage ? await ports.passages.reads(passage.id) : [];
  if (passage && (passage.trackId !== undefined || isFullyRead(passage, earlier.length))) return bare;
  const visit = { cameraId, bornAt };
  const crop = cropKey(visit, id);
  await ports.snapshots.put(crop, await ports.pictures.jpeg(picture, { crop: surroundings(seen.corners) }));
  if (bestRead([...earlier, bare])?.id !== id) return { ...bare, crop };
  const scene = lookSceneKey(visit, readId(visitId(cameraId, bornAt), at));
  await ports.snapshots.put(scene, await ports.pictures.jpeg(picture));
  return { ...bare, crop, scene };
}

/** In a queue of vehicles nothing ever comes to rest: what has left is final all the same. */
async function endWhatLeft(
  { cameraId, bornAt, at }: PlateGlancePayload,
  windowMs: number,
  ctx: Context,
): Promise<void> {
  const seen = await ctx.ports.passages.seen({ cameraId, from: at - windowMs, to: at });
  const left = seen.filter(
    ({ state, trackId, lastAt }) => state === 'open' && trackId === undefined && lastAt < at - LEFT_MS,
  );
  if (left.length === 0) return;
  await ctx.enqueue(licensePlate, {
    kind: 'visit-end',
    ...{ cameraId, bornAt, at: at - LEFT_MS },
    ...{ why: 'left' as const, looks: 0, until: at },
  });
}
