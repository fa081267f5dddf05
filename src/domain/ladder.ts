import type { CameraId } from './ids.js';

/**
 * What is given up when the analysis cannot keep up, the least harmful first:
 * 1 the detector looks half as often, 2 and only at what moves, no larger than it needs to be seen, 3 and with a
 * smaller picture in the network.
 */
export const MOST_DEGRADED = 3;

export interface LadderStep {
  readonly cameraId: CameraId;
  /** 0..3; 0: nothing is given up. */
  readonly from: number;
  readonly to: number;
  /** How far the analysis of the camera was behind, ms. */
  readonly lagMs: number;
}

export interface Ladder {
  /**
   * Once a second.
   * @param now epoch ms, never less than before
   * @param lags of the cameras of this sampler: how far their analysis is behind, ms
   * @returns what changes; levels of two cameras never differ by more than one.
   */
  tick(now: number, lags: ReadonlyMap<CameraId, number>): LadderStep[];
  /** 0..3; 0 for a camera not known. */
  levelOf(cameraId: CameraId): number;
}

/** A camera further behind than this needs help … */
const BEHIND_MS = 2000;
/** … when one is at so many ticks in a row. */
const BEHIND_TICKS = 2;
/** Even the oldest frames are dropped sooner than this: such a camera is not analysed at all, and no step would help. */
const STANDS_STILL_MS = 45_000;
/** Everybody less behind than this: the load has fallen. */
const CALM_MS = 500;
/** For how long it must have fallen before the first step down … */
const FIRST_DOWN_MS = 10_000;
/** … and between two. */
const NEXT_DOWN_MS = 3000;
/** A step up so soon after one down: that was too early, and the next calm has to last twice as long. */
const TOO_EARLY_MS = 30_000;
const LONGEST_CALM_MS = 160_000;

export function createLadder(): Ladder {
  const levels = new Map<CameraId, number>();
  let behindTicks = 0;
  let calmSince: number | undefined;
  let steppedDownAt = -Infinity;
  let neededCalmMs = FIRST_DOWN_MS;

  /** Cameras that came or went. One that came begins where the best served ones are. */
  function follow(lags: ReadonlyMap<CameraId, number>): LadderStep[] {
    for (const id of [...levels.keys()]) if (!lags.has(id)) levels.delete(id);
    const least = levels.size === 0 ? 0 : Math.min(...levels.values());
    return [...lags].flatMap(([cameraId, lagMs]) => {
      if (levels.has(cameraId)) return [];
      levels.set(cameraId, least);
      return least === 0 ? [] : [{ cameraId, from: 0, to: least, lagMs }];
    });
  }

  function move(by: 1 | -1, lags: ReadonlyMap<CameraId, number>): LadderStep[] {
    // The one that has given up least, of these the one furthest behind; downwards the other way round.
    const [found] = [...levels].sort(
      ([a, levelA], [b, levelB]) => by * (levelA - levelB) || by * ((lags.get(b) ?? 0) - (lags.get(a) ?? 0)),
    );
    if (!found) return [];
    const [cameraId, from] = found;
    const to = from + by;
    if (to < 0 || to > MOST_DEGRADED) return [];
    levels.set(cameraId, to);
    return [{ cameraId, from, to, lagMs: lags.get(cameraId) ?? 0 }];
  }

  function up(now: number, lags: ReadonlyMap<CameraId, number>): LadderStep[] {
    if (now - steppedDownAt < TOO_EARLY_MS) {
      neededCalmMs = Math.min(2 * neededCalmMs, LONGEST_CALM_MS);
      steppedDownAt = -Infinity;
    }
    return move(1, lags);
  }

  function down(now: number, lags: ReadonlyMap<CameraId, number>): LadderStep[] {
    const steps = move(-1, lags);
    if (steps.length > 0) steppedDownAt = now;
    else neededCalmMs = FIRST_DOWN_MS; // all is as it should be, and has been for a while
    // The next one after NEXT_DOWN_MS.
    calmSince = now - neededCalmMs + NEXT_DOWN_MS;
    return steps;
  }

  return {
    levelOf: (cameraId) => levels.get(cameraId) ?? 0,
    tick(now, lags) {
      const came = follow(lags);
      const worst = Math.max(0, ...[...lags.values()].filter((lagMs) => lagMs < STANDS_STILL_MS));
      behindTicks = worst > BEHIND_MS ? behindTicks + 1 : 0;
      calmSince = worst < CALM_MS ? (calmSince ?? now) : undefined;
      if (behindTicks >= BEHIND_TICKS) return [...came, ...up(now, lags)];
      if (calmSince !== undefined && now - calmSince >= neededCalmMs) return [...came, ...down(now, lags)];
      return came;
    },
  };
}
