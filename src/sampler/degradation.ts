import type { Camera } from '../domain/camera.js';
import { createLagMeter, type LagMeter } from '../domain/analysis-lag.js';
import type { CameraId } from '../domain/ids.js';
import { createLadder, type LadderStep } from '../domain/ladder.js';
import { schemeOf } from '../domain/source-address.js';
import type { Log } from '../log.js';
import type { CameraStates, FrameRing } from '../ports.js';

/** Watches how far the analysis is behind, and has the cameras of this sampler give something up while it is. */
export interface Degradation {
  /** Step of the ladder a camera is on, 0..3. */
  levelOf(cameraId: CameraId): number;
  /** Takes a camera in. @returns what lets it go. */
  watch(camera: Camera): () => void;
  /** Resolves when no look is under way. */
  close(): Promise<void>;
}

const EVERY_MS = 1000;

const MEANING = [
  'everything is looked at again',
  'the detector looks half as often',
  'the detector looks only at what moves, and no closer than it must',
  'the detector looks at a smaller picture',
] as const;

/**
 * Looks once a second. Files read as fast as possible are left out: they are read as fast as they are analysed, so
 * their rings are always full.
 */
export function startDegradation(options: {
  ring: Pick<FrameRing, 'last'>;
  states: Pick<CameraStates, 'read'>;
  log: Log;
  now?: () => number;
}): Degradation {
  const { ring, states, log, now = Date.now } = options;
  const ladder = createLadder();
  const meters = new Map<CameraId, LagMeter>();
  let looking: Promise<void> | undefined;

  async function lagOf(cameraId: CameraId, meter: LagMeter): Promise<number> {
    const newest = await ring.last(cameraId);
    const checkpoint = newest && (await states.read(cameraId));
    return meter.look(now(), newest, checkpoint?.cursor);
  }

  async function look(): Promise<void> {
    const asked = [...meters].map(async ([id, meter]) => [id, await lagOf(id, meter)] as const);
    // A store is away, and whoever writes to it says so. Nothing is known then, so nothing changes.
    const lags = await Promise.all(asked).catch(() => undefined);
    for (const step of lags ? ladder.tick(now(), new Map(lags)) : []) tell(step);
  }

  function tell({ cameraId, from, to, lagMs }: LadderStep): void {
    log.info(
      { cameraId, from, to, lagMs: Math.round(lagMs), meaning: MEANING[to] },
      to > from
        ? 'the analysis is behind: one step down in quality'
        : 'the analysis keeps up: one step up in quality',
    );
  }

  const timer = setInterval(() => {
    looking ??= look().finally(() => {
      looking = undefined;
    });
  }, EVERY_MS);

  return {
    levelOf: (cameraId) => ladder.levelOf(cameraId),
    watch(camera) {
      if (camera.pace === 'fast' && isFile(camera)) return () => undefined;
      const meter = createLagMeter();
      meters.set(camera.id, meter);
      return () => {
        if (meters.get(camera.id) === meter) meters.delete(camera.id);
      };
    },
    async close() {
      clearInterval(timer);
      await looking;
    },
  };
}

function isFile({ detectSource, source }: Camera): boolean {
  return schemeOf(detectSource ?? source) === undefined;
}
