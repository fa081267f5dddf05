import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import {
  AbortMultipartUploadCommand,
  CreateMultipartUploadCommand,
  HeadObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import type { PutOptions, PutResult } from '../../ports/storage.js';
import { contentTypeOf } from './content-type.js';
import { checkExpected } from './expected.js';
import { pieces } from './pieces.js';
import type { S3Address } from './s3-address.js';
import { explainS3, type S3Failure } from './s3-errors.js';
import { within } from './within.js';

/** Larger ones travel in parts of this size, as many at a time as `AT_ONCE`: so much memory is needed. */
export const PART_BYTES = 8 * 1024 ** 2;
const AT_ONCE = 3;
const MOST_PARTS = 10_000;
/** Who stopped it waits so long for what is on the server to be removed; after that it goes on by itself. */
const TIDY_MS = 3000;

/**
 * Uploads what is read, in parts; the object appears with the last one, or not at all. What is read is checked before it
 * is, so that wrong bytes are never seen.
 * @param key with the prefix
 */
export async function writeObject(
  client: S3Client,
  { bucket, acl }: S3Address,
  key: string,
  source: Uint8Array | AsyncIterable<Uint8Array>,
  options: PutOptions,
  failure: S3Failure,
): Promise<PutResult> {
  const { signal } = options;
  const hash = createHash('sha256');
  let bytes = 0;
  let result: PutResult | undefined;
  let cause: { error: unknown } | undefined;
  const checked = async function* (): AsyncGenerator<Uint8Array> {
    try {
      for await (const piece of pieces(source, signal)) {
        hash.update(piece);
        bytes += piece.length;
        yield piece;
      }
      result = { bytes, sha256: hash.digest('hex') };
      checkExpected(key, result, options);
    } catch (error) {
      cause = { error };
      throw error;
    }
  };
  const upload = new Upload({
    client: stoppable(client, signal),
    params: {
      ...{ Bucket: bucket, Key: key, Body: Readable.from(checked(), { objectMode: false }) },
      ContentType: options.contentType ?? contentTypeOf(key),
      ...(acl && { ACL: acl }),
    },
    partSize: Math.max(PART_BYTES, Math.ceil((options.bytes ?? 0) / MOST_PARTS)),
    queueSize: AT_ONCE,
  });
  try {
    signal?.throwIfAborted();
    await within(upload.done(), failure.place, later(signal), Infinity);
    if (result && result.bytes > PART_BYTES) await checkSize(client, { bucket, key }, result.bytes);
  } catch (error) {
    // Whatever came of tidying up, this is why.
    throw cause ? cause.error : explainS3(error, failure);
  }
  if (!result) throw new Error(`${key} was not read to its end`);
  return result;
}

/** Every piece was proven; that none is missing is seen from the length. */
async function checkSize(
  client: S3Client,
  { bucket, key }: { bucket: string; key: string },
  bytes: number,
): Promise<void> {
  const { ContentLength } = await client.send(new HeadObjectCommand({ Bucket: bucket, Key: key }));
  if (ContentLength !== bytes)
    throw new Error(`${key} has ${ContentLength} bytes in the storage, but ${bytes} were sent to it`);
}

/** The signal ends every request, but for the one that begins what must be ended, and the one that ends it. */
function stoppable(client: S3Client, signal: AbortSignal | undefined): S3Client {
  if (!signal) return client;
  const goesOn = (command: unknown): boolean =>
    command instanceof AbortMultipartUploadCommand || command instanceof CreateMultipartUploadCommand;
  return {
    config: client.config,
    send: (command: Parameters<S3Client['send']>[0]) =>
      client.send(command, goesOn(command) ? {} : { abortSignal: signal }),
  } as unknown as S3Client;
}

/** Aborted for the same reason, a little later. */
function later(signal: AbortSignal | undefined): AbortSignal | undefined {
  if (!signal) return undefined;
  const late = new AbortController();
  signal.addEventListener('abort', () => setTimeout(() => late.abort(signal.reason), TIDY_MS).unref(), {
    once: true,
  });
  return late.signal;
}
