import { Readable } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import { GetObjectCommand, type GetObjectCommandOutput, type S3Client } from '@aws-sdk/client-s3';
import { explainS3, isMissing, isNetwork, type S3Failure, statusOf } from './s3-errors.js';

/** A reading that breaks goes on where it broke; after so many breaks without a byte it ends. */
const BREAKS = 3;
const PAUSE_MS = 200;

interface Wanted {
  readonly bucket: string;
  readonly key: string;
  readonly from: number;
  /** The byte after the last; Infinity: to its end. */
  readonly to: number;
}

/** @returns `undefined` when it is not there */
export async function readObject(
  client: S3Client,
  wanted: Wanted,
  failure: S3Failure,
): Promise<Readable | undefined> {
  let open: GetObjectCommandOutput | undefined;
  const get = async (from: number, etag?: string): Promise<GetObjectCommandOutput> => {
    const isWhole = from === 0 && wanted.to === Infinity;
    const last = wanted.to === Infinity ? '' : String(wanted.to - 1);
    return (open = await client.send(
      new GetObjectCommand({
        ...{ Bucket: wanted.bucket, Key: wanted.key },
        ...(!isWhole && { Range: `bytes=${from}-${last}` }),
        ...(etag !== undefined && { IfMatch: etag }),
      }),
      { ...(failure.signal && { abortSignal: failure.signal }) },
    ));
  };
  try {
    await get(wanted.from);
  } catch (error) {
    if (isMissing(error)) return undefined;
    if (statusOf(error) === 416) return Readable.from([]);
    throw explainS3(error, failure);
  }
  const stream = Readable.from(goingOn(), {
    objectMode: false,
    ...(failure.signal && { signal: failure.signal }),
  });
  return stream.once('close', () => (open?.Body as Readable | undefined)?.destroy());

  async function* goingOn(): AsyncGenerator<Uint8Array> {
    const etag = open?.ETag;
    const end = wanted.from + (open?.ContentLength ?? Infinity);
    let [at, breaks] = [wanted.from, 0];
    for (;;) {
      try {
        if (breaks > 0) await get(at, etag);
        for await (const piece of (open?.Body ?? []) as AsyncIterable<Uint8Array>) {
          at += piece.length;
          breaks = 0;
          yield piece;
        }
        if (at >= end || end === Infinity) return;
      } catch (error) {
        if (failure.signal?.aborted || !isNetwork(error) || breaks >= BREAKS) throw explainS3(error, failure);
      }
      breaks += 1;
      await pause(PAUSE_MS * 2 ** breaks, undefined, { ...(failure.signal && { signal: failure.signal }) });
    }
  }
}
