import type { IncomingMessage } from 'node:http';
import type { SourceAddress } from '../../domain/frame-source.js';
import { fail } from './reasons.js';
import { pipedInput, type SourceInput } from './source-input.js';

/** What a camera's HTTP address gives. */
export type WebContent =
  /** One picture a request. */
  | { readonly kind: 'picture' }
  /** A stream that ffmpeg reads from its standard input. */
  | { readonly kind: 'stream'; readonly input: SourceInput };

/**
 * Tells by its content type what an answer is: `multipart/…` is MJPEG, `image/jpeg` or `image/png` a snapshot, anything
 * else a stream that ffmpeg has to recognise.
 * @throws SourceError for web pages and for playlists (HLS, DASH), which would lead this machine anywhere.
 */
export function contentOf(source: SourceAddress, answer: IncomingMessage): WebContent {
  const type = (answer.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
  if (/^image\/(p?jpe?g|png)$/.test(type)) return { kind: 'picture' };
  if (/mpegurl|dash\+xml/.test(type)) {
    fail('unsupported', `${source.label} is a playlist (${type}); use the camera's RTSP or MJPEG address`);
  }
  if (/^text\/html$|^application\/xhtml/.test(type)) {
    fail('unsupported', `${source.label} is a web page (${type}); check the path in source, or the login`);
  }
  return { kind: 'stream', input: pipedInput(answer, type.startsWith('multipart/') ? 'mpjpeg' : undefined) };
}
