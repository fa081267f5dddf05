import type { Delivery } from '../../src/ports/alerting.js';
import type { JobContext } from '../define.js';
import { isOver } from './is-over.js';
import { notification } from './job.js';

/** Asks for the job of each delivery that is not over. @returns how many. */
export async function enqueueNotifications(
  { enqueue }: Pick<JobContext, 'enqueue'>,
  deliveries: readonly Delivery[],
  options: { readonly again?: boolean } = {},
): Promise<number> {
  const waiting = deliveries.filter(({ state }) => !isOver(state));
  for (const { id } of waiting) await enqueue(notification, { deliveryId: id }, options);
  return waiting.length;
}
