import { type ChildProcess, spawn } from 'node:child_process';
import { Readable } from 'node:stream';
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
import { readLines, stopChild } from './child.js';
import {
  besideArguments,
  COPY_FD,
  copyable,
  type CopyReader,
  isAboutCopy,
  isCopyRefusal,
  problemOf,
  readCopy,
  toSink,
} from './copy-output.js';
import { createMarkReader, type Mark } from './marks.js';
import { fileProblem, isDamage, liveProblem, plainLine } from './reasons.js';
import { inputOf, type SourceInput, writeInput } from './source-input.js';
import { createY4mReader } from './y4m.js';

const KEPT_LINES = 30;

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
  readonly #copy: CopyReader | undefined;
  #damage: SourceEnding['damage'];
  #copyRefusal: string | undefined;
  #failure: Error | undefined;
  #decodeErrors = 0;
  #isClosed = false;
  #heardAt = Date.now();
  #silentMs = 0;
  #wake = (): void => undefined;

  constructor(
    program: string,
    private readonly source: SourceAddress,
    { signal, sink, sound = false, ...options }: OpenOptions,
    input: SourceInput = inputOf(source, options),
  ) {
    const args = readArguments(source, options, sink ? copyable(input) : input);
    this.#child = spawn(program, sink ? [...args, ...besideArguments(sound)] : args, {
      stdio: [
        input.stdin === undefined ? 'ignore' : 'pipe',
        ...(['pipe', 'pipe', 'pipe'] as const),
        ...(sink ? (['pipe'] as const) : []),
      ],
    });
    // Not in the command line, which everyone may read: the address with its password.
    writeInput(this.#child, input);
    this.#output = this.#child.stdout as Readable;
    this.#lastSourceFrame = this.#readMarks(this.#child.stdio[3] as Readable, input.originUs);
    this.#copy = sink && readCopy(this.#child.stdio[COPY_FD] as Readable, toSink(sink));
    this.#readPictures();
    readLines(this.#child.stderr as Readable, (line) => this.#noteLine(line));
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
    const toProblem = this.source.kind === 'file' ? fileProblem : liveProblem;
    const problem = toProblem(this.source, this.#lines, exit);
    return { ...(problem ? { problem } : {}), ...(this.#damage ? { damage: this.#damage } : {}) };
  }

  stats(): SourceStats {
    const noticed = { heardAt: this.#heardAt, decodeErrors: this.#decodeErrors };
    if (!this.#copy) return noticed;
    const copyProblem = this.#copyRefusal ?? this.#copy.problem();
    return { ...noticed, copiedBytes: this.#copy.bytes(), ...problemOf(copyProblem) };
  }

  /** It ended before the first picture, and because of the copy: without a sink it can be read. */
  endedByCopy(): boolean {
    return this.#copyRefusal !== undefined && this.#isClosed && this.#lastSourceFrame() < 0;
  }

  setIdle(): void {
    // One ffmpeg decodes what it was started for.
  }

  async close(): Promise<void> {
    const outputs = [this.#output, this.#child.stdio[3], this.#child.stdio[COPY_FD]];
    await stopChild(
      this.#child,
      outputs.filter((pipe) => pipe instanceof Readable),
      this.#closed,
    );
  }

  #readMarks(pipe: Readable, originUs: number | undefined): () => number {
    const reader = createMarkReader((mark) => {
      this.#marks.push({ ...mark, arrivedAt: Date.now() });
      this.#wake();
    }, originUs);
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

  #noteLine(line: string): void {
    this.#lines.push(line);
    if (this.#lines.length > KEPT_LINES) this.#lines.shift();
    if (isCopyRefusal(line)) this.#copyRefusal ??= plainLine(line, this.source);
    if (!isDamage(line) || isAboutCopy(line)) return;
    this.#decodeErrors++;
    if (this.#damage) return;
    this.#damage = { afterFrame: this.#lastSourceFrame(), message: plainLine(line, this.source) };
  }
}
