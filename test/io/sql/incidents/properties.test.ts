import fc from 'fast-check';
import { type Incident, type MergeRules, type Plan } from '../../../../src/domain/alerting/incident.js';
import { createAuditLog } from '../../../../src/io/sql/audit-log.js';
import { createIncidentStore } from '../../../../src/io/sql/incident-store.js';
import type { Database } from '../../../../src/io/sql/schema.js';
import type { Accepted, Alert, IncidentStore } from '../../../../src/ports/alerting.js';
import { onBothDatabases } from '../../../support/databases.js';
import { anAlert, NOBODY, PLAN, RULES, T0 } from '../../../support/incidents.js';

const LEVELS = ['info', 'warning', 'critical'] as const;
const RANK = { open: 0, notified: 1, acknowledged: 2, resolved: 3, expired: 3 } as const;

interface Act {
  readonly what: 'alert' | 'repeat' | 'end' | 'acknowledge' | 'resolve' | 'tell' | 'sweep';
  readonly camera: number;
  readonly atS: number;
  readonly level: 0 | 1 | 2;
  readonly cooldown: boolean;
  readonly isTold: boolean;
  readonly pick: number;
}

const act: fc.Arbitrary<Act> = fc.record({
  what: fc.oneof(
    { weight: 8, arbitrary: fc.constant('alert' as const) },
    { weight: 6, arbitrary: fc.constantFrom('repeat', 'end', 'acknowledge', 'resolve', 'tell', 'sweep') },
  ),
  camera: fc.nat(2),
  atS: fc.nat(600),
  level: fc.constantFrom(0, 1, 2),
  cooldown: fc.boolean(),
  isTold: fc.boolean(),
  pick: fc.nat(99),
});
const merging: fc.Arbitrary<MergeRules> = fc.record({
  cooldownMs: fc.constantFrom(20_000, 60_000),
  maxIncidentMs: fc.constantFrom(60_000, 300_000),
  expireMs: fc.constant(10_000),
  storm: fc.record({ incidents: fc.nat(3), withinMs: fc.constant(5000) }),
  flapping: fc.record({ incidents: fc.nat(3), withinMs: fc.constant(100_000) }),
});

/** What was done to one store, and what it answered. */
interface Play {
  readonly store: IncidentStore;
  readonly rules: MergeRules;
  readonly acts: readonly Act[];
  readonly name: string;
  readonly first: Map<string, Accepted>;
  readonly states: Map<string, Incident['state']>;
}

/** The i-th act, at the i-th second. */
async function play({ store, rules, acts, name, first }: Play, i: number): Promise<void> {
  const one = acts[i]!;
  const now = T0 + i * 1000;
  const alert = (at: number): [Alert, MergeRules, Plan] => {
    const { camera, atS, level, cooldown, isTold } = acts[at]!;
    return [
      anAlert(`${name}-${at}`, atS, { cameraId: `${name}-${camera}`, severity: LEVELS[level] }),
      { ...rules, ...(!cooldown && { cooldownMs: 0 }) },
      isTold ? PLAN : NOBODY,
    ];
  };
  const known = [...first.values()];
  const about = known[one.pick % Math.max(1, known.length)];
  if (one.what === 'alert') first.set(`${name}-${i}`, await store.accept(...alert(i), now));
  else if (one.what === 'end') await store.end(alert(i)[0], now);
  else if (one.what === 'sweep') await store.sweep(now, 5000);
  else if (!about) return;
  else if (one.what === 'repeat') {
    const again = await store.accept(...alert(Number(about.alert.id.split('-').at(-1))), now);
    expect({ ...again, incident: again.incident.id, storm: again.storm?.id }).toEqual({
      ...{ ...about, incident: about.incident.id, storm: about.storm?.id },
    });
  } else if (one.what === 'acknowledge') await store.acknowledge(about.incident.id, 'person:an', now);
  else if (one.what === 'resolve') await store.resolve(about.incident.id, 'person:an', now);
  else await store.tell(about.incident.id, 0, [{ recipient: 'an', channel: 'log', otherChannels: [] }], now);
}

/** States only go on; an end is an end. */
async function statesGoOn({ store, states, name }: Play): Promise<void> {
  for (const { id, key, state } of await store.list({ limit: 1000 })) {
    if (key !== 'storm' && !key.startsWith(`${name}-`)) continue;
    const before = states.get(id);
    if (before !== undefined && before !== state) {
      expect([id, before]).not.toEqual([id, expect.stringMatching(/resolved|expired/)]);
      expect(RANK[state]).toBeGreaterThan(RANK[before]);
    }
    states.set(id, state);
  }
}

async function everyAlertHasOneIncident(database: Database, { store, first }: Play): Promise<void> {
  const stored = await store.alerts({ limit: 1000 });
  const incidents = new Map((await store.list({ limit: 1000 })).map((one) => [one.id, one]));
  for (const { alert, incident } of first.values())
    expect(stored.filter(({ id }) => id === alert.id).map((one) => one.incidentId)).toEqual([incident.id]);
  const rows = await database.db.selectFrom('alert').select(['incident_id', 'effect', 'at']).execute();
  for (const { id, kind, alerts, firstAt, lastAt } of incidents.values()) {
    const isStorm = kind === 'storm';
    const own = rows.filter(({ incident_id: of, effect }) =>
      isStorm
        ? incidents.get(of ?? '')?.stormId === id && effect !== 'ended' && effect !== 'over'
        : of === id && effect !== 'ended' && effect !== 'over',
    );
    expect([id, alerts]).toEqual([id, own.length]);
    const times = own.map(({ at }) => at);
    expect([id, firstAt]).toEqual([id, Math.min(...times)]);
    expect(lastAt).toBeGreaterThanOrEqual(Math.max(...times));
    if (!isStorm) expect(own.filter(({ effect }) => effect === 'opened')).toHaveLength(1);
  }
}

onBothDatabases('incidents, whatever comes in whatever order', ({ open }) => {
  it('each alert belongs to one, counts match, states go on, the trail is whole', async () => {
    const database = await open();
    const store = createIncidentStore(database);
    let run = 0;
    await fc.assert(
      fc.asyncProperty(merging, fc.array(act, { minLength: 5, maxLength: 25 }), async (rules, acts) => {
        run += 1;
        const game: Play = { store, rules, acts, name: `r${run}`, first: new Map(), states: new Map() };
        for (const i of acts.keys()) {
          await play(game, i);
          await statesGoOn(game);
        }
        await everyAlertHasOneIncident(database, game);
        await store.sweep(T0 + 1e9, 1);
        for (const { id, state } of await store.list({ limit: 1000 }))
          if (state === 'acknowledged') await store.resolve(id, 'person:an', T0);
        await store.removeBefore(1e14, new AbortController().signal);
        expect(await store.list({ limit: 9 })).toEqual([]);
      }),
      { numRuns: 12 },
    );
    expect(await createAuditLog(database).verify()).toMatchObject({ isIntact: true });
  });

  it('one opens only where no other takes the alert', async () => {
    const database = await open();
    const store = createIncidentStore(database);
    const rules: MergeRules = {
      ...{ cooldownMs: 30_000, maxIncidentMs: 120_000, expireMs: 1e9 },
      ...{ storm: { incidents: 0, withinMs: 1 }, flapping: { incidents: 0, withinMs: 1 } },
    };
    let run = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(600), { minLength: 2, maxLength: 25 }), async (times) => {
        run += 1;
        // A model of it: spans, in the order in which they were opened.
        const spans: { from: number; to: number; id: string }[] = [];
        for (const [i, atS] of times.entries()) {
          const id = `m${run}-${i}`;
          const far = ({ from, to }: { from: number; to: number }) => Math.max(0, from - atS, atS - to);
          const taker = spans
            .filter((one) => far(one) < 30 && Math.max(one.to, atS) - Math.min(one.from, atS) <= 120)
            .sort((a, b) => far(a) - far(b) || spans.indexOf(b) - spans.indexOf(a))[0];
          const got = await store.accept(anAlert(id, atS, { cameraId: `m${run}` }), rules, PLAN, T0 + i);
          expect([i, got.incident.id]).toEqual([i, taker?.id ?? id]);
          if (!taker) spans.push({ from: atS, to: atS, id });
          else Object.assign(taker, { from: Math.min(taker.from, atS), to: Math.max(taker.to, atS) });
        }
      }),
      { numRuns: 15 },
    );
  });
});

onBothDatabases('incidents, when many are at them at once', ({ open, address }) => {
  it('alerts, some twice, through several connections: one incident each, no more than there are', async () => {
    const place = await address();
    const databases = await Promise.all([1, 2, 3].map(() => open(place)));
    const stores = databases.map(createIncidentStore);
    const rules: MergeRules = {
      ...{ cooldownMs: 60_000, maxIncidentMs: 600_000, expireMs: 1e9 },
      ...{ storm: { incidents: 2, withinMs: 60_000 }, flapping: { incidents: 0, withinMs: 1 } },
    };
    const given = Array.from({ length: 30 }, (_, i) => anAlert(`a${i}`, i, { cameraId: `cam-${i % 5}` }));
    const twice = [...given, ...given.filter((_, i) => i % 3 === 0)];
    const got = await Promise.all(twice.map((one, i) => stores[i % 3]!.accept(one, rules, PLAN, T0 + i)));
    const incidents = await stores[0]!.list({ limit: 99 });
    expect(incidents.filter(({ kind }) => kind === 'storm')).toHaveLength(1);
    expect(incidents).toHaveLength(6);
    expect(new Set(got.map(({ alert, incident }) => `${alert.id} ${incident.id}`)).size).toBe(30);
    const [storm] = incidents.filter(({ kind }) => kind === 'storm');
    expect(incidents.reduce((sum, { id, alerts }) => sum + (id === storm?.id ? 0 : alerts), 0)).toBe(30);
    expect(storm?.alerts).toBe(18);
    expect(await createAuditLog(databases[0]!).verify()).toMatchObject({ isIntact: true, entries: 6 });
  });

  it('of many who acknowledge one is the first, and of tellers all get the same', async () => {
    const place = await address();
    const stores = (await Promise.all([1, 2, 3].map(() => open(place)))).map(createIncidentStore);
    await stores[0]!.accept(anAlert('a', 0), RULES, PLAN, T0);
    const told = await Promise.all(
      stores.map((store, i) =>
        store.tell('a', 0, [{ recipient: `r${i}`, channel: 'log', otherChannels: [] }], T0),
      ),
    );
    expect(new Set(told.map((one) => JSON.stringify(one))).size).toBe(1);
    expect(told[0]).toHaveLength(1);
    const reacted = await Promise.all(stores.map((store, i) => store.acknowledge('a', `person:${i}`, T0)));
    expect(reacted.filter((one) => one?.isNew)).toHaveLength(1);
  });
});
