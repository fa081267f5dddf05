import { alert } from '../../jobs/alert/job.js';
import { handle } from '../../jobs/occupancy/handler.js';
import { occupancy } from '../../jobs/occupancy/job.js';
import { createCameras, parseCameraFile } from '../../src/io/camera-file.js';
import { createAuditLog } from '../../src/io/sql/audit-log.js';
import { createEventStore } from '../../src/io/sql/event-store.js';
import { createOccupancyStore } from '../../src/io/sql/occupancy-store.js';
import type { Database } from '../../src/io/sql/schema.js';
import type { Cameras, Ports } from '../../src/ports.js';
import { crossing } from '../support/counted-cameras.js';
import { onBothDatabases } from '../support/databases.js';
import { runJob, testContext, type FollowUp } from '../support/job-context.js';

type Needs = 'cameras' | 'events' | 'occupancy' | 'audit';

/** Four in the morning of the site. */
const FOUR = Date.parse('2026-11-21T21:00:00Z');
const HOUR = 3_600_000;

/** One area of its own for each test, so that they share a database. */
let areas = 0;
function file(fields: string): { cameras: Cameras; id: string } {
  const id = `park${(areas += 1)}`;
  const cameras = createCameras(
    parseCameraFile(
      `
site: { timeZone: Asia/Ho_Chi_Minh }
areas: [ { id: ${id}, name: Park, gates: [ { camera: gate-${id}, line: lane } ], ${fields} } ]
cameras: [ { id: gate-${id}, source: x, lines: [ { id: lane, from: [0, 0.5], to: [1, 0.5] } ] } ]`,
      'test',
      {},
    ),
  );
  return { cameras, id };
}

onBothDatabases('the occupancy job', ({ shared }) => {
  let database: Database;
  beforeAll(async () => {
    database = await shared();
  });
  const portsOf = (cameras: Cameras): Pick<Ports, Needs> => ({
    cameras,
    events: createEventStore(database),
    occupancy: createOccupancyStore(database),
    audit: createAuditLog(database),
  });
  const go = async (id: string, count: number, direction: 'in' | 'out', at: number): Promise<void> => {
    const cameraId = `gate-${id}`;
    const row = () => crossing({ cameraId, line: 'lane', direction, at });
    await createEventStore(database).add(Array.from({ length: count }, row));
  };
  /** Runs the job as a worker would. @returns the alerts it enqueued */
  const run = async (cameras: Cameras, at: number, area?: string): Promise<FollowUp[]> => {
    const ctx = testContext(portsOf(cameras), { now: () => at });
    await runJob(occupancy, handle, area === undefined ? {} : { area }, ctx);
    return [...ctx.followUps];
  };

  it('says once that there are too many and once that there are no longer, however many come and go', async () => {
    const { cameras, id } = file('threshold: { above: 3, clearAt: 1 }');
    const said: string[] = [];
    for (const [minute, [count, direction]] of (
      [
        [3, 'in'],
        [1, 'in'],
        [2, 'in'],
        [3, 'out'],
        [1, 'in'],
        [3, 'out'],
        [3, 'in'],
      ] as const
    ).entries()) {
      const at = FOUR + minute * 60_000;
      await go(id, count, direction, at - 1000);
      const payloads = (await run(cameras, at, id)).map(({ payload }) => alert.payload.parse(payload));
      said.push(...payloads.map((one) => `${minute} ${one.id} ${one.phase} ${one.summary}`));
      expect(payloads.every(({ cameraId, subject }) => cameraId === `gate-${id}` && subject === id)).toBe(
        true,
      );
    }
    expect(said).toEqual([
      `1 ${id}-occupancy-1 begin 4 inside Park, more than 3`,
      `5 ${id}-occupancy-2 end 1 inside Park, no longer too many`,
      `6 ${id}-occupancy-3 begin 4 inside Park, more than 3`,
    ]);
    const without = createCameras({
      site: cameras.site,
      cameras: [...cameras.all()],
      recipients: [],
      areas: cameras.areas.map(({ threshold: _, ...area }) => area),
    });
    expect(await run(without, FOUR + HOUR)).toMatchObject([
      { payload: { id: `${id}-occupancy-4`, phase: 'end' } },
    ]);
  });

  it('resets each day, once, also late: what went through since counts; a correction after it stands', async () => {
    const { cameras, id } = file('resetAt: "04:00", resetTo: 2');
    await go(id, 30, 'in', FOUR - HOUR);
    await go(id, 4, 'in', FOUR + HOUR);
    await go(id, 1, 'out', FOUR);
    await run(cameras, FOUR + 3 * HOUR);
    await run(cameras, FOUR + 4 * HOUR);
    const ports = portsOf(cameras);
    const marks = () => ports.occupancy.marks({ areaId: id, limit: 9 });
    expect(await marks()).toEqual([
      {
        ...{ id: `${id}+${FOUR}`, areaId: id, at: FOUR, kind: 'reset', value: 2 },
        ...{ counted: 30, crossings: 30, by: 'job/occupancy' },
      },
    ]);
    const ctx = testContext(ports, { now: () => FOUR + 5 * HOUR });
    expect(await runJob(occupancy, handle, { area: id }, ctx)).toEqual({
      outcome: 'done',
      result: { inside: { [id]: 5 } },
    });
    expect(await ports.audit.list({ subject: `area/${id}`, limit: 9 })).toMatchObject([
      { actor: 'job/occupancy', action: 'area.reset', detail: { before: 30, after: 2 } },
    ]);
    const next = FOUR + 24 * HOUR;
    const correction = { id: `c-${id}`, areaId: id, at: next + 1, kind: 'correction', by: 'x' } as const;
    await ports.occupancy.addMark({ ...correction, value: 9, counted: 5, crossings: 0 });
    await run(cameras, next + HOUR);
    expect((await marks()).map(({ kind }) => kind)).toEqual(['correction', 'reset']);
  });

  it('carries the count of an area that is never reset on, and nothing changes when old events go', async () => {
    const { cameras, id } = file('capacity: 9');
    await go(id, 5, 'in', FOUR - 48 * HOUR);
    await go(id, 2, 'out', FOUR - HOUR);
    await run(cameras, FOUR);
    await createEventStore(database).removeBefore(FOUR - 24 * HOUR, new AbortController().signal);
    const ctx = testContext(portsOf(cameras), { now: () => FOUR + 1000 });
    expect(await runJob(occupancy, handle, { area: id }, ctx)).toMatchObject({
      result: { inside: { [id]: 3 } },
    });
    const [mark] = await createOccupancyStore(database).marks({ areaId: id, limit: 2 });
    expect(mark).toMatchObject({ kind: 'carry', at: FOUR - 6 * HOUR, value: 5, crossings: 5 });
  });

  it('has nothing to do without areas, or for one that is gone', async () => {
    const cameras = createCameras(parseCameraFile('cameras: []', 'test', {}));
    const ctx = testContext(portsOf(cameras));
    expect(await runJob(occupancy, handle, {}, ctx)).toMatchObject({
      outcome: 'skipped',
      why: 'there are no areas',
    });
    expect(await runJob(occupancy, handle, { area: 'gone' }, ctx)).toMatchObject({
      why: 'there is no area gone',
    });
  });

  it('killed before or after any of its steps it does them again, each alert and reset once', async () => {
    // Reset (its audit entry, its mark), count, alert, state.
    let kills = 0;
    for (let at = 0; ; at += 1) {
      const { cameras, id } = file('resetAt: "04:00", threshold: { above: 2 }');
      await go(id, 3, 'in', FOUR + 1);
      const enqueued: FollowUp[] = [];
      const killedAt = async (step: number): Promise<boolean> => {
        let steps = 0;
        const killer = <T extends object>(port: T): T =>
          new Proxy(port, {
            get: (target, name) => {
              const method: unknown = Reflect.get(target, name);
              if (typeof method !== 'function') return method;
              return async (...args: unknown[]): Promise<unknown> => {
                if (steps++ === step) throw new Error('killed before');
                const result: unknown = await Reflect.apply(method, target, args);
                if (steps++ === step) throw new Error('killed after');
                return result;
              };
            },
          });
        const { events, occupancy: store, audit } = portsOf(cameras);
        const ports = { cameras, events: killer(events), occupancy: killer(store), audit: killer(audit) };
        const ctx = testContext(ports, {
          now: () => FOUR + HOUR + step,
          onEnqueue: () => {
            if (steps++ === step) throw new Error('killed before');
          },
        });
        const error = await runJob(occupancy, handle, { area: id }, ctx).catch((thrown: unknown) => thrown);
        enqueued.push(...ctx.followUps);
        return error instanceof Error && error.message.startsWith('killed');
      };
      const wasKilled = await killedAt(at);
      await killedAt(-1);
      await killedAt(-1);
      const ports = portsOf(cameras);
      expect(new Set(enqueued.map((job) => job.id))).toEqual(new Set([`alert-${id}-occupancy-1`]));
      expect(await ports.occupancy.state(id)).toMatchObject({ isOver: true, said: 1 });
      expect(await ports.occupancy.marks({ areaId: id, limit: 9 })).toHaveLength(1);
      expect(await ports.audit.list({ subject: `area/${id}`, limit: 9 })).toHaveLength(1);
      if (!wasKilled) break;
      kills += 1;
    }
    expect(kills).toBeGreaterThanOrEqual(15);
  });
});
