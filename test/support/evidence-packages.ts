import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { packZip } from '../../src/io/evidence/pack-zip.js';
import { Readable } from 'node:stream';

/** Files of a package by path, as they lie in a folder. */
export function readTree(folder: string): Map<string, Buffer> {
  const paths = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1));
  return new Map(paths.sort().map((path) => [path, readFileSync(join(folder, path))]));
}

/** A ZIP of these files, as ours are packed. */
export function zipOf(files: ReadonlyMap<string, Buffer>, at: number): Promise<Buffer> {
  const entries = [...files].map(([path, bytes]) => ({
    ...{ path, bytes: bytes.length },
    open: async () => Readable.from([bytes]),
  }));
  return buffer(packZip(entries, at).stream);
}

/** Signs a manifest anew with a key of the forger's own, and puts that key beside it, everything fitting. */
export function forge(
  folder: string,
  change: (manifest: Record<string, unknown>) => void = () => undefined,
): void {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const der = publicKey.export({ type: 'spki', format: 'der' });
  const pem = Buffer.from(publicKey.export({ type: 'spki', format: 'pem' }).toString());
  const path = join(folder, 'manifest.json');
  const manifest = JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown> & {
    files: { path: string; bytes: number; sha256: string }[];
  };
  manifest['keyId'] = sha256(der);
  const key = manifest.files.find(({ path: name }) => name === 'public-key.pem');
  if (key) Object.assign(key, { bytes: pem.length, sha256: sha256(pem) });
  change(manifest);
  const text = Buffer.from(`${JSON.stringify(manifest, null, 2)}\n`);
  writeFileSync(path, text);
  writeFileSync(join(folder, 'public-key.pem'), pem);
  writeFileSync(join(folder, 'manifest.sig'), sign(null, text, privateKey));
  writeFileSync(join(folder, 'manifest.sha256'), `${sha256(text)}  manifest.json\n`);
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
