import { handle as handleAlert } from '../../jobs/alert/handler.js';
import { alert } from '../../jobs/alert/job.js';
import { handle } from '../../jobs/health-check/handler.js';
import { healthCheck } from '../../jobs/health-check/job.js';
import { CameraFile } from '../../src/domain/camera.js';
import { createCameras } from '../../src/io/camera-file.js';
import { createMemoryCameraStates } from '../../src/io/memory/camera-states.js';
import { createSigner } from '../../src/io/signer.js';
import { createEventStore } from '../../src/io/sql/event-store.js';
import { createHealthReports } from '../../src/io/sql/health-reports.js';
import { createIncidentStore } from '../../src/io/sql/incident-store.js';
import { createMaintenances } from '../../src/io/sql/maintenances.js';
import { createPassageStore } from '../../src/io/sql/passage-store.js';
import type { HealthFinding, Ports } from '../../src/ports.js';
import { onBothDatabases } from '../support/databases.js';
import { runJob, testContext } from '../support/job-context.js';

const AT = 1_795_251_600_000;
const MINUTE = 60_000;
const cameras = createCameras(
  CameraFile.parse({
    recipients: [{ id: 'guard', email: 'guard@example.org' }],
    cameras: [{ id: 'gate-1', name: 'Main gate', source: 'rtsp://10.0.0.5/main' }],
  }),
);
const camera = (state: HealthFinding['state'], since = AT - MINUTE): HealthFinding => ({
  ...{ subject: 'camera/gate-1', state, detail: 'no signal', since, measures: {} },
});
const disk: HealthFinding = { subject: 'disk/data', state: 'fail', detail: '3 MB free', measures: {} };
/** What a look finds, from now on. */
const finding = (...found: HealthFinding[]): Ports['probes'] => ({ look: async () => found });

onBothDatabases('a health check', ({ open }) => {
  it('reports what was found and tells people of a change, once', async () => {
    const reports = createHealthReports(await open());
    const look = async (slot: number, ...found: HealthFinding[]) => {
      const at = AT + slot * MINUTE;
      const ctx = testContext({ cameras, reports, probes: finding(...found) }, { now: () => at + 300 });
      const outcome = await runJob(healthCheck, handle, { at }, ctx);
      return { outcome, told: ctx.followUps.map(({ id }) => id) };
    };
    const bad = [camera('fail'), disk];
    const ok = [camera('ok', AT), { ...disk, state: 'ok' as const }];
    const first = await look(0, ...bad);
    expect(first).toEqual({
      outcome: {
        outcome: 'done',
        result: {
          ...{ at: AT, state: 'fail', fail: ['camera/gate-1', 'disk/data'], warn: [] },
          alerts: [`health-camera-gate-1-${AT - MINUTE}`, `health-disk-data-${AT}`],
        },
      },
      told: [`alert-health-camera-gate-1-${AT - MINUTE}`, `alert-health-disk-data-${AT}`],
    });
    expect((await reports.latest())?.entries.map(({ isAlerted }) => isAlerted)).toEqual([true, true]);
    expect((await look(1, ...bad)).told).toEqual([]);
    expect((await look(2, ...ok)).told).toEqual([`alert-health-camera-gate-1-${AT}-recovered`]);
    expect((await look(3, ...ok)).told).toEqual([`alert-health-disk-data-${AT + 2 * MINUTE}-recovered`]);
    expect((await look(4, ...ok)).told).toEqual([]);
    expect(await reports.list({ from: AT, to: AT + 9 * MINUTE, limit: 9 })).toHaveLength(5);
  });

  it('a slot that ran already, or that comes after a later one, changes nothing and looks at nothing', async () => {
    const reports = createHealthReports(await open());
    const looks: number[] = [];
    const probes: Ports['probes'] = { look: async () => (looks.push(1), [camera('fail')]) };
    const run = async (at: number) => {
      const ctx = testContext({ cameras, reports, probes }, { now: () => AT });
      return [(await runJob(healthCheck, handle, { at }, ctx)).outcome, ctx.followUps.length];
    };
    expect(await run(AT)).toEqual(['done', 1]);
    expect(await run(AT)).toEqual(['skipped', 0]);
    expect(await run(AT - MINUTE)).toEqual(['skipped', 0]);
    expect(looks).toHaveLength(1);
  });

  it('a report dated by a clock that was wrong does not stop the checks', async () => {
    const reports = createHealthReports(await open());
    await reports.add({ at: AT + 365 * 86_400_000, state: 'ok', entries: [] });
    const ctx = testContext({ cameras, reports, probes: finding(disk) });
    expect((await runJob(healthCheck, handle, { at: AT }, ctx)).outcome).toBe('done');
  });

  it.each([
    ['before the first alert', 1, 'before'],
    ['after the first alert', 1, 'after'],
    ['before the second alert', 2, 'before'],
    ['before the report', 2, 'after'],
  ] as const)(
    'killed %s, the repeated or the next check tells the rest, and nobody twice',
    async (_, nth, when) => {
      const database = await open();
      const reports = createHealthReports(database);
      const ports = { cameras, reports, probes: finding(camera('fail'), disk) };
      // The queue outlives the kill.
      const queue = testContext(ports, { now: () => AT });
      let calls = 0;
      const dying: typeof queue = {
        ...queue,
        enqueue: async (...given) => {
          const isLast = ++calls === nth;
          if (isLast && when === 'before') throw new Error('killed');
          const id = await queue.enqueue(...given);
          if (isLast) throw new Error('killed');
          return id;
        },
      };
      await expect(runJob(healthCheck, handle, { at: AT }, dying)).rejects.toThrow('killed');
      expect(await reports.latest()).toBeUndefined();
      await runJob(healthCheck, handle, { at: AT }, queue);
      expect(queue.followUps.map(({ id }) => id)).toEqual([
        `alert-health-camera-gate-1-${AT - MINUTE}`,
        `alert-health-disk-data-${AT}`,
      ]);
    },
  );

  it('what it enqueues becomes incidents, of the camera and of the system, and ends them', async () => {
    const database = await open();
    const reports = createHealthReports(database);
    const incidents = createIncidentStore(database);
    const ports = {
      ...{ cameras, reports, incidents, states: createMemoryCameraStates() },
      ...{ maintenances: createMaintenances(database), signer: createSigner('s'.repeat(64)) },
      ...{ events: createEventStore(database), passages: createPassageStore(database) },
    };
    const look = async (slot: number, ...found: HealthFinding[]) => {
      const now = () => AT + slot * MINUTE;
      const ctx = testContext({ cameras, reports, probes: finding(...found) }, { now });
      await runJob(healthCheck, handle, { at: now() }, ctx);
      const inner = testContext(ports, { now });
      for (const { payload } of ctx.followUps) await runJob(alert, handleAlert, payload as never, inner);
      const all = await incidents.list({ limit: 9 });
      return {
        steps: inner.followUps.map(({ queue, id }) => `${queue} ${id.split('+')[1]}`),
        states: all.map(({ cameraId, kind, state }) => [cameraId, kind, state]).sort(),
      };
    };
    const first = await look(0, camera('fail'), disk);
    expect(first.states).toEqual([
      ['gate-1', 'camera-down', 'open'],
      ['system', 'disk-low-data', 'open'],
    ]);
    expect(first.steps).toEqual(['escalation 0', 'escalation 0']);
    await look(1, camera('ok', AT), { ...disk, state: 'ok' });
    const last = await look(2, camera('ok', AT), { ...disk, state: 'ok' });
    expect(last.states.map(([, , state]) => state)).toEqual(['resolved', 'resolved']);
  });
});
