import { createAuditLog } from '../../../../src/io/sql/audit-log.js';
import { createIncidentStore } from '../../../../src/io/sql/incident-store.js';
import type { Database } from '../../../../src/io/sql/schema.js';
import type { IncidentStore, NewDelivery } from '../../../../src/ports/alerting.js';
import { onBothDatabases } from '../../../support/databases.js';
import { anAlert, PLAN, RULES, T0 } from '../../../support/incidents.js';

const AN = 'person:an';
const never = new AbortController().signal;
const to = (recipient: string, channel: NewDelivery['channel'] = 'email'): NewDelivery => ({
  recipient,
  channel,
  otherChannels: ['sms'],
});

onBothDatabases('an incident', ({ open }) => {
  let database: Database;
  let store: IncidentStore;
  beforeEach(async () => {
    database = await open();
    store = createIncidentStore(database);
    await store.accept(anAlert('a', 0), RULES, PLAN, T0);
  });
  const trail = async (id = 'a') => {
    const entries = await createAuditLog(database).list({ subject: `incident/${id}`, limit: 99 });
    return entries.reverse().map(({ action, actor }) => `${action} by ${actor}`);
  };
  const idsOf = (found: readonly { readonly id: string }[] | undefined) => found?.map(({ id }) => id);

  it('writes down whom a step tells, once, in order; the first makes it notified', async () => {
    const told = await store.tell('a', 0, [to('binh'), to('an', 'push'), to('binh')], T0 + 5);
    expect(told).toEqual([
      {
        ...{ id: 'a+0+binh+email', number: 1, incidentId: 'a', occasion: 0, recipient: 'binh' },
        ...{ channel: 'email', otherChannels: ['sms'], severity: 'warning', state: 'pending', tries: 0 },
        ...{ createdAt: T0 + 5, updatedAt: T0 + 5 },
      },
      expect.objectContaining({ id: 'a+0+an+push', channel: 'push' }),
    ]);
    expect(await store.tell('a', 0, [to('chi')], T0 + 9)).toEqual(told);
    expect(await store.get('a')).toMatchObject({ state: 'notified', changedAt: T0 + 5 });
    expect(await store.overdue(T0 + 1e6, 9)).toEqual([{ incidentId: 'a', step: 1 }]);
    expect(await store.tell('a', 1, [to('binh')], T0 + 9)).toHaveLength(1);
    const entries = await createAuditLog(database).list({ action: 'incident.notified', limit: 9 });
    expect(entries.map(({ detail }) => detail)).toMatchObject([
      { occasion: 1 },
      {
        occasion: 0,
        to: [
          { recipient: 'binh', channel: 'email' },
          { recipient: 'an', channel: 'push' },
        ],
      },
    ]);
  });

  it('a step with nobody to tell is over, and tells nobody later', async () => {
    expect(await store.tell('a', 0, [], T0)).toEqual([]);
    expect(await store.tell('a', 0, [to('an')], T0)).toEqual([]);
    expect(await store.get('a')).toMatchObject({ state: 'open' });
    expect(await store.overdue(T0 + 1, 9)).toEqual([]);
  });

  it('nobody is told after somebody reacted, except that it is over', async () => {
    await store.tell('a', 0, [to('an')], T0);
    expect(await store.acknowledge('a', AN, T0 + 1)).toMatchObject({
      isNew: true,
      incident: { state: 'acknowledged', acknowledged: { by: AN, at: T0 + 1 } },
    });
    expect(await store.overdue(T0 + 1e6, 9)).toEqual([]);
    const steps = await database.db.selectFrom('incident_step').select('done_at').execute();
    expect(steps).toEqual([{ done_at: T0 }, { done_at: T0 + 1 }]);
    expect(await store.tell('a', 1, [to('an')], T0 + 2)).toBeUndefined();
    expect(await store.tell('a', 'raised', [to('an')], T0 + 2)).toBeUndefined();
    expect(idsOf(await store.tell('a', 0, [to('an')], T0 + 2))).toEqual(['a+0+an+email']);
    await store.end(anAlert('end', 5), T0 + 3);
    expect(idsOf(await store.tell('a', 'ended', [to('an')], T0 + 4))).toEqual(['a+ended+an+email']);
    expect(await store.get('a')).toMatchObject({ state: 'resolved' });
    expect(await store.tell('ghost', 0, [to('an')], T0)).toBeUndefined();
  });

  it('is acknowledged and resolved once; states only go on', async () => {
    expect(await store.acknowledge('a', AN, T0 + 1)).toMatchObject({ isNew: true });
    expect(await store.acknowledge('a', 'key/x', T0 + 2)).toMatchObject({
      ...{ isNew: false, incident: { acknowledged: { by: AN } } },
    });
    expect(await store.resolve('a', 'key/x', T0 + 3)).toMatchObject({
      ...{ isNew: true, incident: { state: 'resolved', ended: { by: 'key/x', at: T0 + 3 } } },
    });
    expect(await store.resolve('a', AN, T0 + 4)).toMatchObject({ isNew: false });
    expect(await store.acknowledge('a', AN, T0 + 5)).toMatchObject({ isNew: false });
    expect(await store.sweep(T0 + 1e9, 1)).toEqual([]);
    expect(await store.get('a')).toMatchObject({ state: 'resolved', changedAt: T0 + 3 });
    expect(await store.acknowledge('ghost', AN, T0)).toBeUndefined();
    expect(await trail()).toEqual([
      'incident.opened by job/alert',
      `incident.acknowledged by ${AN}`,
      'incident.resolved by key/x',
    ]);
  });

  it('is judged, again and also after its end; a false alarm ends it', async () => {
    const verdict = { isFalseAlarm: true, reason: 'xe 51G-123.45', by: AN, at: T0 + 1 };
    expect(await store.judge('a', verdict)).toMatchObject({ verdict, state: 'resolved', ended: { by: AN } });
    const other = { isFalseAlarm: false, by: 'key/x', at: T0 + 2 };
    const judged = await store.judge('a', other);
    expect([judged?.verdict, judged?.ended?.at]).toEqual([other, T0 + 1]);
    expect(await store.addNote('a', { at: T0 + 3, by: AN, text: 'xe 51G-123.45\u0000' })).toMatchObject({
      by: AN,
    });
    expect((await store.notes('a')).map(({ text }) => text)).toEqual(['xe 51G-123.45\uFFFD']);
    expect(await store.addNote('ghost', { at: 1, by: AN, text: 'x' })).toBeUndefined();
    expect((await trail()).slice(1)).toEqual([
      `incident.judged by ${AN}`,
      `incident.resolved by ${AN}`,
      'incident.judged by key/x',
      `incident.noted by ${AN}`,
    ]);
    expect(JSON.stringify(await createAuditLog(database).list({ limit: 99 }))).not.toContain('51G');
  });

  it('one that is real stays as it is', async () => {
    expect(await store.judge('a', { isFalseAlarm: false, by: AN, at: T0 })).toMatchObject({ state: 'open' });
  });

  it('expires when nobody reacted; what somebody took on does not', async () => {
    await store.accept(anAlert('b', 0, { cameraId: 'b' }), RULES, PLAN, T0);
    await store.accept(anAlert('c', 0, { cameraId: 'c' }), RULES, PLAN, T0 + 1);
    await store.tell('a', 0, [to('an')], T0);
    await store.acknowledge('b', AN, T0);
    expect(await store.sweep(T0 + RULES.expireMs - 1, 1)).toEqual([]);
    expect(await store.sweep(T0 + RULES.expireMs, 1)).toMatchObject([
      { id: 'a', state: 'expired', ended: { by: 'system' } },
    ]);
    expect(await store.sweep(T0 + RULES.expireMs, 1)).toEqual([]);
    expect(await store.counts()).toEqual({ open: 1, notified: 0, acknowledged: 1, resolved: 0, expired: 1 });
    expect(await trail()).toContain('incident.expired by job/incident-sweep');
  });

  it('opened before the clock was set back it is counted from now: its steps come', async () => {
    const now = T0 - 86_400_000;
    expect(await store.sweep(now, 1)).toEqual([]);
    expect(await store.get('a')).toMatchObject({ openedAt: now });
    expect(await store.overdue(now + 120_001, 9)).toHaveLength(2);
    expect(await store.sweep(now + RULES.expireMs, 1)).toHaveLength(1);
    expect(await trail()).toContain('incident.clock-set-back by job/incident-sweep');
  });

  it('is found by what it is, page by page, newest first', async () => {
    const at = (id: string, atS: number, more: object) =>
      store.accept(anAlert(id, atS, more), RULES, PLAN, T0);
    await at('b', 100, { cameraId: 'gate-2' });
    await at('c', 200, { kind: 'loitering', severity: 'critical' });
    await store.acknowledge('b', AN, T0);
    const ids = async (filter: object) => idsOf(await store.list({ limit: 9, ...filter }));
    expect(await ids({})).toEqual(['c', 'b', 'a']);
    expect(await ids({ limit: 1 })).toEqual(['c']);
    expect(await ids({ before: 3 })).toEqual(['b', 'a']);
    expect(await ids({ cameraId: 'gate-1' })).toEqual(['c', 'a']);
    expect(await ids({ kind: 'loitering' })).toEqual(['c']);
    expect(await ids({ severity: 'warning' })).toEqual(['b', 'a']);
    expect(await ids({ states: ['open'] })).toEqual(['c', 'a']);
    expect(await ids({ states: [] })).toEqual([]);
    expect(await ids({ from: T0 + 100_000, to: T0 + 200_000 })).toEqual(['b']);
  });

  it('goes, with all that is about it, when it ended long ago; what is open stays', async () => {
    const later = T0 + 1000;
    await store.tell('a', 0, [to('an')], T0);
    await store.addNote('a', { at: T0, by: AN, text: 'x' });
    await store.accept(anAlert('a2', 1), RULES, PLAN, T0);
    for (const id of ['b', 'c', 'd']) await store.accept(anAlert(id, 0, { cameraId: id }), RULES, PLAN, T0);
    await store.suppress(anAlert('s', 0), 'x', T0);
    await store.suppress(anAlert('s2', 0), 'x', later);
    await store.resolve('a', AN, T0);
    await store.resolve('b', AN, later);
    await store.acknowledge('c', AN, T0);
    const stopped = AbortSignal.abort();
    expect(await store.removeBefore(later, stopped)).toBe(0);
    expect(await store.removeBefore(later, never)).toBe(4);
    expect(idsOf(await store.list({ limit: 9 }))).toEqual(['d', 'b']);
    expect(idsOf(await store.alerts({ limit: 9 }))).toEqual(['s2', 'd', 'b']);
    for (const table of ['delivery', 'incident_note'] as const)
      expect(await database.db.selectFrom(table).selectAll().execute()).toEqual([]);
    const steps = await database.db.selectFrom('incident_step').select('incident_id').distinct().execute();
    expect(steps.map((step) => step.incident_id).sort()).toEqual(['b', 'd']);
    expect(await store.removeBefore(later, never)).toBe(0);
    await store.accept(anAlert('n', 900), RULES, PLAN, T0);
    expect((await store.get('n'))?.number).toBe(5);
  });
});
