import type { Channel } from '../../domain/alerting/config.js';
import { NotReadyError } from '../../errors.js';
import type { NotificationChannel } from '../../ports/alerting.js';

/** Until somebody sets what is missing. */
const RETRY_MS = 60_000;

/**
 * A channel that cannot be used as things are set up: what is to be sent through it waits, or goes to the next channel
 * of its step.
 * @param off names the variable that is missing, or what is wrong with it
 */
export function createOffChannel(channel: Channel, off: string): NotificationChannel {
  return {
    channel,
    off,
    ratePerS: 1,
    send: async () => {
      throw Object.assign(new NotReadyError(`${off}: messages wait`, RETRY_MS), { notSent: true });
    },
    close: async () => undefined,
  };
}
