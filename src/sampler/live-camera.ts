import { backoffMs } from '../domain/backoff.js';
import { createCaptureClock } from '../domain/capture-clock.js';
import type { FrameSource, SourceAddress, SourceProblem } from '../domain/frame-source.js';
import { messageOf } from '../errors.js';
import { createFrameRoad, type FrameRoad } from './frame-road.js';
import type { CameraContext } from './options.js';
import type { SourceStatus } from './source-status.js';
import { untilDone, wait } from './wait.js';
import { nextPass } from './next-pass.js';

/** A camera that is down is tried at least this often. */
const LAST_RETRY_MS = 60_000;
/** From this many failures in a row the camera counts as failed; it is tried on, slowly. */
const FAILED_AFTER = 5;
/** A connection that held this long was a good one: the next failure is the first again. */
const GOOD_MS = 10_000;

/** Reads a stream until told to stop, connecting anew as often as it takes. All of it is one pass. */
export async function runLive(
  context: CameraContext,
  address: SourceAddress,
  status: SourceStatus,
): Promise<void> {
  const { camera, signal, now, random, timing, onStoreError } = context;
  const pass = await untilDone(() => nextPass(context, camera.id), { signal, onError: onStoreError });
  if (!pass) return;
  status.note({ pass: pass.value });
  status.change('connecting');
  const road = createFrameRoad(context, pass.value, false);
  const reading = new LiveReading(context, address, road, status);
  try {
    for (let failures = 0; !signal.aborted;) {
      const openedAt = now();
      const problem = await reading.readOnce();
      if (signal.aborted) break;
      const wasGood = reading.lastFrameAt >= openedAt && reading.lastFrameAt - openedAt >= GOOD_MS;
      failures = wasGood ? 1 : failures + 1;
      status.change(failures >= FAILED_AFTER ? 'connection_failed' : 'retrying', problem.message);
      await wait(backoffMs(failures, { firstMs: timing.retryMs, maxMs: LAST_RETRY_MS }, random()), signal);
    }
  } finally {
    await road.close();
  }
}

class LiveReading {
  /** Wall clock of the newest frame, epoch ms. */
  lastFrameAt = -Infinity;
  /** The stream's frames before this connection: indexes go on. */
  #framesBefore = 0;
  #lastAt = -Infinity;

  constructor(
    private readonly context: CameraContext,
    private readonly address: SourceAddress,
    private readonly road: FrameRoad,
    private readonly status: SourceStatus,
  ) {}

  /** One connection, from opening it to its end. */
  async readOnce(): Promise<SourceProblem> {
    const { camera, sources, signal } = this.context;
    const source = sources.open(this.address, { fps: camera.fps, maxWidth: camera.maxWidth, signal });
    const watch = this.#watch(source);
    try {
      await this.#readAll(source, watch);
      return (
        watch.gaveUp() ??
        source.ending().problem ?? { fault: 'ended', message: `${this.address.label} ended the stream` }
      );
    } catch (error) {
      return { fault: 'failed', message: messageOf(error) };
    } finally {
      watch.stop();
      await source.close();
    }
  }

  async #readAll(source: FrameSource, watch: { waiting(is: boolean): void }): Promise<void> {
    const { signal, now } = this.context;
    // A new connection counts its time from 0 again.
    const clock = createCaptureClock();
    const framesBefore = this.#framesBefore;
    for (;;) {
      watch.waiting(true);
      const next = await source.next();
      watch.waiting(false);
      if (!next || signal.aborted) return;
      this.lastFrameAt = now();
      const at = Math.max(clock.capturedAt(next.mediaMs / 1000, next.arrivedAt), this.#lastAt + 1);
      this.#lastAt = at;
      this.#framesBefore = framesBefore + next.frame + 1;
      this.status.sampled(at, next.picture);
      await this.road.offer({ frame: framesBefore + next.frame, at, picture: next.picture });
    }
  }

  /** Notices a stream that is open and sends nothing. Time that the ring takes is not the camera's. */
  #watch(source: FrameSource): {
    waiting(is: boolean): void;
    gaveUp(): SourceProblem | undefined;
    stop(): void;
  } {
    const { now, timing, camera } = this.context;
    const noSignalMs = Math.max(timing.noSignalMs, 3000 / camera.fps);
    const giveUpMs = Math.max(timing.giveUpMs, 10_000 / camera.fps);
    let waitingSince: number | undefined;
    let hasFrames = false;
    let problem: SourceProblem | undefined;
    const timer = setInterval(
      () => {
        const silentMs = waitingSince === undefined ? 0 : now() - waitingSince;
        if (silentMs >= giveUpMs) {
          problem = {
            fault: 'timeout',
            message: `${this.address.label} sent no picture for ${Math.round(silentMs / 1000)} s`,
          };
          void source.close();
        } else if (silentMs >= noSignalMs && hasFrames) {
          this.status.change('no_signal', `${this.address.label} is connected but sends no picture`);
        }
      },
      Math.min(1000, noSignalMs / 2),
    );
    return {
      waiting(is) {
        hasFrames ||= !is;
        waitingSince = is ? now() : undefined;
      },
      gaveUp: () => problem,
      stop: () => clearInterval(timer),
    };
  }
}
