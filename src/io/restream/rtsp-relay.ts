import { randomBytes } from 'node:crypto';
import type { RestreamAddress } from '../../domain/restream-address.js';
import { authorization, type Challenge, chooseChallenge } from '../ffmpeg/http-auth.js';
import type { Rewriter, RewriterOptions } from './relay.js';

/** Headers, or a body, longer than this are no RTSP. */
const MOST_BYTES = 256 * 1024;

export function rtspUrl(port: number, token: string): string {
  return `rtsp://127.0.0.1:${port}/${token}`;
}

/**
 * Gives the server the real address in place of the one that ffmpeg knows, and logs in: ffmpeg answers a refusal by asking
 * once more, and what it asks then goes with what the server wants to see.
 */
export function createRtspRewriter(options: RewriterOptions): Rewriter {
  const { target, port, token, send, onLive, onProblem } = options;
  const local = rtspUrl(port, token);
  const real = realUrl(target);
  let challenge: Challenge | undefined;
  let count = 0;
  let asked = { method: '', hasLogin: false };

  function login(method: string, uri: string): string[] {
    const { credentials } = target;
    if (!challenge || !credentials) return [];
    const request = { method, uri, count: ++count, cnonce: randomBytes(8).toString('hex') };
    return [`Authorization: ${authorization(challenge, credentials, request)}`];
  }

  function onRequest(head: string, body: Buffer): void {
    const [first = '', ...lines] = head.split('\r\n');
    const [method = '', uri = ''] = first.split(' ');
    if (!uri.startsWith(local)) throw new Error('a stranger spoke to the relay');
    const realUri = real + uri.slice(local.length);
    const own = lines.filter((line) => !/^authorization:/i.test(line));
    const added = login(method, realUri);
    asked = { method, hasLogin: added.length > 0 };
    const whole = [`${method} ${realUri} RTSP/1.0`, ...own, ...added, '', ''].join('\r\n');
    send.server(Buffer.concat([Buffer.from(whole), body]));
  }

  function onReply(head: string, body: Buffer): void {
    const status = Number(head.split(' ')[1]);
    if (status === 401) {
      const headers = [...head.matchAll(/^www-authenticate:\s*(.*)$/gim)].map(([, value]) => value ?? '');
      challenge = chooseChallenge(headers);
      count = 0;
    }
    if (status === 403 || (status === 401 && (asked.hasLogin || !target.credentials || !challenge)))
      onProblem({
        fault: 'unauthorised',
        message: `${target.label} refuses the user name or password; check restream.url`,
      });
    if (status === 200 && asked.method === 'RECORD') onLive();
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
