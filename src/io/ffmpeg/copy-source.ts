import { type ChildProcess, spawn } from 'node:child_process';
import type { Readable } from 'node:stream';
import type {
  CopyOptions,
  CopySource,
  SourceAddress,
  SourceEnding,
  SourceStats,
} from '../../domain/frame-source.js';
import type { CutterEvents } from '../mp4/fragment-cutter.js';
import { isNotRunnable, notRunnable } from './binary.js';
import { readLines, stopChild } from './child.js';
import {
  copyArguments,
  type CopyReader,
  isAboutCopy,
  isCopyRefusal,
  problemOf,
  readCopy,
  toSink,
} from './copy-output.js';
import { isDamage, liveProblem, plainLine } from './reasons.js';
import { inputOf, type SourceInput, writeInput } from './source-input.js';

const KEPT_LINES = 30;

/** What the one who reads for itself wants: a fragment for each picture, and to see them cut. */
export interface CopyEvents extends CutterEvents {
  readonly everyFrame: true;
}

/** One running ffmpeg that hands on the compressed pictures and decodes nothing. It ends with this process. */
export class FfmpegCopy implements CopySource {
  readonly ended: Promise<SourceEnding>;
  readonly #child: ChildProcess;
  readonly #output: Readable;
  readonly #closed: Promise<void>;
  readonly #copy: CopyReader;
  readonly #lines: string[] = [];
  #failure: Error | undefined;
  #heardAt = Date.now();
  #decodeErrors = 0;
  #refusal: string | undefined;

  constructor(
    program: string,
    private readonly source: SourceAddress,
    {
      signal,
      transport,
      sound = false,
      ...to
    }: Omit<CopyOptions, 'sink'> & (Pick<CopyOptions, 'sink'> | CopyEvents),
    input: SourceInput = inputOf(source, transport === undefined ? {} : { transport }),
  ) {
    const stdin = input.stdin === undefined ? 'ignore' : 'pipe';
    const args = copyArguments(input, 'everyFrame' in to, sound);
    this.#child = spawn(program, args, { stdio: [stdin, 'pipe', 'pipe'] });
    writeInput(this.#child, input);
    this.#output = this.#child.stdout as Readable;
    this.#copy = readCopy(this.#output, 'sink' in to ? toSink(to.sink) : to, () => {
      this.#heardAt = Date.now();
    });
    readLines(this.#child.stderr as Readable, (line) => this.#noteLine(line));
    this.#child.on('error', (error) => {
      this.#failure = isNotRunnable(error) ? notRunnable(program, error) : error;
    });
    const stop = () => void this.close();
    this.#closed = new Promise<void>((closed) => this.#child.once('close', () => closed()));
    this.ended = this.#closed.then(() => {
      signal.removeEventListener('abort', stop);
      return this.#ending();
    });
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
  }

  /** Why the pictures that come cannot be copied. */
  copyProblem(): string | undefined {
    return this.#copy.bytes() === 0 ? this.#refusal : this.#copy.problem();
  }

  /** ffmpeg cannot be run at all. */
  failure(): Error | undefined {
    return this.#failure;
  }

  stats(): SourceStats {
    return {
      heardAt: this.#heardAt,
      decodeErrors: this.#decodeErrors,
      copiedBytes: this.#copy.bytes(),
      ...problemOf(this.copyProblem()),
    };
  }

  /** The source waits until `resume`. */
  pause(): void {
    this.#output.pause();
  }

  resume(): void {
    this.#output.resume();
  }

  async close(): Promise<void> {
    await stopChild(this.#child, [this.#output], this.#closed);
  }

  #ending(): SourceEnding {
    if (this.#failure) return { problem: { fault: 'failed', message: this.#failure.message } };
    const { label } = this.source;
    const why = this.copyProblem();
    if (why !== undefined) {
      return {
        problem: { fault: 'unsupported', message: `${label} cannot be copied as MP4 (ffmpeg: ${why})` },
      };
    }
    const exit = {
      code: this.#child.exitCode,
      signal: this.#child.signalCode,
      silentMs: Date.now() - this.#heardAt,
      hadFrames: this.#copy.bytes() > 0,
    };
    return { problem: liveProblem(this.source, this.#lines, exit) };
  }

  #noteLine(line: string): void {
    this.#lines.push(line);
    if (this.#lines.length > KEPT_LINES) this.#lines.shift();
    if (isCopyRefusal(line)) this.#refusal ??= plainLine(line, this.source);
    else if (isDamage(line) && !isAboutCopy(line)) this.#decodeErrors++;
  }
}
