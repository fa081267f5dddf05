import { createHash, sign } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { Readable } from 'node:stream';
import {
  type AnyManifest,
  type EvidenceFile,
  MANIFEST,
  MANIFEST_HASH,
  manifestText,
  pathsOf,
  PUBLIC_KEY,
  README,
  SIGNATURE,
} from '../../domain/evidence/manifest.js';
import { PermanentError } from '../../errors.js';
import type { EvidenceOrder, EvidencePackage } from '../../ports/evidence.js';
import type { ObjectStore } from '../../ports/storage.js';
import { packZip, PIECE_BYTES } from './pack-zip.js';
import type { SigningKey } from './signing-keys.js';

export type Source = EvidenceOrder['files'][number];

export interface Draft {
  /** In the storage. */
  readonly folder: string;
  readonly files: readonly Source[];
  readonly readme: string;
  readonly key: SigningKey;
  /** Called when all files are there; waits until this one is next in its chain. */
  readonly manifest: (files: readonly EvidenceFile[]) => Promise<AnyManifest>;
}

/**
 * Writes a package: files (hashed while they are copied, never in memory), manifest, signature, ZIP. The ZIP is made of what
 * the storage gives back, and compared with what was signed: a storage that lost a byte is found now.
 * @throws PermanentError when a file is gone
 */
export async function writePackage(
  storage: ObjectStore,
  { folder, files: sources, readme, key, manifest: complete }: Draft,
  signal: AbortSignal,
): Promise<Pick<EvidencePackage, 'manifestSha256' | 'zip'>> {
  const files: EvidenceFile[] = [];
  const own: Source[] = [
    { path: README, role: 'document', from: Buffer.from(readme) },
    { path: PUBLIC_KEY, role: 'document', from: Buffer.from(key.pem) },
  ];
  for (const { from, ...file } of [...own, ...sources]) {
    const { bytes, sha256 } = await copy(storage, `${folder}/${file.path}`, file.path, from, signal);
    files.push({ ...file, bytes, sha256 });
  }
  const manifest = await complete(files);
  const text = Buffer.from(manifestText(manifest));
  const manifestSha256 = createHash('sha256').update(text).digest('hex');
  const last = {
    [MANIFEST]: text,
    [SIGNATURE]: sign(null, text, key.privateKey),
    [MANIFEST_HASH]: Buffer.from(`${manifestSha256}  ${MANIFEST}\n`),
  };
  for (const [path, bytes] of Object.entries(last)) await storage.put(`${folder}/${path}`, bytes, { signal });
  const sizes = new Map([
    ...files.map(({ path, bytes }) => [path, bytes] as const),
    ...Object.entries(last).map(([path, { length }]) => [path, length] as const),
  ]);
  const zip = await putZip(storage, folder, manifest, sizes, signal);
  return { manifestSha256, zip };
}

async function copy(
  storage: ObjectStore,
  key: string,
  path: string,
  from: Source['from'],
  signal: AbortSignal,
): Promise<{ bytes: number; sha256: string }> {
  if (from instanceof Uint8Array) return storage.put(key, from, { signal });
  if ('open' in from) return storage.put(key, await from.open(), { bytes: from.bytes, signal });
  try {
    // A copy of its own: what `putFile` may link would change with the original.
    const { size: bytes } = await stat(from.file);
    return await storage.put(key, bytesOf(from.file), { bytes, signal });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT')
      throw new PermanentError(`${path}: the file that it is to be made from is gone`);
    throw error;
  }
}

/** Opens it when it is read, and not before. */
async function* bytesOf(file: string): AsyncGenerator<Uint8Array> {
  yield* createReadStream(file, { highWaterMark: PIECE_BYTES }) as AsyncIterable<Uint8Array>;
}

async function putZip(
  storage: ObjectStore,
  folder: string,
  manifest: AnyManifest,
  sizes: ReadonlyMap<string, number>,
  signal: AbortSignal,
): Promise<EvidencePackage['zip']> {
  const hashes = new Map(manifest.files.map(({ path, sha256 }) => [path, sha256]));
  const entries = pathsOf(manifest).map((path) => ({
    path,
    bytes: sizes.get(path) ?? 0,
    open: async () => {
      const file = await storage.read(`${folder}/${path}`, { signal });
      if (!file) throw new Error(`${storage.place} no longer has ${folder}/${path}`);
      const expected = hashes.get(path);
      return expected === undefined ? file : Readable.from(sameAs(file, expected, path));
    },
  }));
  const { stream, bytes } = packZip(entries, Date.parse(manifest.madeAt));
  const key = `${folder}.zip`;
  const { sha256 } = await storage.put(key, stream, { bytes, signal });
  return { key, bytes, sha256 };
}

async function* sameAs(file: Readable, expected: string, path: string): AsyncGenerator<Uint8Array> {
  const hash = createHash('sha256');
  for await (const piece of file as AsyncIterable<Uint8Array>) {
    hash.update(piece);
    yield piece;
  }
  if (hash.digest('hex') !== expected)
    throw new Error(`${path}: the storage gives other bytes than it was given`);
}
