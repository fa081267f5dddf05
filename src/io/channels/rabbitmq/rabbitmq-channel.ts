import type { ConfirmChannel } from 'amqplib';
import type { Message, Receipt } from '../../../domain/alerting/message.js';
import { messageOf, NotReadyError, PermanentError } from '../../../errors.js';
import type { NotificationChannel } from '../../../ports/alerting.js';
import { bounded } from '../bounded.js';
import { hide } from '../hide.js';
import { loginOf } from '../login.js';
import { noticeOf } from '../notice.js';
import { createOffChannel } from '../off-channel.js';
import { createBroker } from './broker.js';

const TIMEOUT_MS = 10_000;
/** A broker that has run out of memory or disk is put in order by people. */
const BLOCKED_RETRY_MS = 30_000;
const ACCESS_RETRY_MS = 300_000;

/**
 * Publishes a JSON document (see `noticeOf`) to the recipient's exchange: persistent, confirmed by the broker, and
 * refused where no queue takes it. `messageId` is the delivery's id: a second copy has the same.
 * @param options.url `amqps://user:password@host:port/vhost`; without it the channel is off
 * @param options.timeoutMs for connecting and publishing
 */
export function createRabbitmqChannel(options: {
  readonly url?: string | undefined;
  readonly timeoutMs?: number;
}): NotificationChannel {
  const { url, timeoutMs = TIMEOUT_MS } = options;
  if (url === undefined) return createOffChannel('rabbitmq', 'RABBITMQ_URL is not set');
  const login = loginOf(url);
  const broker = createBroker(login, timeoutMs);
  return {
    channel: 'rabbitmq',
    ratePerS: 100,
    send: async (message, to, signal) => {
      const target = to.rabbitmq;
      if (!target)
        throw new PermanentError(
          `recipient "${to.id}" has no rabbitmq: add rabbitmq: { exchange, routingKey }`,
        );
      // Nothing leaves before there is a channel.
      let isOpen = false;
      const late = (): Error => {
        const why = broker.blocked();
        // It may still take what it was sent; on this connection it says when it goes on.
        if (why !== undefined) return blockedError(why);
        broker.hangUp();
        return Object.assign(new Error(`no answer within ${timeoutMs} ms`), { notSent: !isOpen });
      };
      try {
        return await bounded(signal, timeoutMs, late, async (stop) => {
          const why = broker.blocked();
          if (why !== undefined) throw Object.assign(blockedError(why), { notSent: true });
          const channel = await broker.openChannel();
          isOpen = true;
          try {
            stop.throwIfAborted();
            return await publish(channel, target, message, stop);
          } finally {
            // Closed already where the broker refused.
            channel.close().catch(() => undefined);
          }
        });
      } catch (error) {
        signal.throwIfAborted();
        throw translate(error, target.exchange, { secrets: login.secrets, notSent: !isOpen });
      }
    },
    close: () => broker.close(),
  };
}

function blockedError(why: string): NotReadyError {
  return new NotReadyError(
    `RabbitMQ takes no messages (${hide(why, [])}): give it memory or disk`,
    BLOCKED_RETRY_MS,
  );
}

/** A channel for each message: the broker closes it when it refuses, and then it is clear which one it refused. */
function publish(
  channel: ConfirmChannel,
  { exchange, routingKey }: { readonly exchange: string; readonly routingKey: string },
  message: Message,
  signal: AbortSignal,
): Promise<Receipt> {
  return new Promise((resolve, reject) => {
    let isUnroutable = false;
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
    channel.once('error', reject);
    channel.once('close', () => reject(new Error('the connection broke')));
    // Comes before the confirmation.
    channel.once('return', () => (isUnroutable = true));
    channel.publish(
      exchange,
      routingKey,
      Buffer.from(JSON.stringify(noticeOf(message))),
      {
        persistent: true,
        mandatory: true,
        messageId: message.id,
        contentType: 'application/json',
        contentEncoding: 'utf-8',
        timestamp: Math.floor(Date.now() / 1000),
        type: 'camqueue.notification',
        appId: 'camqueue',
      },
      (refused: unknown) => {
        if (isUnroutable)
          reject(new PermanentError(`RabbitMQ: no queue takes it at exchange "${exchange}": bind one`));
        // Also called when the channel closes: that is told by the events above, a moment later.
        else if (refused !== null) setImmediate(reject, new Error('it did not take the message (nack)'));
        else resolve({ detail: `RabbitMQ: taken by exchange "${exchange}"` });
      },
    );
  });
}

const ACCESS_REFUSED = 403;
const NOT_FOUND = 404;
/** User or password; the vhost, of which the library says no more. */
const REFUSED_AT_DOOR = /ACCESS[-_]REFUSED|Expected ConnectionOpenOk; got <ConnectionClose/;

function translate(
  error: unknown,
  exchange: string,
  { secrets, notSent }: { readonly secrets: readonly string[]; readonly notSent: boolean },
): Error {
  if (error instanceof PermanentError || error instanceof NotReadyError) return error;
  const { code } = error as { code?: number | string };
  const said = hide(messageOf(error) || String(code), secrets);
  if (code === NOT_FOUND)
    return new PermanentError(
      `RabbitMQ: there is no exchange "${exchange}": declare it, or correct rabbitmq.exchange`,
    );
  if (code === ACCESS_REFUSED || REFUSED_AT_DOOR.test(said)) {
    const text = `RabbitMQ refuses access (${said}): check user, password, vhost and rights in RABBITMQ_URL`;
    return Object.assign(new NotReadyError(text, ACCESS_RETRY_MS), { notSent: true });
  }
  return Object.assign(new Error(`RabbitMQ: ${said}`), { notSent });
}
