import { createCaptureClock } from '../domain/capture-clock.js';
import { diskTrouble } from '../domain/disk-trouble.js';
import type { Fragment, FragmentSink, FragmentStream } from '../domain/fragment.js';
import type { SourceProblem } from '../domain/frame-source.js';
import { gapCauseOf } from '../domain/gap-cause.js';
import { createSegmenter, type SegmentStep, type TimedFragment } from '../domain/segmenter.js';
import type { CameraContext, RecordingStores } from './options.js';
import { createRecordingGap } from './recording-gap.js';
import { createRecordingLedger } from './recording-ledger.js';
import { recoverCamera } from './recover-recordings.js';
import { createSegmentWriter } from './segment-writer.js';
import { wait } from './wait.js';

/** Records one camera: takes its compressed pictures and writes those that its mode asks for into segments. */
export interface Recorder extends FragmentSink {
  /** Something moved; capture time, epoch ms. */
  moved(at: number): void;
  /**
   * The connection ended: what comes next begins a new segment.
   * @param problem given by a reader of its own, whose pictures nobody else misses: it is told as a gap
   */
  interrupted(problem?: SourceProblem): void;
  /** Resolves when everything taken is on the disk and its row is closed, or cannot be. */
  close(): Promise<void>;
}

export interface RecorderTuning {
  /** A disk that failed is tried again this often, ms. */
  readonly diskRetryMs: number;
  /** Bytes that wait for a slow disk; what comes on top is lost, with a gap. */
  readonly maxQueuedBytes: number;
}

const TUNING: RecorderTuning = { diskRetryMs: 10_000, maxQueuedBytes: 16 * 1024 ** 2 };
/** Two fragments of one reading are one after the other when no more than this is between them, ms. */
const JOINT_MS = 5;

/**
 * Puts in order what an earlier process left of the camera, then records it until closed. Nothing here blocks or
 * throws: a disk or a database that fails costs a gap, never a picture of the analysis.
 */
export function createRecorder(context: CameraContext, tuning: Partial<RecorderTuning> = {}): Recorder {
  const { recordings, camera } = context;
  const mode = camera.record?.mode ?? 'off';
  if (!recordings || !camera.record || mode === 'off') return NOTHING;
  return new StoringRecorder(context, recordings, { ...camera.record, mode }, { ...TUNING, ...tuning });
}

const NOTHING: Recorder = {
  begin: () => undefined,
  take: () => undefined,
  moved: () => undefined,
  interrupted: () => undefined,
  close: () => Promise.resolve(),
};

class StoringRecorder implements Recorder {
  readonly #ledger;
  readonly #gap;
  readonly #segmenter;
  readonly #writer;
  readonly #closing = new AbortController();
  #stream: FragmentStream | undefined;
  #clock = createCaptureClock();
  /** Of the newest fragment of this reading. */
  #endMediaMs = -Infinity;
  #endAt: number | undefined;
  /** Not written: the disk failed (until it is well) or is behind (until it has caught up). */
  #stopped: 'failed' | 'behind' | undefined;
  #hasBegun = false;

  constructor(
    private readonly context: CameraContext,
    private readonly stores: RecordingStores,
    private readonly record: Parameters<typeof createSegmenter>[0],
    private readonly tuning: RecorderTuning,
  ) {
    this.#ledger = createRecordingLedger(context);
    this.#gap = createRecordingGap(context, this.#ledger);
    this.#segmenter = createSegmenter<TimedFragment>(record);
    this.#writer = createSegmentWriter(context, stores, this.#ledger, {
      onWritten: ({ startAt }) => this.#gap.end(startAt),
      onTrouble: (error, from) => this.#fail(error, from),
    });
    this.#recover();
  }

  begin(stream: FragmentStream): void {
    this.#break();
    this.#stream = stream;
    this.#clock = createCaptureClock();
    this.#endMediaMs = -Infinity;
  }

  take(fragment: Fragment): void {
    const timed = this.#timed(fragment);
    this.#endOldGap(timed.startAt);
    this.#lookAtQueue(timed.startAt);
    if (this.#stopped !== undefined) return;
    // While nothing moves nothing is written, so that it could be is all there is to tell.
    if (this.record.mode === 'motion') this.#gap.end(timed.startAt);
    this.#do(this.#segmenter.take(timed));
  }

  moved(at: number): void {
    this.#do(this.#segmenter.moved(at));
  }

  interrupted(problem?: SourceProblem): void {
    this.#break();
    if (!problem) return;
    this.#gap.begin(this.#endAt ?? this.context.now(), gapCauseOf(problem.fault), problem.message);
  }

  async close(): Promise<void> {
    this.#closing.abort();
    this.#break();
    await this.#writer.close();
    await this.#ledger.close();
  }

  #timed({ isKey, bytes, mediaMs, durationMs, arrivedAt }: Fragment): TimedFragment {
    const endAt = this.#clock.capturedAt((mediaMs + durationMs) / 1000, arrivedAt);
    const isJoint = Math.abs(mediaMs - this.#endMediaMs) <= JOINT_MS && this.#endAt !== undefined;
    const startAt = isJoint ? (this.#endAt ?? endAt) : Math.round(endAt - durationMs);
    this.#endMediaMs = mediaMs + durationMs;
    this.#endAt = endAt;
    return { isKey, bytes, startAt, endAt };
  }

  #do(steps: readonly SegmentStep<TimedFragment>[]): void {
    if (this.#stream) for (const step of steps) this.#writer.write(step, this.#stream);
  }

  #break(): void {
    this.#do(this.#segmenter.broken());
  }

  /** A gap that a killed process left open ends where another one begins; this one has no length. */
  #endOldGap(at: number): void {
    if (this.#hasBegun) return;
    this.#hasBegun = true;
    this.#gap.begin(at, 'process', 'a new process records the camera');
    this.#gap.end(at);
  }

  /** A disk too slow for the camera, or one that hangs, must not fill the memory. */
  #lookAtQueue(startAt: number): void {
    const queued = this.#writer.queuedBytes();
    const { maxQueuedBytes } = this.tuning;
    if (this.#stopped === undefined && queued > maxQueuedBytes) {
      this.#stop('behind', startAt, 'the disk is too slow for what is recorded');
    } else if (this.#stopped === 'behind' && queued < maxQueuedBytes / 2) {
      this.#stopped = undefined;
    }
  }

  #fail(error: unknown, from: number): void {
    if (this.#stopped === 'failed') return;
    this.#stop('failed', from, diskTrouble(error), error);
    void this.#untilWell();
  }

  #stop(why: 'failed' | 'behind', from: number, reason: string, error?: unknown): void {
    this.context.log.error({ err: error, reason }, 'recording has stopped; the analysis goes on');
    this.#stopped = why;
    this.#break();
    this.#gap.begin(from, 'disk', reason);
  }

  async #untilWell(): Promise<void> {
    const { signal } = this.#closing;
    for (;;) {
      await wait(this.tuning.diskRetryMs, signal);
      if (signal.aborted) return;
      const isWell = await this.stores.files.check().then(
        () => true,
        () => false,
      );
      if (!isWell) continue;
      this.context.log.info({}, 'the disk takes recordings again');
      this.#recover();
      this.#stopped = undefined;
      return;
    }
  }

  #recover(): void {
    const { log, onGap, camera } = this.context;
    const recovery = { stores: this.stores, log, onGap };
    this.#ledger.add(() => recoverCamera(recovery, camera, (path) => this.#writer.isOwn(path)));
  }
}
