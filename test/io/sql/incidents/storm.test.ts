import type { MergeRules } from '../../../../src/domain/alerting/incident.js';
import { createIncidentStore } from '../../../../src/io/sql/incident-store.js';
import type { Accepted, Alert, IncidentStore } from '../../../../src/ports/alerting.js';
import { onBothDatabases } from '../../../support/databases.js';
import { anAlert, NOBODY, PLAN, RULES, T0 } from '../../../support/incidents.js';

const rules: MergeRules = { ...RULES, storm: { incidents: 3, withinMs: 60_000 } };

onBothDatabases('a storm', ({ open }) => {
  let store: IncidentStore;
  beforeEach(async () => {
    store = createIncidentStore(await open());
  });

  /** An incident on a camera of its own. @param atS wall clock and capture time, s after T0 */
  const arrive = (id: string, atS: number, more: Partial<Alert> = {}, plan = PLAN): Promise<Accepted> =>
    store.accept(anAlert(id, atS, { cameraId: `cam-${id}`, ...more }), rules, plan, T0 + atS * 1000);
  const arriveAll = async (ids: string, atS: number): Promise<void> => {
    for (const id of ids) await arrive(id, atS);
  };
  const stormOf = async (id: string): Promise<string | undefined> => (await store.get(id))?.stormId;

  it('is set off by the first incident above the limit, gathers it and what follows; it has its plan', async () => {
    await arriveAll('abc', 0);
    const d = await arrive('d', 10, { severity: 'info' });
    expect(d).toMatchObject({ opened: true, incident: { stormId: 'storm-d' } });
    expect(d.storm).toMatchObject({
      ...{ id: 'storm-d', kind: 'storm', cameraId: 'system', severity: 'info', plan: PLAN, alerts: 1 },
    });
    const e = await arrive('e', 20);
    expect([e.opened, e.incident.stormId, e.storm]).toEqual([true, 'storm-d', undefined]);
    await store.accept(anAlert('e2', 22, { cameraId: 'cam-e' }), rules, PLAN, T0 + 22_000);
    expect(await store.get('storm-d')).toMatchObject({ alerts: 3, severity: 'warning', lastAt: T0 + 22_000 });
    expect(await store.storm('storm-d')).toEqual({
      incidents: 2,
      cameras: [
        { cameraId: 'cam-e', alerts: 2 },
        { cameraId: 'cam-d', alerts: 1 },
      ],
    });
    const steps = await store.overdue(T0 + 1e6, 99);
    expect([...new Set(steps.map(({ incidentId }) => incidentId))].sort()).toEqual([
      'a',
      'b',
      'c',
      'storm-d',
    ]);
    expect((await arrive('d', 10)).storm?.id).toBe('storm-d');
    const ids = async (filter: object) => (await store.list({ limit: 9, ...filter })).map(({ id }) => id);
    expect(await ids({ stormId: 'storm-d' })).toEqual(['e', 'd']);
    expect(await ids({ isUngathered: true })).toEqual(['storm-d', 'c', 'b', 'a']);
  });

  it.each([
    ['acknowledged', (id: string) => store.acknowledge(id, 'person:an', T0)],
    ['resolved', (id: string) => store.resolve(id, 'person:an', T0)],
    ['resolved', (id: string) => store.judge(id, { isFalseAlarm: true, by: 'person:an', at: T0 })],
  ] as const)(
    'that is %s takes along what it gathered, but not what was told on its own',
    async (state, react) => {
      await arriveAll('abcd', 0);
      await arrive('e', 1);
      await arrive('f', 1, { severity: 'critical' });
      await react('storm-d');
      const states = await Promise.all(['storm-d', 'd', 'e', 'f', 'a'].map((id) => store.get(id)));
      expect(states.map((one) => one?.state)).toEqual([state, state, state, 'open', 'open']);
    },
  );

  it('goes on while something comes, ends when nothing did, and then counts anew', async () => {
    await arriveAll('abc', 0);
    await arrive('d', 10);
    await arrive('e', 69);
    await arrive('f', 128);
    expect(await stormOf('f')).toBe('storm-d');
    expect(await store.sweep(T0 + 187_999, 60_000)).toEqual([]);
    expect(await store.sweep(T0 + 188_000, 60_000)).toMatchObject([
      { id: 'storm-d', state: 'resolved', ended: { by: 'event' } },
    ]);
    await arriveAll('ghi', 189);
    expect(await stormOf('i')).toBeUndefined();
    expect((await arrive('j', 190)).storm?.id).toBe('storm-j');
    expect(await store.counts()).toMatchObject({ resolved: 1 });
  });

  it('does not gather what comes after it rested, though nobody has ended it yet', async () => {
    await arriveAll('abc', 0);
    await arrive('d', 10);
    await arrive('e', 71);
    expect(await stormOf('e')).toBeUndefined();
  });

  it('people are told of what is critical for itself, also when it becomes so', async () => {
    await arriveAll('abcd', 0);
    expect((await arrive('e', 1, { severity: 'critical' })).incident.stormId).toBe('storm-d');
    await arrive('f', 2, { severity: 'info' });
    expect((await arrive('f2', 3, { cameraId: 'cam-f' })).raised).toBe(false);
    const raised = await arrive('f3', 4, { cameraId: 'cam-f', severity: 'critical' });
    expect([raised.raised, raised.incident.id]).toEqual([true, 'f']);
    const steps = (await store.overdue(T0 + 1e6, 99)).filter(({ incidentId }) => 'ef'.includes(incidentId));
    expect(steps.map(({ incidentId, step }) => `${incidentId}${step}`).sort()).toEqual(
      ['e0', 'e1', 'f0', 'f1', 'fraised'].sort(),
    );
    expect(await store.get('storm-d')).toMatchObject({ severity: 'critical', state: 'open' });
  });

  it('incidents nobody is told of have no part in it', async () => {
    for (const id of 'uvwxyz') await arrive(id, 0, {}, NOBODY);
    await arriveAll('abc', 1);
    expect(await stormOf('c')).toBeUndefined();
    await arrive('d', 2);
    expect((await arrive('n', 3, {}, NOBODY)).incident.stormId).toBeUndefined();
  });

  it('that lasts for longer than an incident may is followed by another, that tells people again', async () => {
    await arriveAll('abcd', 0);
    for (let i = 1; i <= 12; i += 1) await arrive(`x${i}`, i * 50);
    expect(await stormOf('x12')).toBe('storm-d');
    expect((await arrive('y', 650)).storm?.id).toBe('storm-y');
    expect(await stormOf('y')).toBe('storm-y');
    expect((await store.sweep(T0 + 661_000, 60_000)).map(({ id }) => id)).toEqual(['storm-d']);
  });

  it('ended by people it gathers nothing: the next sets off another; nor does one from before the clock was set back', async () => {
    await arriveAll('abcd', 0);
    await arrive('e', -3600);
    expect(await stormOf('e')).toBeUndefined();
    await store.resolve('storm-d', 'person:an', T0);
    expect((await arrive('f', 1)).storm?.id).toBe('storm-f');
    expect(await store.get('storm-d')).toMatchObject({ alerts: 1 });
  });
});
