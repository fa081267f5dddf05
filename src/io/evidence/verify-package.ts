import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';
import {
  AnyManifest,
  MANIFEST,
  MANIFEST_HASH,
  PUBLIC_KEY,
  SIGNATURE,
} from '../../domain/evidence/manifest.js';
import { messageOf } from '../../errors.js';
import { checkSignature, type TrustedKey } from './check-signature.js';

/** Longest manifest that is read; one with 24 h of segments of a minute has 400 kB. */
const MAX_MANIFEST_BYTES = 16 * 1024 ** 2;
const MAX_SMALL_BYTES = 10_000;

export interface EvidenceProblem {
  /** Path within the package, or the package itself. */
  readonly file: string;
  readonly what: string;
}

/** A package as it lies there: a folder or a ZIP. */
export interface PackageFiles {
  readonly files: ReadonlyMap<string, PackagedFile>;
  /** Found while listing: links, names that lead elsewhere, the same name twice. */
  readonly problems: readonly EvidenceProblem[];
}

export interface PackagedFile {
  readonly bytes: number;
  readonly open: () => Promise<Readable>;
}

export interface Verdict {
  readonly problems: readonly EvidenceProblem[];
  /** As far as it could be read; believed only when there are no problems. */
  readonly manifest?: AnyManifest;
  readonly manifestSha256?: string;
  /** Signed with one of the keys that were given. */
  readonly isTrusted: boolean;
}

/**
 * Proves a package or says what is wrong with it. Reads no more of a file than the manifest says that it has.
 * @param keys that are trusted; with none only integrity is proven, by the key that is in the package
 */
export async function verifyPackage(
  source: PackageFiles,
  keys: readonly TrustedKey[],
  signal: AbortSignal,
): Promise<Verdict> {
  const { files } = source;
  const small = async (path: string, max: number): Promise<Buffer | undefined> => {
    const file = files.get(path);
    return file && readSmall(file, max);
  };
  const text = await small(MANIFEST, MAX_MANIFEST_BYTES);
  const manifest = text && parseManifest(text);
  const signed = checkSignature({
    manifest: text,
    signature: await small(SIGNATURE, MAX_SMALL_BYTES),
    hash: await small(MANIFEST_HASH, MAX_SMALL_BYTES),
    pem: await small(PUBLIC_KEY, MAX_SMALL_BYTES),
    named: manifest?.keyId,
    keys,
  });
  const problems = [...source.problems, ...signed.problems];
  const result = {
    isTrusted: signed.isTrusted,
    ...(text && { manifestSha256: createHash('sha256').update(text).digest('hex') }),
  };
  if (!manifest) {
    if (text && !problems.some(({ file }) => file === MANIFEST))
      problems.push({ file: MANIFEST, what: 'is no manifest of evidence that this version knows' });
    return { problems, ...result };
  }
  problems.push(...keyProblem(manifest, signed.keyId));
  problems.push(...(await checkFiles(manifest, files, signal)));
  return { problems: once(problems), manifest, ...result };
}

async function checkFiles(
  manifest: AnyManifest,
  files: PackageFiles['files'],
  signal: AbortSignal,
): Promise<EvidenceProblem[]> {
  const problems: EvidenceProblem[] = [];
  for (const { path, bytes, sha256 } of manifest.files) {
    signal.throwIfAborted();
    const file = files.get(path);
    const what = !file ? 'is missing' : await difference(file, { bytes, sha256 }, manifest);
    if (what !== undefined) problems.push({ file: path, what });
  }
  const own = new Set([...manifest.files.map(({ path }) => path), MANIFEST, SIGNATURE, MANIFEST_HASH]);
  for (const path of files.keys())
    if (!own.has(path)) problems.push({ file: path, what: 'was added: the manifest does not list it' });
  return problems;
}

/** What is wrong with a file; `undefined`: nothing. */
async function difference(
  file: PackagedFile,
  expected: { bytes: number; sha256: string },
  manifest: AnyManifest,
): Promise<string | undefined> {
  if (file.bytes !== expected.bytes)
    return `was altered: it has ${file.bytes} bytes, the manifest says ${expected.bytes}`;
  let found: string;
  try {
    found = await hashOf(file, expected.bytes);
  } catch (error) {
    return `cannot be read: ${messageOf(error)}`;
  }
  if (found === expected.sha256) return undefined;
  const other = manifest.files.find(({ sha256 }) => sha256 === found);
  return other
    ? `was altered: it holds what ${other.path} has to hold`
    : `was altered: its SHA-256 is ${found}, the manifest says ${expected.sha256}`;
}

/** @throws Error when it is longer than it says */
async function hashOf(file: PackagedFile, maxBytes: number): Promise<string> {
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const piece of (await file.open()) as AsyncIterable<Uint8Array>) {
    bytes += piece.length;
    if (bytes > maxBytes) throw new Error(`it has more than the ${maxBytes} bytes that it says`);
    hash.update(piece);
  }
  return hash.digest('hex');
}

/** @returns what is there, cut off a byte after `max`: whoever reads it sees that it is too long */
async function readSmall(file: PackagedFile, max: number): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  try {
    for await (const piece of (await file.open()) as AsyncIterable<Uint8Array>) {
      pieces.push(piece);
      bytes += piece.length;
      if (bytes > max) break;
    }
  } catch {
    // Damaged: what could be read of it is not what was signed, and so it is named.
  }
  return Buffer.concat(pieces).subarray(0, max + 1);
}

function parseManifest(text: Buffer): AnyManifest | undefined {
  if (text.length > MAX_MANIFEST_BYTES) return undefined;
  try {
    return AnyManifest.safeParse(JSON.parse(text.toString())).data;
  } catch {
    return undefined;
  }
}

function keyProblem({ keyId }: AnyManifest, signer: string | undefined): EvidenceProblem[] {
  if (signer === undefined || signer === keyId) return [];
  return [{ file: MANIFEST, what: `names key ${keyId}, but was signed with ${signer}` }];
}

function once(problems: readonly EvidenceProblem[]): EvidenceProblem[] {
  const seen = new Set<string>();
  return problems.filter(({ file, what }) => {
    const isNew = !seen.has(`${file}\n${what}`);
    seen.add(`${file}\n${what}`);
    return isNew;
  });
}
