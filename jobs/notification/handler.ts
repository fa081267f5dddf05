import { NotReadyError, PermanentError } from '../../src/errors.js';
import type { Delivery } from '../../src/ports/alerting.js';
import { done, type Handler, type Outcome, skipped } from '../define.js';
import { enqueueNotifications } from './enqueue.js';
import { isOver } from './is-over.js';
import type { notification } from './job.js';
import { laneOf, waitMs } from './lane.js';
import { type Context, type Needs, send } from './send.js';

/** How long one job goes on with what waits beside its own message; the last send may take 30 s more, the job 60. */
const DRAIN_MS = 20_000;
/** Shorter waits of a job that has just sent (a provider's rate) are waited for in place. */
const IN_PLACE_MS = 1000;

/**
 * Sends what waits for one recipient on one channel, oldest first, until its own message is over and nothing more can be
 * sent now. Which job sends a message is left to chance: the store hands each out once. When it must wait (for its turn,
 * for the provider, for the morning) that costs no attempt: a message is not given up while its provider is down.
 */
export const handle: Handler<typeof notification, Needs> = async ({ deliveryId }, ctx) => {
  const { deliveries } = ctx.ports;
  const own = await deliveries.get(deliveryId);
  if (!own) throw new PermanentError(`there is no delivery "${deliveryId}"`);
  if (isOver(own.state)) return endOf(own);
  const wait = await drain(ctx, own);
  const after = (await deliveries.get(deliveryId)) ?? own;
  if (isOver(after.state)) return endOf(after);
  const ms = waitMs(wait?.until, after, ctx.now(), Math.random());
  throw new NotReadyError(wait?.why ?? 'others are before it', ms);
};

interface Wait {
  /** Epoch ms. */
  readonly until: number;
  readonly why: string;
}

/** @returns what the lane waits for; `undefined`: nothing can be had of it, or the time is up. */
async function drain(ctx: Context, own: Delivery): Promise<Wait | undefined> {
  const { deliveries } = ctx.ports;
  const lane = { recipient: own.recipient, channel: own.channel };
  const stopAt = ctx.now() + DRAIN_MS;
  let hasSent = false;
  do {
    ctx.signal.throwIfAborted();
    const now = ctx.now();
    const claim = await deliveries.claim(lane, ctx.jobId, laneOf(ctx.ports, lane, now), now);
    if (claim.kind === 'nothing') return undefined;
    if (claim.kind === 'send') {
      hasSent = await send(ctx, claim.deliveries);
      continue;
    }
    await enqueueNotifications(ctx, claim.replaced);
    const restMs = claim.until - ctx.now();
    if (!hasSent || restMs > IN_PLACE_MS) return claim;
    await pause(restMs, ctx.signal);
  } while (ctx.now() < stopAt);
  return undefined;
}

/** @throws the signal's reason when it is aborted before. */
async function pause(ms: number, signal: AbortSignal): Promise<void> {
  const stop = new AbortController();
  await new Promise<void>((resolve, reject) => {
    const timer = setTimeout(resolve, ms);
    const onAbort = (): void => {
      clearTimeout(timer);
      reject(signal.reason as Error);
    };
    signal.addEventListener('abort', onAbort, { once: true, signal: stop.signal });
  }).finally(() => stop.abort());
}

/** The board shows with each job what became of its message. @throws PermanentError when it failed */
function endOf({ id, state, detail }: Delivery): Outcome {
  if (state === 'failed') throw new PermanentError(detail ?? 'it failed');
  if (state === 'skipped' || state === 'replaced') return skipped(detail ?? state);
  return done({ delivery: id, state, receipt: detail ?? null });
}
