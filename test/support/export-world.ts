import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { CameraFile } from '../../src/domain/camera.js';
import { createCameras } from '../../src/io/camera-file.js';
import { createClipMaker } from '../../src/io/clips/clip-maker.js';
import { createEvidencePackages } from '../../src/io/evidence/packages.js';
import { createMemoryCameraStates } from '../../src/io/memory/camera-states.js';
import { createProvenance } from '../../src/io/provenance.js';
import { createRecordingFiles } from '../../src/io/recordings/files.js';
import { createExportStore } from '../../src/io/sql/exports.js';
import { createGapStore } from '../../src/io/sql/gap-store.js';
import { createRecordingIndex } from '../../src/io/sql/recording-index.js';
import type { Database } from '../../src/io/sql/schema.js';
import { createFolderStore } from '../../src/io/storage/folder-store.js';
import { noStorage } from '../../src/io/storage/open-storage.js';
import type { Ports } from '../../src/ports.js';
import type { Needs } from '../../jobs/export-clip/source.js';
import { NODE } from './recordings.js';

/** As long as it takes somebody to notice: nothing of it is used by an export without an overlay. */
const unused = (what: string) => () => Promise.reject(new Error(`no ${what} in this test`));

/** All that an export works on, in a folder: what `makeRecordings` left there, real stores beside it. */
export function exportPorts(folder: string, database: Database): Pick<Ports, Needs> {
  mkdirSync(join(folder, 'storage'), { recursive: true });
  const storage = createFolderStore(join(folder, 'storage'));
  const recordings = createRecordingIndex(database);
  const recordingFiles = createRecordingFiles(join(folder, 'recordings'), NODE);
  const cold = noStorage('COLD_URL');
  return {
    cameras: createCameras(
      CameraFile.parse({
        site: { name: 'Test site', timeZone: 'Asia/Ho_Chi_Minh' },
        cameras: [
          {
            ...{ id: 'gate-1', name: 'Main gate', source: 'rtsp://viewer:s3cret-pw@10.0.0.5/main' },
            record: { mode: 'always' },
          },
        ],
      }),
    ),
    states: createMemoryCameraStates(),
    gaps: createGapStore(database),
    recordings,
    recordingFiles,
    cold: {
      ...{ store: cold, minFreeBytes: 0 },
      encoder: { encode: unused('encoder'), remove: async () => undefined },
    },
    exports: createExportStore(database),
    exportSettings: { keepDays: 7, keepEvidenceDays: 90 },
    provenance: createProvenance({ version: '1.2.3', modelsDir: folder, networks: [], packed: [] }),
    clips: createClipMaker({
      workDir: workDirOf(folder),
      ...{ recordings, files: recordingFiles, cold, threads: 1 },
      detectors: unused('overlay'),
      faces: unused('faces'),
    }),
    storage,
    evidence: createEvidencePackages(database, { storage, secret: 's'.repeat(32), version: '1.2.3' }),
  };
}

export function workDirOf(folder: string): string {
  return join(folder, 'work');
}
