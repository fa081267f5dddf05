import type { Camera } from '../../src/domain/camera.js';
import type { RingEntry } from '../../src/domain/frame.js';
import { unitBox, type UnitBox } from '../../src/domain/geometry.js';
import { cropPicture } from '../../src/domain/picture.js';
import { visitId, visitOf } from '../../src/domain/plates/passage-id.js';
import {
  needsKnown,
  planVisit,
  sameVisitMs,
  vehiclesLookedAt,
  type VisitPlan,
} from '../../src/domain/plates/visit-plan.js';
import type { SceneState } from '../../src/domain/scene.js';
import type { JobContext } from '../define.js';
import { licensePlate } from '../license-plate/job.js';

type Context = JobContext<'pins' | 'passages'>;

/** How long a look may wait for a worker before its picture goes, ms. */
const PIN_MS = 60_000;

/**
 * Whether a frame gets a look at what the camera shows as a whole; nothing has been written yet.
 * @param scene with the frame taken in, and with what its vehicles remember of their looks
 */
export async function planGlances(
  { id, plates }: Camera,
  entry: RingEntry,
  scene: SceneState,
  ctx: Context,
): Promise<VisitPlan> {
  const { at, kind, regions, picture } = entry;
  const frame = { at, kind, regions, hasPicture: picture !== undefined };
  if (!plates) return planVisit(scene.visit, frame, plates, [], []);
  const known = needsKnown(scene.visit, frame, plates)
    ? await seenLately(id, at, sameVisitMs(plates), ctx)
    : [];
  return planVisit(scene.visit, frame, plates, vehiclesLookedAt(scene.tracks, at), known);
}

async function seenLately(cameraId: string, at: number, windowMs: number, ctx: Context) {
  const seen = await ctx.ports.passages.seen({ cameraId, from: at - windowMs, to: at + windowMs });
  return seen.filter(({ id }) => visitOf(id) !== undefined);
}

/** Pins the picture, then asks for the look; and asks to end what is over. */
export async function askForGlance(
  camera: Camera,
  entry: RingEntry,
  { glance, end }: VisitPlan,
  ctx: Context,
): Promise<void> {
  const { at, frame, picture } = entry;
  const until = ctx.now() + PIN_MS;
  const about = { cameraId: camera.id, at };
  if (end) await ctx.enqueue(licensePlate, { kind: 'visit-end', ...about, ...end, why: 'quiet', until });
  const crop = glance && picture && cropPicture(picture, glance.box);
  if (!crop) return;
  const { bornAt, vehicles } = glance;
  const pin = `plates/${camera.id}/${visitId(camera.id, bornAt)}/${at}`;
  await ctx.ports.pins.pin(pin, crop.picture, PIN_MS);
  await ctx.enqueue(licensePlate, {
    kind: 'glance',
    ...{ ...about, bornAt, frame, pin },
    ...{ crop: rounded(crop.region), vehicles: vehicles.slice(0, MOST_VEHICLES).map(rounded) },
  });
}

/** Payloads stay small. */
const MOST_VEHICLES = 20;

/** Five digits: a hundredth of a pixel; payloads stay small. */
export function rounded({ x, y, width, height }: UnitBox): UnitBox {
  const round = (value: number): number => Math.min(1, Math.max(0, Math.round(value * 1e5) / 1e5));
  return unitBox(round(x), round(y), round(width), round(height));
}
