import { Channel } from '../../src/domain/alerting/config.js';
import { createLogChannel } from '../../src/io/channels/log/log-channel.js';
import { createOffChannel } from '../../src/io/channels/off-channel.js';
import type { NotificationChannel, NotificationChannels } from '../../src/ports/alerting.js';

/** The log and what is given; all others are off. The real list takes a second to load in Jest: the providers' libraries are large. */
export function lightChannels(options: {
  readonly logPath: string;
  readonly channels?: readonly NotificationChannel[];
}): NotificationChannels {
  const made = [
    ...Channel.options.map((channel) => createOffChannel(channel, `${channel} is not set up in this test`)),
    createLogChannel({ path: options.logPath }),
    ...(options.channels ?? []),
  ];
  const byName = new Map(made.map((channel) => [channel.channel, channel]));
  return { get: (channel) => byName.get(channel)!, all: () => [...byName.values()] };
}
