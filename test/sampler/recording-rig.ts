import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Camera } from '../../src/domain/camera.js';
import { createFfmpegSources } from '../../src/io/ffmpeg/sources.js';
import { createMemoryCameraStates } from '../../src/io/memory/camera-states.js';
import { createMemoryFrameRing } from '../../src/io/memory/frame-ring.js';
import { createRecordingFiles } from '../../src/io/recordings/files.js';
import { openDatabase } from '../../src/io/sql/open.js';
import { createRecordingIndex } from '../../src/io/sql/recording-index.js';
import type { Gap, RecordingFiles, RecordingIndex } from '../../src/ports.js';
import { type CameraContext, contextOf } from '../../src/sampler/options.js';
import { SILENT } from './rig.js';

/** A whole minute: segments of 60, 30, 10 … s begin here. */
export const T0 = 1_795_251_600_000;

/** Real files and a real index for a recorder, and what it told. */
export async function makeRecordingRig(
  given: { dataDir?: string; folder?: string; record?: Record<string, unknown> } = {},
) {
  const dataDir = given.dataDir ?? mkdtempSync(join(tmpdir(), 'camqueue-recorder-'));
  const folder = given.folder ?? join(dataDir, 'recordings');
  const database = await openDatabase({ dataDir });
  const files = createRecordingFiles(folder, 'alpha');
  const index = createRecordingIndex(database);
  const gaps: Gap[] = [];
  const context = (stores: { files?: RecordingFiles; index?: RecordingIndex } = {}): CameraContext =>
    contextOf(camera(given.record), {
      cameras: [],
      sources: createFfmpegSources(),
      ring: createMemoryFrameRing({ ringBytes: 1 << 20 }),
      states: createMemoryCameraStates(),
      doorbell: () => Promise.resolve(),
      onStatus: () => undefined,
      onGap: (gap) => void gaps.push(gap),
      log: SILENT,
      signal: new AbortController().signal,
      now: () => T0,
      recordings: { files, index, ...stores },
    });
  return {
    ...{ dataDir, folder, files, index, gaps, context, database },
    file: (path: string) => join(folder, path),
    segments: () =>
      index.list({ cameraId: 'gate-1', from: T0 - 3_600_000, to: T0 + 36_000_000, limit: 1000 }),
    remove: async () => {
      await database.close();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

export type RecordingRig = Awaited<ReturnType<typeof makeRecordingRig>>;

function camera(record: Record<string, unknown> = {}): Camera {
  return Camera.parse({
    ...{ id: 'gate-1', source: 'rtsp://127.0.0.1:1/x' },
    record: { mode: 'always', segmentS: 5, ...record },
  });
}
