import type { Job } from 'bullmq';
import { outcomeOfFailure, type Kept } from './outcome.js';
import type { Envelope } from './payload.js';
import { progressOf } from './progress.js';
import type { JobState, JobView } from './types.js';

/** A job as people and other backends see it. */
export function viewOf(job: Job, state: JobState | 'unknown'): JobView {
  const envelope = job.data as Partial<Envelope> | null;
  return {
    id: job.id ?? '',
    queue: job.queueName,
    state,
    payload: envelope?.payload ?? null,
    ...(typeof envelope?.origin === 'string' && { origin: envelope.origin }),
    ...endOf(job, state),
    attempts: job.attemptsMade,
    ...progressOf(job.progress),
    createdAt: job.timestamp,
    ...(job.processedOn && { startedAt: job.processedOn }),
    ...(job.finishedOn && { finishedAt: job.finishedOn }),
  };
}

/** The view of a job that is not there. */
export function viewOfMissing(queue: string, id: string): JobView {
  return {
    id,
    queue,
    state: 'unknown',
    payload: null,
    reason: 'no such job',
    attempts: 0,
    progress: 0,
    createdAt: 0,
  };
}

function endOf(job: Job, state: JobView['state']): Pick<JobView, 'outcome' | 'result' | 'reason'> {
  if (state === 'completed') {
    const kept = job.returnvalue as Partial<Kept> | null;
    if (kept?.outcome === 'skipped') return { outcome: 'skipped', reason: kept.why ?? '' };
    return { outcome: 'done', result: kept?.outcome === 'done' ? kept.result : kept };
  }
  // A job that waits for its next try shows why the last one failed.
  const reason = job.failedReason ? { reason: job.failedReason } : {};
  return state === 'failed' ? { outcome: outcomeOfFailure(job.stacktrace?.at(-1)), ...reason } : reason;
}

const STATES: Readonly<Record<string, JobState>> = {
  waiting: 'waiting',
  wait: 'waiting',
  active: 'active',
  delayed: 'delayed',
  completed: 'completed',
  failed: 'failed',
  prioritized: 'prioritized',
  'waiting-children': 'waiting-children',
} satisfies Record<JobState | 'wait', JobState>;

export function stateOf(state: string): JobState | 'unknown' {
  return STATES[state] ?? 'unknown';
}

export const ALL_STATES = [
  'waiting',
  'active',
  'delayed',
  'completed',
  'failed',
  'prioritized',
  'waiting-children',
] as const satisfies readonly JobState[];
