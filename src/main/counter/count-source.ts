import { stat } from 'node:fs/promises';
import type { CameraEvent } from '../../domain/events.js';
import { NO_FRAMES } from '../../domain/frame.js';
import { redactUrls } from '../../domain/redact.js';
import { messageOf } from '../../errors.js';
import { createFfmpegSources } from '../../io/ffmpeg/sources.js';
import type { Log } from '../../log.js';
import type { Detectors, Ports, SourceState } from '../../ports.js';
import { startDegradation } from '../../sampler/degradation.js';
import { runInline } from '../inline-road.js';
import { countingCamera } from './counting-camera.js';
import { countingPorts } from './counting-ports.js';
import type { Governor } from './governor.js';
import type { FromWorker } from './protocol.js';
import type { SourceSpec } from './source-spec.js';

type Told<T extends FromWorker['type']> = Omit<Extract<FromWorker, { type: T }>, 'id' | 'reading'>;
export type SourceNews = Told<'status'> | Told<'crossing'> | Told<'gap'> | Told<'ended'>;

/** A live source that never gave a frame is given up after so many tries, a quarter of a minute; one that did never is. */
const TRIES = 5;
const STATUS_MS = 500;

/**
 * Counts one source until it ends or is told to; a file from its start.
 * @param say told of everything, in order; the last is `ended`
 */
export async function countSource(
  spec: SourceSpec,
  tools: { readonly detectors: Detectors; readonly governor: Governor; readonly log: Log },
  outside: AbortSignal,
  say: (news: SourceNews) => void,
): Promise<void> {
  const reading = new Reading(spec, tools.detectors, say);
  const giveUp = new AbortController();
  const signal = AbortSignal.any([outside, giveUp.signal]);
  const { ports } = reading;
  const degradation =
    spec.kind === 'live'
      ? startDegradation({ ring: ports.frames, states: ports.states, log: tools.log })
      : undefined;
  const ticks = setInterval(() => void reading.tell(), STATUS_MS);
  let trouble: string | undefined;
  try {
    degradation?.watch(reading.camera);
    const startedAt = await startOf(spec);
    const { failed } = await runInline({
      ...{ cameras: [reading.camera], queues: ['motion'], ports, log: tools.log, signal },
      sources: tools.governor.over(createFfmpegSources()),
      ...(startedAt === undefined ? {} : { fileStart: startedAt }),
      ...(degradation && { degraded: (id) => degradation.levelOf(id) }),
      onStatus: async (_, state) => {
        const hasNeverComeIn = state.lastFrameAt === undefined && (state.retries ?? 0) >= TRIES;
        if (hasNeverComeIn) giveUp.abort();
        await reading.tell(state);
      },
      onGap: ({ from, to, reason }) =>
        say({
          type: 'gap',
          gap: { from, ...(to !== undefined && { to }), ...(reason !== undefined && { reason }) },
        }),
    });
    trouble = failed[0]?.reason;
  } catch (error) {
    tools.log.error({ err: error }, 'the source cannot be counted');
    trouble = messageOf(error);
  } finally {
    clearInterval(ticks);
    await degradation?.close();
  }
  await reading.end(outside.aborted, trouble);
}

/** One reading of a source, and what there is to tell of it. */
class Reading {
  readonly camera;
  readonly ports: Partial<Ports> & Pick<Ports, 'frames' | 'states'>;
  #firstAt: number | undefined;

  constructor(
    private readonly spec: SourceSpec,
    detectors: Detectors,
    private readonly say: (news: SourceNews) => void,
  ) {
    this.camera = countingCamera(spec);
    this.ports = countingPorts(this.camera, detectors, (event) => this.#crossed(event));
  }

  /** @param state default: as it stands in the store */
  async tell(state?: SourceState): Promise<void> {
    const now = state ?? (await this.ports.states.source(this.camera.id));
    if (!now) return;
    this.#began(now);
    const { status, reason } = now;
    // How it ended is told once, with all that belongs to it.
    if (status === 'finished' || (status === 'connection_failed' && this.spec.kind === 'file')) return;
    this.say({
      type: 'status',
      status,
      ...(reason !== undefined && { reason: redactUrls(reason) }),
      ...(await this.#progress(now)),
    });
  }

  async end(isStopped: boolean, trouble: string | undefined): Promise<void> {
    const state = await this.ports.states.source(this.camera.id);
    const progress = await this.#progress(state);
    const { failed, captured } = progress.frames;
    const lost = failed > 0 ? `${failed} frames could not be analysed` : undefined;
    // A live source that was counted for as long as wanted is well, also when it is away just now; a finished file that has
    // a reason is damaged.
    const isCounted = isStopped && this.spec.kind === 'live' && captured > 0;
    const reason = trouble ?? (isCounted ? lost : (state?.reason ?? lost));
    const isThrough = state?.status === 'finished';
    const end = trouble !== undefined ? 'failed' : isThrough ? 'finished' : isStopped ? 'stopped' : 'failed';
    this.say({
      type: 'ended',
      end,
      ...(reason !== undefined && { reason: redactUrls(reason) }),
      ...progress,
    });
  }

  #began({ file, lastFrameAt }: SourceState): void {
    this.#firstAt ??= file?.startedAt ?? lastFrameAt;
  }

  #crossed(event: Extract<CameraEvent, { type: 'crossing' }>): void {
    const { line, direction, at, frame = 0, trackId = 0, score = 0, trace } = event;
    const seconds = Math.max(0, at - (this.#firstAt ?? at)) / 1000;
    const crossing = { line, direction, class: event.class ?? 'unknown', at, seconds, frame, trackId, score };
    this.say({ type: 'crossing', crossing: { ...crossing, ...(trace && { trace }) } });
  }

  async #progress(state: SourceState | undefined) {
    const checkpoint = await this.ports.states.read(this.camera.id);
    return {
      frames: checkpoint?.counts ?? NO_FRAMES,
      sourceFrames: (checkpoint?.cursor?.frame ?? -1) + 1,
      ...(state?.fps !== undefined && { fps: state.fps }),
      ...(state?.progress !== undefined && { progress: state.progress }),
      ...(state?.file?.durationMs !== undefined && { mediaMs: state.file.durationMs }),
    };
  }
}

/** Capture times of a file count from when it was last changed: read again, it gives the same times. */
async function startOf({ kind, source }: SourceSpec): Promise<number | undefined> {
  if (kind === 'live') return undefined;
  const file = await stat(source).catch(() => undefined);
  return file && Math.floor(file.mtimeMs);
}
