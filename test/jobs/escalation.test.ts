import { handle } from '../../jobs/escalation/handler.js';
import { escalation } from '../../jobs/escalation/job.js';
import type { Severity } from '../../src/domain/alerting/config.js';
import { mergeRulesOf } from '../../src/domain/alerting/merging.js';
import { NotReadyError, PermanentError } from '../../src/errors.js';
import type { Accepted, NewDelivery } from '../../src/ports/alerting.js';
import { type AlertWorld, type AlertWorldOptions, openAlertWorld } from '../support/alert-world.js';
import { runJob, testContext } from '../support/job-context.js';

const AT = 1_795_251_600_000;
const PLAN = {
  policy: 'night',
  steps: [
    { afterS: 0, to: ['guard'], mode: 'all' as const },
    { afterS: 120, to: ['*'], mode: 'all' as const },
  ],
};

let world: AlertWorld;
const reopen = async (options: AlertWorldOptions): Promise<void> => {
  await world.close();
  world = await openAlertWorld(options);
};
beforeEach(async () => {
  world = await openAlertWorld();
});
afterEach(() => world.close());

function accept(id = 'a-1', severity: Severity = 'warning', plan = PLAN): Promise<Accepted> {
  const { incidents, cameras } = world.ports;
  const alert = { id, cameraId: 'gate-1', kind: 'intrusion', subject: id.slice(0, 1), severity, at: AT };
  const rules = mergeRulesOf(cameras.alerting, 60);
  return incidents.accept({ ...alert, summary: 'somebody' }, rules, plan, AT);
}
/** @returns how it ended, and the deliveries that notifications were asked for */
async function run(occasion: number | 'raised' | 'ended' | 'storm-over', laterMs = 0, incidentId = 'a-1') {
  const ctx = testContext(world.ports, { now: () => AT + laterMs });
  const outcome = await runJob(escalation, handle, { incidentId, occasion }, ctx);
  return { outcome, asked: ctx.followUps.map(({ queue, id }) => `${queue} ${id}`), logged: ctx.logged };
}
const asked = (...deliveries: string[]): string[] => deliveries.map((id) => `notification a-1+${id}`);
/** As the notification job does. */
async function sendNext(recipient: string, state: 'sent' | 'failed'): Promise<void> {
  const { deliveries } = world.ports;
  const rules = { maxPerHour: 99, ratePerS: 99 };
  const claim = await deliveries.claim({ recipient, channel: 'email' }, 'job', rules, AT);
  if (claim.kind !== 'send') throw new Error(claim.kind);
  const result =
    state === 'sent' ? { state, receipt: { detail: 'ok' } } : { state, reason: 'no such mailbox' };
  await deliveries.settle(claim.deliveries, result, AT);
}

it('tells those whom the step means, once, however often it runs', async () => {
  await accept();
  const first = await run(0);
  expect(first.outcome).toMatchObject({ outcome: 'done', result: { deliveries: 1, notifications: 1 } });
  expect(first.asked).toEqual(asked('0+guard+email'));
  expect((await run(0)).asked).toEqual(first.asked);
  await sendNext('guard', 'sent');
  expect((await run(0)).asked).toEqual([]);
  expect(await world.ports.incidents.get('a-1')).toMatchObject({ state: 'notified' });
  expect((await run(1, 120_000)).asked).toEqual(asked('1+guard+email', '1+chief+email'));
  expect((await world.trail('incident/a-1')).filter((action) => action === 'incident.notified')).toHaveLength(
    2,
  );
});

it.each(['acknowledge', 'resolve'] as const)('tells nobody once somebody did %s it', async (react) => {
  await accept();
  await world.ports.incidents[react]('a-1', 'guard', AT);
  expect(await run(0)).toMatchObject({ outcome: { outcome: 'skipped' }, asked: [] });
  expect(await world.ports.deliveries.list({ limit: 9 })).toEqual([]);
});

it.each<[string, Parameters<typeof run>]>([
  ['an incident that does not exist', [0, 0, 'ghost']],
  ['a step that is not in its plan', [2, 999_000]],
])('refuses %s, for good', async (_, given) => {
  await accept();
  await expect(run(...given)).rejects.toThrow(PermanentError);
});

it.each([
  ['is due', 60_000, 60_000],
  ['could be due, an hour at most', -7_200_000, 3_600_000],
])('a step that comes too early waits until it %s', async (_, laterMs, waitMs) => {
  await accept();
  const error = await run(1, laterMs).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(NotReadyError);
  expect(error).toMatchObject({ retryAfterMs: waitMs });
  expect(await world.ports.deliveries.list({ limit: 9 })).toEqual([]);
});

it.each<[string, AlertWorldOptions, string[], string]>([
  [
    'no recipients are listed',
    { recipients: [] },
    ['*'],
    'nobody was told: the camera file lists no recipients',
  ],
  ['those it means have gone', {}, ['gone'], 'nobody was told: none of the 2 recipients'],
])('writes down once that nobody was told when %s', async (_, options, to, statement) => {
  await reopen(options);
  await accept('a-1', 'warning', { policy: 'x', steps: [{ afterS: 0, to, mode: 'all' }] });
  for (let i = 0; i < 2; i += 1)
    expect((await run(0)).outcome).toMatchObject({
      outcome: 'done',
      result: { statement: expect.stringContaining(statement) as string },
    });
  const trail = await world.ports.audit.list({ action: 'incident.nobody-told', limit: 9 });
  expect(trail).toMatchObject([{ subject: 'incident/a-1', detail: { step: 0 } }]);
});

it('leaves a channel out that is off, where there is another one', async () => {
  await reopen({ smtp: 'none', recipients: [{ id: 'guard', email: 'guard@example.org', log: true }] });
  await accept();
  expect((await run(0)).asked).toEqual(asked('0+guard+log'));
});

it('tells nobody of what a storm gathers, except of what is critical', async () => {
  await reopen({ alerting: { storm: { incidents: 1 } } });
  await accept('b-1');
  const { storm } = await accept('a-1');
  await accept('c-1', 'critical');
  expect(await run(0)).toMatchObject({
    outcome: { outcome: 'skipped', why: expect.stringContaining(storm!.id) as string },
    asked: [],
  });
  expect((await run(0, 0, 'c-1')).asked).toEqual(['notification c-1+0+guard+email']);
  expect((await run(0, 0, storm!.id)).asked).toHaveLength(1);
});

describe('what has become more severe', () => {
  it('is told to whom the steps so far told, on the channels that worked', async () => {
    await accept();
    await run(0);
    await run(1, 120_000);
    await sendNext('guard', 'sent');
    await sendNext('chief', 'failed');
    expect(await accept('a-2', 'critical')).toMatchObject({ raised: true, incident: { id: 'a-1' } });
    expect((await run('raised', 130_000)).asked).toEqual(asked('raised+guard+email'));
    expect(await world.ports.deliveries.get('a-1+raised+guard+email')).toMatchObject({
      severity: 'critical',
    });
  });

  it('is told to nobody again who was told when it already was so severe', async () => {
    await accept();
    await accept('a-2', 'critical');
    await run(0);
    expect((await run('raised')).asked).toEqual([]);
  });
});

describe('what is over', () => {
  const overAt = AT + 200_000;
  const end = () =>
    world.ports.incidents.end(
      {
        id: 'a-9',
        cameraId: 'gate-1',
        kind: 'intrusion',
        subject: 'a',
        severity: 'info',
        at: overAt,
        summary: 'x',
      },
      overAt,
    );

  it('is told to those who got a message, and only there', async () => {
    await accept();
    await run(1, 120_000);
    await sendNext('guard', 'sent');
    await end();
    expect((await run('ended', 200_000)).asked).toEqual(asked('ended+guard+email'));
  });

  it('is told to nobody when nobody got one', async () => {
    await accept();
    await run(0);
    await end();
    expect(await run('ended', 200_000)).toMatchObject({ outcome: { outcome: 'skipped' }, asked: [] });
  });

  it('waits while a message is under way', async () => {
    await accept();
    await run(0);
    const rules = { maxPerHour: 99, ratePerS: 99 };
    await world.ports.deliveries.claim({ recipient: 'guard', channel: 'email' }, 'job', rules, overAt);
    await end();
    await expect(run('ended', 200_000)).rejects.toThrow(NotReadyError);
    expect(await run('ended', 400_000)).toMatchObject({ outcome: { outcome: 'skipped' } });
  });
});

const telling: readonly NewDelivery[] = [{ recipient: 'guard', channel: 'email', otherChannels: [] }];

it('asks again for messages that an earlier try wrote down, and did not come to ask for', async () => {
  await accept();
  await world.ports.incidents.tell('a-1', 0, telling, AT);
  expect((await run(0)).asked).toEqual(asked('0+guard+email'));
});
