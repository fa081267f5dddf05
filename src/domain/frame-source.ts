import type { Picture } from './picture.js';

/** Where frames come from, as the sampler asks for them; the adapter is src/io/ffmpeg. */
export interface FrameSources {
  /**
   * Looks at a video file without reading it through.
   * @throws SourceError saying what is wrong with the file and what to do.
   */
  inspect(path: string, signal: AbortSignal): Promise<FileInfo>;
  /** Starts reading; what goes wrong shows in `next` and `ending`. */
  open(source: SourceAddress, options: OpenOptions): FrameSource;
}

/** A file by its path, or a stream by its URL (which may hold credentials: never log it, see `label`). */
export interface SourceAddress {
  readonly kind: 'file' | 'stream';
  readonly location: string;
  /** For people and logs: without credentials. */
  readonly label: string;
}

export interface FileInfo {
  /** Changes when the file is replaced or written to. */
  readonly fingerprint: string;
  readonly durationMs?: number;
  readonly width: number;
  readonly height: number;
}

export interface OpenOptions {
  /** Frames wanted a second; at most one per slot of 1/fps s is delivered, never one twice. */
  readonly fps: number;
  /** Wider pictures are scaled down to this, pixels; the aspect stays. */
  readonly maxWidth: number;
  /** Files: earlier frames are decoded but not delivered, ms from the first frame. */
  readonly fromMs?: number;
  /** Ends the reading. */
  readonly signal: AbortSignal;
}

export interface FrameSource {
  /**
   * The next sampled frame, in order; while nobody asks, the source waits. One call at a time.
   * @returns `undefined` when there is no more: `ending` says why.
   * @throws InputError when frames cannot be read on this machine at all (ffmpeg is missing).
   */
  next(): Promise<SourceFrame | undefined>;
  /** How the reading ended; meaningful once `next` has given `undefined`. */
  ending(): SourceEnding;
  /** Stops the reading and resolves when nothing of it is left running. Safe to call twice. */
  close(): Promise<void>;
}

export interface SourceFrame {
  /** 0-based index of the source's own frames, counted from the start of this reading. */
  readonly frame: number;
  /** Presentation time after the first frame of this reading, ms, exact to a microsecond. */
  readonly mediaMs: number;
  /** Wall clock when the frame came out of the source, epoch ms. */
  readonly arrivedAt: number;
  readonly picture: Picture;
}

export interface SourceEnding {
  /** Why it ended when it did not end by itself. */
  readonly problem?: SourceProblem;
  /** Files: the first sign that the content is broken. `afterFrame` is -1 when it came before any frame. */
  readonly damage?: { readonly afterFrame: number; readonly message: string };
}

export type SourceFault =
  | 'missing'
  | 'empty'
  | 'unreadable'
  | 'no-video'
  | 'too-large'
  | 'unsupported'
  | 'refused'
  | 'unauthorised'
  | 'unreachable'
  | 'timeout'
  | 'ended'
  | 'killed'
  | 'failed';

export interface SourceProblem {
  readonly fault: SourceFault;
  /** What is wrong and what to do, for people; holds no credentials. */
  readonly message: string;
}

/** A source that cannot be read, with the reason that is shown to people. */
export class SourceError extends Error {
  override readonly name = 'SourceError';
  constructor(readonly problem: SourceProblem) {
    super(problem.message);
  }
}
