import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import type { Channel, Recipient } from '../../../src/domain/alerting/config.js';
import { NotReadyError, PermanentError } from '../../../src/errors.js';
import type { NotificationChannel } from '../../../src/ports/alerting.js';
import { NASTY, testMessage } from '../../support/messages.js';

/** What a message looks like to who receives it. */
export interface Arrived {
  /** By which a second copy is recognised; an SMS has none. */
  readonly id?: string;
  /** All that can be read. */
  readonly text: string;
}

export type Trouble = 'refuses' | 'fails' | 'throttles';

/** A channel, before the real thing or a server that speaks its language. */
export interface Bed {
  readonly channel: NotificationChannel;
  readonly to: Recipient;
  /** Addresses, tokens, passwords: to be in no receipt and no error. */
  readonly secrets: readonly string[];
  /** Waits until so many messages have arrived. */
  arrived(count: number): Promise<readonly Arrived[]>;
  /**
   * Brings the provider to where it answers like that from now on; where that depends on who is written to, gives whom.
   * `refuses`: for good. `fails`: this time. `throttles`: there was too much, or it cannot be used as it is.
   */
  readonly make: Partial<Record<Trouble, () => Promise<Recipient | void>>>;
  /** Connections that the channel has open at the provider. */
  connections(): Promise<number>;
  /** Ends the provider (the contract closes the channel). */
  close(): Promise<void>;
}

export interface OpenOptions {
  /** Longest time that the channel gives its provider. */
  readonly timeoutMs: number;
  /** The provider is on this port of 127.0.0.1, where connections are accepted and nothing is ever said. */
  readonly silentPort?: number;
}

/**
 * What every channel keeps to: see `NotificationChannel`.
 * @param lacks what there is not with this channel; `ids`: a place for them, `silence`: a provider that does not answer
 */
export function runContract(
  name: Channel,
  open: (options: OpenOptions) => Promise<Bed>,
  lacks: readonly (Trouble | 'ids' | 'silence')[] = [],
): void {
  describe(`${name} keeps to the contract of channels`, () => {
    const never = new AbortController().signal;
    const beds: Bed[] = [];
    const openBed = async (options: Partial<OpenOptions> = {}): Promise<Bed> => {
      const bed = await open({ timeoutMs: 10_000, ...options });
      beds.push(bed);
      return bed;
    };
    const silents: Silent[] = [];
    const openSilent = async (): Promise<Silent> => {
      const silent = await startSilent();
      silents.push(silent);
      return silent;
    };
    afterEach(async () => {
      for (const bed of beds.splice(0)) {
        await bed.channel.close();
        await bed.close();
      }
      await Promise.all(silents.splice(0).map((silent) => silent.close()));
    });

    it('takes a message and gives a receipt that holds no address', async () => {
      const bed = await openBed();
      const receipt = await bed.channel.send(testMessage('gate-1-7+0+guard'), bed.to, never);
      expect(receipt.detail).not.toBe('');
      expectHides(bed, JSON.stringify(receipt));
      expect(await bed.arrived(1)).toHaveLength(1);
      expect(bed.channel).toMatchObject({ channel: name, ratePerS: expect.any(Number) as number });
      expect(bed.channel.off).toBeUndefined();
    });

    it('delivers Vietnamese and emoji letter by letter', async () => {
      const bed = await openBed();
      await bed.channel.send(testMessage('gate-1-7+0+guard'), bed.to, never);
      const [only] = await bed.arrived(1);
      expect(only?.text).toContain(NASTY);
    });

    const itWithIds = lacks.includes('ids') ? it.skip : it;
    itWithIds('gives a second copy the id of the first', async () => {
      const bed = await openBed();
      const id = `gate-1-7+raised+guard-${randomUUID()}`;
      for (let copy = 0; copy < 2; copy++) await bed.channel.send(testMessage(id), bed.to, never);
      await bed.channel.send(testMessage(`${id}x`), bed.to, never);
      const [first, second, other] = await bed.arrived(3);
      expect(first?.id).toBe(second?.id);
      expect(other?.id).not.toBe(first?.id);
      expect(first?.id).toBeTruthy();
    });

    const troubles = [
      ['a refusal as permanent', 'refuses', isPermanent],
      ['a failure as worth a retry', 'fails', isTransient],
      ['what lasts for a while as not ready', 'throttles', isNotReady],
    ] as const;
    it.each(troubles.filter(([, trouble]) => !lacks.includes(trouble)))(
      'takes %s, again and again',
      async (_what, trouble, isAsSaid) => {
        const bed = await openBed();
        const to = (await bed.make[trouble]?.()) ?? bed.to;
        for (let time = 0; time < 2; time++) {
          const error = await failureOf(bed.channel.send(testMessage('gate-1-7+1+guard'), to, never));
          expect({ error, isAsSaid: isAsSaid(error) }).toEqual({ error, isAsSaid: true });
          expectHides(bed, told(error));
        }
      },
    );

    it('sends nothing when it is told to stop before it began', async () => {
      const bed = await openBed();
      const stopped = AbortSignal.abort(new Error('shutdown'));
      await expect(bed.channel.send(testMessage('a'), bed.to, stopped)).rejects.toThrow('shutdown');
      await bed.channel.send(testMessage('b'), bed.to, never);
      expect(await bed.arrived(1)).toHaveLength(1);
    });

    it('ends what it has open when it is closed', async () => {
      const bed = await openBed();
      await bed.channel.send(testMessage('gate-1-7+0+guard'), bed.to, never);
      await bed.channel.close();
      await bed.channel.close();
      await until(async () => (await bed.connections()) === 0);
    });

    if (lacks.includes('silence')) return;
    describe('before a provider that never answers', () => {
      it('stops at once when told to', async () => {
        const silent = await openSilent();
        const stop = new AbortController();
        // Nothing but the signal can end it in the time of a test.
        const bed = await openBed({ timeoutMs: 1_000_000, silentPort: silent.port });
        const sending = failureOf(bed.channel.send(testMessage('a'), bed.to, stop.signal));
        await silent.reached;
        stop.abort(new Error('shutdown'));
        expect((await sending).message).toBe('shutdown');
        await bed.channel.close();
        await until(async () => silent.open() === 0);
      });

      it('gives up after its time, and lets go', async () => {
        const silent = await openSilent();
        const bed = await openBed({ timeoutMs: 300, silentPort: silent.port });
        const error = await failureOf(bed.channel.send(testMessage('a'), bed.to, never));
        expect(isPermanent(error)).toBe(false);
        expectHides(bed, told(error));
        await bed.channel.close();
        await until(async () => silent.open() === 0);
      });
    });
  });
}

/** An error with all that is written down of it. */
function told(error: Error): string {
  return `${error.message} ${JSON.stringify(error)}`;
}

function expectHides({ secrets }: Bed, text: string): void {
  expect(secrets.filter((secret) => text.includes(secret))).toEqual([]);
}

function isPermanent(error: Error): boolean {
  return error instanceof PermanentError;
}

function isNotReady(error: Error): boolean {
  return error instanceof NotReadyError && error.retryAfterMs >= 1000;
}

function isTransient(error: Error): boolean {
  return !(error instanceof PermanentError) && !(error instanceof NotReadyError);
}

/** The error that a send must end with. */
export function failureOf(
  sending: Promise<unknown>,
): Promise<Error & { notSent?: boolean; retryAfterMs?: number }> {
  return sending.then(
    () => Promise.reject(new Error('it was sent')),
    (error: unknown) => error as Error,
  );
}

/** Asks until it is so; the time of the test bounds it. */
export async function until(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo())) await delay(20);
}

interface Silent {
  readonly port: number;
  /** Somebody has connected. */
  readonly reached: Promise<void>;
  open(): number;
  close(): Promise<unknown>;
}

/** Accepts connections, takes what comes, and never says anything. */
async function startSilent(): Promise<Silent> {
  const sockets = new Set<Socket>();
  let onReached: () => void = () => undefined;
  const reached = new Promise<void>((resolve) => (onReached = resolve));
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
    socket.resume();
    onReached();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    reached,
    open: () => sockets.size,
    close: () => {
      sockets.forEach((socket) => socket.destroy());
      return new Promise((resolve) => server.close(resolve));
    },
  };
}
