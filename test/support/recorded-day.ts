import { join } from 'node:path';
import { registry } from '../../jobs/registry.js';
import { startConsumer } from '../../queues/consumer.js';
import { newReport, reckon } from '../../src/domain/archive/report.js';
import { createMetrics } from '../../src/io/metrics.js';
import { createProvenance } from '../../src/io/provenance.js';
import type { TestApi } from './api.js';
import { addRecording, makeFootage } from './recorded.js';
import { silentLog } from './test-queue.js';

export const EVIL = '<img src=x onerror=alert(1)>';
export const HOUR = 3_600_000;
const ZONE_MS = 7 * HOUR;
/** Yesterday's midnight where the site is (UTC+7, no summer time). */
export const MIDNIGHT = Math.floor((Date.now() + ZONE_MS) / (24 * HOUR)) * 24 * HOUR - ZONE_MS - 24 * HOUR;
export const DAY = new Date(MIDNIGHT + ZONE_MS).toISOString().slice(0, 10);
export const EIGHT = MIDNIGHT + 8 * HOUR;
export const RECORDED_CAMERAS = `
site: { name: Bãi xe Trần Phú, timeZone: Asia/Ho_Chi_Minh }
cameras:
  - { id: gate-1, name: Cổng chính, source: "rtsp://10.0.0.5/main", record: { mode: always } }
  - { id: yard, name: "${EVIL}", source: "rtsp://10.0.0.6/main" }
`;

/** Morning: down from five to six, on another machine until eight, then real footage with a gap of 20 s in it. */
export async function recordDay(api: TestApi, folder: string): Promise<void> {
  const { gaps } = api.deps;
  const { recordings } = api.deps.ports;
  const footage = await Promise.all(
    [0, 4, 28].map(async (fromS) => {
      const file = join(folder, `${fromS}.mp4`);
      await makeFootage(file, { seconds: 4, fromS });
      return { file, startAt: EIGHT + fromS * 1000 };
    }),
  );
  for (const { file, startAt } of footage) await addRecording(api, file, { startAt, endAt: startAt + 4000 });
  const elsewhere = { node: 'beta', bytes: 9e8, cameraId: 'gate-1' };
  const [{ file } = { file: '' }] = footage;
  const span = (fromH: number, toH: number) => ({
    startAt: MIDNIGHT + fromH * HOUR,
    endAt: MIDNIGHT + toH * HOUR,
  });
  for (const at of [
    span(1, 3),
    span(3, 5),
    span(6, 8),
    { startAt: EIGHT + 32_000, endAt: EIGHT + 2 * HOUR },
    span(10.05, 14),
    span(14.5, 20),
  ])
    await addRecording(api, file, { ...elsewhere, ...at });
  const store = gaps as unknown as {
    begin(gap: object): Promise<void>;
    end(id: string, track: string, to: number): Promise<void>;
  };
  const gap = async (fromAt: number, toAt: number, cause: string, reason?: string): Promise<void> => {
    await store.begin({ cameraId: 'gate-1', track: 'recording', from: fromAt, cause, reason });
    await store.end('gate-1', 'recording', toAt);
  };
  await gap(MIDNIGHT + 5 * HOUR, MIDNIGHT + 6 * HOUR, 'camera', 'no signal');
  await gap(EIGHT + 8000, EIGHT + 28_000, 'network', 'connection timed out');
  await gap(MIDNIGHT + 14 * HOUR, MIDNIGHT + 14.5 * HOUR, 'disk', 'disk full');
  await recordings.moved('gate-1-' + (MIDNIGHT + HOUR), {
    ...{ key: 'recordings/x.mp4', bytes: 4e8, sha256: 'f'.repeat(64), codec: 'hvc1.1', movedAt: EIGHT },
  });
  const about = {
    id: 'move-1-this-node',
    action: 'move',
    startedAt: MIDNIGHT + HOUR,
    isDryRun: false,
  } as const;
  const space = { freeBytes: 1e11, totalBytes: 2e11 };
  const report = reckon(
    newReport({ ...about, node: 'this-node' }, space),
    { cameraId: 'gate-1', bytes: 9e8 },
    { kind: 'moved', copyBytes: 4e8, isEncoded: true },
  );
  await api.deps.ports.archiveReports.put(report);
}

/** A worker as `camqueue worker export-clip` is one. */
export async function startExportWorker(api: TestApi, folder: string) {
  const { ports } = api.deps;
  return startConsumer({
    entry: registry['export-clip'],
    ports: {
      ...ports,
      gaps: api.deps.gaps as never,
      provenance: createProvenance({ version: '1.2.3', modelsDir: folder, networks: [], packed: [] }),
    },
    ...{ address: api.redis.address, prefix: api.metricsAt.prefix, producer: api.producer },
    ...{ log: silentLog, metrics: createMetrics({ process: 'test' }), graceMs: 0 },
  });
}
