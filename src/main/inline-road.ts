import { motion } from '../../jobs/motion/job.js';
import type { QueueName } from '../../jobs/registry.js';
import type { FrameSources } from '../domain/frame-source.js';
import { messageOf } from '../errors.js';
import { createFfmpegSources } from '../io/ffmpeg/sources.js';
import type { Log } from '../log.js';
import type { Ports } from '../ports.js';
import type { SamplerOptions } from '../sampler/options.js';
import { runSampler } from '../sampler/sampler.js';
import { createInlineJobs, type InlineJobs } from './inline-jobs.js';

/** Pictures a ring in memory holds before reading a file waits: enough for the next look, and little memory. */
const ROOM = 6;

/** Rings in memory of this size hold dozens of pictures of the largest camera. */
export const RING_BYTES = 64 * 1024 ** 2;

type Watching = Partial<Pick<SamplerOptions, 'onStatus' | 'onGap' | 'degraded' | 'fileStart' | 'again'>>;

/**
 * Sampler and job handlers in one process, without Redis: each camera's frames go through in order, files complete.
 * Resolves when every camera has ended, as `runSampler` does, and everything they rang for has been worked on.
 * @param options.ports all that the queues need; rings and states in memory
 * @param options.sources default: ffmpeg
 * @throws Error when a doorbell job fails for good: nothing could be analysed any more
 */
export async function runInline(
  options: {
    readonly cameras: SamplerOptions['cameras'];
    readonly queues: readonly QueueName[];
    readonly ports: Partial<Ports> & Pick<Ports, 'frames' | 'states'>;
    readonly sources?: FrameSources;
    readonly log: Log;
    readonly signal: AbortSignal;
  } & Watching,
): Promise<InlineJobs> {
  const { cameras, queues, ports, sources, log, signal: outside, ...watching } = options;
  const stop = new AbortController();
  const signal = AbortSignal.any([stop.signal, outside]);
  const jobs = createInlineJobs({ queues, ports, log, signal });
  // One bell at a time: the sampler goes on reading while the handlers work, as two processes would.
  let working: Promise<void> = Promise.resolve();
  let failure: Error | undefined;
  await runSampler({
    onStatus: () => undefined,
    ...watching,
    cameras,
    sources: sources ?? createFfmpegSources(),
    ring: ports.frames,
    states: ports.states,
    doorbell: async (cameraId) => {
      await jobs.enqueue(motion, { cameraId });
      working = working
        .then(() => jobs.drain())
        .catch((error: unknown) => {
          failure ??= error instanceof Error ? error : new Error(messageOf(error));
          stop.abort();
        });
    },
    log,
    signal,
    ringRoom: () => ROOM,
    timing: { doorbellMs: 1, roomPollMs: 2, endPollMs: 20, latestMs: Number.MAX_SAFE_INTEGER },
  });
  await working;
  if (failure !== undefined) throw failure;
  return jobs;
}
