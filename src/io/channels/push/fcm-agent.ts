import { AsyncLocalStorage } from 'node:async_hooks';
import type { ClientRequest, IncomingMessage } from 'node:http';
import * as https from 'node:https';
import * as net from 'node:net';
import { type Exchange, watch } from '../exchange.js';

/** One message on its way. */
export interface FcmExchange extends Exchange {
  readonly signal: AbortSignal;
  /** Of the answer, as far as it has come; at most `MOST`. */
  body: string;
  /** What the network said, which the SDK puts into words. */
  error?: Error;
  /** Called when the answer breaks off, of which the SDK never tells. */
  onCut?: (error: Error) => void;
}

const MOST = 64 * 1024;

/** What Node's agents have besides what its types tell of: every request passes here before it has a socket. */
type Agent = https.Agent & { addRequest(request: ClientRequest, options: unknown): void };

/**
 * How the Firebase SDK, as it comes, is pointed elsewhere: it always asks https://fcm.googleapis.com, but takes an
 * `httpAgent`, and an agent makes the connections. This one makes them to the base address (a plain one where that is
 * http), and puts its host and path into each request. It also shows what the SDK hides of an answer, aborts, and keeps
 * the SDK from trying again by itself (four times, after 503, resets and timeouts): tries are the queue's.
 */
export class FcmAgent extends (https.Agent as unknown as new (options: https.AgentOptions) => Agent) {
  readonly #current = new AsyncLocalStorage<FcmExchange>();
  readonly #base: URL;

  constructor(base: URL) {
    // As Node's own agent: an idle connection is closed before Google does.
    super({ keepAlive: true, timeout: 5000, maxSockets: 10 });
    this.#base = base;
  }

  /** Runs what makes the SDK send one message. */
  during<T>(exchange: FcmExchange, work: () => Promise<T>): Promise<T> {
    return this.#current.run(exchange, work);
  }

  override addRequest(request: ClientRequest, options: unknown): void {
    const exchange = this.#current.getStore();
    request.setHeader('host', this.#base.host);
    request.path = this.#base.pathname.replace(/\/$/, '') + request.path;
    if (exchange !== undefined) follow(request, exchange);
    super.addRequest(request, options);
  }

  override createConnection(options: https.RequestOptions, callback?: never) {
    const { protocol, hostname, port } = this.#base;
    const host = hostname.replace(/^\[|\]$/g, '');
    if (protocol === 'http:') return net.connect({ host, port: Number(port || 80) });
    return super.createConnection({ ...options, host, port: Number(port || 443) }, callback);
  }
}

function follow(request: ClientRequest, exchange: FcmExchange): void {
  const { signal } = exchange;
  const stop = (): void => void request.destroy(signal.reason as Error);
  if (signal.aborted) stop();
  signal.addEventListener('abort', stop, { once: true });
  request.once('close', () => signal.removeEventListener('abort', stop));
  // Both run before the SDK's own listeners.
  request.prependOnceListener('response', (response: IncomingMessage) => {
    response.on('data', (chunk: Buffer) => {
      if (exchange.body.length < MOST) exchange.body += chunk.toString();
    });
    response.once('close', () => {
      if (!response.complete) exchange.onCut?.(new Error('the answer was cut off'));
    });
    if (response.statusCode === 503) response.statusCode = 500;
  });
  request.prependOnceListener('error', (error: NodeJS.ErrnoException) => {
    exchange.error = error;
    if (error.code === 'ECONNRESET' || error.code === 'ETIMEDOUT') error.code = `SOCKET_${error.code}`;
  });
  // Last, so that it sees the status before it is changed above.
  watch(request, exchange);
}
