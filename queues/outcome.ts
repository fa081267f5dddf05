import { DelayedError, UnrecoverableError, WaitingError, type Job } from 'bullmq';
import { redactUrls } from '../src/domain/redact.js';
import { messageOf } from '../src/errors.js';
import type { JobOutcome } from '../src/ports.js';
import type { Ending } from './run.js';

const MAX_RETRY_AFTER_MS = 7 * 86_400_000;

/** What a completed job keeps as its return value. */
export type Kept =
  | { readonly outcome: 'done'; readonly result: unknown }
  | { readonly outcome: 'skipped'; readonly why: string };

/**
 * Tells BullMQ how a try ended: the one place where our vocabulary meets BullMQ's. A return completes the job. An
 * UnrecoverableError keeps it as failed at once; DelayedError and WaitingError say that it was moved and that no
 * attempt was used; any other error is retried while attempts are left, then kept as failed.
 */
export async function settle(ending: Ending, job: Job, token: string): Promise<Kept> {
  switch (ending.kind) {
    case 'done':
      return { outcome: 'done', result: ending.result ?? null };
    case 'skipped':
      return { outcome: 'skipped', why: ending.why };
    case 'permanent':
      throw stored(new UnrecoverableError(redactUrls(ending.error.message)), 'PermanentError', ending.error);
    case 'cancelled':
      throw stored(new UnrecoverableError(`cancelled by ${ending.by}`), 'CancelledError');
    case 'timeout':
      throw stored(new Error(`timed out after ${ending.afterMs} ms`), 'TimeoutError');
    case 'failed':
      throw stored(new Error(redactUrls(messageOf(ending.error))), 'Error', ending.error);
    case 'not-ready': {
      const { retryAfterMs } = ending.error;
      const wait = Number.isFinite(retryAfterMs)
        ? Math.min(Math.max(retryAfterMs, 0), MAX_RETRY_AFTER_MS)
        : 1000;
      await job.moveToDelayed(Date.now() + wait, token);
      throw new DelayedError();
    }
    case 'handed-back':
      // A lost lock means the job is not ours to move.
      if (!ending.lost) await job.moveToWait(token);
      throw new WaitingError();
  }
}

/** The first line of the stack that is kept names the kind, for people and for `outcomeOfFailure`. */
function stored(error: Error, kind: string, cause?: unknown): Error {
  const frames = cause instanceof Error ? redactUrls(framesOf(cause)) : '';
  error.stack = `${kind}: ${error.message}${frames}`;
  return error;
}

function framesOf(error: Error, depth = 0): string {
  const frames = (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line));
  const own = frames.map((line) => `\n${line}`).join('');
  if (!(error.cause instanceof Error) || depth >= 5) return own;
  return `${own}\ncaused by ${error.cause.name}: ${error.cause.message}${framesOf(error.cause, depth + 1)}`;
}

/** How a failed job failed, read from the stack that `settle` left. */
export function outcomeOfFailure(stack: string | undefined): JobOutcome {
  if (stack?.startsWith('PermanentError:')) return 'permanent';
  if (stack?.startsWith('CancelledError:')) return 'cancelled';
  if (stack?.startsWith('TimeoutError:')) return 'timeout';
  return 'failed';
}

/** Why a try ended as it did, for the log; nothing for done. */
export function reasonOf(ending: Ending): string | undefined {
  switch (ending.kind) {
    case 'done':
      return undefined;
    case 'skipped':
      return ending.why;
    case 'permanent':
    case 'not-ready':
      return redactUrls(ending.error.message);
    case 'failed':
      return redactUrls(messageOf(ending.error));
    case 'timeout':
      return `timed out after ${ending.afterMs} ms`;
    case 'cancelled':
      return `cancelled by ${ending.by}`;
    case 'handed-back':
      return ending.lost ? 'lock lost: another worker has the job' : 'shutdown';
  }
}
