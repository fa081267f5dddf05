import type { Camera } from '../../src/domain/camera.js';
import type { RingEntry } from '../../src/domain/frame.js';
import { unitBox, type UnitBox } from '../../src/domain/geometry.js';
import { cropPicture } from '../../src/domain/picture.js';
import {
  endPlates,
  planPlates,
  withoutLooks,
  type PlateFinish,
  type PlateLook,
  type PlatePlan,
} from '../../src/domain/plates/look-plan.js';
import type { VisitPlan } from '../../src/domain/plates/visit-plan.js';
import { passageId } from '../../src/domain/plates/passage-id.js';
import type { SceneState } from '../../src/domain/scene.js';
import type { JobContext } from '../define.js';
import { licensePlate } from '../license-plate/job.js';
import { askForGlance, planGlances, rounded } from './glances.js';

export type PlatePorts = 'pins' | 'passages';
type Context = JobContext<PlatePorts>;

/** How long a look may wait for a worker before its picture goes, ms. */
const PIN_MS = 60_000;
/** Room around a vehicle, of its own size: detectors cut bumpers, and people want to see what stood beside it. */
const ROOM = 0.15;
/** After so many looks at one vehicle it is asked whether its passage is final already. */
const ASK_FROM = 2;

/**
 * Which plates of a frame are to be looked at. The scene with what its tracks now remember of that; nothing has been
 * written yet.
 * @param before the scene before the frame
 * @param after the scene with the frame taken in
 */
export async function planPlateLooks(
  camera: Camera,
  entry: RingEntry,
  before: SceneState,
  after: SceneState,
  ctx: Context,
): Promise<{ scene: SceneState; plan: PlatePlan; visit: VisitPlan }> {
  const { scene, plan } = await planVehicles(camera, entry, before, after, ctx);
  const visit = await planGlances(camera, entry, scene, ctx);
  const { visit: _, ...rest } = scene;
  return { scene: visit.memory ? { ...rest, visit: visit.memory } : rest, plan, visit };
}

async function planVehicles(
  camera: Camera,
  entry: RingEntry,
  before: SceneState,
  after: SceneState,
  ctx: Context,
): Promise<{ scene: SceneState; plan: PlatePlan }> {
  const { plates } = camera;
  // At a gate whole pictures are looked at: vehicles that happen to be recognised are in them.
  const enabled = plates?.enabled === true && plates.view !== 'gate';
  const config = plates && { ...plates, enabled, zoneList: camera.zones };
  const frame = { at: entry.at, heightPx: entry.picture?.height };
  const plan =
    entry.kind === 'end' ? endPlates(after.tracks) : planPlates(before.tracks, after.tracks, frame, config);
  if (plan.looks.length + plan.finishes.length === 0 && plan.tracks === after.tracks)
    return { scene: after, plan };
  const settled = await settledOf(camera, plan, before, ctx);
  if (settled.size === 0) return { scene: { ...after, tracks: plan.tracks }, plan };
  const isOpen = ({ trackId }: { trackId: number }): boolean => !settled.has(trackId);
  // As if it had not been looked at in this frame, and never will be again.
  const tracks = after.tracks.map((track, i) =>
    settled.has(track.id) ? withoutLooks(track) : (plan.tracks[i] ?? track),
  );
  const looks = plan.looks.filter(isOpen);
  const finishes = plan.finishes.filter((finish) => finish.why === 'gone' || isOpen(finish));
  return { scene: { ...after, tracks }, plan: { tracks, looks, finishes } };
}

/** Pins the pictures, then asks for the looks: in this order a job never comes before its picture. */
export async function askForPlates(
  camera: Camera,
  entry: RingEntry,
  { plan: { looks, finishes }, visit }: { readonly plan: PlatePlan; readonly visit: VisitPlan },
  ctx: Context,
): Promise<void> {
  for (const look of looks) await askForLook(camera, entry, look, ctx);
  for (const finish of finishes) await askToFinish(camera, entry.at, finish, ctx);
  await askForGlance(camera, entry, visit, ctx);
}

async function askForLook(camera: Camera, entry: RingEntry, look: PlateLook, ctx: Context): Promise<void> {
  const { trackId, bornAt, box } = look;
  const crop = entry.picture && cropPicture(entry.picture, withRoom(box));
  if (!crop) return;
  const pin = `plates/${camera.id}/${passageId(camera.id, trackId, bornAt)}/${entry.at}`;
  await ctx.ports.pins.pin(pin, crop.picture, PIN_MS);
  await ctx.enqueue(licensePlate, {
    kind: 'look',
    cameraId: camera.id,
    ...{ trackId, bornAt, at: entry.at, frame: entry.frame, pin },
    ...{ crop: rounded(crop.region), box: rounded(box), class: look.class },
  });
}

async function askToFinish(camera: Camera, at: number, finish: PlateFinish, ctx: Context): Promise<void> {
  const { trackId, bornAt, why, looks } = finish;
  const until = ctx.now() + PIN_MS;
  await ctx.enqueue(licensePlate, {
    kind: 'finish',
    cameraId: camera.id,
    ...{ trackId, bornAt, at, why, looks, until },
  });
}

/** Tracks about to be looked at whose passage is final: enough of their sights agree. */
async function settledOf(
  camera: Camera,
  { looks }: PlatePlan,
  before: SceneState,
  ctx: Context,
): Promise<Set<number>> {
  const settled = new Set<number>();
  for (const { trackId, bornAt } of looks) {
    const earlier = before.tracks.find(({ id }) => id === trackId)?.plate?.looks ?? 0;
    if (earlier < ASK_FROM) continue;
    const passage = await ctx.ports.passages.get(passageId(camera.id, trackId, bornAt));
    if (passage && passage.state !== 'open') settled.add(trackId);
  }
  return settled;
}

function withRoom({ x, y, width, height }: UnitBox): UnitBox {
  return unitBox(x - width * ROOM, y - height * ROOM, width * (1 + 2 * ROOM), height * (1 + 2 * ROOM));
}
