import { handle } from '../../jobs/alert/handler.js';
import { alert } from '../../jobs/alert/job.js';
import { PermanentError } from '../../src/errors.js';
import { type AlertWorld, openAlertWorld } from '../support/alert-world.js';
import { runJob, testContext } from '../support/job-context.js';

const AT = 1_795_251_600_000;
const payload = {
  id: 'gate-1-intrusion-7',
  cameraId: 'gate-1',
  kind: 'intrusion',
  at: AT,
  summary: 'người trong sân',
};

let world: AlertWorld;
beforeEach(async () => {
  world = await openAlertWorld();
});
afterEach(() => world.close());

it('asks for one notification for each recipient and says so in the audit trail', async () => {
  const ctx = testContext(world.ports);
  expect(await runJob(alert, handle, payload, ctx)).toEqual({
    outcome: 'done',
    result: { alertId: payload.id, recipients: ['guard', 'chief'] },
  });
  expect(ctx.followUps).toEqual(
    ['guard', 'chief'].map((recipient) => ({
      queue: 'notification',
      id: expect.stringContaining(recipient) as string,
      payload: { alertId: payload.id, recipient, channel: 'email' },
    })),
  );
  expect(await world.trail(payload.id)).toEqual([
    'alert.opened',
    'alert.notification-enqueued',
    'alert.notification-enqueued',
  ]);
  expect(await world.ports.alerts.get(payload.id)).toMatchObject({
    severity: 'warning',
    state: 'sent',
    at: AT,
  });
});

it('is silent within the cooldown of the camera and names what people were told of', async () => {
  await runJob(alert, handle, payload, testContext(world.ports));
  const ctx = testContext(world.ports);
  const late = { ...payload, id: 'late', at: AT - 59_999 };
  expect(await runJob(alert, handle, late, ctx)).toEqual({
    outcome: 'skipped',
    why: expect.stringMatching(/^cooldown: .*gate-1-intrusion-7/) as string,
  });
  expect(ctx.followUps).toEqual([]);
  const [entry] = await world.ports.audit.list({ subject: 'alert/late', limit: 9 });
  expect(entry).toMatchObject({ action: 'alert.suppressed', detail: { by: payload.id, cooldownS: 60 } });

  const next = testContext(world.ports);
  await runJob(alert, handle, { ...payload, id: 'next', at: AT + 60_000 }, next);
  expect(next.followUps).toHaveLength(2);
});

it('refuses a camera that is not in the file, for good', async () => {
  const ctx = testContext(world.ports);
  await expect(runJob(alert, handle, { ...payload, cameraId: 'ghost' }, ctx)).rejects.toThrow(PermanentError);
  expect(await world.ports.alerts.list({ limit: 9 })).toEqual([]);
});

it('takes what is about the system for no camera, with a cooldown of a minute', async () => {
  const disk = { ...payload, cameraId: 'system', kind: 'disk-low-data' };
  const first = testContext(world.ports);
  await runJob(alert, handle, disk, first);
  expect(first.followUps).toHaveLength(2);
  const soon = { ...disk, id: 'soon', at: AT + 59_999 };
  expect(await runJob(alert, handle, soon, testContext(world.ports))).toMatchObject({ outcome: 'skipped' });
  const next = testContext(world.ports);
  await runJob(alert, handle, { ...disk, id: 'next', at: AT + 60_000 }, next);
  expect(next.followUps).toHaveLength(2);
});

it('ends well, saying that nobody was told, when there is no recipient', async () => {
  const lonely = await openAlertWorld({ recipients: [] });
  const ctx = testContext(lonely.ports);
  const outcome = await runJob(alert, handle, payload, ctx);
  expect(outcome).toMatchObject({
    outcome: 'done',
    result: { statement: expect.stringContaining('no recipients') as string },
  });
  expect(await lonely.trail(payload.id)).toEqual(['alert.opened', 'alert.no-recipients']);
  await lonely.close();
});

it('run again, asks again with the same ids and writes nothing twice', async () => {
  const first = testContext(world.ports);
  const again = testContext(world.ports, { now: () => AT + 999 });
  await runJob(alert, handle, payload, first);
  const trail = await world.trail(payload.id);
  await runJob(alert, handle, payload, again);
  expect(again.followUps).toEqual(first.followUps);
  expect(await world.trail(payload.id)).toEqual(trail);
});

// Every call to the world, broken once before and once after it took effect: what a kill between two lines does.
const CALLS = ['alerts.open', 'audit.append 1', 'enqueue 1', 'audit.append 2', 'enqueue 2', 'audit.append 3'];
it.each(
  CALLS.flatMap(
    (call) =>
      [
        ['before', call],
        ['after', call],
      ] as const,
  ),
)('cut off %s %s and run again, ends like a run that was not', async (when, call) => {
  const [name = '', nth = '1'] = call.split(' ');
  let calls = 0;
  let isBroken = true;
  const breaking = async <T>(of: string, work: () => Promise<T>): Promise<T> => {
    const hit = isBroken && of === name && (calls += 1) === Number(nth);
    if (hit && when === 'before') throw new Error('cut off');
    const result = await work();
    if (hit) throw new Error('cut off');
    return result;
  };
  const { alerts, audit } = world.ports;
  const plain = testContext({
    ...world.ports,
    alerts: { ...alerts, open: (...given) => breaking('alerts.open', () => alerts.open(...given)) },
    audit: { ...audit, append: (entry) => breaking('audit.append', () => audit.append(entry)) },
  });
  const ctx: typeof plain = {
    ...plain,
    enqueue: (contract, given, options) => breaking('enqueue', () => plain.enqueue(contract, given, options)),
  };
  await expect(runJob(alert, handle, payload, ctx)).rejects.toThrow('cut off');
  isBroken = false;
  expect((await runJob(alert, handle, payload, ctx)).outcome).toBe('done');
  expect(plain.followUps).toHaveLength(2);
  expect((await world.trail(payload.id)).sort()).toEqual([
    'alert.notification-enqueued',
    'alert.notification-enqueued',
    'alert.opened',
  ]);
  expect(await world.ports.alerts.list({ limit: 9 })).toHaveLength(1);
});
