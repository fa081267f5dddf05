import { randomBytes } from 'node:crypto';
import type { RestreamAddress } from '../../domain/restream-address.js';
import { authorization, type Challenge, chooseChallenge } from '../ffmpeg/http-auth.js';
import type { Rewriter, RewriterOptions } from './relay.js';

/** Headers, or a body, longer than this are no RTSP. */
const MOST_BYTES = 256 * 1024;

export function rtspUrl(port: number, token: string): string {
  return `rtsp://127.0.0.1:${port}/${token}`;
}

interface Request {
  readonly method: string;
  readonly uri: string;
  /** Without its first line and `Authorization`. */
  readonly lines: readonly string[];
  readonly body: Buffer;
  readonly cseq: string;
}

/** Gives the server the real address in place of the one that ffmpeg knows, and logs in where the server asks for it. */
export function createRtspRewriter(options: RewriterOptions): Rewriter {
  const { target, port, token, send, onLive, onProblem } = options;
  const local = rtspUrl(port, token);
  const real = realUrl(target);
  let challenge: Challenge | undefined;
  let count = 0;
  let asked: Request | undefined;
  let hasLoggedIn = false;

  function ask(request: Request): void {
    const { method, uri, lines, body } = request;
    const login =
      challenge && target.credentials
        ? [
            `Authorization: ${authorization(challenge, target.credentials, { method, uri, count: ++count, cnonce: randomBytes(8).toString('hex') })}`,
          ]
        : [];
    send.server(
      Buffer.concat([
        Buffer.from([`${method} ${uri} RTSP/1.0`, ...lines, ...login, '', ''].join('\r\n')),
        body,
      ]),
    );
  }

  function onRequest(head: string, body: Buffer): void {
    const [first = '', ...lines] = head.split('\r\n');
    const [method = '', uri = ''] = first.split(' ');
    if (!uri.startsWith(local)) throw new Error('a stranger spoke to the relay');
    asked = {
      ...{ method, uri: real + uri.slice(local.length), body, cseq: header(head, 'CSeq') },
      lines: lines.filter((line) => !/^authorization:/i.test(line)),
    };
    hasLoggedIn = false;
    ask(asked);
  }

  function onReply(head: string, body: Buffer): void {
    const status = Number(head.split(' ')[1]);
    const isMine = asked !== undefined && header(head, 'CSeq') === asked.cseq;
    if (status === 401 && asked && isMine && !hasLoggedIn && target.credentials) {
      const headers = [...head.matchAll(/^www-authenticate:\s*(.*)$/gim)].map(([, value]) => value ?? '');
      challenge = chooseChallenge(headers);
      count = 0;
      hasLoggedIn = true;
      if (challenge) return ask(asked);
    }
    if (status === 401 || status === 403)
      onProblem({
        fault: 'unauthorised',
        message: `${target.label} refuses the user name or password; check restream.url`,
      });
    if (status === 200 && isMine && asked?.method === 'RECORD') onLive();
    send.client(Buffer.concat([Buffer.from(`${head}\r\n\r\n`), body]));
  }

  return {
    fromClient: splitter(onRequest, (data) => send.server(data)),
    fromServer: splitter(onReply, (data) => send.client(data)),
  };
}

function realUrl({ isTls, host, port, path }: RestreamAddress): string {
  const name = host.includes(':') ? `[${host}]` : host;
  return `${isTls ? 'rtsps' : 'rtsp'}://${name}:${port}${path}`;
}

/** Messages of text, and between them data (RFC 2326, section 10.12: `$`, channel, length of two bytes). */
function splitter(
  onMessage: (head: string, body: Buffer) => void,
  onData: (bytes: Buffer) => void,
): (bytes: Buffer) => void {
  let rest: Buffer = Buffer.alloc(0);
  const take = (): number => {
    if (rest[0] === 0x24) {
      if (rest.length < 4 || rest.length < 4 + rest.readUInt16BE(2)) return 0;
      const end = 4 + rest.readUInt16BE(2);
      onData(rest.subarray(0, end));
      return end;
    }
    const headEnd = rest.indexOf('\r\n\r\n');
    if (headEnd < 0 && rest.length > MOST_BYTES) throw new Error('no RTSP');
    if (headEnd < 0) return 0;
    const head = rest.toString('utf8', 0, headEnd);
    const length = Number(header(head, 'Content-Length') || 0);
    if (!(length <= MOST_BYTES)) throw new Error('no RTSP');
    const end = headEnd + 4 + length;
    if (rest.length < end) return 0;
    onMessage(head, rest.subarray(headEnd + 4, end));
    return end;
  };
  return (bytes) => {
    rest = rest.length === 0 ? bytes : Buffer.concat([rest, bytes]);
    for (let taken = take(); taken > 0; taken = rest.length > 0 ? take() : 0) rest = rest.subarray(taken);
  };
}

function header(head: string, name: string): string {
  return new RegExp(`^${name}:\\s*(.*)$`, 'im').exec(head)?.[1]?.trim() ?? '';
}
