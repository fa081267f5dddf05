import { createCaptureClock } from '../domain/capture-clock.js';
import { createFreezeWatch, type FreezeWatch } from '../domain/freeze-watch.js';
import type { FrameSource, SourceAddress, SourceFrame, SourceProblem } from '../domain/frame-source.js';
import { messageOf } from '../errors.js';
import type { FrameRoad } from './frame-road.js';
import type { GapWatch } from './gap-watch.js';
import { createIdleControl, type IdleControl } from './idle-control.js';
import type { CameraContext } from './options.js';
import type { Recorder } from './recorder.js';
import { createSilenceWatch, type SilenceWatch } from './silence-watch.js';
import type { SourceStatus } from './source-status.js';
import { createQualityMeter, type QualityMeter } from './stream-quality.js';
import type { TamperAlarm } from './tamper-alarm.js';

/** What the reading of a live camera tells. */
export interface LiveListeners {
  readonly road: FrameRoad;
  readonly status: SourceStatus;
  readonly gaps: GapWatch;
  readonly recorder: Recorder | undefined;
  readonly tamper: TamperAlarm;
}

/** How a connection ended. */
export interface Disconnection {
  readonly problem: SourceProblem;
  /** Wall clock from its first frame to its last, ms. */
  readonly lastedMs: number;
}

/** What belongs to one connection. */
interface Connection {
  readonly source: FrameSource;
  readonly silence: SilenceWatch;
  readonly idle: IdleControl;
  readonly quality: QualityMeter;
}

/** Reads a live camera, one connection after the other: frame indexes and capture times go on. */
export class LiveReading {
  /** The stream's frames before this connection. */
  #framesBefore = 0;
  #lastAt = -Infinity;
  #freeze: { watch: FreezeWatch; width: number; height: number } | undefined;
  /** When the picture froze, capture time. */
  #frozenSince: number | undefined;

  constructor(
    private readonly context: CameraContext,
    private readonly address: SourceAddress,
    private readonly to: LiveListeners,
  ) {}

  /** One connection, from opening it to its end. */
  async readOnce(): Promise<Disconnection> {
    const connection = this.#open();
    const { source, silence, quality, idle } = connection;
    const lasted = { from: 0, to: 0 };
    this.to.status.follow(() => ({
      quality: quality.read(),
      ...(this.context.camera.idle ? { isIdle: idle.isIdle() } : {}),
    }));
    try {
      await this.#readAll(connection, lasted);
      const problem = silence.gaveUp() ??
        source.ending().problem ?? { fault: 'ended', message: `${this.address.label} ended the stream` };
      return { problem, lastedMs: lasted.to - lasted.from };
    } catch (error) {
      return { problem: { fault: 'failed', message: messageOf(error) }, lastedMs: lasted.to - lasted.from };
    } finally {
      this.to.status.follow(undefined);
      silence.stop();
      await source.close();
      if (this.context.camera.detectSource === undefined) this.to.recorder?.interrupted();
    }
  }

  #open(): Connection {
    const { camera, sources, signal, timing, now } = this.context;
    const { recorder, status, gaps, road } = this.to;
    const { fps, maxWidth, transport, detectSource } = camera;
    const source = sources.open(this.address, {
      ...{ fps, maxWidth, transport, signal },
      ...(camera.idle ? { canIdle: true } : {}),
      // What is recorded is the main stream; where the analysis reads another one, somebody else copies it.
      ...(recorder && detectSource === undefined
        ? { sink: recorder, sound: camera.record?.audio === true }
        : {}),
    });
    const idle = createIdleControl(source, camera.idle ? timing.idleAfterMs : undefined);
    const silence = createSilenceWatch(this.context, source, this.address.label, {
      ...idle,
      onSilence: () => {
        const reason = `${this.address.label} is connected but sends no picture`;
        status.change('no_signal', reason);
        gaps.lost('camera', reason);
        void road.flush();
      },
    });
    return { source, silence, idle, quality: createQualityMeter(source, now) };
  }

  async #readAll(connection: Connection, lasted: { from: number; to: number }): Promise<void> {
    const { source, silence, quality } = connection;
    const { signal, now } = this.context;
    // A new connection counts its time from 0 again.
    const clock = createCaptureClock();
    const framesBefore = this.#framesBefore;
    for (;;) {
      silence.waiting(true);
      const next = await source.next();
      silence.waiting(false);
      if (!next || signal.aborted) return;
      lasted.to = now();
      lasted.from ||= lasted.to;
      const at = Math.max(clock.capturedAt(next.mediaMs / 1000, next.arrivedAt), this.#lastAt + 1);
      this.#lastAt = at;
      this.#framesBefore = framesBefore + next.frame + 1;
      quality.frame(next.frame, clock.aheadMs());
      await this.#take({ ...next, frame: framesBefore + next.frame }, at, connection);
    }
  }

  async #take(frame: SourceFrame, at: number, { idle }: Connection): Promise<void> {
    const { picture, skippedBefore = 0 } = frame;
    this.to.status.sampled(at, picture, 1 + skippedBefore);
    this.#tellFrozen(at);
    const { verdict, reason } = await this.to.road.offer({ ...frame, at });
    // With the gate switched off every frame passes: that says nothing about the picture.
    const hasMoved = verdict === 'moved' && reason === undefined;
    const frozenBefore = this.#frozenSince;
    this.#frozenSince = this.#freezeWatchOf(frame).look(picture.data, at, hasMoved)?.since;
    if (this.#frozenSince !== frozenBefore) this.#tellFrozen(at);
    // A picture that stands still is the camera's trouble, and has its own name.
    if (this.#frozenSince === undefined) this.to.tamper.look(picture, at);
    if (verdict === 'moved') this.to.recorder?.moved(at);
    idle.seen(frame, at, verdict === 'moved');
  }

  /** Frozen or well, as far as is known of the frame captured at that time. */
  #tellFrozen(at: number): void {
    const { status, gaps } = this.to;
    const since = this.#frozenSince;
    if (since === undefined) {
      status.change('ok');
      gaps.good(at);
    } else {
      const reason = `${this.address.label} sends the same picture again and again since ${new Date(since).toISOString()}`;
      status.change('frozen', reason);
      gaps.lost('camera', reason, since);
    }
  }

  /** The watch of pictures of this size; a source that changes its size begins with a new one. */
  #freezeWatchOf({ picture: { width, height } }: SourceFrame): FreezeWatch {
    if (this.#freeze?.width !== width || this.#freeze.height !== height) {
      const { frozenAfterS, masks } = this.context.camera;
      const watch = createFreezeWatch({ width, height, masks, afterMs: frozenAfterS * 1000 });
      this.#freeze = { watch, width, height };
    }
    return this.#freeze.watch;
  }
}
