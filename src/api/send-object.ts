import { pipeline } from 'node:stream/promises';
import type { Request, Response } from 'express';
import type { ObjectStore } from '../ports/storage.js';
import { HttpError } from './http-error.js';

/** A file of the storage, as it is handed out. */
export interface SentObject {
  readonly key: string;
  readonly type: string;
  /** Its size and its hash, where they are known; else the storage is asked, and nobody can go on with a part. */
  readonly bytes?: number;
  readonly sha256?: string;
  /** It is saved under this name; default: it is shown. */
  readonly fileName?: string;
  /** What is said when it is not there, for people; default: that of an export. */
  readonly whenGone?: string;
}

/**
 * Answers with a file of the storage, or with the one range of it that is asked for (RFC 9110): several ranges that do not
 * make one get all of it, as they may. The file is read no faster than the client takes it, and not at all once it is gone.
 * @throws HttpError 410 when the file is gone, 416 when nothing of it is in the range
 */
export async function sendObject(
  req: Request,
  res: Response,
  storage: Pick<ObjectStore, 'read' | 'stat'>,
  object: SentObject,
): Promise<void> {
  const bytes = object.bytes ?? (await storage.stat(object.key))?.bytes;
  if (bytes === undefined) throw gone(object.whenGone);
  const etag = object.sha256 === undefined ? undefined : `"${object.sha256}"`;
  res.set({
    'Accept-Ranges': 'bytes',
    'Content-Type': object.type,
    'Cache-Control': 'private, no-store',
    ...(etag !== undefined && { ETag: etag }),
  });
  if (object.fileName !== undefined) res.attachment(object.fileName).type(object.type);
  if (etag !== undefined && req.get('If-None-Match') === etag) {
    res.status(304).end();
    return;
  }
  const part = rangeOf(req, bytes, etag);
  if (part === 'none') {
    res.set('Content-Range', `bytes */${bytes}`);
    throw new HttpError(416, 'no-such-range', `the file has ${bytes} bytes; nothing of it is in the range`);
  }
  const { from, to } = part ?? { from: 0, to: bytes };
  res.status(part ? 206 : 200).set('Content-Length', String(to - from));
  if (part) res.set('Content-Range', `bytes ${from}-${to - 1}/${bytes}`);
  if (req.method === 'HEAD' || to === from) {
    res.end();
    return;
  }
  await stream(res, storage, object, { from, to });
}

async function stream(
  res: Response,
  storage: Pick<ObjectStore, 'read'>,
  { key, whenGone }: SentObject,
  part: { readonly from: number; readonly to: number },
): Promise<void> {
  const left = new AbortController();
  res.once('close', () => left.abort());
  const source = await storage.read(key, { ...part, signal: left.signal });
  if (!source) {
    for (const name of res.getHeaderNames()) if (/^(content|accept|etag)/.test(name)) res.removeHeader(name);
    throw gone(whenGone);
  }
  try {
    await pipeline(source, res);
  } catch (error) {
    // Whoever asked has gone: nobody is there to be told.
    if (left.signal.aborted) return;
    throw error;
  }
}

/** @returns `undefined`: all of it; `none`: nothing of it. `to` is the byte after the last. */
function rangeOf(
  req: Request,
  bytes: number,
  etag: string | undefined,
): { from: number; to: number } | 'none' | undefined {
  // A part of what has changed meanwhile would be a mixture.
  const condition = req.get('If-Range');
  if (condition !== undefined && condition !== etag) return undefined;
  const ranges = req.range(bytes, { combine: true });
  if (ranges === -1) return 'none';
  // Not understood, or several: all of it is a right answer.
  if (ranges === undefined || ranges === -2 || ranges.type !== 'bytes' || ranges.length !== 1)
    return undefined;
  const [range] = ranges;
  return range && { from: range.start, to: range.end + 1 };
}

export function gone(why = 'the file is no longer kept; ask for the export again'): HttpError {
  return new HttpError(410, 'gone', why);
}
