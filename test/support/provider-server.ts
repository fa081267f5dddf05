import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

export interface ProviderRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface ProviderAnswer {
  readonly status: number;
  /** A string is sent as it is. */
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * What is done with a request instead of what the API would answer. `hang`: nothing is ever answered. `cut`: the
 * connection is reset. With `take` the message is taken all the same: only the answer is lost.
 */
export type Trouble = ProviderAnswer | 'hang' | 'cut' | 'take-and-hang' | 'take-and-cut' | 'half-an-answer';

/** A provider on 127.0.0.1 that can be told to misbehave. */
export interface ProviderServer {
  readonly url: string;
  /** All of them, also those that were refused, in order. */
  readonly requests: readonly ProviderRequest[];
  /** The next requests come to this, one each; then it answers as the API does. */
  next(...troubles: Trouble[]): void;
  /** All requests come to this until `always()` is called without one. */
  always(trouble?: Trouble): void;
  /** Resolves when a request has arrived in full, from now on. */
  arrival(): Promise<ProviderRequest>;
  /** Connections that are open now. */
  connections(): Promise<number>;
  close(): Promise<void>;
}

/**
 * @param answer the API: called for each request that gets no trouble, and for those that are taken before it
 * @param troubleOf what a request comes to whatever was told; `true`: what was told
 */
export async function startProvider(
  answer: (request: ProviderRequest) => ProviderAnswer,
  troubleOf: (request: ProviderRequest) => Trouble | true | undefined = () => true,
): Promise<ProviderServer> {
  const requests: ProviderRequest[] = [];
  const queue: Trouble[] = [];
  const waiting: ((request: ProviderRequest) => void)[] = [];
  let standing: Trouble | undefined;
  const sockets = new Set<Socket>();
  const server = createServer((incoming, response) => {
    void read(incoming).then((request) => {
      requests.push(request);
      waiting.splice(0).forEach((resolve) => resolve(request));
      const own = troubleOf(request);
      const trouble = own === true ? (queue.shift() ?? standing) : own;
      if (trouble === undefined) return reply(response, answer(request));
      if (typeof trouble === 'object') return reply(response, trouble);
      if (trouble === 'hang' || trouble === 'cut') return trouble === 'cut' ? cut(incoming) : undefined;
      const taken = answer(request);
      if (trouble === 'take-and-cut') cut(incoming);
      if (trouble === 'half-an-answer') half(response, taken);
    });
  });
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    next: (...troubles) => void queue.push(...troubles),
    always: (trouble) => {
      standing = trouble;
    },
    arrival: () => new Promise((resolve) => waiting.push(resolve)),
    connections: async () => sockets.size,
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      sockets.forEach((socket) => socket.destroy());
      await closed;
    },
  };
}

async function read(incoming: IncomingMessage): Promise<ProviderRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  return {
    method: incoming.method ?? '',
    path: incoming.url ?? '',
    headers: incoming.headers,
    body: Buffer.concat(chunks).toString(),
  };
}

function reply(response: ServerResponse, { status, body, headers }: ProviderAnswer): void {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', ...headers }).end(text);
}

function cut(incoming: IncomingMessage): void {
  incoming.socket.resetAndDestroy();
}

/** Head and some of the body, then the connection is reset. */
function half(response: ServerResponse, { status, body }: ProviderAnswer): void {
  const text = JSON.stringify(body);
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(text),
  });
  response.write(text.slice(0, 10), () => response.socket?.resetAndDestroy());
}
