import type { Incident, MergeRules } from '../../../../src/domain/alerting/incident.js';
import { createAuditLog } from '../../../../src/io/sql/audit-log.js';
import { createIncidentStore } from '../../../../src/io/sql/incident-store.js';
import type { Database } from '../../../../src/io/sql/schema.js';
import type { Alert, IncidentStore } from '../../../../src/ports/alerting.js';
import { onBothDatabases } from '../../../support/databases.js';
import { anAlert, NOBODY, PLAN, RULES, T0 } from '../../../support/incidents.js';

const critical: Partial<Alert> = { severity: 'critical' };
const info: Partial<Alert> = { severity: 'info' };

/** [alert, capture time in s, the incident it belongs to, what it did, alert's fields], or something that is done. */
type Told = readonly [string, number, string, ('opened' | 'raised' | 'joined')?, Partial<Alert>?];
type Step = Told | ((store: IncidentStore, now: number) => Promise<unknown>);

/** Goes through a story, a second of wall clock for each step. @param story its name, where there are several */
async function live(
  store: IncidentStore,
  steps: readonly Step[],
  rules: MergeRules = RULES,
  story = '',
): Promise<void> {
  for (const [i, step] of steps.entries()) {
    const now = T0 + i * 1000;
    if (typeof step === 'function') {
      await step(store, now);
      continue;
    }
    const [id, atS, incident, did = id === incident ? 'opened' : 'joined', more] = step;
    const got = await store.accept(anAlert(id, atS, more), rules, PLAN, now);
    const gotDid = got.opened ? 'opened' : got.raised ? 'raised' : 'joined';
    expect([story, id, got.incident.id, gotDid]).toEqual([story, id, incident, did]);
    expect([id, got.alert.incidentId]).toEqual([id, incident]);
  }
}

const acknowledge =
  (id: string): Step =>
  (store, now) =>
    store.acknowledge(id, 'person:an', now);
const resolve =
  (id: string): Step =>
  (store, now) =>
    store.resolve(id, 'person:an', now);
const falseAlarm =
  (id: string): Step =>
  (store, at) =>
    store.judge(id, { isFalseAlarm: true, reason: 'con mèo', by: 'person:an', at });
const over =
  (id: string, atS: number, more?: Partial<Alert>): Step =>
  (store, now) =>
    store.end(anAlert(id, atS, more), now);
const expire: Step = (store) => store.sweep(T0 + RULES.expireMs, 1000);

const actionsOf = async (database: Database, subject: string): Promise<string[]> =>
  (await createAuditLog(database).list({ subject, limit: 99 })).map(({ action }) => action).reverse();

async function clear(store: IncidentStore): Promise<void> {
  await store.sweep(T0 + 1e9, 1000);
  for (const { id } of await store.list({ states: ['acknowledged'], limit: 99 }))
    await store.resolve(id, 'person:an', T0);
  await store.removeBefore(1e14, new AbortController().signal);
  expect(await store.alerts({ limit: 9 })).toEqual([]);
}

const STORIES: readonly [string, readonly Step[], MergeRules?][] = [
  [
    'what is nearer than the cooldown joins',
    [
      ['a', 0, 'a'],
      ['b', 59.999, 'a'],
    ],
  ],
  [
    'what is as far as the cooldown does not',
    [
      ['a', 0, 'a'],
      ['b', 60, 'b'],
    ],
  ],
  [
    'the same moment joins',
    [
      ['a', 0, 'a'],
      ['b', 0, 'a'],
    ],
  ],
  [
    'what was captured before and comes late joins',
    [
      ['b', 90, 'b'],
      ['a', 31, 'b'],
      ['c', -28, 'b'],
    ],
  ],
  [
    'what was captured long before does not',
    [
      ['b', 90, 'b'],
      ['a', 30, 'a'],
    ],
  ],
  [
    'the cooldown runs on with each alert',
    [
      ['a', 0, 'a'],
      ['b', 50, 'a'],
      ['c', 100, 'a'],
    ],
  ],
  [
    'the nearest takes it',
    [
      ['a', 0, 'a'],
      ['b', 100, 'b'],
      ['c', 55, 'b'],
      ['d', 20, 'a'],
      ['e', 37, 'a'],
    ],
  ],
  [
    'other cameras, kinds and subjects are other things',
    [
      ['a', 0, 'a'],
      ['b', 0, 'b', 'opened', { cameraId: 'gate-2' }],
      ['c', 0, 'c', 'opened', { kind: 'loitering' }],
      ['d', 0, 'd', 'opened', { subject: 'yard' }],
      ['e', 0, 'd', 'joined', { subject: 'yard' }],
    ],
  ],
  [
    'what goes on for longer than an incident may becomes another one',
    [...Array.from({ length: 11 }, (_, i) => [`a${i}`, i * 59.9, 'a0'] as Told), ['b', 620, 'b']],
  ],
  [
    'a capture time far ahead does not swallow what comes after',
    [
      ['a', 0, 'a'],
      ['x', 1e9, 'x'],
      ['b', 30, 'a'],
      ['c', 200, 'c'],
      over('end', 2e9),
      ['y', 1.5e9, 'y'],
      ['d', 201, 'd'],
    ],
  ],
  [
    'what is more severe raises it, once',
    [
      ['a', 0, 'a'],
      ['b', 1, 'a', 'raised', critical],
      ['c', 2, 'a'],
    ],
  ],
  [
    'what is more severe again opens another, that goes on',
    [
      ['a', 0, 'a', 'opened', info],
      ['b', 1, 'a', 'raised'],
      ['c', 2, 'c', 'opened', critical],
      ['d', 3, 'c', 'joined', critical],
      ['e', 1, 'a', 'joined'],
    ],
  ],
  ['what comes after an acknowledgement joins silently', [['a', 0, 'a'], acknowledge('a'), ['b', 1, 'a']]],
  [
    'unless it is more severe',
    [['a', 0, 'a'], acknowledge('a'), ['b', 1, 'b', 'opened', critical], ['c', 2, 'b', 'joined']],
  ],
  [
    'what comes after people ended it joins silently, while it is near',
    [['a', 0, 'a'], resolve('a'), ['b', 59, 'a'], ['c', 118, 'a'], ['d', 178, 'd']],
  ],
  [
    'what comes after a false alarm joins silently, unless it is more severe',
    [['a', 0, 'a'], falseAlarm('a'), ['b', 59, 'a'], ['c', 60, 'c', 'opened', critical]],
  ],
  [
    'what comes after its own end is another one',
    [['a', 0, 'a'], over('a-end', 10), ['b', 11, 'b'], over('b-end', 12), ['c', 13, 'c']],
  ],
  [
    'what comes late, from before its own end, joins',
    [['a', 0, 'a'], over('a-end', 10), ['b', 10, 'a'], ['c', -59, 'a']],
  ],
  ['what comes after it expired is another one', [['a', 0, 'a'], expire, ['b', 1, 'b']]],
  [
    'without a cooldown each is of its own',
    [
      ['a', 0, 'a'],
      ['b', 0, 'b'],
      ['c', 1, 'c'],
    ],
    { ...RULES, cooldownMs: 0 },
  ],
];

onBothDatabases('accepting an alert', ({ open }) => {
  it('opens an incident with the alert as its first, its steps due from now, an entry in the trail', async () => {
    const database = await open();
    const store = createIncidentStore(database);
    const given = anAlert('a', -5, {
      ...{ subject: 'yard', eventId: 'e', snapshot: 'gate-1/a.jpg', summary: 'x\u0000y' },
    });
    const got = await store.accept(given, RULES, PLAN, T0);
    const incident: Incident = {
      ...{ id: 'a', number: 1, key: 'gate-1/intrusion/yard', cameraId: 'gate-1', kind: 'intrusion' },
      ...{ subject: 'yard', severity: 'warning', state: 'open', firstAt: T0 - 5000, lastAt: T0 - 5000 },
      ...{ openedAt: T0, changedAt: T0, alerts: 1, summary: 'x\uFFFDy', eventId: 'e' },
      ...{ snapshot: 'gate-1/a.jpg', plan: PLAN, isFlapping: false },
    };
    const alert = { ...given, summary: 'x\uFFFDy', state: 'accepted', incidentId: 'a', createdAt: T0 };
    expect(got).toEqual({ alert, incident, opened: true, raised: false });
    expect(await store.get('a')).toEqual(incident);
    expect(await store.byNumber(1)).toEqual(incident);
    expect(await store.getAlert('a')).toEqual(alert);
    expect(await store.overdue(T0 + 120_001, 9)).toEqual([
      { incidentId: 'a', step: 0 },
      { incidentId: 'a', step: 1 },
    ]);
    expect(await store.overdue(T0 + 120_000, 9)).toHaveLength(1);
    expect(await createAuditLog(database).list({ subject: 'incident/a', limit: 9 })).toMatchObject([
      { at: T0, actor: 'job/alert', action: 'incident.opened', detail: { number: 1, policy: 'guards' } },
    ]);
  });

  it('joins or opens as the rules say', async () => {
    // One database for all stories: making one takes longer than they do.
    const store = createIncidentStore(await open());
    for (const [story, steps, rules] of STORIES) {
      await live(store, steps, rules, story);
      await clear(store);
    }
  });

  it('counts its alerts, spans them, and says what it was raised to', async () => {
    const database = await open();
    const store = createIncidentStore(database);
    await live(store, [
      ['a', 0, 'a'],
      ['b', -30, 'a'],
      ['c', 30, 'a', 'raised', critical],
      ['d', 10, 'a'],
    ]);
    expect(await store.get('a')).toMatchObject({
      ...{ alerts: 4, firstAt: T0 - 30_000, lastAt: T0 + 30_000, severity: 'critical', changedAt: T0 + 3000 },
    });
    expect((await store.alerts({ incidentId: 'a', limit: 9 })).map(({ id }) => id)).toEqual('cdab'.split(''));
    expect(await actionsOf(database, 'incident/a')).toEqual(['incident.opened', 'incident.raised']);
    expect(await store.overdue(T0 + 2001, 9)).toEqual([
      { incidentId: 'a', step: 0 },
      { incidentId: 'a', step: 'raised' },
    ]);
  });

  it('asked again it gives the first answer, whatever else has happened', async () => {
    const store = createIncidentStore(await open());
    const steps: Told[] = [
      ['a', 0, 'a'],
      ['b', 1, 'a', 'raised', critical],
      ['c', 2, 'a'],
    ];
    await live(store, steps);
    await store.resolve('a', 'person:an', T0);
    await live(store, steps, { ...RULES, cooldownMs: 0 });
    expect(await store.get('a')).toMatchObject({ alerts: 3, state: 'resolved' });
  });

  it('does not let what people must be told of vanish in what they are not told of', async () => {
    const store = createIncidentStore(await open());
    await store.accept(anAlert('a', 0), RULES, NOBODY, T0);
    expect(await store.accept(anAlert('b', 1), RULES, NOBODY, T0)).toMatchObject({ incident: { id: 'a' } });
    expect(await store.accept(anAlert('c', 2), RULES, PLAN, T0)).toMatchObject({ opened: true });
    expect(await store.accept(anAlert('d', 3), RULES, NOBODY, T0)).toMatchObject({ incident: { id: 'c' } });
    expect(await store.overdue(T0 + 1, 9)).toEqual([{ incidentId: 'c', step: 0 }]);
  });

  it('keeps a suppressed alert, once, with its reason; it belongs to no incident', async () => {
    const database = await open();
    const store = createIncidentStore(database);
    const stored = await store.suppress(anAlert('a', 0), 'bảo trì', T0);
    expect(stored).toMatchObject({ state: 'suppressed', reason: 'bảo trì', createdAt: T0 });
    expect(await store.suppress(anAlert('a', 0), 'other', T0 + 9)).toEqual(stored);
    await expect(store.accept(anAlert('a', 0), RULES, PLAN, T0)).rejects.toThrow(
      'alert a belongs to no incident: bảo trì',
    );
    expect(await store.accept(anAlert('b', 1), RULES, PLAN, T0)).toMatchObject({ opened: true });
    expect(await store.suppress(anAlert('b', 1), 'late', T0)).toMatchObject({ state: 'accepted' });
    expect(await actionsOf(database, 'alert/a')).toEqual(['alert.suppressed']);
    expect(await actionsOf(database, 'alert/b')).toEqual([]);
    expect((await store.alerts({ limit: 9 })).map(({ id }) => id)).toEqual(['b', 'a']);
    expect(await store.alerts({ cameraId: 'gate-2', limit: 9 })).toEqual([]);
  });
});

onBothDatabases('the end of what happened', ({ open }) => {
  it('resolves what is open, and gives the same answer again', async () => {
    const database = await open();
    const store = createIncidentStore(database);
    await live(store, [['a', 0, 'a']]);
    const ended = await store.end(anAlert('a-end', 90), T0 + 90_000);
    expect(ended).toMatchObject({
      alert: { state: 'accepted', incidentId: 'a' },
      incident: { id: 'a', state: 'resolved', alerts: 1, lastAt: T0 + 90_000 },
    });
    expect(ended.incident?.ended).toEqual({ by: 'event', at: T0 + 90_000 });
    await live(store, [['b', 91, 'b']]);
    expect(await store.end(anAlert('a-end', 90), T0 + 95_000)).toEqual(ended);
    expect(await store.get('b')).toMatchObject({ state: 'open' });
    expect(await store.overdue(T0 + 1e6, 9)).toHaveLength(2);
    expect(await actionsOf(database, 'incident/a')).toEqual(['incident.opened', 'incident.resolved']);
  });

  it('is kept where nothing is open, and does not end what began later', async () => {
    const store = createIncidentStore(await open());
    await live(store, [['b', 100, 'b']]);
    for (const more of [{}, { cameraId: 'gate-2' }, { subject: 'yard' }]) {
      const id = `end-${JSON.stringify(more).replaceAll(/\W/g, '')}`;
      const { alert, incident } = await store.end(anAlert(id, 99, more), T0);
      expect([alert.state, alert.reason, incident]).toEqual([
        'suppressed',
        'the end of something of which no incident was open',
        undefined,
      ]);
    }
    expect(await store.counts()).toMatchObject({ open: 1, resolved: 0 });
  });

  it('ends all that is open of its key: what was acknowledged, and what became more severe after', async () => {
    const store = createIncidentStore(await open());
    await live(store, [['a', 0, 'a'], acknowledge('a'), ['b', 1, 'b', 'opened', critical]]);
    expect(await store.end(anAlert('x', 5), T0)).toMatchObject({ incident: { id: 'b' } });
    expect(await store.counts()).toMatchObject({ open: 0, acknowledged: 0, resolved: 2 });
  });
});

onBothDatabases('flapping', ({ open }) => {
  const rules = { ...RULES, cooldownMs: 1000, flapping: { incidents: 3, withinMs: 300_000 } };
  const onOff = (n: number, everyS: number): Step[] =>
    Array.from({ length: n }, (_, i): Step[] => [
      [`a${i}`, i * everyS, i < 2 ? `a${i}` : 'a2'],
      over(`a${i}-end`, i * everyS + 2),
    ]).flat();

  it('makes no more incidents than it may; the last goes on until it rests, whatever ends in between', async () => {
    const database = await open();
    const store = createIncidentStore(database);
    await live(store, onOff(6, 20), rules);
    expect(
      (await store.list({ limit: 9 })).map(({ id, state, isFlapping }) => [id, state, isFlapping]),
    ).toEqual([
      ['a2', 'open', true],
      ['a1', 'resolved', false],
      ['a0', 'resolved', false],
    ]);
    expect(await store.end(anAlert('a5-end', 102), T0)).toEqual({
      alert: expect.objectContaining({ incidentId: 'a2', state: 'accepted' }) as unknown,
    });
    expect(await actionsOf(database, 'incident/a2')).toEqual(['incident.opened', 'incident.flapping']);
    const heardAt = T0 + 11_000;
    expect(await store.sweep(heardAt + 299_999, 1000)).toEqual([]);
    expect(await store.sweep(heardAt + 300_000, 1000)).toMatchObject([
      { id: 'a2', state: 'resolved', ended: { by: 'event' }, alerts: 4 },
    ]);
    await live(store, [['b', 402, 'b']], rules);
    expect((await store.get('b'))?.isFlapping).toBe(false);
  });

  it('takes nothing after it rested, and stays until people react while its last word is no end', async () => {
    const store = createIncidentStore(await open());
    await live(store, [...onOff(3, 20), ['x', 342, 'x']], rules);
    await live(store, [['late', 300, 'a2']], rules);
    expect((await store.sweep(T0 + 1_000_000, 1000)).map(({ id }) => id)).toEqual([]);
    expect(await store.get('a2')).toMatchObject({ state: 'open', alerts: 2 });
  });

  it('ended by people it is told anew, as flapping at once; so is one that had become too long', async () => {
    const store = createIncidentStore(await open());
    await live(store, [...onOff(3, 20), resolve('a2'), ['b', 60, 'b']], rules);
    expect((await store.get('b'))?.isFlapping).toBe(true);
    await live(
      store,
      [
        ['c', 359, 'b'],
        ['d', 655, 'b'],
        ['e', 661, 'e'],
      ],
      rules,
    );
    expect((await store.get('e'))?.isFlapping).toBe(true);
  });

  it('alerts without a cooldown do not flap', async () => {
    const store = createIncidentStore(await open());
    await live(
      store,
      Array.from({ length: 6 }, (_, i): Step => [`a${i}`, i, `a${i}`]),
      { ...rules, cooldownMs: 0 },
    );
    expect((await store.list({ limit: 9 })).some(({ isFlapping }) => isFlapping)).toBe(false);
  });
});
