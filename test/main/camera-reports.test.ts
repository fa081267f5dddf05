import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { alert } from '../../jobs/alert/job.js';
import { Alerting } from '../../src/domain/alerting/config.js';
import { Camera, Site } from '../../src/domain/camera.js';
import { createPictures } from '../../src/io/pictures.js';
import { createSnapshotStore } from '../../src/io/snapshots.js';
import { createEventStore } from '../../src/io/sql/event-store.js';
import { openDatabase } from '../../src/io/sql/open.js';
import { cameraReports } from '../../src/main/camera-reports.js';
import type { Producer } from '../../queues/types.js';

const AT = 1_795_251_600_000;
const picture = { width: 16, height: 16, format: 'i420' as const, data: new Uint8Array(384).fill(128) };
const gate = Camera.parse({ id: 'gate-1', name: 'Main gate', source: 'rtsp://127.0.0.1/x' });

let folder: string;
let database: Awaited<ReturnType<typeof openDatabase>>;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'camqueue-reports-'));
  database = await openDatabase({ dataDir: folder });
});
afterAll(async () => {
  await database.close();
  await rm(folder, { recursive: true, force: true });
});

function reporting() {
  /** Jobs by id, as a queue keeps them. */
  const jobs = new Map<string, unknown>();
  const enqueue: Producer['enqueue'] = async (contract, payload, options) => {
    const parsed = contract.payload.parse(payload);
    const id = options?.id ?? contract.jobId?.(parsed) ?? '';
    jobs.set(id, parsed);
    return { id, created: true };
  };
  const events = createEventStore(database);
  const snapshots = createSnapshotStore(join(folder, 'snapshots'));
  const cameras = {
    ...{
      site: Site.parse({}),
      recipients: [],
      alerting: Alerting.parse({}),
      all: () => [gate],
      get: () => gate,
    },
    areas: [],
    reports: [],
    retention: [],
    archive: { reportTo: [] },
    onChange: () => () => undefined,
  };
  const reports = cameraReports({ events, snapshots, cameras, pictures: createPictures() }, { enqueue });
  return { reports, events, snapshots, jobs };
}

test('tampering becomes one event with its picture and one alert, however often it is told', async () => {
  const { reports, events, snapshots, jobs } = reporting();
  const tamper = { cameraId: 'gate-1', kind: 'covered', phase: 'begin', at: AT, picture } as const;
  await reports.onTamper(tamper);
  await reports.onTamper(tamper);
  const [event, ...more] = await events.list({ cameraId: 'gate-1', type: 'tamper', limit: 9 });
  expect(more).toEqual([]);
  expect(event).toMatchObject({ kind: 'covered', phase: 'begin', at: AT });
  expect((await snapshots.get(event!.snapshot!))?.subarray(0, 2)).toEqual(Buffer.from([0xff, 0xd8]));
  expect([...jobs]).toEqual([
    [
      alert.jobId!(alert.payload.parse(jobs.values().next().value)),
      {
        ...{ id: event!.id, eventId: event!.id, cameraId: 'gate-1', at: AT, snapshot: event!.snapshot },
        ...{ kind: 'tamper', severity: 'critical', phase: 'begin', cooldown: true },
        summary: 'something covers the lens (Main gate)',
      },
    ],
  ]);
});

test('its end is an event and ends the incident; one that has only lasted ends nothing', async () => {
  const { reports, events, jobs } = reporting();
  const end = { cameraId: 'gate-2', kind: 'moved', phase: 'end', at: AT, picture } as const;
  await reports.onTamper({ ...end, isLasting: true });
  expect(await events.list({ cameraId: 'gate-2', limit: 9 })).toMatchObject([
    { type: 'tamper', phase: 'end' },
  ]);
  expect(jobs.size).toBe(0);
  await reports.onTamper({ ...end, at: AT + 1 });
  expect([...jobs.values()]).toMatchObject([
    { cameraId: 'gate-2', kind: 'tamper', phase: 'end', at: AT + 1 },
  ]);
});

test('a change of status is an event with its reason, once', async () => {
  const { reports, events } = reporting();
  const state = { status: 'retrying', reason: 'refused', since: AT, pass: 1 } as const;
  await reports.onStatus('gate-3', state);
  await reports.onStatus('gate-3', state);
  expect(await events.list({ cameraId: 'gate-3', limit: 9 })).toMatchObject([
    { type: 'camera', status: 'retrying', reason: 'refused', at: AT },
  ]);
});
