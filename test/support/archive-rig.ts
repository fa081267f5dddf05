import { createHash, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import type { Needs } from '../../jobs/archive/needs.js';
import { CameraFile } from '../../src/domain/camera.js';
import { segmentId, segmentPath } from '../../src/domain/segment-path.js';
import { createRecordingEncoder } from '../../src/io/archive/encoder.js';
import { createCameras } from '../../src/io/camera-file.js';
import { createRecordingFiles } from '../../src/io/recordings/files.js';
import { createArchiveReports } from '../../src/io/sql/archive-reports.js';
import { createAuditLog } from '../../src/io/sql/audit-log.js';
import { createGapStore } from '../../src/io/sql/gap-store.js';
import { createHolds } from '../../src/io/sql/holds.js';
import { createRecordingIndex } from '../../src/io/sql/recording-index.js';
import type { Database } from '../../src/io/sql/schema.js';
import { createFolderStore } from '../../src/io/storage/folder-store.js';
import { noStorage } from '../../src/io/storage/open-storage.js';
import type { Ports, Segment } from '../../src/ports.js';
import type { Mail } from '../../src/ports/mail.js';
import { openTestSqlite } from './sqlite.js';

/** When the tests run. */
export const NOW = 1_795_251_600_000;
export const DAY_MS = 86_400_000;

export interface ArchiveRigOptions {
  /** Of the camera file: `retention`, `archive`, `recipients`. */
  readonly settings?: object;
  readonly node?: string;
  /** Default: `cold` beside the recordings; `null`: there is none. */
  readonly coldDir?: string | null;
  readonly database?: Database;
}

/** Real files, a real index and a real cold store in a folder; mails are only collected. */
export async function makeArchiveRig(dataDir: string, options: ArchiveRigOptions = {}) {
  const { settings = {}, node = 'alpha' } = options;
  const recordingsDir = join(dataDir, `recordings-${node}`);
  const coldDir = options.coldDir === undefined ? join(dataDir, 'cold') : options.coldDir;
  mkdirSync(recordingsDir, { recursive: true });
  if (coldDir !== null) mkdirSync(coldDir, { recursive: true });
  writeFileSync(join(recordingsDir, '.node'), `${node}\n`);
  const database = options.database ?? (await openTestSqlite(dataDir));
  const file = CameraFile.parse({
    retention: [{ hotDays: 7, coldDays: 30 }],
    cameras: [{ id: 'gate-1', source: 'rtsp://127.0.0.1:1/x', name: 'Main gate', groups: ['north'] }],
    ...settings,
  });
  const mails: Mail[] = [];
  const store = coldDir === null ? noStorage('COLD_URL') : createFolderStore(coldDir);
  const index = createRecordingIndex(database);
  const holds = createHolds(database);
  const ports: Pick<Ports, Needs> = {
    cameras: createCameras(file),
    recordings: index,
    recordingFiles: createRecordingFiles(recordingsDir, node),
    cold: { store, minFreeBytes: 0, encoder: createRecordingEncoder(join(dataDir, 'work')) },
    archiveReports: createArchiveReports(database),
    gaps: createGapStore(database),
    audit: createAuditLog(database),
    mailer: {
      send: async (mail) => {
        mails.push(mail);
        return { detail: 'sent' };
      },
      close: async () => undefined,
    },
  };
  return {
    ...{ dataDir, recordingsDir, coldDir: coldDir ?? '', database, ports, index, holds, mails, node },
    /** A recording that ended so many days ago, and its file. */
    async record(daysAgo: number, given: Partial<Segment> = {}, contents: Uint8Array = randomBytes(2000)) {
      const cameraId = given.cameraId ?? 'gate-1';
      const startAt = given.startAt ?? NOW - daysAgo * DAY_MS - 60_000;
      const segment: Segment = {
        ...{ id: segmentId(cameraId, startAt), cameraId, node, path: segmentPath(cameraId, startAt) },
        ...{ startAt, endAt: startAt + 60_000, bytes: contents.length, codec: 'avc1.42c00d' },
        ...{ width: 160, height: 120, why: 'always', state: 'closed', tier: 'hot', isProtected: false },
        ...{ sha256: sha256Of(contents) },
        ...given,
      };
      const path = join(recordingsDir, segment.path);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, contents);
      await index.open(segment);
      return segment;
    },
    hot: (segment: Pick<Segment, 'path'>) => join(recordingsDir, segment.path),
    cold: (segment: Pick<Segment, 'path'>) => join(coldDir ?? '', 'recordings', segment.path),
    get: async (segment: Pick<Segment, 'id'>) => index.get(segment.id),
    hold: (segment: Pick<Segment, 'cameraId' | 'startAt' | 'endAt'>, id = 'hold-1') =>
      holds.add({
        ...{ id, cameraId: segment.cameraId, from: segment.startAt, to: segment.endAt },
        ...{ reason: 'a theft', by: 'person:lan', createdAt: NOW },
      }),
    close: () => database.close(),
  };
}

export type ArchiveRig = Awaited<ReturnType<typeof makeArchiveRig>>;

export function sha256Of(contents: Uint8Array): string {
  return createHash('sha256').update(contents).digest('hex');
}

/** Every file below a folder with its contents' hash. */
export function treeOf(folder: string): Record<string, string> {
  const tree: Record<string, string> = {};
  if (!existsSync(folder)) return tree;
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort()) {
    const path = join(folder, name);
    if (statSync(path).isFile()) tree[relative(folder, path)] = sha256Of(readFileSync(path));
  }
  return tree;
}
