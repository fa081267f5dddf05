import type { IncomingMessage } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import {
  type FrameSource,
  type OpenOptions,
  type SourceAddress,
  type SourceEnding,
  type SourceFrame,
  type SourceProblem,
} from '../../domain/frame-source.js';
import type { Picture } from '../../domain/picture.js';
import { InputError } from '../../errors.js';
import { createStillDecoder } from '../pictures/still-frames.js';
import { fail } from './reasons.js';
import { contentOf } from './web-content.js';
import type { WebClient } from './web-client.js';
import { webProblem } from './web-reasons.js';

const MOST_BYTES = 32 * 1024 * 1024;

/** A camera that gives one picture a request: asked `fps` times a second at most, and only while frames are wanted. */
export class SnapshotSource implements FrameSource {
  readonly #stop = new AbortController();
  readonly #signal: AbortSignal;
  readonly #decode: (bytes: Uint8Array) => Promise<Picture>;
  #problem: SourceProblem | undefined;
  #frame = 0;
  #firstAt: number | undefined;
  #nextAt = 0;
  #heardAt = Date.now();
  #decodeErrors = 0;

  /** @param first an answer that has come already */
  constructor(
    private readonly source: SourceAddress,
    private readonly client: WebClient,
    private readonly options: Pick<OpenOptions, 'fps' | 'maxWidth' | 'signal'>,
    private first?: IncomingMessage,
  ) {
    this.#signal = AbortSignal.any([options.signal, this.#stop.signal]);
    this.#decode = createStillDecoder(options.maxWidth);
  }

  async next(): Promise<SourceFrame | undefined> {
    while (!this.#problem && !this.#signal.aborted) {
      try {
        const bytes = await this.#poll();
        const arrivedAt = Date.now();
        this.#heardAt = arrivedAt;
        this.#firstAt ??= arrivedAt;
        const frame = this.#frame++;
        const picture = await this.#tryDecode(bytes);
        if (picture) return { frame, mediaMs: arrivedAt - this.#firstAt, arrivedAt, picture };
      } catch (error) {
        if (!this.#signal.aborted) this.#problem = webProblem(this.source, error as Error);
      }
    }
    return undefined;
  }

  ending(): SourceEnding {
    return this.#problem ? { problem: this.#problem } : {};
  }

  stats(): { heardAt: number; decodeErrors: number } {
    return { heardAt: this.#heardAt, decodeErrors: this.#decodeErrors };
  }

  setIdle(): void {
    // Every picture is a key frame.
  }

  close(): Promise<void> {
    this.#stop.abort();
    this.client.close();
    return Promise.resolve();
  }

  async #poll(): Promise<Buffer> {
    await wait(Math.max(0, this.#nextAt - Date.now()), undefined, { signal: this.#signal });
    const slotMs = 1000 / this.options.fps;
    // What is late is not made up for.
    this.#nextAt = Math.max(this.#nextAt + slotMs, Date.now());
    const answer = this.first ?? (await this.client.get(this.#signal));
    this.first = undefined;
    return readSnapshot(this.source, answer);
  }

  async #tryDecode(bytes: Buffer): Promise<Picture | undefined> {
    try {
      return await this.#decode(bytes);
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      this.#decodeErrors++;
      return undefined;
    }
  }
}

/**
 * The bytes of one picture.
 * @throws SourceError when it is none or larger than 32 MB
 */
export async function readSnapshot(source: SourceAddress, answer: IncomingMessage): Promise<Buffer> {
  if (contentOf(source, answer).kind !== 'picture') {
    answer.destroy();
    fail('unsupported', `${source.label} does not send pictures any more; check the path in source`);
  }
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes > MOST_BYTES) {
      fail(
        'too-large',
        `${source.label} sends a picture of more than 32 MB; set the camera to a smaller one`,
      );
    }
  }
  return Buffer.concat(chunks);
}
