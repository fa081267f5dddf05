import { handle } from '../../jobs/alert/handler.js';
import { alert } from '../../jobs/alert/job.js';
import { NotReadyError, PermanentError } from '../../src/errors.js';
import type { Ports } from '../../src/ports.js';
import { type AlertWorld, type AlertWorldOptions, openAlertWorld } from '../support/alert-world.js';
import { runJob, testContext } from '../support/job-context.js';
import { passage } from '../support/passages.js';

const AT = 1_795_251_600_000;
const payload = {
  id: 'gate-1-intrusion-7',
  cameraId: 'gate-1',
  kind: 'intrusion',
  subject: 'yard',
  at: AT,
  summary: 'người trong sân',
};
/** Two rounds of two steps for intrusions, nobody for unknown plates, everybody for all else. */
const alerting = {
  policies: [{ id: 'night', steps: [{ to: ['guard'] }, { to: ['*'], afterS: 120 }], repeat: 1 }],
  routes: [
    { when: { kinds: ['intrusion'] }, policy: 'night' },
    { when: { kinds: ['plate-unknown'] }, policy: 'none' },
  ],
};

let world: AlertWorld;
const reopen = async (options: AlertWorldOptions): Promise<void> => {
  await world.close();
  world = await openAlertWorld(options);
};
beforeEach(async () => {
  world = await openAlertWorld({ alerting });
});
afterEach(() => world.close());

/** Handles an alert `laterMs` after AT, and says how that ended and what was enqueued. */
async function tell(given: object = {}, laterMs = 0) {
  const ctx = testContext(world.ports, { now: () => AT + laterMs });
  const outcome = await runJob(alert, handle, { ...payload, ...given }, ctx);
  return { outcome, steps: ctx.followUps.map(({ id, delayMs = 0 }) => [id, delayMs]) };
}
const states = async (): Promise<string[]> =>
  (await world.ports.incidents.list({ limit: 99 })).map(({ key, state }) => `${key} ${state}`).reverse();

it('opens an incident and asks for the steps of its policy, each when it is due', async () => {
  const { outcome, steps } = await tell({}, 30_000);
  expect(outcome).toEqual({
    outcome: 'done',
    result: {
      ...{ incidentId: payload.id, number: 1, opened: true, raised: false },
      ...{ severity: 'warning', policy: 'night' },
    },
  });
  expect(steps).toEqual([
    [`${payload.id}+0`, 0],
    [`${payload.id}+1`, 120_000],
    [`${payload.id}+2`, 720_000],
    [`${payload.id}+3`, 840_000],
  ]);
});

it('run again later, it asks for the same steps at the same time', async () => {
  await tell();
  expect((await tell({}, 130_000)).steps.map(([, delayMs]) => delayMs)).toEqual([0, 0, 590_000, 710_000]);
});

it('what comes within the cooldown belongs to it and wakes nobody; another zone is another incident', async () => {
  await tell();
  const { outcome, steps } = await tell({ id: 'b', at: AT + 59_999 });
  expect(outcome).toMatchObject({ outcome: 'done', result: { number: 1, opened: false } });
  expect(steps).toEqual([]);
  expect((await tell({ id: 'c', subject: 'road' })).outcome).toMatchObject({ result: { number: 2 } });
  expect((await tell({ id: 'd', at: AT + 120_000 })).outcome).toMatchObject({ result: { number: 3 } });
  expect((await tell({ id: 'e', at: AT + 120_000, cooldown: false })).outcome).toMatchObject({
    result: { number: 4 },
  });
});

it('without recipients and routes the plan stands all the same: the steps say that nobody was there', async () => {
  await reopen({ recipients: [] });
  expect((await tell()).steps).toEqual([[`${payload.id}+0`, 0]]);
});

it('a route to nobody keeps the incident and tells nobody', async () => {
  const { outcome, steps } = await tell({ kind: 'plate-unknown' });
  expect(outcome).toMatchObject({ outcome: 'done', result: { opened: true, policy: 'none' } });
  expect(steps).toEqual([]);
});

it('severity is by the rules of the site; one that becomes worse is told at once', async () => {
  const night = { when: { time: '19:00-06:00' }, raise: 1 };
  await reopen({ alerting: { severity: [night, { when: { cameras: ['gate-2'] }, set: 'info' }] } });
  // AT is four in the afternoon.
  const noon = AT;
  const evening = AT + 3 * 3_600_000;
  expect((await tell({ id: 'a', cameraId: 'gate-2', at: evening })).outcome).toMatchObject({
    result: { severity: 'info' },
  });
  expect((await tell({ id: 'b', at: evening })).outcome).toMatchObject({ result: { severity: 'critical' } });
  expect((await tell({ id: 'c', at: noon })).outcome).toMatchObject({ result: { severity: 'warning' } });
  const { outcome, steps } = await tell({ id: 'd', at: noon + 1000, severity: 'critical' });
  expect(outcome).toMatchObject({ result: { incidentId: 'c', raised: true, severity: 'critical' } });
  expect(steps).toEqual([['c+raised', 0]]);
});

it('a storm is told instead of what it gathers, except of what is critical', async () => {
  await reopen({ alerting: { storm: { incidents: 2, withinS: 60 } } });
  expect((await tell({ id: 'a', subject: 'a' })).steps).toEqual([['a+0', 0]]);
  expect((await tell({ id: 'b', subject: 'b' })).steps).toEqual([['b+0', 0]]);
  const third = await tell({ id: 'c', subject: 'c' });
  const [storm] = await world.ports.incidents.list({ kind: 'storm', limit: 9 });
  expect(third.steps).toEqual([[`${storm?.id}+0`, 0]]);
  expect(third.outcome).toMatchObject({ result: { incidentId: 'c', opened: true } });
  // Run again, it asks for the storm again.
  expect(await tell({ id: 'c', subject: 'c' })).toEqual(third);
  expect((await tell({ id: 'd', subject: 'd' })).steps).toEqual([]);
  expect((await tell({ id: 'e', subject: 'e', severity: 'critical' })).steps).toEqual([['e+0', 0]]);
  // One of them becomes critical: nobody was told of it so far.
  expect((await tell({ id: 'f', subject: 'd', severity: 'critical' })).steps).toEqual([
    ['d+0', 0],
    ['d+raised', 0],
  ]);
});

it('refuses a camera that there is not, for good; what is about the system needs none', async () => {
  await expect(tell({ cameraId: 'ghost' })).rejects.toThrow(PermanentError);
  expect(await world.ports.incidents.alerts({ limit: 9 })).toEqual([]);
  const disk = { cameraId: 'system', kind: 'disk-low-data', subject: undefined };
  expect((await tell({ ...disk, id: 'a' })).outcome).toMatchObject({ result: { number: 1 } });
  expect((await tell({ ...disk, id: 'b', at: AT + 59_999 })).outcome).toMatchObject({
    result: { number: 1 },
  });
});

describe('an alert that does not count', () => {
  const polygon: [number, number][] = [
    [0, 0],
    [1, 0],
    [1, 1],
  ];
  const armed = {
    ...{ id: 'gate-1', source: 'x.mp4', alerts: { schedule: '18:00-06:00' } },
    zones: [{ id: 'yard', polygon, schedule: '22:00-05:00' }],
  };

  it('is kept with the reason, and stays what it was when it is handled again', async () => {
    await reopen({ alerting, cameras: [armed] });
    const first = await tell();
    expect(first.outcome).toEqual({
      outcome: 'skipped',
      why: expect.stringMatching(/^outside the hours .*18:00-06:00/) as string,
    });
    expect(first.steps).toEqual([]);
    expect(await world.ports.incidents.getAlert(payload.id)).toMatchObject({
      state: 'suppressed',
      reason: expect.stringContaining('18:00-06:00') as string,
    });
    expect(await world.trail(`alert/${payload.id}`)).toEqual(['alert.suppressed']);
    expect(await tell()).toEqual(first);
    expect((await tell({ id: 'eight', at: AT + 4 * 3_600_000 })).outcome).toMatchObject({
      why: expect.stringContaining('22:00-05:00') as string,
    });
    expect(await states()).toEqual([]);
    // The camera itself is never out of hours.
    expect((await tell({ id: 'd', kind: 'camera-down' })).outcome.outcome).toBe('done');
  });

  const work = { from: AT - 1000, to: AT + 3_600_000, by: 'user:an', reason: 'new lens' };

  it('happened during maintenance; one that had been accepted before goes on', async () => {
    await tell({ id: 'before' });
    await world.ports.maintenances.begin({ ...work, cameraId: 'gate-1' });
    expect((await tell({ id: 'before' })).steps).toHaveLength(4);
    expect((await tell({ subject: 'road' })).outcome).toEqual({
      outcome: 'skipped',
      why: 'maintenance by user:an: new lens',
    });
    expect((await tell({ id: 'x', cameraId: 'gate-2' })).outcome.outcome).toBe('done');
  });

  it.each([
    ['gate-1', 'camera-down', 'gate-1'],
    ['system', 'disk-low-data', undefined],
  ])('of %s, %s lasts longer than maintenance may: it waits for the end', async (cameraId, kind, of) => {
    const about = { cameraId, kind, subject: undefined };
    const { maintenances, incidents } = world.ports;
    const { id } = await maintenances.begin({ ...work, ...(of !== undefined && { cameraId: of }) });
    const waiting = (laterMs: number) => tell(about, laterMs).catch((error: unknown) => error);
    expect(await waiting(0)).toMatchObject({ retryAfterMs: 300_000 });
    expect(await waiting(3_500_000)).toMatchObject({ retryAfterMs: 100_000 });
    expect(await waiting(0)).toBeInstanceOf(NotReadyError);
    expect(await incidents.getAlert(payload.id)).toBeUndefined();
    await maintenances.end(id, AT + 60_000);
    expect((await tell(about, 61_000)).outcome).toMatchObject({ outcome: 'done' });
  });

  it('is over by now', async () => {
    const { states, reports } = world.ports;
    await states.putSource('gate-1', { status: 'ok', since: AT + 1000, pass: 1 });
    expect((await tell({ kind: 'camera-down' })).outcome).toEqual({
      outcome: 'skipped',
      why: 'over by now: the camera is ok since 2026-11-21T09:00:01.000Z',
    });
    // Decided once, also if it is down again by now: that is another alert.
    await states.putSource('gate-1', { status: 'retrying', since: AT + 5000, pass: 1 });
    expect((await tell({ kind: 'camera-down' })).outcome.outcome).toBe('skipped');
    const entry = { subject: 'disk/data', state: 'ok', since: AT + 2000, detail: '', measures: {} } as const;
    await reports.add({ at: AT + 2000, state: 'ok', entries: [{ ...entry, isAlerted: true }] });
    const disk = { id: 'disk', cameraId: 'system', kind: 'disk-low-data' };
    expect((await tell(disk, 9000)).outcome).toMatchObject({ outcome: 'skipped' });
    expect((await tell({ ...disk, id: 'e', at: AT + 3000 }, 9000)).outcome).toMatchObject({
      outcome: 'done',
    });
  });
});

describe('an end', () => {
  const end = { id: 'end', phase: 'end', severity: 'info', at: AT + 5000 } as const;

  it('ends the incident of its key and asks that those who were told hear of it', async () => {
    await tell();
    const { outcome, steps } = await tell(end, 5000);
    expect(outcome).toEqual({
      outcome: 'done',
      result: { incidentId: payload.id, number: 1, ended: true },
    });
    expect(steps).toEqual([[`${payload.id}+ended`, 0]]);
    expect(await states()).toEqual(['gate-1/intrusion/yard resolved']);
    // Cut off and run again; and the beginning as well: nobody is to be told any more.
    expect(await tell(end, 9000)).toEqual({ outcome, steps });
    expect((await tell()).steps).toEqual([]);
  });

  it('tells nobody where the site does not want that, or nobody was to be told', async () => {
    await tell({ kind: 'plate-unknown' });
    expect((await tell({ ...end, kind: 'plate-unknown' })).steps).toEqual([]);
    await reopen({ alerting: { tellEnd: false } });
    await tell();
    const { outcome, steps } = await tell(end);
    expect([outcome.outcome, steps]).toEqual(['done', []]);
  });

  it('of something of which nothing is open changes nothing, whatever the camera', async () => {
    expect((await tell(end)).outcome).toEqual({
      outcome: 'skipped',
      why: 'no incident of intrusion at gate-1 was open',
    });
    expect((await tell({ ...end, id: 'f', cameraId: 'removed' })).outcome.outcome).toBe('skipped');
    expect(await states()).toEqual([]);
  });
});

describe('plates', () => {
  const seen = async (id: string, given: Partial<Parameters<typeof passage>[0]> = {}) => {
    const { events, passages } = world.ports;
    await passages.put(passage({ id, ...given }));
    const event = { type: 'plate', id: `plate-${id}`, cameraId: 'gate-1', at: AT, passageId: id } as const;
    await events.add([{ ...event, verdict: 'accepted', p: 1, lists: [] }]);
  };
  const of = (id: string, more: object = {}) => ({
    ...{ id: `plate-${id}-plate-deny`, kind: 'plate-deny', eventId: `plate-${id}`, subject: undefined },
    ...more,
  });

  it('the same plate within the cooldown is one incident, another plate another; no text leaves SQL', async () => {
    await seen('a', { key: '30A33918' });
    await seen('b', { key: '30A33918' });
    await seen('c', { key: '29B12345' });
    const told = [await tell(of('a')), await tell(of('b')), await tell(of('c'))];
    expect(told.map(({ steps }) => steps.length)).toEqual([1, 0, 1]);
    const { incidents, audit } = world.ports;
    const all = await incidents.list({ limit: 9 });
    expect(all.map(({ subject }) => subject?.length)).toEqual([16, 16]);
    const outside = [told, all, await incidents.alerts({ limit: 9 }), await audit.list({ limit: 99 })];
    expect(JSON.stringify(outside)).not.toMatch(/30A|29B|339|1234/);
  });

  it('what people made of it counts; what could not be read is a subject of its own', async () => {
    await seen('a', { key: '30A33918' });
    await seen('b', { key: '30A33910', review: { text: '30A-339.18', key: '30A33918', by: 'an', at: AT } });
    await seen('c', { key: '30A33918', verdict: 'rejected' });
    await tell(of('a'));
    expect((await tell(of('b'))).steps).toEqual([]);
    await tell(of('c'));
    await tell(of('gone', { eventId: 'plate-gone' }));
    const subjects = (await world.ports.incidents.list({ limit: 9 })).map(({ subject }) => subject);
    expect(subjects).toEqual([undefined, 'c', expect.stringMatching(/^.{16}$/) as string]);
  });
});

// Every call to the world, broken once before and once after it took effect: what a kill between two lines does.
const CALLS = ['getAlert', 'accept', 'enqueue 1', 'enqueue 2', 'enqueue 4'];
it.each(CALLS.flatMap((call) => [['before', call] as const, ['after', call] as const]))(
  'cut off %s %s and run again, ends like a run that was not',
  async (when, call) => {
    const [name = '', nth = '1'] = call.split(' ');
    let calls = 0;
    const breaking = async <T>(of: string, work: () => Promise<T>): Promise<T> => {
      const hit = of === name && (calls += 1) === Number(nth);
      if (hit && when === 'before') throw new Error('cut off');
      const result = await work();
      if (hit) throw new Error('cut off');
      return result;
    };
    const { incidents } = world.ports;
    const breakable: Ports['incidents'] = {
      ...incidents,
      getAlert: (id) => breaking('getAlert', () => incidents.getAlert(id)),
      accept: (...given) => breaking('accept', () => incidents.accept(...given)),
    };
    const plain = testContext({ ...world.ports, incidents: breakable });
    const ctx: typeof plain = {
      ...plain,
      enqueue: (contract, given, options) =>
        breaking('enqueue', () => plain.enqueue(contract, given, options)),
    };
    await expect(runJob(alert, handle, payload, ctx)).rejects.toThrow('cut off');
    expect((await runJob(alert, handle, payload, ctx)).outcome).toBe('done');
    expect(plain.followUps.map(({ id }) => id)).toEqual([0, 1, 2, 3].map((step) => `${payload.id}+${step}`));
    expect(await world.trail()).toEqual(['incident.opened']);
    expect(await states()).toEqual(['gate-1/intrusion/yard open']);
  },
);
