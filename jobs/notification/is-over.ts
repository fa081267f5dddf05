import type { DeliveryState } from '../../src/ports/alerting.js';

/** Nothing is left to do for it. */
export function isOver(state: DeliveryState): boolean {
  return state !== 'pending' && state !== 'sending';
}
