import fc from 'fast-check';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { isUnanswered } from '../../src/domain/alerting/incident.js';
import { createAuditLog } from '../../src/io/sql/audit-log.js';
import { createDeliveries } from '../../src/io/sql/deliveries.js';
import { createIncidentStore } from '../../src/io/sql/incident-store.js';
import type { Delivery } from '../../src/ports/alerting.js';
import { type AlertingRig, type GivenAlert, openAlertingRig } from '../support/alerting-rig.js';
import { onBothDatabases } from '../support/databases.js';
import { until } from '../support/system.js';
import type { Acceptance } from '../support/webhook-sink.js';

/** CAMQUEUE_ALERTS=10000 for the whole property; CAMQUEUE_SEED repeats a run that failed. */
const ALERTS = Number(process.env['CAMQUEUE_ALERTS'] ?? 250);
const SEED = Number(process.env['CAMQUEUE_SEED'] ?? Date.now() % 2 ** 31);
const AT_ONCE = 40;
const ALL = 1_000_000;
/** Ends with what is waited for; on a busy machine that takes its time. */
const PATIENCE_MS = 120_000 + ALERTS * 400;

jest.setTimeout(3 * PATIENCE_MS);

const CAMERAS = Array.from({ length: 8 }, (_, i) => `cam-${i}`);
const STEPS = [
  { afterS: 0, to: ['guard'] },
  { afterS: 2, to: ['chief', 'owner'] },
];
const cameraFile = (sinkUrl: string) => ({
  recipients: ['guard', 'chief', 'owner'].map((id) => ({
    id,
    webhook: { url: `${sinkUrl}/${id}`, secret: 's'.repeat(16) },
    maxPerHour: 1000,
  })),
  alerting: {
    policies: [{ id: 'watch', steps: STEPS }],
    routes: [
      { when: { severities: ['info' as const] }, policy: 'none' },
      { when: {}, policy: 'watch' },
    ],
    storm: { incidents: 0 },
    flapping: { incidents: 6 },
  },
  cameras: CAMERAS.map((id) => ({ id, source: 'x.mp4', alerts: { cooldownS: 20 } })),
});

/** What comes in next; capture times go on by `afterS`, and some alerts are late. */
const Happening = fc.record({
  what: fc.oneof(
    { weight: 16, arbitrary: fc.constant('begin' as const) },
    { weight: 1, arbitrary: fc.constant('end' as const) },
    { weight: 2, arbitrary: fc.constant('again' as const) },
  ),
  camera: fc.constantFrom(...CAMERAS),
  kind: fc.constantFrom('intrusion', 'loitering'),
  subject: fc.constantFrom('yard', 'gate'),
  severity: fc.constantFrom('info' as const, 'warning' as const, 'warning' as const, 'critical' as const),
  afterS: fc.double({ min: 0, max: 3, noNaN: true }),
  lateS: fc.oneof(fc.constant(0), fc.constant(0), fc.integer({ min: 1, max: 60 })),
  which: fc.nat(),
});

function alertsOf(seed: number, count: number): GivenAlert[] {
  const alerts: GivenAlert[] = [];
  let at = Date.now() - count * 2000;
  for (const [i, one] of fc.sample(Happening, { seed, numRuns: count }).entries()) {
    at += Math.round(one.afterS * 1000);
    const earlier = alerts[one.which % Math.max(alerts.length, 1)];
    if (one.what === 'again' && earlier) alerts.push(earlier);
    else
      alerts.push({
        ...{ id: `e-${i}`, cameraId: one.camera, kind: one.kind, subject: one.subject },
        ...{ severity: one.severity, at: at - one.lateS * 1000, summary: `happening ${i}` },
        ...{ phase: one.what === 'end' ? ('end' as const) : ('begin' as const) },
      });
  }
  return alerts;
}

interface Guard {
  /** What was acknowledged, and when that was over at the latest, epoch ms. */
  readonly acknowledged: ReadonlyMap<string, number>;
  stop(): Promise<void>;
}

/** Acknowledges one in four of the incidents that are open, for as long as alerts come in. */
function startAcknowledging(rig: AlertingRig): Guard {
  const incidents = createIncidentStore(rig.database);
  const acknowledged = new Map<string, number>();
  const stopping = new AbortController();
  const running = (async () => {
    while (!stopping.signal.aborted) {
      const open = await incidents.list({ states: ['open', 'notified'], limit: 30 });
      const one = open.filter(({ number }) => number % 4 === 0).at(-1);
      const answer = one && (await incidents.acknowledge(one.id, 'guard', Date.now()));
      if (answer?.isNew === true) acknowledged.set(answer.incident.id, Date.now());
      await delay(150);
    }
  })();
  return {
    acknowledged,
    stop: async () => {
      stopping.abort();
      await running;
    },
  };
}

async function feed(rig: AlertingRig, alerts: readonly GivenAlert[], mishaps: (() => Promise<void>)[]) {
  const every = Math.ceil(alerts.length / AT_ONCE / (mishaps.length + 1));
  for (let i = 0, batch = 1; i < alerts.length; i += AT_ONCE, batch += 1) {
    await Promise.all(alerts.slice(i, i + AT_ONCE).map((one) => rig.enqueue(one)));
    if (batch % every === 0) await mishaps.shift()?.();
  }
  for (const mishap of mishaps) await mishap();
}

/** Every alert that was taken in is in exactly one incident, and every incident counts its alerts. */
async function expectIncidents({ database }: AlertingRig, given: readonly GivenAlert[]): Promise<void> {
  const { db } = database;
  const rows = await db.selectFrom('alert').selectAll().execute();
  expect(rows.map(({ id }) => id).sort()).toEqual([...new Set(given.map(({ id }) => id))].sort());
  const begun = rows.filter(({ effect }) => effect !== null && effect !== 'ended' && effect !== 'over');
  expect(rows.filter((row) => row.incident_id === null && row.reason === null)).toEqual([]);
  const wanted = new Map<string, number>();
  for (const { incident_id: id } of begun) wanted.set(id ?? '', (wanted.get(id ?? '') ?? 0) + 1);
  const incidents = await db.selectFrom('incident').select(['id', 'alerts']).execute();
  expect(new Map(incidents.map(({ id, alerts }) => [id, alerts]))).toEqual(wanted);
}

/** Every step of an incident nobody reacted to has told everybody it means. */
async function expectAllTold({ database }: AlertingRig, deliveries: readonly Delivery[]): Promise<void> {
  const ids = new Set(deliveries.map(({ id }) => id));
  const incidents = await createIncidentStore(database).list({ limit: ALL });
  const unanswered = incidents.filter(({ state }) => isUnanswered(state));
  const wanted = unanswered.flatMap(({ id, plan }) =>
    plan.steps.flatMap(({ to }, step) => to.map((who) => `${id}+${step}+${who}+webhook`)),
  );
  expect(wanted.length).toBeGreaterThan(unanswered.length);
  expect(wanted.filter((id) => !ids.has(id))).toEqual([]);
}

/** What was sent was taken once; a second copy only where the audit trail says that there may be one. */
async function expectSentOnce({ database, sink }: AlertingRig, deliveries: readonly Delivery[]) {
  const trail = await createAuditLog(database).list({ action: 'notification.repeated', limit: ALL });
  const repeats = countBy(trail, ({ detail }) => String(detail['delivery']));
  const copies = countBy(sink.taken, ({ id }) => id);
  const isMessage = ({ state, gatheredIn }: Delivery) => state === 'sent' && gatheredIn === undefined;
  expect(deliveries.filter((one) => isMessage(one) && !copies.has(one.id))).toEqual([]);
  const mayBeSent = ({ state, detail }: Delivery): boolean =>
    state === 'sent' || (state === 'skipped' && detail?.includes('may have got through') === true);
  const expected = new Set(deliveries.filter(mayBeSent).map(({ id }) => id));
  expect([...copies.keys()].filter((id) => !expected.has(id))).toEqual([]);
  const doubled = [...copies].filter(([id, count]) => count > 1 + (repeats.get(id) ?? 0));
  expect(doubled).toEqual([]);
}

/** No message was handed to the provider after somebody had acknowledged; one was under way at most. */
async function expectQuietAfter({ database }: AlertingRig, acknowledged: ReadonlyMap<string, number>) {
  const rows = await database.db
    .selectFrom('delivery')
    .select(['id', 'incident_id', 'slot_at', 'occasion'])
    .where('slot_at', 'is not', null)
    .execute();
  const late = rows.filter(
    ({ incident_id: id, slot_at: at, occasion }) =>
      occasion !== 'ended' && (at ?? 0) > (acknowledged.get(id) ?? Infinity),
  );
  expect(late).toEqual([]);
}

function countBy<T>(all: readonly T[], key: (one: T) => string): Map<string, number> {
  const counts = new Map<string, number>();
  for (const one of all) counts.set(key(one), (counts.get(key(one)) ?? 0) + 1);
  return counts;
}

let rig: AlertingRig | undefined;
afterEach(async () => {
  await rig?.close();
  rig = undefined;
});

onBothDatabases('alerts, whatever happens to the workers and Redis', (databases) => {
  it(`are told once and nobody is told after somebody reacted (seed ${SEED})`, async () => {
    rig = await openAlertingRig({ database: await databases.address(), ratePerS: 300, file: cameraFile });
    const opened = rig;
    let sent = 0;
    // A provider that takes one message in a hundred and says nothing.
    opened.sink.behave(() => (++sent % 100 === 0 ? 'take-silently' : 'take'));
    await Promise.all([opened.startWorker(), opened.startWorker(), opened.startWorker()]);
    const alerts = alertsOf(SEED, ALERTS);
    const acknowledging = startAcknowledging(opened);
    const kill = () => opened.killWorker();
    try {
      await feed(opened, alerts, [kill, () => opened.redis.restart(), kill]);
      await opened.untilDrained(PATIENCE_MS);
    } finally {
      await acknowledging.stop();
    }
    const { acknowledged } = acknowledging;

    const deliveries = await createDeliveries(opened.database).list({ limit: ALL });
    await expectIncidents(opened, alerts);
    await expectAllTold(opened, deliveries);
    await expectSentOnce(opened, deliveries);
    await expectQuietAfter(opened, acknowledged);
    expect(acknowledged.size).toBeGreaterThan(0);
    expect(await opened.inspector.list('alert', 'failed', 10)).toEqual([]);
    expect(await createAuditLog(opened.database).verify()).toMatchObject({ isIntact: true });
  });
});

describe('a provider that is down for a while', () => {
  /** To each of them. */
  const RATE_PER_S = 5;
  const OUTAGE_MS = 4000;
  const GUARDS = Array.from({ length: 6 }, (_, i) => `guard-${i}`);
  let dataDir: string;
  beforeEach(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'camqueue-outage-'));
  });
  afterEach(() => rm(dataDir, { recursive: true, force: true }));

  it('gets everything afterwards, in order for each recipient, and no more at once than at other times', async () => {
    rig = await openAlertingRig({
      database: { dataDir },
      ratePerS: RATE_PER_S,
      file: (sinkUrl) => ({
        recipients: GUARDS.map((id) => ({
          ...{ id, webhook: { url: `${sinkUrl}/${id}`, secret: 's'.repeat(16) }, maxPerHour: 1000 },
        })),
        alerting: { storm: { incidents: 0 } },
        cameras: CAMERAS.map((id) => ({ id, source: 'x.mp4' })),
      }),
    });
    const { sink, database } = rig;
    await rig.startWorker();
    sink.behave(() => 'refuse');
    for (let i = 0; i < 20; i += 1)
      await rig.enqueue({
        ...{ id: `e-${i}`, cameraId: CAMERAS[i % CAMERAS.length]!, kind: 'intrusion', subject: `zone-${i}` },
        ...{ at: Date.now(), summary: 'somebody is there' },
      });
    await until(
      'a refusal',
      () => sink.refused.length,
      (refused) => refused > 0,
    );
    await delay(OUTAGE_MS);
    // Once a second, as it asks, one message tries whether it is up again: far fewer than wait.
    const outageS = (Date.now() - sink.refused[0]!.at) / 1000;
    expect(sink.refused.length).toBeLessThan(GUARDS.length * (2 + outageS));
    sink.behave(() => 'take');
    await rig.untilDrained(PATIENCE_MS);

    const deliveries = (await createDeliveries(database).list({ limit: ALL })).toReversed();
    expect(deliveries).toHaveLength(20 * GUARDS.length);
    expect(deliveries.filter(({ state }) => state !== 'sent')).toEqual([]);
    for (const guard of GUARDS) {
      const taken = sink.taken.filter(({ to }) => to === `/${guard}`).map(({ id }) => id);
      const inOrder = deliveries.filter(({ recipient }) => recipient === guard).map(({ id }) => id);
      expect(taken).toEqual(inOrder);
      // The rate is an average over a second and a second: twice as many may meet in one.
      expect(peak(sink.taken.filter(({ to }) => to === `/${guard}`))).toBeLessThanOrEqual(2 * RATE_PER_S);
    }
  });
});

/** Most in any second. */
function peak(taken: readonly Acceptance[]): number {
  const times = taken.map(({ at }) => at).sort((a, b) => a - b);
  return Math.max(...times.map((from, i) => times.slice(i).filter((at) => at < from + 1000).length));
}
