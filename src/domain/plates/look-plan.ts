import type { Camera } from '../camera.js';
import type { Zone } from '../camera-fields/lines-zones.js';
import { clipToPicture, iou, type UnitBox } from '../geometry.js';
import { boxOf } from '../kalman.js';
import { isConfirmed, labelOf, standingPoint, type Track } from '../track.js';
import { isInside } from '../zone-watch.js';

/** What a track remembers of the looks at its plate. Plain data: it is checkpointed with the track. */
export interface PlateMemory {
  readonly looks: number;
  /** Capture time of the last look, epoch ms, and where the vehicle was then. */
  readonly lastAt: number;
  readonly lastBox: UnitBox;
  /** Height of the largest view so far, of the picture's. */
  readonly best: number;
  /** It stands, and that has been told. */
  readonly rests?: true;
  /** No more looks: they are used up, its passage is final, or the source has ended. */
  readonly over?: true;
}

export type PlateConfig = NonNullable<Camera['plates']> & { readonly zoneList: readonly Zone[] };

/** One vehicle of this frame that is worth a look at its plate. */
export interface PlateLook {
  readonly trackId: number;
  readonly bornAt: number;
  readonly class: string;
  /** Where the vehicle is, within the picture. */
  readonly box: UnitBox;
}

/** `gone`: the track has ended. `still`: it stands, nothing new is to be seen. `looks`: all looks are used up. */
export type FinishReason = 'gone' | 'still' | 'looks';

/** A vehicle that needs no more looks, for now or for good. */
export interface PlateFinish {
  readonly trackId: number;
  readonly bornAt: number;
  readonly why: FinishReason;
  /** How many looks it had. */
  readonly looks: number;
}

export interface PlatePlan {
  /** The tracks with what they now remember. */
  readonly tracks: readonly Track[];
  readonly looks: readonly PlateLook[];
  readonly finishes: readonly PlateFinish[];
}

/** Standing: the box has not moved by more than what detectors are unsure of. */
const STILL_IOU = 0.95;
/** One picture may be spoilt by somebody who walks past: what stands is looked at so often, so far apart (ms) … */
const STILL_LOOKS = 3;
const STILL_EVERY_MS = 1000;
/** A view this much higher than the best so far is a better one; less than that share of it, a poor one. */
const BETTER = 1.05;
const POOR = 0.8;
/** How much longer a poor view waits, and any view that is no better once half of the looks are used. */
const POOR_WAITS = 4;
const SAVING_WAITS = 2;
/** A box this near to the border is cut by it, of the picture. */
const BORDER = 0.004;
/** A vehicle that is larger than this, of the picture's width or height, is before a camera at a gate: it is always cut. */
const LARGE = 0.5;

/**
 * Which vehicles of a frame get a look at their plate, and which need no more. Pure: the same frame gives the same
 * plan. Only frames with a picture count, and only vehicles the detector has just seen.
 * @param before the tracks before this frame: those that are gone have ended
 * @param after the tracks with this frame taken in
 * @param frame capture time, epoch ms, and height of the picture, pixels; undefined: the frame has no picture
 * @param config undefined: the camera reads no plates (any more)
 */
export function planPlates(
  before: readonly Track[],
  after: readonly Track[],
  frame: { readonly at: number; readonly heightPx: number | undefined },
  config: PlateConfig | undefined,
): PlatePlan {
  const looks: PlateLook[] = [];
  const finishes: PlateFinish[] = [];
  const alive = new Set(after.map(identity));
  for (const track of before) {
    if (track.plate && !alive.has(identity(track))) finishes.push(finishOf(track, track.plate, 'gone'));
  }
  const { at, heightPx } = frame;
  if (!config?.enabled || heightPx === undefined) return { tracks: after, looks, finishes };
  const tracks = after.map((track) => {
    if (track.seenAt !== at || track.plate?.over) return track;
    const box = viewOf(track, heightPx, config);
    if (!box) return track;
    const why = lookAtNow(track.plate, box, at, config);
    if (why === 'still' && track.plate && !track.plate.rests) {
      finishes.push(finishOf(track, track.plate, 'still'));
      return { ...track, plate: { ...track.plate, rests: true as const } };
    }
    if (why !== 'look') return track;
    looks.push({ trackId: track.id, bornAt: track.bornAt, class: labelOf(track), box });
    const plate = remember(track.plate, box, at, config);
    if (plate.over) finishes.push(finishOf(track, plate, 'looks'));
    return { ...track, plate };
  });
  return { tracks, looks, finishes };
}

/** The source has ended: every vehicle that had a look is gone, and gets no more. */
export function endPlates(tracks: readonly Track[]): PlatePlan {
  const open = tracks.filter((track) => track.plate);
  return {
    tracks: tracks.map((track) =>
      track.plate ? { ...track, plate: { ...track.plate, over: true as const } } : track,
    ),
    looks: [],
    finishes: open.flatMap((track) => (track.plate ? [finishOf(track, track.plate, 'gone')] : [])),
  };
}

/** The track whose plate needs no more looks: its passage is final already. */
export function withoutLooks(track: Track): Track {
  return track.plate ? { ...track, plate: { ...track.plate, over: true } } : track;
}

/** The vehicle's box within the picture, if a plate could be read there; `undefined`: too small, cut off, elsewhere. */
function viewOf(track: Track, heightPx: number, config: PlateConfig): UnitBox | undefined {
  if (!isConfirmed(track) || !config.classes.includes(labelOf(track) as 'car')) return undefined;
  const whole = boxOf(track.motion);
  const box = clipToPicture(whole);
  if (!box || box.height * heightPx < config.minVehiclePx) return undefined;
  // Plates are low on a vehicle: one whose top is cut off still shows it.
  const isCut = whole.x < BORDER || whole.x + whole.width > 1 - BORDER || whole.y + whole.height > 1 - BORDER;
  if (isCut && Math.max(box.width, box.height) < LARGE) return undefined;
  const wanted = config.zoneList.filter(({ id }) => config.zones.includes(id));
  const stands = standingPoint(box);
  if (config.zones.length > 0 && !wanted.some(({ polygon }) => isInside(polygon, stands))) return undefined;
  return box;
}

function lookAtNow(
  memory: PlateMemory | undefined,
  box: UnitBox,
  at: number,
  { everyMs }: PlateConfig,
): 'look' | 'wait' | 'still' {
  if (!memory) return 'look';
  const sinceMs = at - memory.lastAt;
  if (iou(memory.lastBox, box) > STILL_IOU) {
    if (memory.looks >= STILL_LOOKS) return sinceMs >= STILL_EVERY_MS ? 'still' : 'wait';
    return sinceMs >= Math.max(everyMs, STILL_EVERY_MS) ? 'look' : 'wait';
  }
  return sinceMs >= everyMs * patience(memory, box) ? 'look' : 'wait';
}

/** How many times `everyMs` a look at this view waits: looks are few, and a view that gets better deserves them. */
function patience(memory: PlateMemory, box: UnitBox): number {
  const gain = box.height / memory.best;
  if (gain >= BETTER) return 1;
  return (gain >= POOR ? 1 : POOR_WAITS) * (memory.looks >= STILL_LOOKS * 2 ? SAVING_WAITS : 1);
}

function remember(
  memory: PlateMemory | undefined,
  box: UnitBox,
  at: number,
  { maxLooks }: PlateConfig,
): PlateMemory {
  const looks = (memory?.looks ?? 0) + 1;
  return {
    looks,
    lastAt: at,
    lastBox: box,
    best: Math.max(memory?.best ?? 0, box.height),
    ...(looks >= maxLooks && { over: true as const }),
  };
}

function finishOf(track: Track, { looks }: PlateMemory, why: FinishReason): PlateFinish {
  return { trackId: track.id, bornAt: track.bornAt, why, looks };
}

function identity({ id, bornAt }: Track): string {
  return `${id}-${bornAt}`;
}
