import type { MqttClient } from 'mqtt';
import type { Message, Receipt } from '../../../domain/alerting/message.js';
import { messageOf, NotReadyError, PermanentError } from '../../../errors.js';
import type { NotificationChannel } from '../../../ports/alerting.js';
import { bounded } from '../bounded.js';
import { hide } from '../hide.js';
import { loginOf } from '../login.js';
import { noticeOf } from '../notice.js';
import { createOffChannel } from '../off-channel.js';
import { createMqttLine } from './mqtt-line.js';

const TIMEOUT_MS = 10_000;
const BUSY_RETRY_MS = 60_000;
const ACCESS_RETRY_MS = 300_000;

/**
 * Publishes a JSON document (see `noticeOf`) to the recipient's topic, quality of service 1: taken when the broker says
 * so. With MQTT 5 the user property `id` is the delivery's id; a second copy has the same, there and in the document.
 * @param options.url `mqtts://user:password@host:port`; without it the channel is off
 * @param options.timeoutMs for connecting and publishing
 */
export function createMqttChannel(options: {
  readonly url?: string | undefined;
  readonly timeoutMs?: number;
}): NotificationChannel {
  const { url, timeoutMs = TIMEOUT_MS } = options;
  if (url === undefined) return createOffChannel('mqtt', 'MQTT_URL is not set');
  const login = loginOf(url);
  const line = createMqttLine(login, timeoutMs);
  return {
    channel: 'mqtt',
    ratePerS: 50,
    send: async (message, to, signal) => {
      if (!to.mqtt) throw new PermanentError(`recipient "${to.id}" has no mqtt: add mqtt: { topic }`);
      const { topic } = to.mqtt;
      // Nothing leaves before there is a connection.
      let isOpen = false;
      const late = (): Error => {
        line.hangUp();
        return Object.assign(new Error(`no answer within ${timeoutMs} ms`), { notSent: !isOpen });
      };
      try {
        return await bounded(signal, timeoutMs, late, async (stop) => {
          const client = await line.client();
          isOpen = true;
          stop.throwIfAborted();
          return await publish(client, topic, message);
        });
      } catch (error) {
        signal.throwIfAborted();
        throw translate(error, { secrets: [topic, ...login.secrets], notSent: !isOpen });
      }
    },
    close: () => line.close(),
  };
}

/** MQTT 5, 3.4.2.1: it was taken, and there is nobody it could be given to. */
const NO_SUBSCRIBERS = 0x10;

interface Packet {
  readonly cmd: string;
  readonly messageId?: number | undefined;
  readonly reasonCode?: number;
}

async function publish(client: MqttClient, topic: string, message: Message): Promise<Receipt> {
  const payload = JSON.stringify(noticeOf(message));
  const isFive = client.options.protocolVersion === 5;
  const properties = {
    payloadFormatIndicator: true,
    contentType: 'application/json',
    userProperties: { id: message.id },
  };
  const unheard = new Set<number>();
  const onPacket = ({ cmd, messageId, reasonCode }: Packet): void => {
    if (cmd === 'puback' && reasonCode === NO_SUBSCRIBERS && messageId !== undefined) unheard.add(messageId);
  };
  // The library keeps this answer to itself.
  client.on('packetreceive', onPacket);
  try {
    const sent = await client.publishAsync(topic, payload, { qos: 1, ...(isFive && { properties }) });
    if (unheard.has((sent as Packet | undefined)?.messageId ?? -1))
      throw new PermanentError('MQTT: nobody is subscribed to the topic: nobody would have got it');
  } finally {
    client.off('packetreceive', onPacket);
  }
  return { detail: 'MQTT: taken by the broker' };
}

/** Bad user name or password, not authorized, banned, bad authentication method; below 6: MQTT 3.1.1. */
const ACCESS = [4, 5, 0x86, 0x87, 0x8a, 0x8c];
/** Server unavailable, busy, shutting down, quota exceeded, connection rate exceeded. */
const BUSY = [3, 0x88, 0x89, 0x8b, 0x97, 0x9f];
/** Topic name invalid, packet too large, payload format invalid. */
const NEVER = [0x90, 0x95, 0x99];

function translate(
  error: unknown,
  { secrets, notSent }: { readonly secrets: readonly string[]; readonly notSent: boolean },
): Error {
  if (error instanceof PermanentError) return error;
  const { code } = error as { code?: number | string };
  const text = `MQTT: ${hide(messageOf(error) || String(code), secrets)}`;
  if (typeof code !== 'number') return Object.assign(new Error(text), { notSent });
  if (NEVER.includes(code)) return new PermanentError(text);
  if (ACCESS.includes(code)) {
    const hint = 'check user, password and rights in MQTT_URL';
    return Object.assign(new NotReadyError(`${text}: ${hint}`, ACCESS_RETRY_MS), { notSent: true });
  }
  if (BUSY.includes(code)) return Object.assign(new NotReadyError(text, BUSY_RETRY_MS), { notSent: true });
  // A refusal, whatever it is.
  return Object.assign(new Error(text), { notSent: true });
}
