import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect as connectTcp, createServer, isIP, type AddressInfo, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { SourceProblem } from '../../domain/frame-source.js';
import type { RestreamAddress } from '../../domain/restream-address.js';
import { messageOf } from '../../errors.js';
import { createRtmpRewriter, rtmpUrl } from './rtmp-relay.js';
import { createRtspRewriter, rtspUrl } from './rtsp-relay.js';

/** What a protocol makes of the bytes of both sides. */
export interface Rewriter {
  fromClient(bytes: Buffer): void;
  fromServer(bytes: Buffer): void;
}

export interface RewriterOptions {
  readonly target: RestreamAddress;
  /** Where ffmpeg connects to, and what it calls the stream. */
  readonly port: number;
  readonly token: string;
  readonly send: { server(bytes: Buffer): void; client(bytes: Buffer): void };
  /** The server takes the stream. */
  readonly onLive: () => void;
  readonly onProblem: (problem: SourceProblem) => void;
}

export interface Relay {
  /** For ffmpeg: no secret in it, good for one connection. */
  readonly url: string;
  /** Why it ended, where the relay knows that better than ffmpeg. */
  problem(): SourceProblem | undefined;
  close(): void;
}

/** A server that takes no connection, or nothing of what is sent, for so long is given up, ms. */
const TIMEOUT_MS = 10_000;

/**
 * Stands between ffmpeg and a media server, on this machine only and for one connection: everyone may read everyone's
 * command lines, so ffmpeg is given an address without secrets, and the real one, with its key, user and password, is
 * put in on the way. TLS is spoken here as well.
 * @param onLive called once, when the server takes the stream
 * @param timeoutMs default 10 s
 */
export async function startRelay(
  target: RestreamAddress,
  onLive: () => void,
  timeoutMs = TIMEOUT_MS,
): Promise<Relay> {
  const token = randomBytes(12).toString('hex');
  const server = createServer({ pauseOnConnect: true });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const ends = new Set<Socket>();
  let problem: SourceProblem | undefined;
  const close = (): void => {
    server.close();
    for (const socket of ends) socket.destroy();
  };
  const fail = (why: SourceProblem): void => {
    problem ??= why;
  };
  server.once('connection', (client) => {
    server.close();
    const outside = connectOut(target);
    ends.add(client).add(outside);
    join(client, outside, { target, port, token, onLive, onProblem: fail }, timeoutMs);
    for (const socket of ends) socket.once('close', close);
  });
  const url = (target.protocol === 'rtmp' ? rtmpUrl : rtspUrl)(port, token);
  return { url, problem: () => problem, close };
}

function connectOut({ host, port, isTls }: RestreamAddress): Socket {
  if (!isTls) return connectTcp({ host, port });
  return connectTls({ host, port, ...(isIP(host) === 0 && { servername: host }) });
}

function join(
  client: Socket,
  outside: Socket,
  options: Omit<RewriterOptions, 'send'>,
  timeoutMs: number,
): void {
  const { target, onProblem } = options;
  const send = {
    server: (bytes: Buffer): void => {
      // ffmpeg waits then, and takes no more pictures.
      if (!outside.write(bytes)) client.pause();
    },
    client: (bytes: Buffer): void => void client.write(bytes),
  };
  const rewriter = (target.protocol === 'rtmp' ? createRtmpRewriter : createRtspRewriter)({
    ...options,
    send,
  });
  const guarded =
    (work: (bytes: Buffer) => void) =>
    (bytes: Buffer): void => {
      try {
        work(bytes);
      } catch (error) {
        onProblem({ fault: 'failed', message: `${target.label} was not understood: ${messageOf(error)}` });
        outside.destroy();
        client.destroy();
      }
    };
  client.on(
    'data',
    guarded((bytes) => rewriter.fromClient(bytes)),
  );
  outside.on(
    'data',
    guarded((bytes) => rewriter.fromServer(bytes)),
  );
  outside.on('drain', () => client.resume());
  outside.once(target.isTls ? 'secureConnect' : 'connect', () => client.resume());
  // Something is sent several times a second: silence means that the server takes nothing, or does not answer.
  outside.setTimeout(timeoutMs, () => {
    onProblem({
      fault: 'timeout',
      message: `${target.label} takes nothing, or does not answer, for ${timeoutMs / 1000} s; check the network and the server`,
    });
    outside.destroy();
  });
  outside.once('error', (error) => onProblem(problemOf(target, error)));
  client.once('error', () => undefined);
}

function problemOf({ label }: RestreamAddress, error: Error & { code?: string }): SourceProblem {
  const { code } = error;
  if (code === 'ECONNREFUSED')
    return {
      fault: 'refused',
      message: `${label} refuses connections; check host, port and that the server runs`,
    };
  if (code === 'ECONNRESET' || code === 'EPIPE')
    return { fault: 'ended', message: `${label} closed the connection` };
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN' || code === 'EHOSTUNREACH' || code === 'ENETUNREACH')
    return {
      fault: 'unreachable',
      message: `${label} cannot be reached; check the host name and the network`,
    };
  return { fault: 'failed', message: `${label}: ${code ?? error.message}` };
}
