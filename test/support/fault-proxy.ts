import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/**
 * A network that fails when told to: a TCP proxy on 127.0.0.1 before a camera (or anything else). RTSP over TCP goes
 * through it whole; over UDP only its commands would.
 */
export interface FaultProxy {
  readonly port: number;
  /** Connections that are open now. */
  readonly connections: number;
  /** Resets every connection, and each new one until `heal`. */
  cut(): void;
  /** Bytes are swallowed both ways, connections stay open (new ones are accepted too), until `heal`. */
  hang(): void;
  /** New connections work again; those that hung are reset, as their bytes are lost. */
  heal(): void;
  /** Ends every connection and stops listening. */
  close(): Promise<void>;
}

/** @param target port on 127.0.0.1 to which connections are passed on; it need not be listening yet */
export async function startFaultProxy(target: number): Promise<FaultProxy> {
  let state: 'fine' | 'cut' | 'hanging' = 'fine';
  const open = new Set<Socket>();
  const server = createServer((client) => {
    if (state === 'cut') {
      client.resetAndDestroy();
      return;
    }
    const upstream = connect(target, '127.0.0.1');
    pass(client, upstream);
    pass(upstream, client);
  });

  function pass(from: Socket, to: Socket): void {
    open.add(from);
    from.on('data', (bytes) => {
      if (state === 'hanging') return;
      if (!to.write(bytes)) from.pause();
    });
    to.on('drain', () => from.resume());
    // Whatever ends one side ends the other in the same way; while hanging, nobody hears of it.
    from.on('error', () => undefined);
    from.on('end', () => state !== 'hanging' && to.end());
    from.on('close', (hadError) => {
      open.delete(from);
      if (state === 'hanging' || to.destroyed) return;
      if (hadError) to.resetAndDestroy();
      else to.destroySoon();
    });
  }
  const resetAll = (): void => open.forEach((socket) => void socket.resetAndDestroy());

  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    get connections() {
      return Math.ceil(open.size / 2);
    },
    cut() {
      state = 'cut';
      resetAll();
    },
    hang() {
      state = 'hanging';
    },
    heal() {
      if (state === 'hanging') resetAll();
      state = 'fine';
    },
    async close() {
      const closed = once(server, 'close');
      server.close();
      resetAll();
      await closed;
    },
  };
}
