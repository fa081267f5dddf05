import type { Channel } from '../../src/domain/alerting/config.js';
import type { Message } from '../../src/domain/alerting/message.js';
import type { NotificationChannel } from '../../src/ports/alerting.js';

/** A provider in memory, for tests of what is sent to it and of what goes wrong there. */
export interface RecordingChannel extends NotificationChannel {
  readonly messages: readonly { readonly to: string; readonly message: Message }[];
  /** Called with each message before it is taken. */
  onSend(before: (message: Message, signal: AbortSignal) => Promise<void>): void;
}

export function createRecordingChannel(channel: Channel): RecordingChannel {
  const messages: { to: string; message: Message }[] = [];
  let before: (message: Message, signal: AbortSignal) => Promise<void> = async () => undefined;
  return {
    channel,
    ratePerS: 1000,
    messages,
    onSend: (given) => (before = given),
    send: async (message, to, signal) => {
      await before(message, signal);
      messages.push({ to: to.id, message });
      return { detail: `taken as ${messages.length}` };
    },
    close: async () => undefined,
  };
}
