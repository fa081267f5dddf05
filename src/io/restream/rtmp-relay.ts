import type { RestreamAddress } from '../../domain/restream-address.js';
import { COMMAND, createRtmpReader, createRtmpWriter, VIDEO } from './rtmp-chunks.js';
import type { Rewriter, RewriterOptions } from './relay.js';

/** C0, C1 and C2: a version and twice 1536 bytes. */
const HANDSHAKE_BYTES = 1 + 2 * 1536;

/** Where ffmpeg is told to publish to: names that stand for the real ones. */
export function rtmpUrl(port: number, token: string): string {
  return `rtmp://127.0.0.1:${port}/a${token}/k${token}`;
}

/**
 * Gives the server the real application and stream key in place of those that ffmpeg knows. Messages are written anew:
 * headers of later chunks may refer to the length of earlier ones.
 */
export function createRtmpRewriter({ target, port, token, send, onLive }: RewriterOptions): Rewriter {
  const { app, key } = appAndKey(target.path);
  const names = new Map([
    [`a${token}`, app],
    [`rtmp://127.0.0.1:${port}/a${token}`, tcUrl(target, app)],
    [`k${token}`, key],
  ]);
  const write = createRtmpWriter();
  let handshakeLeft = HANDSHAKE_BYTES;
  let isLive = false;
  const read = createRtmpReader((message) => {
    const isCommand = message.type === COMMAND;
    send.server(write(isCommand ? { ...message, payload: renamed(message.payload, names) } : message));
    if (message.type !== VIDEO || isLive) return;
    isLive = true;
    onLive();
  });
  return {
    fromClient(bytes) {
      const handshake = bytes.subarray(0, handshakeLeft);
      handshakeLeft -= handshake.length;
      if (handshake.length > 0) send.server(handshake);
      if (bytes.length > handshake.length) read(bytes.subarray(handshake.length));
    },
    fromServer: (bytes) => send.client(bytes),
  };
}

/** As ffmpeg does: two parts before the key where there are as many, otherwise one. The query belongs to the key. */
function appAndKey(path: string): { app: string; key: string } {
  const [plain = '', ...query] = path.slice(1).split('?');
  const parts = plain.split('/');
  const app = parts.slice(0, parts.length > 2 ? 2 : 1).join('/');
  const key = parts.slice(parts.length > 2 ? 2 : 1).join('/');
  return { app, key: query.length > 0 ? `${key}?${query.join('?')}` : key };
}

function tcUrl({ isTls, host, port }: RestreamAddress, app: string): string {
  const name = host.includes(':') ? `[${host}]` : host;
  return `${isTls ? 'rtmps' : 'rtmp'}://${name}:${port}/${app}`;
}

const AMF_STRING = 2;

/** Every AMF0 string that is one of the names, exchanged. */
function renamed(payload: Buffer, names: ReadonlyMap<string, string>): Buffer {
  let out = payload;
  for (const [from, to] of names) {
    const wanted = amfString(from);
    for (let at = out.indexOf(wanted); at >= 0; at = out.indexOf(wanted))
      out = Buffer.concat([out.subarray(0, at), amfString(to), out.subarray(at + wanted.length)]);
  }
  return out;
}

function amfString(text: string): Buffer {
  const bytes = Buffer.from(text);
  const head = Buffer.alloc(3);
  head.writeUInt8(AMF_STRING);
  head.writeUInt16BE(bytes.length, 1);
  return Buffer.concat([head, bytes]);
}
