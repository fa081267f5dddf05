import { createReadStream } from 'node:fs';
import type { Readable } from 'node:stream';
import { type Entry, openPromise, type ZipFile } from 'yauzl';
import { type AnyManifest, EvidencePath, pathsOf } from '../../domain/evidence/manifest.js';
import { messageOf } from '../../errors.js';
import { packZip, PIECE_BYTES } from './pack-zip.js';
import type { EvidenceProblem, PackagedFile, PackageFiles } from './verify-package.js';

/** No package of ours has more. */
const MAX_ENTRIES = 100_000;
const STORED = 0;
const DEFLATED = 8;
/** Pictures and video hardly get smaller, text ten times; only what is made to fill a disk gets so small. */
const MAX_RATIO = 100;

export interface ZipPackage extends PackageFiles {
  /** Is it, byte for byte, the ZIP that was packed of these files? Call it for files that hold. */
  readonly isAsPacked: (manifest: AnyManifest) => Promise<boolean>;
  readonly close: () => void;
}

/**
 * A package that lies there as a ZIP; nothing is unpacked to the disk. What was packed again by something else is read, so
 * that what was altered in it can be named.
 */
export async function openZip(path: string): Promise<ZipPackage> {
  const files = new Map<string, PackagedFile>();
  const problems: EvidenceProblem[] = [];
  let zip: ZipFile | undefined;
  try {
    zip = await openPromise(path, { autoClose: false, decodeStrings: false, validateEntrySizes: false });
    for await (const entry of zip.eachEntry()) {
      // As `decodeStrings` is off, that it is text is not true.
      const name = (entry.fileName as unknown as Buffer).toString();
      const what = refused(entry, name, files);
      if (name.endsWith('/') && entry.uncompressedSize === 0) continue;
      if (what === undefined) files.set(name, packaged(zip, entry));
      else problems.push({ file: name, what });
      if (files.size + problems.length > MAX_ENTRIES)
        throw new Error(`it lists more than ${MAX_ENTRIES} files`);
    }
  } catch (error) {
    problems.push({ file: path, what: `is no ZIP, or was cut off or damaged: ${messageOf(error)}` });
  }
  return {
    files: withoutTop(files),
    problems,
    isAsPacked: (manifest) => isSame(path, files, manifest),
    close: () => zip?.close(),
  };
}

/** Why an entry is not taken; `undefined`: it is. */
function refused(entry: Entry, name: string, files: ReadonlyMap<string, unknown>): string | undefined {
  if (!EvidencePath.safeParse(name).success) return 'has a name that no package has: it is not read';
  if (files.has(name)) return 'is in the ZIP more than once';
  if (entry.isEncrypted()) return 'is encrypted';
  const { compressionMethod, compressedSize, uncompressedSize } = entry;
  if (compressionMethod === STORED)
    return compressedSize === uncompressedSize ? undefined : 'has two sizes: it is not read';
  if (compressionMethod !== DEFLATED) return 'is packed in a way that no package is';
  if (uncompressedSize > MAX_RATIO * compressedSize + 1024 ** 2)
    return `would become ${uncompressedSize} bytes of ${compressedSize}: it is not read`;
  return undefined;
}

function packaged(zip: ZipFile, entry: Entry): PackagedFile {
  return {
    bytes: entry.uncompressedSize,
    open: () =>
      entry.compressionMethod === STORED
        ? // As it is: its hash says more than the ZIP's checksum.
          zip.openReadStreamPromise(entry, { decodeFileData: false })
        : zip.openReadStreamPromise(entry),
  };
}

/** Files within one folder, as some programs pack them, count as the package. */
function withoutTop(files: ReadonlyMap<string, PackagedFile>): ReadonlyMap<string, PackagedFile> {
  const top = [...files.keys()][0]?.split('/')[0] ?? '';
  const isWithin = [...files.keys()].every((path) => path.startsWith(`${top}/`));
  return isWithin ? new Map([...files].map(([path, file]) => [path.slice(top.length + 1), file])) : files;
}

/** Packs it anew and compares: finds anything between the files, and entries that say one thing here and another there. */
async function isSame(
  path: string,
  files: ReadonlyMap<string, PackagedFile>,
  manifest: AnyManifest,
): Promise<boolean> {
  const entries = pathsOf(manifest).flatMap((name) => {
    const file = files.get(name);
    return file ? [{ path: name, ...file }] : [];
  });
  const { stream } = packZip(entries, Date.parse(manifest.madeAt));
  const found = createReadStream(path, { highWaterMark: PIECE_BYTES });
  try {
    return await areEqual(found, stream);
  } finally {
    found.destroy();
    stream.destroy();
  }
}

async function areEqual(one: Readable, other: Readable): Promise<boolean> {
  const [a, b] = [pieces(one), pieces(other)];
  let [left, right] = [await a(), await b()];
  while (left.length > 0 && right.length > 0) {
    const length = Math.min(left.length, right.length);
    if (left.compare(right, 0, length, 0, length) !== 0) return false;
    left = length < left.length ? left.subarray(length) : await a();
    right = length < right.length ? right.subarray(length) : await b();
  }
  return left.length === right.length;
}

/** The next bytes of a stream with each call; none at its end. */
function pieces(stream: Readable): () => Promise<Buffer> {
  const iterator = (stream as AsyncIterable<Buffer>)[Symbol.asyncIterator]();
  return async () => {
    for (;;) {
      const { value, done } = (await iterator.next()) as { value?: Buffer; done?: boolean };
      if (done === true || value === undefined) return Buffer.alloc(0);
      if (value.length > 0) return value;
    }
  };
}
