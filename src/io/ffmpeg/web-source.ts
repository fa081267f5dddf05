import type {
  OpenOptions,
  SourceAddress,
  SourceEnding,
  SourceFrame,
  SourceProblem,
  SourceStats,
} from '../../domain/frame-source.js';
import { SnapshotSource } from './snapshot-source.js';
import type { SourceInput } from './source-input.js';
import { createWebClient } from './web-client.js';
import { contentOf } from './web-content.js';
import { webProblem } from './web-reasons.js';
import type { CopyingSource } from './without-copy.js';

/**
 * An HTTP address. This process asks for it, so that its password appears in no command line; then it is a stream,
 * whose bytes ffmpeg gets, or pictures one by one.
 */
export class WebSource implements CopyingSource {
  readonly #stop = new AbortController();
  readonly #openedAt = Date.now();
  readonly #client;
  readonly #opening: Promise<void>;
  #reader: CopyingSource | SnapshotSource | undefined;
  #problem: SourceProblem | undefined;
  #isIdle = false;

  /** @param read how a stream is read whose bytes come from here */
  constructor(
    private readonly source: SourceAddress,
    private readonly options: OpenOptions,
    private readonly read: (input: SourceInput) => CopyingSource,
  ) {
    this.#client = createWebClient(source);
    this.#opening = this.#connect(AbortSignal.any([options.signal, this.#stop.signal]));
  }

  async next(): Promise<SourceFrame | undefined> {
    await this.#opening;
    return this.#reader?.next();
  }

  ending(): SourceEnding {
    const ending = this.#reader?.ending() ?? {};
    // Why the bytes ceased to come is known here; ffmpeg saw only that they did.
    return this.#problem ? { ...ending, problem: this.#problem } : ending;
  }

  stats(): SourceStats {
    return this.#reader?.stats() ?? { heardAt: this.#openedAt, decodeErrors: 0 };
  }

  setIdle(isIdle: boolean): void {
    this.#isIdle = isIdle;
    this.#reader?.setIdle(isIdle);
  }

  endedByCopy(): boolean {
    return this.#reader !== undefined && 'endedByCopy' in this.#reader && this.#reader.endedByCopy();
  }

  async close(): Promise<void> {
    this.#stop.abort();
    await this.#opening;
    await this.#reader?.close();
    this.#client.close();
  }

  /** Never rejects: what goes wrong is how the reading ended. */
  async #connect(signal: AbortSignal): Promise<void> {
    try {
      const answer = await this.#client.get(signal);
      answer.on('error', (error) => this.#fail(error, signal));
      const content = contentOf(this.source, answer);
      this.#reader =
        content.kind === 'picture'
          ? new SnapshotSource(this.source, this.#client, this.options, answer)
          : this.read(content.input);
      this.#reader.setIdle(this.#isIdle);
    } catch (error) {
      this.#fail(error as Error, signal);
      this.#client.close();
    }
  }

  #fail(error: Error, signal: AbortSignal): void {
    if (!signal.aborted) this.#problem ??= webProblem(this.source, error);
  }
}
