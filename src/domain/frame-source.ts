import type { FragmentSink } from './fragment.js';
import type { Picture } from './picture.js';

/** Where frames come from, as the sampler asks for them; the adapter is src/io/ffmpeg. */
export interface FrameSources {
  /**
   * Looks at a video file without reading it through.
   * @throws SourceError saying what is wrong with the file and what to do.
   */
  inspect(path: string, signal: AbortSignal): Promise<FileInfo>;
  /**
   * Connects to a live source for a moment: can it be read, what does it send.
   * @throws SourceError saying what is wrong and what to do.
   */
  probe(source: SourceAddress, options: Pick<OpenOptions, 'transport' | 'signal'>): Promise<StreamInfo>;
  /** Starts reading; what goes wrong shows in `next` and `ending`. */
  open(source: SourceAddress, options: OpenOptions): FrameSource;
  /** Reads a stream only to hand on its compressed pictures; nothing is decoded. */
  copy(source: SourceAddress, options: CopyOptions): CopySource;
}

/**
 * A file or folder of pictures by its path, a video device by its path, or a stream by its URL (which may hold
 * credentials: never log it, see `label`). Everything but files and folders is live.
 */
export interface SourceAddress {
  readonly kind: 'file' | 'folder' | 'device' | 'stream';
  readonly location: string;
  /** For people and logs: without credentials. */
  readonly label: string;
}

export interface FileInfo {
  /** Changes when the file is replaced or written to. */
  readonly fingerprint: string;
  readonly durationMs?: number;
  /** Frames a second, on average; undefined: unknown. */
  readonly fps?: number;
  readonly width: number;
  readonly height: number;
}

/** What a live source sends. */
export interface StreamInfo {
  /** As ffmpeg names it: h264, hevc, mjpeg … */
  readonly codec: string;
  readonly width: number;
  readonly height: number;
  /** Frames a second as announced or measured; undefined: unknown. */
  readonly fps?: number;
  /** The first picture that could be decoded. */
  readonly picture: Picture;
}

export interface OpenOptions {
  /** Frames wanted a second; at most one per slot of 1/fps s is delivered, never one twice. */
  readonly fps: number;
  /** Wider pictures are scaled down to this, pixels; the aspect stays. */
  readonly maxWidth: number;
  /** Files: earlier frames are decoded but not delivered, ms from the first frame. */
  readonly fromMs?: number;
  /** RTSP: what carries the pictures; default tcp. */
  readonly transport?: 'tcp' | 'udp';
  /** Streams: gets the compressed pictures beside the decoded ones. It must not block and never throws. */
  readonly sink?: FragmentSink;
  /** With sound beside the compressed pictures, where the source has any; not while idling. */
  readonly sound?: boolean;
  /** Streams: the reader can be told to idle (see `setIdle`); costs one more process while not idle. */
  readonly canIdle?: boolean;
  /** Ends the reading. */
  readonly signal: AbortSignal;
}

export interface CopyOptions extends Pick<OpenOptions, 'transport' | 'signal' | 'sound'> {
  readonly sink: FragmentSink;
}

export interface CopySource {
  /** Resolves when the copying has ended, with the reason. Never rejects. */
  readonly ended: Promise<SourceEnding>;
  /** Stops it and resolves when nothing of it is left running. Safe to call twice. */
  close(): Promise<void>;
  stats(): SourceStats;
}

/** What a reader has noticed since it was opened. */
export interface SourceStats {
  /** Wall clock when anything at all came from the source, epoch ms; the opening counts. */
  readonly heardAt: number;
  /** Complaints of the decoder: damaged or missing pieces. */
  readonly decodeErrors: number;
  /** Bytes of the compressed pictures; only where they are copied. */
  readonly copiedBytes?: number;
  /** The pictures come but cannot be copied (and so not be recorded): why, for people. */
  readonly copyProblem?: string;
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
  stats(): SourceStats;
  /**
   * Idle: only key frames are decoded, for as long as the stream's own data does not show movement; then the frames
   * since the last key frame are decoded and delivered too, and all that follow, until it is told to idle again.
   * Without `canIdle` it does nothing.
   */
  setIdle(isIdle: boolean): void;
}

export interface SourceFrame {
  /** 0-based index of the source's own frames, counted from the start of this reading. */
  readonly frame: number;
  /** Presentation time after the first frame of this reading, ms, exact to a microsecond. */
  readonly mediaMs: number;
  /** Wall clock when the frame came out of the source, epoch ms. */
  readonly arrivedAt: number;
  /** Idling: sampled frames between the one delivered before and this one that were not decoded: nothing moved. */
  readonly skippedBefore?: number;
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
