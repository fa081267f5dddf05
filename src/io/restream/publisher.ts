import { spawn, type ChildProcess } from 'node:child_process';
import { setPriority } from 'node:os';
import type { Readable } from 'node:stream';
import type { Restream } from '../../domain/camera-fields/restream.js';
import type { SourceProblem } from '../../domain/frame-source.js';
import type { Size } from '../../domain/geometry.js';
import { parseRestreamAddress, type RestreamAddress } from '../../domain/restream-address.js';
import { redactUrls } from '../../domain/redact.js';
import { isNotRunnable, notRunnable } from '../ffmpeg/binary.js';
import { readLines, stopChild } from '../ffmpeg/child.js';
import { startRelay, type Relay } from './relay.js';

/** One running publication of drawn pictures to a media server. */
export interface Publisher {
  /** The picture from now on; it is sent again and again until the next one comes. Never blocks. */
  show(jpeg: Uint8Array): void;
  /** Resolves when it has ended, with the reason. Never rejects. */
  readonly ended: Promise<SourceProblem>;
  /** For tests: the encoder's process. */
  readonly pid: number | undefined;
  close(): Promise<void>;
}

export interface PublisherOptions {
  readonly restream: Restream;
  /** Of the stream: what is larger or of another shape is fitted in. */
  readonly size: Size;
  /** The server takes the stream. */
  readonly onLive: () => void;
  /** A server that takes nothing for so long is given up; default 10 s. */
  readonly timeoutMs?: number | undefined;
}

/** Live analysis goes first. */
const NICE = 10;
const KEPT_LINES = 10;

/** Starts to publish; what goes wrong is told by `ended`. */
export async function startPublisher(first: Uint8Array, options: PublisherOptions): Promise<Publisher> {
  const target = parseRestreamAddress(options.restream.url);
  const relay = await startRelay(target, options.onLive, options.timeoutMs);
  const child = spawn('ffmpeg', publishArguments(relay.url, target.protocol, options), {
    stdio: ['pipe', 'ignore', 'pipe'],
  });
  return new RunningPublisher(child, relay, target, first, options.restream.fps);
}

/** The command line: pictures come at the time they are seen, and go out at one rate. */
export function publishArguments(
  url: string,
  protocol: RestreamAddress['protocol'],
  { restream: { fps, bitrateKbps }, size }: Pick<PublisherOptions, 'restream' | 'size'>,
): string[] {
  // 4:2:0 needs even sizes.
  const [width, height] = [2 * Math.ceil(size.width / 2), 2 * Math.ceil(size.height / 2)];
  const fit = `scale=${width}:${height}:force_original_aspect_ratio=decrease,pad=${width}:${height}:-1:-1,format=yuv420p`;
  return [
    ...['-hide_banner', '-nostats', '-loglevel', 'level+warning'],
    // Nothing is to be studied (0 would mean: for 5 s): the first picture tells all.
    ...[
      '-use_wallclock_as_timestamps',
      '1',
      '-probesize',
      '32',
      '-analyzeduration',
      '1',
      '-fpsprobesize',
      '0',
    ],
    ...['-f', 'image2pipe', '-c:v', 'mjpeg', '-framerate', String(fps), '-i', 'pipe:0'],
    ...[
      '-an',
      '-vf',
      fit,
      '-r',
      String(fps),
      '-c:v',
      'libx264',
      '-preset',
      'veryfast',
      '-tune',
      'zerolatency',
    ],
    // Who begins to watch waits for a key frame.
    ...['-g', String(Math.round(2 * fps)), '-b:v', `${bitrateKbps}k`],
    ...['-maxrate', `${bitrateKbps}k`, '-bufsize', `${bitrateKbps}k`, '-threads', '2'],
    ...(protocol === 'rtmp'
      ? ['-f', 'flv', '-flvflags', 'no_duration_filesize']
      : ['-f', 'rtsp', '-rtsp_transport', 'tcp']),
    url,
  ];
}

class RunningPublisher implements Publisher {
  readonly ended: Promise<SourceProblem>;
  readonly #closed: Promise<void>;
  readonly #timer: NodeJS.Timeout;
  readonly #lines: string[] = [];
  #isFull = false;
  #failure: Error | undefined;

  constructor(
    private readonly child: ChildProcess,
    private readonly relay: Relay,
    private readonly target: RestreamAddress,
    private picture: Uint8Array,
    fps: number,
  ) {
    lowerPriority(child.pid);
    readLines(child.stderr as Readable, (line) => {
      this.#lines.push(line);
      if (this.#lines.length > KEPT_LINES) this.#lines.shift();
    });
    child.on('error', (error) => {
      this.#failure = isNotRunnable(error) ? notRunnable('ffmpeg', error) : error;
    });
    // It has ended: its exit tells.
    child.stdin?.on('error', () => undefined);
    child.stdin?.on('drain', () => (this.#isFull = false));
    this.#timer = setInterval(() => this.#write(), 1000 / fps);
    this.#write();
    this.#closed = new Promise((closed) => child.once('close', () => closed()));
    this.ended = this.#closed.then(() => {
      clearInterval(this.#timer);
      relay.close();
      return this.#problem();
    });
  }

  get pid(): number | undefined {
    return this.child.pid;
  }

  show(jpeg: Uint8Array): void {
    this.picture = jpeg;
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    this.child.stdin?.destroy();
    await stopChild(this.child, [], this.#closed);
  }

  /** While it takes nothing (the server does not) pictures are left out; the stream's clock goes on. */
  #write(): void {
    if (this.#isFull || this.child.stdin?.writable !== true) return;
    this.#isFull = !this.child.stdin.write(this.picture);
  }

  #problem(): SourceProblem {
    const known = this.relay.problem();
    if (known) return known;
    if (this.#failure) return { fault: 'failed', message: this.#failure.message };
    const { signalCode, exitCode } = this.child;
    if (signalCode !== null)
      return {
        fault: 'killed',
        message: `ffmpeg was stopped by ${signalCode} while it published to ${this.target.label}`,
      };
    const said = this.#lines.findLast((line) => /\[(error|fatal)\]/.test(line)) ?? `exit ${exitCode}`;
    const words = redactUrls(said.replaceAll(this.relay.url, this.target.label));
    return { fault: 'ended', message: `${this.target.label} ended the stream (ffmpeg: ${words})` };
  }
}

function lowerPriority(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    setPriority(pid, NICE);
  } catch (error) {
    // It has ended already.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
