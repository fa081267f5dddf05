import type { FragmentStream } from '../domain/fragment.js';
import type { SegmentStep, TimedFragment } from '../domain/segmenter.js';
import { segmentId, segmentPath } from '../domain/segment-path.js';
import type { Segment, SegmentFile } from '../ports.js';
import type { CameraContext, RecordingStores } from './options.js';
import type { RecordingLedger } from './recording-ledger.js';
import { wait } from './wait.js';

/** How far the row of an open segment lags behind its file, ms of recording. */
const GROW_EVERY_MS = 10_000;
/** A disk that hangs does not keep a process from stopping. */
const CLOSE_WITHIN_MS = 5000;

export interface SegmentWriter {
  /** Does the step when those before it are done. */
  write(step: SegmentStep<TimedFragment>, stream: FragmentStream): void;
  /** Bytes taken and not written yet. */
  queuedBytes(): number;
  /** Whether this writer writes to that path, or has yet to tell the index what became of it. */
  isOwn(path: string): boolean;
  close(): Promise<void>;
}

export interface SegmentWriterEvents {
  /** A fragment is in its file. */
  onWritten(fragment: TimedFragment): void;
  /**
   * The disk did not take something. What was queued is forgotten.
   * @param from capture time of what was not written, epoch ms
   */
  onTrouble(error: unknown, from: number): void;
}

interface Item {
  readonly step: SegmentStep<TimedFragment>;
  readonly stream: FragmentStream;
}

interface OpenSegment {
  readonly file: SegmentFile;
  readonly path: string;
  readonly id: string;
  readonly startAt: number;
  endAt: number;
  bytes: number;
  grownAt: number;
}

/** Writes the segments of one camera, in the background and in order; the index hears of each through the ledger. */
export function createSegmentWriter(
  context: CameraContext,
  stores: RecordingStores,
  ledger: RecordingLedger,
  events: SegmentWriterEvents,
): SegmentWriter {
  return new QueuedWriter(context, stores, ledger, events);
}

class QueuedWriter implements SegmentWriter {
  #queue: Item[] = [];
  #queuedBytes = 0;
  #working: Promise<void> | undefined;
  #open: OpenSegment | undefined;
  readonly #own = new Set<string>();

  constructor(
    private readonly context: CameraContext,
    private readonly stores: RecordingStores,
    private readonly ledger: RecordingLedger,
    private readonly events: SegmentWriterEvents,
  ) {}

  write(step: SegmentStep<TimedFragment>, stream: FragmentStream): void {
    this.#queue.push({ step, stream });
    this.#queuedBytes += bytesOf(step);
    this.#working ??= this.#work().finally(() => {
      this.#working = undefined;
    });
  }

  queuedBytes(): number {
    return this.#queuedBytes;
  }

  isOwn(path: string): boolean {
    return this.#own.has(path);
  }

  async close(): Promise<void> {
    const stop = new AbortController();
    await Promise.race([this.#closeAll(), wait(CLOSE_WITHIN_MS, stop.signal)]);
    stop.abort();
  }

  async #closeAll(): Promise<void> {
    await this.#working;
    await this.#end().catch((error: unknown) => {
      this.context.log.warn({ err: error }, 'a recording could not be closed; it is at the next start');
    });
  }

  async #work(): Promise<void> {
    for (let item = this.#queue[0]; item; item = this.#queue[0]) {
      try {
        await this.#do(item);
        this.#queue.shift();
        this.#queuedBytes -= bytesOf(item.step);
      } catch (error) {
        await this.#giveUp(error, item.step);
      }
    }
  }

  async #do({ step, stream }: Item): Promise<void> {
    if (step.do !== 'append') await this.#end();
    if (step.do === 'open') await this.#begin(step.fragment, stream);
    else if (step.do === 'append') await this.#append(step.fragment);
    if (step.do !== 'close') this.events.onWritten(step.fragment);
  }

  async #begin(fragment: TimedFragment, stream: FragmentStream): Promise<void> {
    const { files, index } = this.stores;
    const { camera } = this.context;
    const { startAt, endAt } = fragment;
    const path = segmentPath(camera.id, startAt);
    this.#own.add(path);
    const file = await files.create(path, stream.init).catch((error: unknown) => {
      this.#own.delete(path);
      throw error;
    });
    const id = segmentId(camera.id, startAt);
    const open: OpenSegment = { file, path, id, startAt, endAt: startAt, bytes: 0, grownAt: endAt };
    this.#open = open;
    await file.append(fragment.bytes);
    open.endAt = endAt;
    open.bytes = stream.init.length + fragment.bytes.length;
    const segment: Segment = {
      ...{ id, cameraId: camera.id, node: files.node, path, startAt, endAt, bytes: open.bytes },
      ...{ codec: stream.codec, width: stream.width, height: stream.height },
      why: camera.record?.mode === 'motion' ? 'motion' : 'always',
      ...{ state: 'open', tier: 'hot', isProtected: false },
    };
    this.ledger.add(() => index.open(segment));
  }

  async #append(fragment: TimedFragment): Promise<void> {
    const open = this.#open;
    if (!open) return;
    await open.file.append(fragment.bytes);
    open.endAt = fragment.endAt;
    open.bytes += fragment.bytes.length;
    // While the database is away, the newest is enough.
    if (open.endAt - open.grownAt < GROW_EVERY_MS || !this.ledger.isIdle()) return;
    open.grownAt = open.endAt;
    const { id, endAt, bytes } = open;
    this.ledger.add(() => this.stores.index.grow(id, endAt, bytes));
  }

  async #end(): Promise<void> {
    const open = this.#open;
    if (!open) return;
    this.#open = undefined;
    const { files, index } = this.stores;
    const { id, path, endAt } = open;
    try {
      const { bytes, sha256 } = await open.file.close();
      if (endAt === open.startAt) {
        await files.remove(path);
        this.#own.delete(path);
        return;
      }
      this.ledger.add(async () => {
        await index.close(id, { endAt, bytes, sha256 });
        this.#own.delete(path);
      });
    } catch (error) {
      // The recovery closes its row, or removes it.
      this.#own.delete(path);
      throw error;
    }
  }

  /** Ends the file with what is in it, if the disk lets us; its row is else closed by the recovery. */
  async #giveUp(error: unknown, step: SegmentStep<TimedFragment>): Promise<void> {
    const from = this.#open?.endAt ?? (step.do === 'close' ? this.context.now() : step.fragment.startAt);
    await this.#end().catch(() => undefined);
    this.#queue = [];
    this.#queuedBytes = 0;
    this.events.onTrouble(error, from);
  }
}

function bytesOf(step: SegmentStep<TimedFragment>): number {
  return step.do === 'close' ? 0 : step.fragment.bytes.length;
}
