import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { InputError } from '../errors.js';

/** Time a request under way gets when the server stops, ms. */
const CLOSE_MS = 2000;

export interface RunningApi {
  /** The port it listens on; the system's choice when 0 was asked for. */
  readonly port: number;
  /** Takes no more requests, lets those under way finish for up to two seconds, then ends every connection. */
  close(): Promise<void>;
}

/**
 * Listens. @throws InputError when the address cannot be listened on, naming the setting to change.
 * @param options.closeMs how long `close` waits for requests under way
 */
export async function startApi(options: {
  host: string;
  port: number;
  app: RequestListener;
  closeMs?: number;
}): Promise<RunningApi> {
  const { host, port, app, closeMs = CLOSE_MS } = options;
  const server = createServer(app);
  server.listen(port, host);
  try {
    await once(server, 'listening');
  } catch (error) {
    throw new InputError(explain(host, port, error as NodeJS.ErrnoException));
  }
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeIdleConnections();
      const timer = setTimeout(() => server.closeAllConnections(), closeMs);
      await closed;
      clearTimeout(timer);
    },
  };
}

function explain(host: string, port: number, error: NodeJS.ErrnoException): string {
  if (error.code === 'EADDRINUSE')
    return `HTTP_PORT: ${port} is taken on ${host}; choose another one, or 0 for any free one`;
  if (error.code === 'EACCES') return `HTTP_PORT: ${port} needs more rights; choose one above 1023`;
  if (error.code === 'EADDRNOTAVAIL' || error.code === 'ENOTFOUND')
    return `HTTP_HOST: ${host} is no address of this machine`;
  return `HTTP_HOST ${host}, HTTP_PORT ${port}: ${error.message}`;
}
