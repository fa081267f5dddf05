import type { Camera } from '../../src/domain/camera.js';
import { liveOverlay } from '../../src/domain/live-overlay.js';
import { newScene } from '../../src/domain/scene.js';
import type { LiveFrame } from '../../src/ports/live.js';
import { done, skipped, type Handler, type JobContext } from '../define.js';
import { liveFrame } from './job.js';

type LivePorts = 'cameras' | 'frames' | 'states' | 'pictures' | 'live';
type Context = JobContext<LivePorts>;

/** A job ends after this long, so that cameras share a worker; while somebody watches it rings for the next one. */
const BUDGET_MS = 4000;
/** How often a new frame is looked for, ms: half of it is how late a picture is shown for that, on average. */
const LOOK_EVERY_MS = 30;
/** A scene in which nothing moves is shown as it is this often, ms. */
const STILL_EVERY_MS = 1000;
/** Wider pictures are drawn smaller: more costs time, and a page shows them smaller anyway. */
const LIVE_WIDTH = 960;
const QUALITY = 75;
/** A picture this much older than the one shown is of a source that was begun anew, ms. */
const BEGUN_ANEW_MS = 10_000;

/** Draws what comes, once for all who watch, always the newest: what came meanwhile is skipped. */
export const handle: Handler<typeof liveFrame, LivePorts> = async ({ cameraId }, ctx) => {
  const { live, cameras } = ctx.ports;
  const camera = cameras.get(cameraId);
  const until = ctx.now() + BUDGET_MS;
  if (!(await live.isWatched(cameraId, 0))) return skipped('nobody watches');
  let drawn = 0;
  let shown: { readonly at: number; readonly jpeg: Buffer } | undefined;
  let stillDueAt = -Infinity;
  while (!ctx.signal.aborted && ctx.now() < until && (await live.isWatched(cameraId))) {
    let frame = await live.newest(cameraId, shown?.at);
    const isStill = !frame && ctx.now() >= stillDueAt;
    if (isStill) frame = await stillFrame(camera, shown?.at, ctx);
    if (frame) {
      shown = { at: frame.at, jpeg: await draw(frame, ctx) };
      drawn += 1;
    }
    // Nothing new: who has just begun to watch sees what is there.
    if (shown && (frame || isStill)) await live.publish(cameraId, shown);
    if (frame || isStill) stillDueAt = ctx.now() + STILL_EVERY_MS;
    if (!frame) await pause(LOOK_EVERY_MS);
  }
  if (await live.isWatched(cameraId)) await ctx.enqueue(liveFrame, { cameraId });
  return drawn > 0 ? done({ drawn }) : skipped('there was no new picture');
};

function draw({ picture, overlay }: LiveFrame, ctx: Context): Promise<Buffer> {
  return ctx.ports.pictures.jpeg(picture, { overlay, maxWidth: LIVE_WIDTH, quality: QUALITY });
}

/** The picture that the sampler keeps of every camera: there is one also while nothing moves and nothing is analysed. */
async function stillFrame(
  camera: Camera,
  shownAt: number | undefined,
  { ports }: Context,
): Promise<LiveFrame | undefined> {
  const latest = await ports.frames.latest(camera.id);
  if (!latest) return undefined;
  const { at, picture } = latest;
  const isNew = shownAt === undefined || at > shownAt || at < shownAt - BEGUN_ANEW_MS;
  if (!isNew) return undefined;
  const scene = (await ports.states.read(camera.id))?.scene;
  const { timeZone } = ports.cameras.site;
  return { at, picture, overlay: liveOverlay(scene ?? newScene(), camera, at, timeZone) };
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
