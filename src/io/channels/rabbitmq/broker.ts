import { type ChannelModel, type ConfirmChannel, connect, credentials } from 'amqplib';
import { bounded } from '../bounded.js';
import type { Login } from '../login.js';

const HEARTBEAT_S = 20;
/** What a clean goodbye may take before the connection is broken. */
const GOODBYE_MS = 1000;

/** One connection, made when it is needed and again when it was lost. */
export interface Broker {
  /** @throws what the network or the broker said */
  openChannel(): Promise<ConfirmChannel>;
  /** Why the broker takes no messages at this moment, in its words: it has run out of memory or disk. */
  blocked(): string | undefined;
  /** Breaks the connection: nobody answers on it. */
  hangUp(): void;
  close(): Promise<void>;
}

interface Line {
  readonly model: Promise<ChannelModel>;
  /** Breaks the connection, also one that is still being made. */
  readonly cut: AbortController;
  blocked?: string;
}

/** @param timeoutMs longest silence of the broker while the connection is made */
export function createBroker({ address, user }: Login, timeoutMs: number): Broker {
  const target = new URL(address);
  if (!target.searchParams.has('heartbeat')) target.searchParams.set('heartbeat', String(HEARTBEAT_S));
  let line: Line | undefined;

  function dial(): Line {
    const cut = new AbortController();
    const options = {
      timeout: timeoutMs,
      noDelay: true,
      // Reaches the socket (node:net).
      signal: cut.signal,
      // Without a user the library's own: guest.
      ...(user && { credentials: credentials.plain(user.name, user.password) }),
      clientProperties: { connection_name: 'camqueue' },
    };
    const opened: Line = { cut, model: connect(target.href, options) };
    const forget = (): void => {
      if (line === opened) line = undefined;
    };
    opened.model.then((model) => {
      // 'close' follows; what was being sent is told of it by its channel.
      model.on('error', () => undefined);
      model.on('close', forget);
      model.on('blocked', (reason) => (opened.blocked = reason));
      model.on('unblocked', () => delete opened.blocked);
    }, forget);
    return opened;
  }

  return {
    openChannel: async () => {
      line ??= dial();
      const channel = await (await line.model).createConfirmChannel();
      channel.on('error', () => undefined);
      return channel;
    },
    blocked: () => line?.blocked,
    hangUp: () => {
      line?.cut.abort();
      line = undefined;
    },
    close: async () => {
      if (!line) return;
      const { model, cut } = line;
      line = undefined;
      const goodbye = async (): Promise<void> => (await model).close();
      const late = (): Error => new Error('no goodbye');
      await bounded(new AbortController().signal, GOODBYE_MS, late, goodbye).catch(() => undefined);
      cut.abort();
    },
  };
}
