import type { Camera } from '../../src/domain/camera.js';
import type { RingEntry } from '../../src/domain/frame.js';
import { liveOverlay } from '../../src/domain/live-overlay.js';
import type { Picture } from '../../src/domain/picture.js';
import type { SceneState } from '../../src/domain/scene.js';
import type { LiveView } from '../../src/ports/live.js';
import type { JobContext } from '../define.js';
import { liveFrame } from '../live-frame/job.js';

type Context = JobContext<'cameras' | 'live'>;

/** Frames given on are at least this far apart, ms: a file read as fast as possible is no film. */
const GAP_MS = 50;
/** Whoever watches rings too, and a live-frame job that draws goes on by itself: this is for the one that was lost. */
const RING_EVERY_MS = 1000;
const rungAt = new WeakMap<LiveView, Map<string, number>>();

/**
 * What a drain shows those who watch its camera. Nothing of it holds up the analysis: a frame is given on in the
 * background, and what is seen while that lasts takes the place of what waits.
 */
export interface LiveFeed {
  show(entry: RingEntry, scene: SceneState): void;
  /** Resolves when the newest frame is given on. */
  end(): Promise<void>;
}

/** @returns `undefined`: nobody watches, which costs one question a second. */
export async function liveFeed(camera: Camera, ctx: Context): Promise<LiveFeed | undefined> {
  if (!(await ctx.ports.live.isWatched(camera.id))) return undefined;
  let waiting: { readonly at: number; readonly picture: Picture; readonly scene: SceneState } | undefined;
  let giving: Promise<void> | undefined;
  let givenAt = -Infinity;

  async function give(): Promise<void> {
    if (!waiting) return;
    const { at, picture, scene } = waiting;
    waiting = undefined;
    givenAt = ctx.now();
    const overlay = liveOverlay(scene, camera, at, ctx.ports.cameras.site.timeZone);
    await ctx.ports.live.put(camera.id, { at, picture, overlay });
    await ring(camera.id, ctx);
  }
  function begin(): void {
    giving = give().finally(() => (giving = undefined));
    // Its failure is `end`'s to throw; until then it must not count as unhandled.
    giving.catch(() => undefined);
  }
  return {
    show({ at, picture }, scene) {
      if (!picture) return;
      waiting = { at, picture, scene };
      if (!giving && ctx.now() - givenAt >= GAP_MS) begin();
    },
    async end() {
      await giving;
      await give();
    },
  };
}

async function ring(cameraId: string, ctx: Context): Promise<void> {
  const { live } = ctx.ports;
  const rung = rungAt.get(live) ?? new Map<string, number>();
  rungAt.set(live, rung);
  if (ctx.now() - (rung.get(cameraId) ?? -Infinity) < RING_EVERY_MS) return;
  rung.set(cameraId, ctx.now());
  await ctx.enqueue(liveFrame, { cameraId });
}
