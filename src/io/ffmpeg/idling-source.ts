import { createActivityWatch } from '../../domain/activity-watch.js';
import type { FragmentSink, FragmentStream } from '../../domain/fragment.js';
import type {
  FrameSource,
  OpenOptions,
  SourceAddress,
  SourceEnding,
  SourceFrame,
  SourceProblem,
  SourceStats,
} from '../../domain/frame-source.js';
import type { CutFragment } from '../mp4/fragment-cutter.js';
import { SLOT_LEAD } from './arguments.js';
import { FfmpegCopy } from './copy-source.js';
import { type DecodeRun, startDecodeRun } from './decode-run.js';
import { createPictureLedger, type PictureLedger } from './picture-ledger.js';
import { inputOf, type SourceInput } from './source-input.js';
import { createTail, type Tail } from './tail.js';

/**
 * While idle, key frames that come closer together than this are not all decoded (MJPEG has nothing else), ms. Those
 * of a stream with reordered pictures (B-frames) each take a decoder of their own, as it would hold each back until
 * more have come: about 0.1 s of a core.
 */
const KEY_EVERY_MS = 450;
const REORDERED_KEY_EVERY_MS = 3900;
/** After movement in the stream's own data it is not told to idle again sooner, ms of the stream. */
const AWAKE_LEAST_MS = 3000;
/**
 * Woken, it gives out what came this long before, ms of the stream: movement shows in the stream's data within a
 * second. What is older, back to the last key frame, is decoded for the sake of the rest; to hand out 10 s of it would
 * hold up the first sight of what moves.
 */
const LOOK_BACK_MS = 3000;

/**
 * Two programs: an ffmpeg that copies the stream without decoding it, and one that decodes what this process feeds it,
 * picture by picture: all of them, or, while idle, key frames only. What came since the last key frame is kept, so
 * that, when something moves, all of it can be decoded after the event.
 */
export class IdlingSource implements FrameSource {
  readonly #reader: FfmpegCopy;
  readonly #ledger: PictureLedger;
  readonly #watch = createActivityWatch();
  readonly #tail: Tail = createTail();
  readonly #sink: FragmentSink | undefined;
  /** Decoders in the order of their frames; only the last one may still be fed. */
  #runs: DecodeRun[] = [];
  #feeding: DecodeRun | undefined;
  #stream: FragmentStream | undefined;
  #originUs: number | undefined;
  #isTold = false;
  #isIdle = false;
  #isReordered = false;
  /** Decoding everything: from this picture on, µs. */
  #allFromUs = Infinity;
  /** And from this slot on they are given out. */
  #allFromSlot = 0;
  /** Idle: the key frame that is to be decoded once the pictures shown before it are known. */
  #key: CutFragment | undefined;
  #lastKeyMs = -Infinity;
  #mediaMs = 0;
  #movedMs = -Infinity;
  #decodeErrors = 0;
  #readerEnding: SourceEnding | undefined;
  #problem: SourceProblem | undefined;
  #isClosed = false;
  #wake = (): void => undefined;

  constructor(
    private readonly program: string,
    private readonly source: SourceAddress,
    private readonly options: OpenOptions,
    input: SourceInput = inputOf(source, options),
  ) {
    this.#ledger = createPictureLedger(options.fps, SLOT_LEAD[source.kind]);
    this.#sink = options.sink;
    const { signal } = options;
    const events = {
      onStream: (stream: FragmentStream) => this.#begin(stream),
      onFragment: (fragment: CutFragment) => this.#take(fragment),
    };
    this.#reader = new FfmpegCopy(program, source, { signal, everyFrame: true, ...events }, input);
    void this.#reader.ended.then((ending) => {
      this.#readerEnding = ending;
      this.#isClosed ||= signal.aborted;
      this.#decideMode();
      this.#wake();
    });
  }

  async next(): Promise<SourceFrame | undefined> {
    while (!this.#isClosed) {
      const [run] = this.#runs;
      if (run) {
        const frame = await this.#nextOf(run);
        if (frame) return frame;
      } else if (this.#readerEnding) {
        const failure = this.#reader.failure();
        if (failure) throw failure;
        return undefined;
      } else {
        await new Promise<void>((wake) => {
          this.#wake = wake;
        });
      }
    }
    return undefined;
  }

  ending(): SourceEnding {
    return this.#problem ? { problem: this.#problem } : (this.#readerEnding ?? {});
  }

  /** It ended before the first picture, and because of the copy: without a sink and idling it can be read. */
  endedByCopy(): boolean {
    return (
      this.#readerEnding !== undefined &&
      this.#reader.copyProblem() !== undefined &&
      this.#originUs === undefined
    );
  }

  stats(): SourceStats {
    const errors = this.#runs.reduce((sum, run) => sum + run.decodeErrors(), this.#decodeErrors);
    const { decodeErrors, ...reader } = this.#reader.stats();
    return { ...reader, decodeErrors: decodeErrors + errors };
  }

  setIdle(isIdle: boolean): void {
    if (isIdle === this.#isTold || (isIdle && this.#mediaMs < this.#movedMs + AWAKE_LEAST_MS)) return;
    this.#isTold = isIdle;
    if (isIdle) this.#watch.settle();
    this.#decideMode();
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#wake();
    await Promise.all([this.#reader.close(), ...this.#runs.map((run) => run.close())]);
  }

  /** The next frame of a decoder that is to be delivered; `undefined` when the decoder has no more. */
  async #nextOf(run: DecodeRun): Promise<SourceFrame | undefined> {
    for (;;) {
      const decoded = await run.next();
      if (!decoded) break;
      const place = this.#ledger.deliver(decoded.shownUs);
      if (!place) continue;
      const { skippedBefore, ...frame } = place;
      return { ...frame, ...(skippedBefore > 0 ? { skippedBefore } : {}), picture: decoded.picture };
    }
    this.#runs.shift();
    this.#decodeErrors += run.decodeErrors();
    if (this.#feeding === run) this.#feeding = undefined;
    this.#problem ??= this.#isClosed || this.options.signal.aborted ? undefined : run.problem();
    await run.close();
    if (this.#problem) await this.close();
    else this.#decideMode();
    return undefined;
  }

  #begin(stream: FragmentStream): void {
    this.#stream = stream;
    this.#sink?.begin(stream);
  }

  #take(fragment: CutFragment): void {
    this.#sink?.take(fragment);
    const { isKey, mediaMs, shownUs, arrivedAt, bytes } = fragment;
    if (this.#originUs === undefined && !isKey) return;
    this.#originUs ??= shownUs;
    this.#mediaMs = mediaMs;
    this.#ledger.saw(shownUs, arrivedAt);
    this.#tail.add(fragment);
    const moves = this.#watch.take({ isKey, bytes: bytes.length, mediaMs });
    if (moves && this.#isIdle) {
      this.#isTold = false;
      this.#movedMs = mediaMs;
    }
    this.#isReordered ||= fragment.reorderUs > 0;
    const wasIdle = this.#isIdle;
    this.#decideMode(isKey);
    if (this.#isIdle) this.#takeIdle(fragment);
    // A decoder that has just been started has got all of the tail.
    else if (this.#feeding && !wasIdle) this.#feed(fragment);
    else if (!this.#feeding) this.#startAll();
    if (!this.#tail.isTooLong()) return;
    // Idle still: the frames of the decoder before have not been taken yet, and what is kept grows.
    if (this.#isIdle) this.#reader.pause();
    else this.#tail.drop();
  }

  /** Idle or not; called whenever something that it depends on has changed. @param isBeforeKey a key frame is to be fed next */
  #decideMode(isBeforeKey = false): void {
    const isOver = this.#readerEnding !== undefined;
    const wants = this.#isTold && this.#tail.isBounded() && !isOver;
    // Between key frames, pictures shown before those that have been decoded may be still to come.
    const isCleanCut = !wants || isBeforeKey || !this.#isReordered;
    // One decoder at a time ends: more would pile up where nobody takes their frames.
    if (wants !== this.#isIdle && isCleanCut && !this.#isClosed && this.#runs.length <= 1) {
      this.#finishRun();
      this.#isIdle = wants;
      this.#key = undefined;
      if (!wants) {
        this.#reader.resume();
        this.#startAll();
      }
    }
    // What was skipped until the end has been decoded by now, or is about to be.
    if (isOver && !this.#isIdle) this.#finishRun();
  }

  #finishRun(): void {
    this.#feeding?.finish();
    this.#feeding = undefined;
  }

  /** Begins to decode everything, from the last key frame on. */
  #startAll(): void {
    const fragments = this.#tail.fragments();
    if (!fragments[0]?.isKey || this.#isClosed) return;
    this.#allFromUs = fragments[0].shownUs;
    const newestUs = fragments.reduce((newest, { shownUs }) => Math.max(newest, shownUs), 0);
    this.#allFromSlot = this.#ledger.slotOf(newestUs - LOOK_BACK_MS * 1000);
    this.#startRun(this.#allFromSlot);
    fragments.forEach((fragment) => this.#feed(fragment));
  }

  #startRun(fromSlot = 0): void {
    if (!this.#stream || this.#originUs === undefined) return;
    const run = startDecodeRun(
      this.program,
      this.source,
      { fps: this.options.fps, maxWidth: this.options.maxWidth, signal: this.options.signal },
      this.#stream,
      { originUs: this.#originUs, slot: fromSlot },
      () => this.#reader.resume(),
    );
    this.#feeding = run;
    this.#runs.push(run);
    this.#wake();
  }

  #feed({ bytes, shownUs }: CutFragment): void {
    // Pictures shown before the key frame that they follow (open groups) need the group before: none comes of them.
    const isWanted = shownUs >= this.#allFromUs && this.#ledger.slotOf(shownUs) >= this.#allFromSlot;
    if (isWanted) this.#ledger.fed(shownUs);
    if (this.#feeding?.feed(bytes) === false) this.#reader.pause();
  }

  #takeIdle(fragment: CutFragment): void {
    if (fragment.isKey) this.#key = fragment;
    const key = this.#key;
    // Those follow it at once; the first that is shown later ends them.
    if (!key || (key.reorderUs > 0 && fragment.shownUs <= key.shownUs)) return;
    this.#key = undefined;
    this.#feedKey(key);
  }

  #feedKey({ bytes, mediaMs, shownUs, reorderUs }: CutFragment): void {
    const isReordered = reorderUs > 0;
    if (mediaMs < this.#lastKeyMs + (isReordered ? REORDERED_KEY_EVERY_MS : KEY_EVERY_MS)) return;
    if (this.#ledger.slotOf(shownUs) <= this.#ledger.lastSlot || (isReordered && this.#runs.length > 0))
      return;
    this.#lastKeyMs = mediaMs;
    if (!this.#feeding) this.#startRun();
    if (this.#feeding?.feed(bytes) === false) this.#reader.pause();
    if (isReordered) this.#finishRun();
  }
}
