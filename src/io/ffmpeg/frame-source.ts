import { type ChildProcess, spawn } from 'node:child_process';
import type { Readable } from 'node:stream';
import type {
  FrameSource,
  OpenOptions,
  SourceAddress,
  SourceEnding,
  SourceFrame,
  SourceStats,
} from '../../domain/frame-source.js';
import type { Picture } from '../../domain/picture.js';
import { readArguments } from './arguments.js';
import { isNotRunnable, notRunnable } from './binary.js';
import { createMarkReader, type Mark } from './marks.js';
import { fileProblem, isDamage, plainLine, streamProblem } from './reasons.js';
import { createY4mReader } from './y4m.js';

const KILL_AFTER_MS = 2000;
const KEPT_LINES = 30;
const LONGEST_LINE = 400;

/**
 * One running ffmpeg. Its output is read only while no picture is waiting here; then its pipe is full and it
 * stands still. It ends by itself when this process is gone: writing to the closed pipe fails.
 */
export class FfmpegSource implements FrameSource {
  readonly #child: ChildProcess;
  readonly #output: Readable;
  readonly #closed: Promise<void>;
  readonly #pictures: Picture[] = [];
  readonly #marks: (Mark & { arrivedAt: number })[] = [];
  readonly #lines: string[] = [];
  readonly #lastSourceFrame: () => number;
  #damage: SourceEnding['damage'];
  #failure: Error | undefined;
  #decodeErrors = 0;
  #isClosed = false;
  #heardAt = Date.now();
  #silentMs = 0;
  #wake = (): void => undefined;

  constructor(
    program: string,
    private readonly source: SourceAddress,
    { signal, ...options }: OpenOptions,
  ) {
    this.#child = spawn(program, readArguments(source, options), {
      stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    });
    this.#output = this.#child.stdout as Readable;
    this.#lastSourceFrame = this.#readMarks(this.#child.stdio[3] as Readable);
    this.#readPictures();
    this.#readErrors(this.#child.stderr as Readable);
    const stop = () => void this.close();
    this.#child.on('error', (error) => {
      this.#failure = isNotRunnable(error) ? notRunnable(program, error) : error;
    });
    // `close` comes when ffmpeg is gone and all it wrote has been read.
    this.#closed = new Promise<void>((closed) => this.#child.once('close', () => closed())).then(() => {
      this.#isClosed = true;
      this.#silentMs = Date.now() - this.#heardAt;
      signal.removeEventListener('abort', stop);
      this.#wake();
    });
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
  }

  async next(): Promise<SourceFrame | undefined> {
    for (;;) {
      const mark = this.#marks[0];
      const picture = this.#pictures[0];
      if (mark && picture) {
        this.#marks.shift();
        this.#pictures.shift();
        if (this.#pictures.length === 0) this.#output.resume();
        return { ...mark, picture };
      }
      if (this.#failure) throw this.#failure;
      if (this.#isClosed) return undefined;
      await new Promise<void>((wake) => {
        this.#wake = wake;
      });
    }
  }

  ending(): SourceEnding {
    const exit = {
      code: this.#child.exitCode,
      signal: this.#child.signalCode,
      silentMs: this.#silentMs,
      hadFrames: this.#lastSourceFrame() >= 0,
    };
    const toProblem = this.source.kind === 'file' ? fileProblem : streamProblem;
    const problem = toProblem(this.source, this.#lines, exit);
    return { ...(problem ? { problem } : {}), ...(this.#damage ? { damage: this.#damage } : {}) };
  }

  stats(): SourceStats {
    return { heardAt: this.#heardAt, decodeErrors: this.#decodeErrors };
  }

  setIdle(): void {
    // One ffmpeg decodes what it was started for.
  }

  async close(): Promise<void> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) this.#child.kill('SIGTERM');
    // ffmpeg finishes the write it is in before it obeys: closing our end of the pipes ends that write.
    for (const stream of [this.#output, this.#child.stdio[3] as Readable]) stream.destroy();
    const kill = setTimeout(() => this.#child.kill('SIGKILL'), KILL_AFTER_MS);
    await this.#closed;
    clearTimeout(kill);
  }

  #readMarks(pipe: Readable): () => number {
    const reader = createMarkReader((mark) => {
      this.#marks.push({ ...mark, arrivedAt: Date.now() });
      this.#wake();
    });
    pipe.setEncoding('latin1');
    pipe.on('data', (text: string) => {
      this.#heardAt = Date.now();
      reader.push(text);
    });
    pipe.on('error', () => undefined); // reset by a dying ffmpeg: `close` tells
    return () => reader.lastFrame();
  }

  #readPictures(): void {
    const read = createY4mReader((picture) => {
      this.#pictures.push(picture);
      this.#output.pause();
      this.#wake();
    });
    this.#output.on('data', (chunk: Buffer) => {
      try {
        read(chunk);
      } catch (error) {
        this.#failure = error as Error;
        void this.close();
      }
    });
    this.#output.on('error', () => undefined);
  }

  #readErrors(pipe: Readable): void {
    let rest = '';
    pipe.setEncoding('utf8');
    pipe.on('data', (text: string) => {
      const lines = (rest + text).split('\n');
      rest = (lines.pop() ?? '').slice(0, LONGEST_LINE);
      lines.forEach((line) => this.#noteLine(line.slice(0, LONGEST_LINE)));
    });
    pipe.on('error', () => undefined);
  }

  #noteLine(line: string): void {
    this.#lines.push(line);
    if (this.#lines.length > KEPT_LINES) this.#lines.shift();
    if (!isDamage(line)) return;
    this.#decodeErrors++;
    if (this.#damage) return;
    this.#damage = { afterFrame: this.#lastSourceFrame(), message: plainLine(line, this.source) };
  }
}
