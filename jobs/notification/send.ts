import type { Message } from '../../src/domain/alerting/message.js';
import { messageOf, NotReadyError, PermanentError } from '../../src/errors.js';
import type { Delivery, DeliveryResult } from '../../src/ports/alerting.js';
import type { JobContext } from '../define.js';
import { compose } from './compose.js';
import { enqueueNotifications } from './enqueue.js';
import type { FactPorts } from './facts.js';

export type Needs = FactPorts | 'deliveries' | 'templates' | 'snapshots';
export type Context = JobContext<Needs>;

/** A provider that says nothing for this long. */
const SEND_MS = 30_000;
/** A channel that is not set up is looked at again after this. */
const OFF_MS = 60_000;

/**
 * Sends what was claimed, as one message, and writes down what came of it; a message that did not get through waits in
 * the store, which knows when to try it again.
 * @returns whether it was sent
 */
export async function send(ctx: Context, claimed: readonly Delivery[]): Promise<boolean> {
  const result = await attempt(ctx, claimed);
  const next = await ctx.ports.deliveries.settle(claimed, result, ctx.now());
  await enqueueNotifications(ctx, next);
  return result.state === 'sent';
}

async function attempt(ctx: Context, claimed: readonly Delivery[]): Promise<DeliveryResult> {
  const { cameras, channels } = ctx.ports;
  const [first] = claimed;
  if (!first) throw new Error('a claim without deliveries');
  const channel = channels.get(first.channel);
  const until = ctx.now() + OFF_MS;
  if (channel.off !== undefined)
    return { state: 'pending', reason: channel.off, isCertain: true, isOutage: true, until };
  const person = cameras.recipients.find(({ id }) => id === first.recipient);
  if (!person) return { state: 'failed', reason: `the camera file lists no recipient "${first.recipient}"` };
  let message: Message;
  try {
    message = await compose(ctx, claimed, person);
  } catch (error) {
    if (error instanceof PermanentError) return { state: 'failed', reason: error.message };
    return { state: 'pending', reason: messageOf(error), isCertain: true, isOutage: false, isOurs: true };
  }
  try {
    const signal = AbortSignal.any([ctx.signal, AbortSignal.timeout(SEND_MS)]);
    return { state: 'sent', receipt: await channel.send(message, person, signal) };
  } catch (error) {
    return resultOf(ctx, error);
  }
}

function resultOf({ signal, now }: Context, error: unknown): DeliveryResult {
  const reason = messageOf(error);
  if (error instanceof PermanentError) return { state: 'failed', reason };
  if (error instanceof NotReadyError) {
    const until = now() + error.retryAfterMs;
    return { state: 'pending', reason, isCertain: true, isOutage: true, until };
  }
  const isCertain = (error as { notSent?: boolean }).notSent === true;
  return { state: 'pending', reason, isCertain, isOutage: false, isOurs: isInterrupted(signal) };
}

/** Shutdown, cancellation or a lost lock, after which the job may come back; a timeout is a failure. */
function isInterrupted(signal: AbortSignal): boolean {
  return signal.aborted && (signal.reason as { name?: string } | undefined)?.name !== 'TimeoutError';
}
