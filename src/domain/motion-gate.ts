import type { Camera } from './camera.js';
import { type Box, clipToPicture, pixelBox, type Size, toUnit, type UnitBox, WHOLE } from './geometry.js';
import { measureEdges } from './motion/plane-filters.js';
import { createPlaneMeter } from './motion/plane-meter.js';
import { CHANGED, createRegionFinder, FRESH, mergeTouching, type Region } from './motion/regions.js';
import { createSmallPicture } from './motion/small-picture.js';

/**
 * The motion gate: which frames are worth a detector's time. A frame passes when a region of it is unlike the
 * background (or unlike the last frame that passed) *and* has changed since that frame. The second condition is
 * what keeps a parked car, the hole it leaves behind, or a waiting crowd from passing for as long as the
 * background needs to learn them. Light, noise and sway are measured over the whole picture and allowed for.
 * One gate serves one camera and one picture size; it keeps state, frames go in by capture order.
 */
export interface MotionGate {
  /**
   * @param luma the frame's luma plane, row by row; may be longer (an I420 picture begins with it); not kept
   * @param at capture time, ms; only differences count. A clock that stands still or jumps back counts as 200 ms.
   * @throws RangeError when `luma` is shorter than the picture.
   */
  look(luma: Uint8Array, at: number): MotionLook;
}

export interface MotionLook {
  /** `heartbeat`: nothing moved, but the camera has not been looked at for `heartbeatMs`. `gated`: not worth a look. */
  readonly verdict: 'moved' | 'heartbeat' | 'gated';
  /** What moved, padded, largest first, none touching another; empty unless `moved`. */
  readonly regions: UnitBox[];
  /** Share of the unmasked picture that is unlike the background, 0..1. */
  readonly changedShare: number;
  /** `lightning`: nearly all of the picture changed at once, unevenly: light, and movement cannot be told from it. */
  readonly reason?: 'disabled' | 'warming-up' | 'lightning';
}

export interface MotionGateOptions extends Size {
  readonly settings: Camera['motion'];
  /** Polygons in unit coordinates; what moves in them never counts. */
  readonly masks: Camera['masks'];
}

/** The time between frames that `learnRate` is meant for. */
const NOMINAL_MS = 200;
/** The threshold is meant for a picture that uses all of 0..255; one of less contrast gets less, down to this. */
const LOWEST_THRESHOLD = 8;
/** Share of the threshold that a cell must have changed by since the last frame that passed. */
const FRESH_SHARE = 0.5;
/** Standard deviations of noise that count as change: 1 cell in 1.7 million by chance. */
const NOISE_SIGMAS = 5;
/** Fresh cells a region needs: `FEWEST_FRESH`, and in large regions this times the square root of its cells. */
const FEWEST_FRESH = 3;
const FRESH_BY_ROOT = 0.3;
/** Sway is measured over edges of all directions; those across it change this many times as much. */
const SWAY_REACH = 1.5;
/** Light whose unevenness is below this share of its change can be subtracted, so movement shows in spite of it. */
const EVEN_LIGHT = 0.3;
/** Where the light changes most it changes this many times as much as in the middle of the picture. */
const LIGHT_REACH = 1.5;
/** How fast the estimates of noise and sway follow, per 200 ms. */
const NOISE_RATE = 0.1;
const SWAY_RATE = 0.05;
/** Cells added around a region, because its faint rim stays below the threshold. */
const PADDING = 2;
/** The meter takes every fifth cell: medians do not get better with more. */
const METER_EVERY = 5;

/** @throws RangeError when the size is not of positive whole numbers. */
export function createMotionGate({ width, height, settings, masks }: MotionGateOptions): MotionGate {
  if (!settings.enabled) {
    return { look: () => ({ verdict: 'moved', regions: [WHOLE], changedShare: 1, reason: 'disabled' }) };
  }
  const picture = createSmallPicture({ width, height }, masks);
  const { seen } = picture;
  const meter = createPlaneMeter(seen.filter((_, i) => i % METER_EVERY === 0));
  const finder = createRegionFinder(picture);
  const newPlane = (): Float32Array => new Float32Array(picture.width * picture.height);
  let now = newPlane();
  let before = newPlane();
  const background = newPlane();
  const passed = newPlane();
  const edges = newPlane();
  const marks = new Uint8Array(now.length);
  let lastAt: number | undefined;
  let sincePassMs = 0;
  let noise = 0;
  let sway = 0;

  /** What a cell's change must exceed, and what the whole picture's light has changed by since the frame that passed. */
  function allowances(elapsedMs: number) {
    const grain = meter.spread(now, before, meter.shift(now, before));
    noise += (grain - noise) * rateFor(NOISE_RATE, elapsedMs);
    measureEdges(background, picture, edges);
    const lightSincePass = meter.shift(now, passed);
    const swayNow = SWAY_REACH * meter.sway(now, passed, lightSincePass, edges);
    sway = Math.min(1, Math.max(swayNow, sway * (1 - rateFor(SWAY_RATE, elapsedMs))));
    const byContrast = (settings.threshold * meter.contrast(now)) / 255;
    const lowest = Math.min(settings.threshold, LOWEST_THRESHOLD);
    const change = Math.max(byContrast, lowest, NOISE_SIGMAS * noise);
    const fresh = Math.max(change * FRESH_SHARE, NOISE_SIGMAS * noise);
    return { change, fresh, lightSincePass };
  }

  /** Marks the cells that changed; gives how many did, and how many would have if light were not subtracted. */
  function mark({ change, fresh, lightSincePass }: ReturnType<typeof allowances>, light: number) {
    let changed = 0;
    let unlike = 0;
    marks.fill(0);
    for (let i = 0; i < seen.length; i++) {
      const cell = seen[i]!;
      const value = now[cell]!;
      const difference = value - background[cell]!;
      if (difference > settings.threshold || difference < -settings.threshold) unlike++;
      const bySway = sway * edges[cell]!;
      const sincePass = beyond(value - passed[cell]!, lightSincePass) - bySway;
      if (beyond(difference, light) - bySway <= change && sincePass <= change) continue;
      changed++;
      marks[cell] = sincePass > fresh ? CHANGED | FRESH : CHANGED;
    }
    return { changed, unlike };
  }

  function learn(elapsedMs: number): void {
    const rate = rateFor(settings.learnRate, elapsedMs);
    for (let i = 0; i < now.length; i++) background[i]! += (now[i]! - background[i]!) * rate;
  }

  function pass(): void {
    sincePassMs = 0;
    passed.set(now);
  }

  function still(changedShare: number): MotionLook {
    const verdict = sincePassMs >= settings.heartbeatMs ? 'heartbeat' : 'gated';
    if (verdict === 'heartbeat') pass();
    return { verdict, regions: [], changedShare };
  }

  return {
    look(luma, at) {
      picture.take(luma, before);
      [now, before] = [before, now];
      if (lastAt === undefined) {
        lastAt = at;
        background.set(now);
        pass();
        return { verdict: 'heartbeat', regions: [], changedShare: 0, reason: 'warming-up' };
      }
      const elapsedMs = at > lastAt ? at - lastAt : NOMINAL_MS;
      lastAt = at;
      sincePassMs += elapsedMs;
      const allowed = allowances(elapsedMs);
      const light = meter.shift(now, background);
      const { changed, unlike } = mark(allowed, light);
      const changedShare = changed / Math.max(1, seen.length);
      if (seen.length > 0 && unlike >= settings.lightning * seen.length) {
        const unevenness = meter.spread(now, background, light);
        if (unevenness > Math.max(allowed.change / 2, EVEN_LIGHT * Math.abs(light))) {
          background.set(now);
          // The frame of before the light is no measure of what moves after it.
          passed.set(now);
          return { ...still(changedShare), reason: 'lightning' };
        }
      }
      learn(elapsedMs);
      const moved = finder
        .find(marks)
        .filter(
          (region) =>
            region.changed >= settings.minContour &&
            region.fresh >= Math.max(FEWEST_FRESH, FRESH_BY_ROOT * Math.sqrt(region.changed)),
        );
      if (moved.length === 0) return still(changedShare);
      pass();
      return { verdict: 'moved', regions: toRegions(moved, picture), changedShare };
    },
  };
}

/**
 * By how much a cell changed more than light explains. Light that changed by `light` in the middle of the picture
 * reaches some cells not at all (shadow, already white) and others half as much again.
 */
function beyond(difference: number, light: number): number {
  const most = light * LIGHT_REACH;
  const low = most < 0 ? most : 0;
  const high = most > 0 ? most : 0;
  return difference < low ? low - difference : difference > high ? difference - high : 0;
}

/** A rate per 200 ms as a rate per `elapsedMs`; after a long gap at most a half, one frame is not the truth. */
function rateFor(rate: number, elapsedMs: number): number {
  return Math.min(Math.max(0.5, rate), 1 - (1 - rate) ** (elapsedMs / NOMINAL_MS));
}

/** Regions in cells as boxes of the picture: padded, joined where they touch, largest first. */
function toRegions(found: readonly Region[], cells: Size): UnitBox[] {
  const padded = found.map((region): Box => ({
    x: region.x - PADDING,
    y: region.y - PADDING,
    width: region.width + 2 * PADDING,
    height: region.height + 2 * PADDING,
  }));
  return mergeTouching(padded)
    .sort((a, b) => b.width * b.height - a.width * a.height)
    .flatMap((box) => clipToPicture(toUnit(pixelBox(box.x, box.y, box.width, box.height), cells)) ?? []);
}
