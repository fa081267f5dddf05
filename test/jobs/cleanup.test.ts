import { mkdtemp, readdir, rm, utimes, writeFile, mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { handle } from '../../jobs/cleanup/handler.js';
import { removeOrphans } from '../../jobs/cleanup/orphans.js';
import { ExportRequest } from '../../src/domain/export/request.js';
import { cleanup } from '../../jobs/cleanup/job.js';
import { createSnapshotStore } from '../../src/io/snapshots.js';
import { noStorage, openStorage } from '../../src/io/storage/open-storage.js';
import { createArchiveReports } from '../../src/io/sql/archive-reports.js';
import { createExportStore } from '../../src/io/sql/exports.js';
import type { ClipMaker } from '../../src/ports/clips.js';
import type { ColdRecordings } from '../../src/ports/recordings.js';
import type { EvidencePackages } from '../../src/ports/evidence.js';
import type { Database } from '../../src/io/sql/schema.js';
import type { ObjectStore } from '../../src/ports/storage.js';
import { createAuditLog } from '../../src/io/sql/audit-log.js';
import { createFlowReports } from '../../src/io/sql/flow-reports.js';
import { createGapStore } from '../../src/io/sql/gap-store.js';
import { createDeliveries } from '../../src/io/sql/deliveries.js';
import { createHealthReports } from '../../src/io/sql/health-reports.js';
import { createEventStore } from '../../src/io/sql/event-store.js';
import { createIncidentStore } from '../../src/io/sql/incident-store.js';
import { createPassageStore } from '../../src/io/sql/passage-store.js';
import type { CameraEvent } from '../../src/domain/events.js';
import { onBothDatabases } from '../support/databases.js';
import { runJob, testContext } from '../support/job-context.js';
import { flowReport } from '../support/flow-reports.js';
import { passage, plateRead } from '../support/passages.js';

const NOW = 1_795_251_600_000;
const DAY = 86_400_000;
const event = (id: string, at: number): CameraEvent => ({
  type: 'motion',
  phase: 'begin',
  id,
  cameraId: 'gate-1',
  at,
});
const RULES = {
  ...{ cooldownMs: 1000, maxIncidentMs: 3_600_000, expireMs: 86_400_000 },
  ...{ storm: { incidents: 0, withinMs: 1000 }, flapping: { incidents: 0, withinMs: 1000 } },
};
const alert = (id: string, at: number) => ({
  id,
  cameraId: 'gate-1',
  kind: 'intrusion',
  severity: 'warning' as const,
  at,
  summary: 'x',
});

onBothDatabases('cleanup', (databases) => {
  it('removes what is older than its retention, with what belongs to it, and nothing else', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'camqueue-cleanup-'));
    const database = await databases.open();
    try {
      const ports = {
        events: createEventStore(database),
        incidents: createIncidentStore(database),
        audit: createAuditLog(database),
        snapshots: createSnapshotStore(folder),
        gaps: createGapStore(database),
        reports: createHealthReports(database),
        passages: createPassageStore(database),
        flowReports: createFlowReports(database),
        ...(await mediaPorts(database, join(folder, 'storage'))),
      };
      for (const ageDays of [31, 29]) await ports.flowReports.put(flowReport({ from: NOW - ageDays * DAY }));
      for (const ageDays of [15, 13]) {
        const at = NOW - ageDays * DAY;
        await ports.passages.put(passage({ id: `p-${ageDays}`, at }));
        await ports.passages.addRead(plateRead(`p-${ageDays}`, at));
      }
      // More than one statement removes.
      await ports.events.add(Array.from({ length: 2500 }, (_, i) => event(`old-${i}`, NOW - 40 * DAY - i)));
      await ports.events.add([event('edge', NOW - 30 * DAY), event('new', NOW)]);
      for (const ageDays of [31, 29]) {
        const from = NOW - ageDays * DAY;
        await ports.gaps.begin({
          cameraId: 'gate-1',
          track: 'analysis',
          from,
          to: from + 1,
          cause: 'camera',
        });
      }
      // More than one statement removes.
      for (let i = 0; i < 501; i++)
        await ports.reports.add({ at: NOW - 8 * DAY - i, state: 'ok', entries: [] });
      await ports.reports.add({ at: NOW - 6 * DAY, state: 'ok', entries: [] });
      for (const [id, ageDays] of [
        ['old', 31],
        ['new', 1],
      ] as const) {
        const at = NOW - ageDays * DAY;
        await ports.incidents.accept(alert(id, at), RULES, { policy: 'all', steps: [] }, at);
        await ports.incidents.tell(id, 0, [{ recipient: 'guard', channel: 'email', otherChannels: [] }], at);
        await ports.incidents.resolve(id, 'guard', at);
      }
      for (const [key, ageDays] of [
        ['events/gate-1/a/old.jpg', 31],
        ['events/gate-1/b/new.jpg', 1],
        ['annotated/gate-1/1.jpg', 8],
        ['annotated/gate-1/2.jpg', 6],
        ['plates/gate-1/a/old.jpg', 15],
        ['plates/gate-1/a/new.jpg', 13],
      ] as const) {
        await ports.snapshots.put(key, Buffer.from('x'));
        await utimes(join(folder, key), new Date(), new Date(NOW - ageDays * DAY));
      }
      await mkdir(join(folder, 'events/gate-1/c'), { recursive: true });
      await writeFile(join(folder, 'events/gate-1/c/.0b9c7a3e-6f53-4f0a-9f0e-2f5f0c1d2e3f.tmp'), 'x');
      await utimes(
        join(folder, 'events/gate-1/c/.0b9c7a3e-6f53-4f0a-9f0e-2f5f0c1d2e3f.tmp'),
        new Date(),
        new Date(NOW - 31 * DAY),
      );

      const ctx = testContext(ports, { now: () => NOW });
      expect(await runJob(cleanup, handle, { keepDays: 30, keepPlatesDays: 14 }, ctx)).toEqual({
        outcome: 'done',
        result: {
          ...{ events: 2500, alerts: 1, gaps: 1, reports: 501, pictures: 1, annotated: 1 },
          ...{ passages: 1, plates: 1, uploads: 0, flowReports: 1 },
          ...{ exports: 0, orphans: 0, unfinished: 0, archiveReports: 0, logs: 0 },
        },
      });
      expect((await ports.events.list({ limit: 10 })).map(({ id }) => id)).toEqual(['new', 'edge']);
      expect((await ports.incidents.alerts({ limit: 10 })).map(({ id }) => id)).toEqual(['new']);
      const all = { from: 0, to: NOW, limit: 10 };
      expect(await ports.gaps.list({ cameraId: 'gate-1', ...all })).toHaveLength(1);
      expect(await ports.reports.list(all)).toHaveLength(1);
      expect((await ports.incidents.list({ limit: 10 })).map(({ id }) => id)).toEqual(['new']);
      const deliveries = await createDeliveries(database).list({ limit: 10 });
      expect(deliveries.map(({ id }) => id)).toEqual(['new+0+guard+email']);
      // Folders that became empty went with their pictures.
      expect(await readdir(join(folder, 'events/gate-1'))).toEqual(['b']);
      expect(await readdir(join(folder, 'annotated/gate-1'))).toEqual(['2.jpg']);

      expect([await ports.passages.get('p-15'), (await ports.passages.get('p-13'))?.id]).toEqual([
        undefined,
        'p-13',
      ]);
      expect(await ports.passages.reads('p-15')).toEqual([]);
      expect(await ports.passages.reads('p-13')).toHaveLength(1);
      expect(await readdir(join(folder, 'plates/gate-1/a'))).toEqual(['new.jpg']);

      // A second run finds nothing, and says nothing in the audit trail.
      expect(await runJob(cleanup, handle, { keepDays: 30, keepPlatesDays: 14 }, ctx)).toMatchObject({
        result: {
          events: 0,
          alerts: 0,
          gaps: 0,
          reports: 0,
          pictures: 0,
          annotated: 0,
          passages: 0,
          plates: 0,
          flowReports: 0,
        },
      });
      const trail = await ports.audit.list({ action: 'retention.', limit: 10 });
      expect(trail).toHaveLength(1);
    } finally {
      await database.close();
      await rm(folder, { recursive: true, force: true });
    }
  });
});

onBothDatabases('files of exports', (databases) => {
  it('go when no row tells of them, or the row says that there are none; young ones and those of exports stay', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'camqueue-orphans-'));
    try {
      const database = await databases.open();
      const ports = await mediaPorts(database, folder);
      const request = ExportRequest.parse({ cameraId: 'gate-1', from: NOW - DAY, to: NOW - DAY + 1000 });
      const wish = { request, requestedAt: NOW, requestedBy: 'test' };
      await ports.exports.request({ id: 'kept', ...wish });
      await ports.exports.request({ id: 'failed', ...wish });
      await ports.exports.ended('failed', 'failed', 'no disk', NOW);
      for (const id of ['kept', 'failed', 'unknown', 'young']) {
        const key = `exports/gate-1/2026-11-20/${id}/aa/clip.mp4`;
        await ports.storage.put(key, Buffer.from(id));
        const at = new Date(NOW - (id === 'young' ? 0 : 2 * DAY));
        await utimes(join(folder, key), at, at);
      }
      expect(await removeOrphans(testContext(ports, { now: () => NOW }))).toBe(2);
      const left: string[] = [];
      for await (const { key } of ports.storage.list('exports')) left.push(key.split('/')[3] ?? '');
      expect(left).toEqual(['kept', 'young']);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});

async function mediaPorts(database: Database, folder: string) {
  const storage: ObjectStore = await openStorage(folder, 'STORAGE_URL');
  return {
    storage,
    cold: { store: noStorage('COLD_URL') } as ColdRecordings,
    exports: createExportStore(database),
    archiveReports: createArchiveReports(database),
    // Nothing is due: neither is asked for more.
    clips: { removeBefore: async () => 0 } as unknown as ClipMaker,
    evidence: {} as EvidencePackages,
    logs: { rotate: async () => 0 },
  };
}

test('a store that holds nothing yet is cleaned without complaint', async () => {
  const snapshots = createSnapshotStore(join(tmpdir(), 'camqueue-not-there'));
  expect(await snapshots.removeBefore('events', NOW, new AbortController().signal)).toBe(0);
});
