import { addressesOf } from '../domain/alerting/config.js';
import type { Log } from '../log.js';
import type { Ports } from '../ports.js';

/** Says once which channels are off although somebody in the camera file is to be reached on them. */
export function sayChannels({ channels, cameras }: Pick<Ports, 'channels' | 'cameras'>, log: Log): void {
  for (const { channel, off } of channels.all()) {
    if (off === undefined) continue;
    const waiting = cameras.recipients
      .filter((one) => addressesOf(one).includes(channel))
      .map(({ id }) => id);
    if (waiting.length > 0)
      log.warn({ channel, recipients: waiting, reason: off }, 'channel is off: its messages wait');
  }
}
