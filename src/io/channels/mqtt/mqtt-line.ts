import { connect, type IClientOptions, type MqttClient } from 'mqtt';
import { bounded } from '../bounded.js';
import type { Login } from '../login.js';

const KEEPALIVE_S = 20;
/** What a clean goodbye may take before the connection is broken. */
const GOODBYE_MS = 1000;

/** One connection, made when it is needed and again when it was lost. */
export interface MqttLine {
  /** @throws what the network or the broker said; `code` is the broker's, where it is a number */
  client(): Promise<MqttClient>;
  /** Breaks the connection: nobody answers on it. */
  hangUp(): void;
  close(): Promise<void>;
}

/** @param timeoutMs longest time for making the connection */
export function createMqttLine({ address, user }: Login, timeoutMs: number): MqttLine {
  let open: { readonly client: MqttClient; readonly ready: Promise<MqttClient> } | undefined;
  let version: 4 | 5 = 5;

  function dial(): NonNullable<typeof open> {
    const client = connect(address, {
      ...(user && { username: user.name, password: user.password }),
      protocolVersion: version,
      clean: true,
      keepalive: KEEPALIVE_S,
      connectTimeout: timeoutMs,
      // What was lost on the way is for the queue to send again, not for the library.
      reconnectPeriod: 0,
      queueQoSZero: false,
    } satisfies IClientOptions);
    const opened = { client, ready: untilConnected(client) };
    const forget = (): void => {
      if (open === opened) open = undefined;
    };
    client.on('close', () => {
      forget();
      // Whoever waits for an answer is told that none will come.
      client.end(true);
    });
    opened.ready.catch(forget);
    return opened;
  }

  return {
    client: async () => {
      open ??= dial();
      try {
        return await open.ready;
      } catch (error) {
        if (version === 4 || !isOldBroker(error)) throw error;
        version = 4;
        open = dial();
        return await open.ready;
      }
    },
    hangUp: () => {
      open?.client.end(true);
      open = undefined;
    },
    close: async () => {
      if (!open) return;
      const { client } = open;
      open = undefined;
      const late = (): Error => new Error('no goodbye');
      const goodbye = (): Promise<void> => client.endAsync(!client.connected);
      await bounded(new AbortController().signal, GOODBYE_MS, late, goodbye).catch(() => client.end(true));
    },
  };
}

function untilConnected(client: MqttClient): Promise<MqttClient> {
  return new Promise((resolve, reject) => {
    client.once('connect', () => resolve(client));
    client.once('error', (error) => {
      client.end(true);
      reject(error);
    });
    client.once('close', () => reject(new Error('the connection broke')));
  });
}

/** "Unacceptable protocol version", in the words of MQTT 3.1.1 and of MQTT 5. */
function isOldBroker(error: unknown): boolean {
  return [0x01, 0x84].includes((error as { code?: number }).code ?? 0);
}
