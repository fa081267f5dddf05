import {
  addCounts,
  countsOf,
  hourOf,
  isStale,
  NO_FRAMES,
  type FrameCounts,
  type RingEntry,
} from '../../src/domain/frame.js';
import type { Camera } from '../../src/domain/camera.js';
import { inputShare } from '../../src/domain/look-plan.js';
import { newScene, planLook, step, type SceneConfig, type SceneEvent } from '../../src/domain/scene.js';
import { messageOf } from '../../src/errors.js';
import type { CameraStates, Checkpoint, Detector } from '../../src/ports.js';
import { done, skipped, type Handler, type JobContext, type Outcome } from '../define.js';
import { motion } from './job.js';
import { liveFeed, type LiveFeed } from './live.js';
import { askForPlates, planPlateLooks, type PlatePorts } from './plates.js';
import { annotate, record } from './record.js';

export type MotionPorts =
  | 'cameras'
  | 'frames'
  | 'states'
  | 'detectors'
  | 'pictures'
  | 'snapshots'
  | 'events'
  | 'metrics'
  | 'live'
  | PlatePorts;
type Context = JobContext<MotionPorts>;

/** A job ends after this long, so that many cameras share a worker fairly; what is left in the ring rings again. */
const BUDGET_MS = 500;
/** Entries read at once. The next batch is fetched while this one is analysed. */
const BATCH = 4;
/** Without anything to report, a checkpoint is written this often: what a killed worker has to do again. */
const COMMIT_EVERY_MS = 250;
/** The tracker also wants detections too weak to begin a track (second association stage of ByteTrack). */
const WEAK_SHARE = 0.5;

/** What a worker still has in memory of a camera, good as long as nobody has committed a newer version. */
interface Held {
  readonly version: number;
  readonly checkpoint: Checkpoint;
}
const memory = new WeakMap<CameraStates, Map<string, Held>>();

/** Drains the camera's ring in order, from its checkpoint, until it is empty or the budget is used. */
export const handle: Handler<typeof motion, MotionPorts> = async ({ cameraId }, ctx) => {
  const camera = ctx.ports.cameras.get(cameraId);
  const drain = await Drain.begin(camera, ctx);
  const until = ctx.now() + BUDGET_MS;
  let batch = await ctx.ports.frames.readAfter(cameraId, drain.cursor, BATCH);
  while (batch.length > 0) {
    const next = batch.length < BATCH ? undefined : ctx.ports.frames.readAfter(cameraId, batch.at(-1), BATCH);
    // A failure of this batch must not leave the read-ahead's own failure unhandled.
    next?.catch(() => undefined);
    for (const entry of batch) {
      await drain.take(entry);
      if (drain.fenced) return skipped('another worker has taken over this camera');
      if (ctx.signal.aborted || ctx.now() > until) return drain.stop(true);
    }
    if (!(await drain.commit())) return skipped('another worker has taken over this camera');
    batch = (await next) ?? (await ctx.ports.frames.readAfter(cameraId, drain.cursor, BATCH));
  }
  return drain.stop(false);
};

/** One job's walk through a camera's ring. Everything it changes becomes true in `commit`, all or nothing. */
class Drain {
  fenced = false;
  private counted: FrameCounts = NO_FRAMES;
  private analysed = 0;
  private committedAt: number;
  private pending = false;
  /** Pictures being drawn in other threads while the next frame is analysed; awaited before the commit. */
  private drawing: Promise<void>[] = [];

  private constructor(
    private readonly camera: Camera,
    private readonly ctx: Context,
    private readonly detector: Detector,
    private readonly config: SceneConfig,
    private readonly epoch: number,
    private checkpoint: Checkpoint,
    private readonly live: LiveFeed | undefined,
  ) {
    this.committedAt = ctx.now();
  }

  static async begin(camera: Camera, ctx: Context): Promise<Drain> {
    const { states, detectors, cameras } = ctx.ports;
    const detector = await detectors.get(camera.detect.network);
    const held = heldBy(states).get(camera.id);
    const begun = await states.begin(camera.id, held?.version);
    const checkpoint = begun.checkpoint ??
      (held?.version === begun.version ? held.checkpoint : undefined) ?? {
        scene: newScene(),
        counts: NO_FRAMES,
      };
    return new Drain(
      camera,
      ctx,
      detector,
      { ...camera, timeZone: cameras.site.timeZone },
      begun.epoch,
      checkpoint,
      await liveFeed(camera, ctx),
    );
  }

  get cursor(): Checkpoint['cursor'] {
    return this.checkpoint.cursor;
  }

  /** Analyses one entry; a frame that cannot be analysed is counted as failed and never stops the camera. */
  async take(entry: RingEntry): Promise<void> {
    if (!(await this.commitHour(entry.at))) return;
    let scene = this.checkpoint.scene;
    let events: readonly SceneEvent[] = [];
    let outcome: 'analysed' | 'failed' | 'dropped' = 'analysed';
    if (this.camera.pace === 'realtime' && isStale(entry, this.ctx.now())) outcome = 'dropped';
    else if (entry.kind !== 'end') {
      try {
        ({ state: scene, events } = await this.look(entry, entry.kind));
        this.ctx.ports.metrics.analysed(this.camera.id, this.ctx.now() - entry.sampledAt);
        this.analysed += 1;
      } catch (error) {
        outcome = 'failed';
        this.ctx.log.warn(
          { cameraId: this.camera.id, frame: entry.frame, reason: messageOf(error) },
          'frame could not be analysed',
        );
      }
    }
    const counted = countsOf(this.checkpoint.cursor, entry, outcome);
    const before = this.checkpoint.scene;
    const plates =
      outcome === 'analysed' ? await planPlateLooks(this.camera, entry, before, scene, this.ctx) : undefined;
    scene = plates?.scene ?? scene;
    const { pass, seq, gated, frame, at } = entry;
    this.counted = addCounts(this.counted, counted);
    this.checkpoint = {
      cursor: { pass, seq, gated, frame, at },
      scene,
      counts: addCounts(this.checkpoint.counts, counted),
    };
    this.pending = true;
    const consequences = { camera: this.camera, config: this.config, scene, events, entry };
    this.draw(annotate(consequences, this.ctx));
    if (outcome === 'analysed') this.live?.show(entry, scene);
    await record(consequences, this.ctx);
    if (plates) await askForPlates(this.camera, entry, plates, this.ctx);
    if (events.length > 0 || this.ctx.now() - this.committedAt > COMMIT_EVERY_MS) await this.commit();
  }

  /** What a commit counts goes to the hour of its cursor: none may reach into the next hour. */
  private async commitHour(at: number): Promise<boolean> {
    const { cursor } = this.checkpoint;
    return !cursor || hourOf(cursor.at) === hourOf(at) || this.commit();
  }

  /** @returns false when another worker has taken over: then nothing was written and nothing may follow. */
  async commit(): Promise<boolean> {
    const { cursor } = this.checkpoint;
    if (!this.pending || !cursor) return !this.fenced;
    const { states, frames } = this.ctx.ports;
    await Promise.all(this.drawing.splice(0));
    const version = await states.commit(this.camera.id, this.epoch, this.checkpoint, this.counted);
    this.fenced = version === undefined;
    if (version === undefined) {
      heldBy(states).delete(this.camera.id);
      return false;
    }
    heldBy(states).set(this.camera.id, { version, checkpoint: this.checkpoint });
    this.counted = NO_FRAMES;
    this.pending = false;
    this.committedAt = this.ctx.now();
    await frames.trim(this.camera.id, cursor);
    return true;
  }

  /** @param more the ring may hold more: ring again, for whichever worker is free. */
  async stop(more: boolean): Promise<Outcome> {
    if (!(await this.commit())) return skipped('another worker has taken over this camera');
    await this.live?.end();
    if (more) await this.ctx.enqueue(motion, { cameraId: this.camera.id });
    return done({ analysed: this.analysed });
  }

  private draw(drawing: Promise<void>): void {
    // Its failure is commit's to throw; until then it must not count as unhandled.
    drawing.catch(() => undefined);
    this.drawing.push(drawing);
  }

  private async look(entry: RingEntry, kind: 'moved' | 'heartbeat'): Promise<ReturnType<typeof step>> {
    const { at, frame, regions, picture, degraded = 0 } = entry;
    const { scene } = this.checkpoint;
    const looked = picture && planLook(scene, { at, kind, regions, degraded }, this.config);
    if (!picture || !looked) return step(scene, { at, frame, regions, detections: [] }, this.config);
    const { classes, minScore } = this.camera.detect;
    const detections = await this.detector.detect(picture, looked, {
      classes,
      minScore: minScore * WEAK_SHARE,
      inputShare: inputShare(looked, degraded),
    });
    const aspect = picture.width / picture.height;
    return step(scene, { at, frame, regions, looked, detections, aspect }, this.config);
  }
}

function heldBy(states: CameraStates): Map<string, Held> {
  let held = memory.get(states);
  if (!held) memory.set(states, (held = new Map<string, Held>()));
  return held;
}
