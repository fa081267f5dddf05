import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { Readable } from 'node:stream';
import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  paginateListObjectsV2,
  type S3Client,
} from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import type { ObjectStat, ObjectStore } from '../../ports/storage.js';
import { checkStore } from './check-store.js';
import { folderPrefix, isKey, removableFolder, safeKey } from './keys.js';
import { parseS3Address } from './s3-address.js';
import { createS3Client } from './s3-client.js';
import { explainS3, isMissing } from './s3-errors.js';
import { readObject } from './s3-read.js';
import { abortUploads } from './s3-uploads.js';
import { writeObject } from './s3-write.js';
import { within } from './within.js';

/** What signed addresses may last, by the protocol. */
const MOST_LINK_S = 7 * 24 * 3600;
const DELETES_AT_ONCE = 8;
const READ_BYTES = 1024 ** 2;

/**
 * Files in a bucket of S3, or of a server that speaks it.
 * @param address see `parseS3Address`
 * @param setting the variable that it comes from, for messages
 */
export function createS3Store(address: string, setting: string): ObjectStore {
  const s3 = parseS3Address(address, setting);
  const client = createS3Client(s3);
  const { bucket, prefix, place } = s3;
  const at = (key: string): { Bucket: string; Key: string } => ({
    Bucket: bucket,
    Key: prefix + safeKey(key),
  });
  const ask = async <T>(
    request: (options: { abortSignal?: AbortSignal }) => Promise<T>,
    signal?: AbortSignal,
  ) => {
    try {
      return await request({ ...(signal && { abortSignal: signal }) });
    } catch (error) {
      throw explainS3(error, { place, setting, signal });
    }
  };

  const store: ObjectStore = {
    place,
    put: async (key, source, options = {}) =>
      writeObject(client, s3, at(key).Key, source, options, { place, setting, signal: options.signal }),
    putFile: async (key, path, options = {}) => {
      const { size } = await within(stat(path), path, options.signal);
      const file = createReadStream(path, { highWaterMark: READ_BYTES });
      try {
        return await store.put(key, file, { bytes: size, ...options });
      } finally {
        file.destroy();
      }
    },
    read: async (key, { from = 0, to = Infinity, signal } = {}) => {
      if (to <= from) return (await store.stat(key)) && Readable.from([]);
      return readObject(client, { bucket, key: at(key).Key, from, to }, { place, setting, signal });
    },
    stat: (key) => ask(() => statOf(client, at(key), key)),
    sha256: async (key, signal) => {
      const stream = await store.read(key, { ...(signal && { signal }) });
      return stream && hashOf(stream);
    },
    remove: async (key) => {
      if ((await store.stat(key)) === undefined) return false;
      await ask(() => client.send(new DeleteObjectCommand(at(key))));
      return true;
    },
    list: (folder, signal) => listed(folderPrefix(folder), signal),
    removeBefore: async (folder, before, signal) => {
      const removed = await removeOld(removableFolder(folder), before, signal);
      await store.removeUnfinished(folder, before, signal);
      return removed;
    },
    removeUnfinished: (folder, before, signal) =>
      ask(
        () => abortUploads(client, { bucket, prefix: prefix + folderPrefix(folder) }, before, signal),
        signal,
      ),
    localPath: (key) => void safeKey(key),
    link: async (key, { expiresInS, fileName }) => {
      const object = at(key);
      if (!s3.hasLinks) return undefined;
      const command = new GetObjectCommand({
        ...object,
        ...(fileName !== undefined && { ResponseContentDisposition: attachment(fileName) }),
      });
      return ask(() => getSignedUrl(client, command, { expiresIn: Math.min(expiresInS, MOST_LINK_S) }));
    },
    space: async () => undefined,
    check: (signal) => checkStore(store, signal),
    close: async () => client.destroy(),
  };
  return store;

  async function* listed(below: string, signal?: AbortSignal): AsyncGenerator<ObjectStat> {
    const pages = paginateListObjectsV2(
      { client },
      { Bucket: bucket, Prefix: prefix + below },
      { ...(signal && { abortSignal: signal }) },
    );
    for (;;) {
      const page = await ask(() => pages.next(), signal);
      if (page.done === true) return;
      for (const { Key = '', Size = 0, LastModified } of page.value.Contents ?? []) {
        signal?.throwIfAborted();
        const key = Key.slice(prefix.length);
        if (isKey(key)) yield { key, bytes: Size, changedAt: LastModified?.getTime() ?? 0 };
      }
    }
  }

  /** One by one, several at a time: not every server knows how to delete many at once. */
  async function removeOld(folder: string, before: number, signal: AbortSignal): Promise<number> {
    let removed = 0;
    let going: Promise<unknown>[] = [];
    for await (const { key, changedAt } of listed(folderPrefix(folder), signal)) {
      if (changedAt >= before) continue;
      removed += 1;
      going.push(ask((options) => client.send(new DeleteObjectCommand(at(key)), options), signal));
      if (going.length < DELETES_AT_ONCE) continue;
      await Promise.all(going);
      going = [];
    }
    await Promise.all(going);
    return removed;
  }
}

/** That it is not there is known only of a bucket that is. */
async function statOf(
  client: S3Client,
  place: { Bucket: string; Key: string },
  key: string,
): Promise<ObjectStat | undefined> {
  try {
    const { ContentLength = 0, LastModified } = await client.send(new HeadObjectCommand(place));
    return { key, bytes: ContentLength, changedAt: LastModified?.getTime() ?? 0 };
  } catch (error) {
    if (!isMissing(error)) throw error;
    await checkBucket(client, place.Bucket);
    return undefined;
  }
}

async function checkBucket(client: S3Client, bucket: string): Promise<void> {
  try {
    await client.send(new HeadBucketCommand({ Bucket: bucket }));
  } catch (error) {
    // An answer to HEAD has no body that would name what is wrong.
    throw isMissing(error) ? Object.assign(new Error(), { name: 'NoSuchBucket', $metadata: {} }) : error;
  }
}

async function hashOf(stream: Readable): Promise<{ bytes: number; sha256: string }> {
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const piece of stream as AsyncIterable<Uint8Array>) {
    hash.update(piece);
    bytes += piece.length;
  }
  return { bytes, sha256: hash.digest('hex') };
}

/** RFC 6266: a name that every browser takes, and the real one. */
function attachment(fileName: string): string {
  const plain = fileName.replace(/[^\x20-\x7e]|["\\%]/g, '_');
  return `attachment; filename="${plain}"; filename*=UTF-8''${encodeURIComponent(fileName)}`;
}
