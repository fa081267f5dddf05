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
 * Reads a camera's `source`: a URL of a known protocol is a stream, everything else is the path of a file.
 * @throws SourceError naming the fix when it is neither.
 */
export function parseSource(source: string): SourceAddress {
  const scheme = schemeOf(source);
  if (scheme === undefined) {
    if (/^\d{1,3}$/.test(source))
      refuse(`source "${source}" is a video device; only files and streams are read`);
    return { kind: 'file', location: source, label: source };
  }
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
