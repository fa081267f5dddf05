import type {
  CopySource,
  SourceAddress,
  SourceEnding,
  SourceProblem,
  SourceStats,
} from '../../domain/frame-source.js';
import { fail } from './reasons.js';
import type { SourceInput } from './source-input.js';
import { createWebClient } from './web-client.js';
import { contentOf } from './web-content.js';
import { webProblem } from './web-reasons.js';

/** Copies from an HTTP address; see WebSource. */
export class WebCopy implements CopySource {
  readonly ended: Promise<SourceEnding>;
  readonly #stop = new AbortController();
  readonly #openedAt = Date.now();
  #copy: CopySource | undefined;
  #problem: SourceProblem | undefined;

  /** @param copy how a stream is copied whose bytes come from here */
  constructor(
    private readonly source: SourceAddress,
    { signal }: { readonly signal: AbortSignal },
    private readonly copy: (input: SourceInput) => CopySource,
  ) {
    this.ended = this.#run(AbortSignal.any([signal, this.#stop.signal]));
  }

  stats(): SourceStats {
    return this.#copy?.stats() ?? { heardAt: this.#openedAt, decodeErrors: 0 };
  }

  async close(): Promise<void> {
    this.#stop.abort();
    await this.#copy?.close();
    await this.ended;
  }

  async #run(signal: AbortSignal): Promise<SourceEnding> {
    const client = createWebClient(this.source);
    const note = (error: Error): void => {
      if (!signal.aborted) this.#problem ??= webProblem(this.source, error);
    };
    try {
      const answer = await client.get(signal);
      answer.on('error', note);
      const content = contentOf(this.source, answer);
      if (content.kind === 'picture') {
        fail(
          'unsupported',
          `${this.source.label} sends single pictures, which cannot be recorded; use its stream`,
        );
      }
      this.#copy = this.copy(content.input);
      const ending = await this.#copy.ended;
      return this.#problem ? { ...ending, problem: this.#problem } : ending;
    } catch (error) {
      note(error as Error);
      return this.#problem ? { problem: this.#problem } : {};
    } finally {
      client.close();
    }
  }
}
