import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { resolve } from 'node:path';
import type { NetworkSpec, PackedNetwork } from '../../models/network.js';
import type { Camera } from '../domain/camera.js';
import { redactUrls } from '../domain/redact.js';
import type { Provenance } from '../ports/provenance.js';

/** Says what this installation is. @param options.packed networks beside those that detect objects: for plates, for faces */
export function createProvenance(options: {
  readonly version: string;
  readonly modelsDir: string;
  readonly networks: readonly NetworkSpec[];
  readonly packed: readonly Pick<PackedNetwork, 'name' | 'file' | 'sha256'>[];
}): Provenance {
  const { version, modelsDir, networks, packed } = options;
  const hashes = new Map<string, Promise<string | undefined>>();
  const hashOf = (file: string, known: string | undefined): Promise<string | undefined> => {
    if (known !== undefined) return Promise.resolve(known);
    const hash = hashes.get(file) ?? hashFile(resolve(modelsDir, file));
    hashes.set(file, hash);
    return hash;
  };
  return {
    software: { name: 'camqueue', version },
    configuration: (camera) => {
      const text = JSON.stringify(inOrder(camera));
      return {
        sha256: createHash('sha256').update(text).digest('hex'),
        camera: JSON.parse(text) as Record<string, unknown>,
      };
    },
    networks: async (camera, { faces }) => {
      const used = [
        ...networks.filter(({ name }) => name === camera.detect.network),
        ...packed.filter(({ name }) => (name.startsWith('ppocr') ? camera.plates?.enabled === true : faces)),
      ];
      const all = await Promise.all(
        used.map(async ({ name, file, sha256 }) => ({ name, sha256: await hashOf(file, sha256) })),
      );
      return all.flatMap(({ name, sha256 }) => (sha256 === undefined ? [] : [{ name, sha256 }]));
    },
  };
}

/** The same settings are the same text, whoever read them. Credentials are left out. */
function inOrder(value: unknown): unknown {
  if (typeof value === 'string') return redactUrls(value);
  if (Array.isArray(value)) return value.map(inOrder);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value as Camera).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([name, inner]) => [name, inOrder(inner)]));
}

async function hashFile(path: string): Promise<string | undefined> {
  const hash = createHash('sha256');
  try {
    await pipeline(createReadStream(path), hash);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  return hash.digest('hex');
}
