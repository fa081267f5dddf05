import type { Channel } from './config.js';

/** What people are told of a channel. */
export interface ChannelStatus {
  readonly state: 'on' | 'off' | 'down';
  readonly reason?: string;
  /** When a channel that is down is tried again, epoch ms. */
  readonly until?: number;
}

interface State {
  readonly channel: Channel;
  readonly recipient?: string;
  readonly state: 'ok' | 'down';
  readonly until?: number;
  readonly reason?: string;
}

/**
 * A channel as it is: off as things are set up, down (of webhooks: one receiver is), or on.
 * @param off why it cannot be used
 * @param states of all channels
 */
export function channelStatus(
  { channel, off }: { readonly channel: Channel; readonly off?: string | undefined },
  states: readonly State[],
): ChannelStatus {
  if (off !== undefined) return { state: 'off', reason: off };
  const down = states.filter((one) => one.channel === channel && one.state === 'down');
  if (down.length === 0) return { state: 'on' };
  const reason = down
    .map((one) => [one.recipient, one.reason ?? 'it failed'].filter((text) => text !== undefined).join(': '))
    .join('; ');
  const until = Math.min(...down.map((one) => one.until ?? Infinity));
  return { state: 'down', reason, ...(until !== Infinity && { until }) };
}
