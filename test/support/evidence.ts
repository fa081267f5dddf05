import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createEvidencePackages } from '../../src/io/evidence/packages.js';
import { createFolderStore } from '../../src/io/storage/folder-store.js';
import type { Database } from '../../src/io/sql/schema.js';
import type { EvidenceOrder, EvidencePackages } from '../../src/ports/evidence.js';
import type { ObjectStore } from '../../src/ports/storage.js';

export const EVIDENCE_SECRET = 'e'.repeat(64);
const MADE_AT = Date.parse('2026-11-21T08:30:00Z');
const CLIP = Buffer.from('a clip, or what stands for one\n'.repeat(40));

/** An order with three small files, one of them in a folder. */
export function evidenceOrder(id: string, given: Partial<EvidenceOrder> = {}): EvidenceOrder {
  return {
    id,
    about: { kind: 'export', format: 'mp4' },
    camera: { id: 'gate-1', name: 'Main gate', place: 'Bai xe Tran Phu', timeZone: 'Asia/Ho_Chi_Minh' },
    captured: {
      from: '2026-11-21T08:00:00.000Z',
      to: '2026-11-21T08:01:00.000Z',
      clock: 'the recording computer, when a picture arrives',
    },
    gaps: [],
    requested: { by: 'person:lan', reason: 'a fight at the gate', at: '2026-11-21T08:20:00.000Z' },
    configuration: { sha256: '0'.repeat(64), camera: { id: 'gate-1', fps: 5 } },
    networks: [],
    files: [
      { path: 'clip.mp4', role: 'clip', from: CLIP },
      { path: 'segments/1.mp4', role: 'segment', from: Buffer.from(`some pictures of ${id}`) },
      { path: 'segments/2.mp4', role: 'segment', from: Buffer.from(`more pictures of ${id}`) },
    ],
    madeAt: MADE_AT,
    ...given,
  };
}

/** Packages of evidence in a folder of their own. */
export interface EvidenceWorld {
  readonly dir: string;
  readonly storage: ObjectStore;
  readonly evidence: EvidencePackages;
  /** A file or folder of the storage on this disk. */
  readonly at: (key: string) => string;
  remove(): Promise<void>;
}

export async function evidenceWorld(
  database: Database,
  given: { now?: () => number; storage?: (store: ObjectStore) => ObjectStore } = {},
): Promise<EvidenceWorld> {
  const dir = await mkdtemp(join(tmpdir(), 'camqueue-evidence-'));
  const folder = createFolderStore(dir);
  const quick: ObjectStore = {
    ...folder,
    // Nobody pulls the plug here.
    put: (key, source, options) => folder.put(key, source, { ...options, durable: false }),
  };
  const storage = given.storage?.(quick) ?? quick;
  const evidence = createEvidencePackages(database, {
    ...{ storage, secret: EVIDENCE_SECRET, version: '1.2.3' },
    ...(given.now && { now: given.now }),
  });
  return {
    ...{ dir, storage, evidence },
    at: (key) => join(dir, key),
    remove: () => rm(dir, { recursive: true, force: true }),
  };
}
