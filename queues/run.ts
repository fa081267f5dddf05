import type { Outcome } from '../jobs/define.js';
import { NotReadyError, PermanentError } from '../src/errors.js';

/** Why a running job is told to stop before it is through. */
export type Stop =
  | { readonly kind: 'timeout'; readonly afterMs: number }
  | { readonly kind: 'cancelled'; readonly by: string }
  | { readonly kind: 'shutdown' }
  /** Its lock expired: another worker has the job, or soon will. */
  | { readonly kind: 'lost' };

/** How one try of a job ended; outcome.ts says what BullMQ is told. */
export type Ending =
  | { readonly kind: 'done'; readonly result: unknown }
  | { readonly kind: 'skipped'; readonly why: string }
  | { readonly kind: 'permanent'; readonly error: Error }
  | { readonly kind: 'not-ready'; readonly error: NotReadyError }
  | { readonly kind: 'timeout'; readonly afterMs: number }
  | { readonly kind: 'cancelled'; readonly by: string }
  | { readonly kind: 'handed-back'; readonly lost: boolean }
  | { readonly kind: 'failed'; readonly error: unknown };

export interface Run {
  /** Never rejects. */
  readonly ended: Promise<Ending>;
  /** Aborts the work's signal; the first reason counts. */
  stop(why: Stop): void;
  /** True when the work was still going `settleMs` after its signal: it holds its slot no longer. */
  readonly ignoredSignal: boolean;
}

/**
 * Runs one try of a job against its time limit. What the work itself says counts (done, skipped, permanent, not
 * ready), also shortly after it was told to stop; otherwise the reason for stopping does.
 * @param settleMs how long work may take to end once its signal is aborted
 */
export function startRun(
  work: (signal: AbortSignal) => Promise<Outcome>,
  timeoutMs: number,
  settleMs: number,
): Run {
  const controller = new AbortController();
  let why: Stop | undefined;
  let ignoredSignal = false;
  let settleTimer: NodeJS.Timeout | undefined;
  let giveUp: (ending: Ending) => void = () => undefined;
  const givenUp = new Promise<Ending>((resolve) => (giveUp = resolve));

  const stop = (reason: Stop): void => {
    if (why) return;
    why = reason;
    settleTimer = setTimeout(() => {
      ignoredSignal = true;
      giveUp(endingOfStop(reason));
    }, settleMs);
    controller.abort(reasonError(reason));
  };
  const timer = setTimeout(() => stop({ kind: 'timeout', afterMs: timeoutMs }), timeoutMs);
  const worked = Promise.resolve()
    .then(() => work(controller.signal))
    .then(endingOfOutcome, (error: unknown) => endingOfError(error, why));
  const ended = Promise.race([worked, givenUp]).finally(() => {
    clearTimeout(timer);
    clearTimeout(settleTimer);
  });
  return {
    ended,
    stop,
    get ignoredSignal() {
      return ignoredSignal;
    },
  };
}

function endingOfOutcome(outcome: Outcome): Ending {
  return outcome.outcome === 'done'
    ? { kind: 'done', result: outcome.result }
    : { kind: 'skipped', why: outcome.why };
}

function endingOfError(error: unknown, why: Stop | undefined): Ending {
  if (error instanceof PermanentError) return { kind: 'permanent', error };
  if (error instanceof NotReadyError) return { kind: 'not-ready', error };
  return why ? endingOfStop(why) : { kind: 'failed', error };
}

function endingOfStop(why: Stop): Ending {
  switch (why.kind) {
    case 'timeout':
    case 'cancelled':
      return why;
    case 'shutdown':
      return { kind: 'handed-back', lost: false };
    case 'lost':
      return { kind: 'handed-back', lost: true };
  }
}

/** Named, so that a handler can tell a timeout (as `AbortSignal.timeout` names it) and a cancellation from a shutdown. */
function reasonError(why: Stop): Error {
  const error = new Error(textOf(why));
  if (why.kind === 'timeout') error.name = 'TimeoutError';
  if (why.kind === 'cancelled') error.name = 'CancelledError';
  return error;
}

function textOf(why: Stop): string {
  switch (why.kind) {
    case 'timeout':
      return `timed out after ${why.afterMs} ms`;
    case 'cancelled':
      return `cancelled by ${why.by}`;
    case 'shutdown':
      return 'the worker shuts down';
    case 'lost':
      return 'the lock of the job was lost';
  }
}
