import { type SourceAddress, SourceError } from './frame-source.js';
import { redactUrls } from './redact.js';

/** Stream protocols that are read; anything else with `://` is refused, so a source cannot name a trick protocol. */
export const STREAM_SCHEMES = [
  'rtsp',
  'rtsps',
  'rtmp',
  'rtmps',
  'http',
  'https',
  'tcp',
  'udp',
  'srt',
] as const;
export type StreamScheme = (typeof STREAM_SCHEMES)[number];

/**
 * Reads a camera's `source`. A URL of a known protocol is a stream; a number or `/dev/video<number>` is a video device
 * (V4L2); a path that ends in `/` is a folder of pictures; any other path is a video file.
 * @throws SourceError naming the fix when it is none of these.
 */
export function parseSource(source: string): SourceAddress {
  // eslint-disable-next-line no-control-regex -- a line feed would begin another line where addresses are passed on
  if (/[\u0000-\u001f\u007f]/.test(source)) {
    refuse(
      'source holds a control character or a line break; write it on one line, special characters escaped (%0A)',
    );
  }
  const scheme = schemeOf(source);
  if (scheme === undefined) return parsePath(source);
  if (!(STREAM_SCHEMES as readonly string[]).includes(scheme)) {
    refuse(
      `source has the protocol "${scheme}"; use one of ${STREAM_SCHEMES.join(', ')}, or the plain path of a file`,
    );
  }
  if (!URL.canParse(source)) {
    refuse(
      `source is no valid ${scheme} URL; write ${scheme}://user:password@host:port/path and escape special characters (%40 for @)`,
    );
  }
  return { kind: 'stream', location: source, label: labelOf(source) };
}

function parsePath(source: string): SourceAddress {
  const device = /^(?:\/dev\/video)?(\d{1,3})$/.exec(source)?.[1];
  if (device !== undefined) {
    const location = `/dev/video${Number(device)}`;
    return { kind: 'device', location, label: location };
  }
  return { kind: source.endsWith('/') ? 'folder' : 'file', location: source, label: source };
}

/** The protocol of a URL in lower case, `undefined` for a path. */
export function schemeOf(source: string): string | undefined {
  return /^([a-z][a-z0-9+.-]*):\/\//i.exec(source)?.[1]?.toLowerCase();
}

/** Protocol, host and path: enough to know which stream it is, and nothing that could be a secret. */
function labelOf(source: string): string {
  const url = new URL(source);
  return redactUrls(`${url.protocol}//${url.host}${url.pathname}`);
}

function refuse(message: string): never {
  throw new SourceError({ fault: 'unsupported', message });
}
