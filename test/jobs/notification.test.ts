import { handle } from '../../jobs/notification/handler.js';
import { notification } from '../../jobs/notification/job.js';
import { NotReadyError, PermanentError } from '../../src/errors.js';
import type { Passage } from '../../src/domain/plates/passage.js';
import type { Ports } from '../../src/ports.js';
import { type AlertWorld, openAlertWorld } from '../support/alert-world.js';
import { runJob, testContext } from '../support/job-context.js';

const AT = Date.UTC(2026, 10, 21, 9, 20, 5);
const payload = { alertId: 'gate-1-7', recipient: 'guard', channel: 'email' as const };
const jpeg = Buffer.from(Array.from({ length: 3000 }, (_, i) => (i * 7) % 256));

let world: AlertWorld;
beforeEach(async () => {
  world = await openAlertWorld();
  await openAlert(world);
});
afterEach(() => world.close());

async function openAlert({ ports }: AlertWorld): Promise<void> {
  await ports.snapshots.put('gate-1/7.jpg', jpeg);
  const about = {
    kind: 'intrusion',
    severity: 'critical' as const,
    summary: 'người trong sân',
    snapshot: 'gate-1/7.jpg',
  };
  await ports.alerts.open({ id: payload.alertId, cameraId: 'gate-1', at: AT, ...about }, 60_000, AT);
}
const run = (options: Parameters<typeof testContext>[1] = {}, ports: AlertWorld['ports'] = world.ports) =>
  runJob(notification, handle, payload, testContext(ports, options));
const delivery = async () => (await world.ports.alerts.deliveries({ alertId: payload.alertId, limit: 9 }))[0];

it('delivers once: words, picture, receipt; a second job finds it done', async () => {
  const outcome = await run();
  expect(outcome).toMatchObject({ outcome: 'done', result: { receipt: '250 queued as 1' } });
  const [mail] = world.mailServer.mails;
  expect(mail).toMatchObject({
    messageId: '<gate-1-7+guard+email@example.org>',
    to: ['guard@example.org'],
    subject: '[Bãi xe Trần Phú] Critical: người trong sân – Cổng chính',
  });
  expect(mail?.text).toContain('Sat 21 Nov 2026, 16:20:05 (GMT+7, Asia/Ho_Chi_Minh)');
  expect(mail?.html).toContain('cid:snapshot.jpg');
  expect(mail?.pictures).toEqual([
    { cid: 'snapshot.jpg', name: 'snapshot.jpg', type: 'image/jpeg', bytes: jpeg },
  ]);
  expect(await delivery()).toMatchObject({ state: 'delivered', detail: '250 queued as 1' });

  expect(await run()).toEqual({ outcome: 'skipped', why: 'already delivered' });
  expect(world.mailServer.mails).toHaveLength(1);
  expect(await world.trail(payload.alertId)).toEqual(['notification.delivered']);
});

describe('an alert about a vehicle', () => {
  const passage: Passage = {
    id: 'gate-1-7-1',
    cameraId: 'gate-1',
    ...{ firstAt: AT, at: AT, lastAt: AT, state: 'final', hits: [] },
    reading: {
      ...{ text: '30A-339.18', key: '30A33918', ground: 'white', lines: 1, p: 0.97, verdict: 'accepted' },
      ...{ charP: [], alternatives: [], sights: 3 },
    },
  };
  beforeEach(async () => {
    const about = { passageId: passage.id, verdict: 'accepted' as const, p: 0.97, lists: [] };
    await world.ports.events.add([{ type: 'plate', id: 'plate-1', cameraId: 'gate-1', at: AT, ...about }]);
    const alert = { kind: 'plate-deny', severity: 'critical' as const, summary: 'car on list stolen' };
    await world.ports.alerts.open(
      { id: 'p-7', cameraId: 'gate-1', at: AT, ...alert, eventId: 'plate-1' },
      0,
      AT,
    );
  });
  const tell = () => runJob(notification, handle, { ...payload, alertId: 'p-7' }, testContext(world.ports));

  it.each<[text: string, change: Partial<Passage>]>([
    ['30A-339.18\n', {}],
    ['30A-339.18 (not sure)\n', { reading: { ...passage.reading, verdict: 'needs-review' } }],
    ['30A-339.19\n', { review: { text: '30A-339.19', key: '30A33919', by: 'guard', at: AT } }],
  ])('says its plate as it is known when it is sent: %j', async (text, change) => {
    await world.ports.passages.put({ ...passage, ...change });
    await tell();
    expect(world.mailServer.mails[0]?.text).toContain(`Plate:   ${text}`);
  });

  it('says none when it is no longer kept', async () => {
    await tell();
    expect(world.mailServer.mails[0]?.text).not.toContain('Plate:');
  });
});

it('sends without a picture when it is gone', async () => {
  const snapshots: Ports['snapshots'] = { ...world.ports.snapshots, get: async () => undefined };
  await run({}, { ...world.ports, snapshots });
  expect(world.mailServer.mails[0]?.pictures).toEqual([]);
  expect(world.mailServer.mails[0]?.html).not.toContain('cid:');
});

it('gives up at once when the mailbox does not exist, without naming it', async () => {
  world.mailServer.behave('refuse');
  const error = await run().then(
    () => new Error('it was sent'),
    (thrown: Error) => thrown,
  );
  expect(error).toBeInstanceOf(PermanentError);
  expect(String(error)).not.toContain('guard@');
  expect(await delivery()).toMatchObject({
    state: 'failed',
    detail: expect.stringContaining('550') as string,
  });
  const [entry] = await world.ports.audit.list({ limit: 1, subject: `alert/${payload.alertId}` });
  expect(entry).toMatchObject({ action: 'notification.failed', detail: { recipient: 'guard', attempt: 1 } });
  expect(JSON.stringify([entry, await delivery()])).not.toContain('example.org');
});

it('tries again after a deferral, and it arrives once, without talk of a second copy', async () => {
  world.mailServer.behave('defer');
  await expect(run({ attempt: 1 })).rejects.toThrow(/451/);
  expect(await delivery()).toMatchObject({
    state: 'pending',
    detail: expect.stringContaining('451') as string,
  });
  world.mailServer.behave('accept');
  expect((await run({ attempt: 2 })).outcome).toBe('done');
  expect(world.mailServer.mails).toHaveLength(1);
  expect(await world.trail(payload.alertId)).toEqual(['notification.delivered']);
});

it('says that a second copy is possible when the connection broke after the mail', async () => {
  world.mailServer.behave('drop');
  await expect(run({ attempt: 1 })).rejects.toThrow(/mail server/);
  expect(await delivery()).toMatchObject({ state: 'sending' });
  world.mailServer.behave('accept');
  await run({ attempt: 2 });
  const ids = world.mailServer.mails.map(({ messageId }) => messageId);
  expect(ids).toEqual([ids[0], ids[0]]);
  expect(await world.trail(payload.alertId)).toEqual(['notification.repeated', 'notification.delivered']);
});

it('marks the delivery as failed with the last try; replayed, it can still arrive', async () => {
  world.mailServer.behave('defer');
  await expect(run({ attempt: 10, isLastAttempt: true })).rejects.toThrow(/451/);
  expect(await delivery()).toMatchObject({ state: 'failed' });
  expect(await world.trail(payload.alertId)).toEqual(['notification.failed']);
  world.mailServer.behave('accept');
  expect((await run()).outcome).toBe('done');
  expect(await delivery()).toMatchObject({ state: 'delivered' });
});

it('waits while no mail server is set, also on the last attempt', async () => {
  const unset = await openAlertWorld({ smtp: 'none' });
  await openAlert(unset);
  await expect(run({ isLastAttempt: true }, unset.ports)).rejects.toThrow(NotReadyError);
  const [waiting] = await unset.ports.alerts.deliveries({ limit: 9 });
  expect(waiting).toMatchObject({
    state: 'pending',
    detail: expect.stringContaining('SMTP_URL is not set') as string,
  });
  expect(await unset.trail(payload.alertId)).toEqual([]);
  await unset.close();
});

it.each([
  ['shutdown: it is uncertain whether the mail was taken', new Error('the worker shuts down'), 'sending'],
  ['a timeout of the last try: it failed', new DOMException('timed out', 'TimeoutError'), 'failed'],
])('stops at once on %s', async (_, reason, state) => {
  const stop = new AbortController();
  const hanging = await openAlertWorld({ onMail: () => stop.abort(reason) });
  await openAlert(hanging);
  hanging.mailServer.behave('hang');
  await expect(run({ signal: stop.signal, isLastAttempt: true }, hanging.ports)).rejects.toBe(reason);
  expect(await hanging.ports.alerts.deliveries({ limit: 9 })).toMatchObject([{ state }]);
  await hanging.close();
});

it.each([
  ['an alert that does not exist', { ...payload, alertId: 'ghost' }],
  ['a recipient who left the camera file', { ...payload, recipient: 'gone' }],
])('refuses %s, for good', async (_, given) => {
  await expect(runJob(notification, handle, given, testContext(world.ports))).rejects.toThrow(PermanentError);
  expect(world.mailServer.connections()).toBe(0);
});

// Every call to the world, broken once before and once after it took effect: what a kill between two lines does.
const CALLS = ['delivery', 'sending', 'send', 'delivered', 'append'];
it.each(
  CALLS.flatMap(
    (call) =>
      [
        ['before', call],
        ['after', call],
      ] as const,
  ),
)('cut off %s "%s" and run again, it arrives, and the trail says what happened', async (when, name) => {
  let isBroken = true;
  const breaking = async <T>(of: string, work: () => Promise<T>): Promise<T> => {
    const hit = isBroken && of === name;
    if (hit) isBroken = false;
    if (hit && when === 'before') throw new Error('cut off');
    const result = await work();
    if (hit) throw new Error('cut off');
    return result;
  };
  const { alerts, audit, mail } = world.ports;
  const ports = {
    ...world.ports,
    alerts: {
      ...alerts,
      delivery: (...given) => breaking('delivery', () => alerts.delivery(...given)),
      setDelivery: (...given) => breaking(given[1], () => alerts.setDelivery(...given)),
    } satisfies Ports['alerts'],
    audit: {
      ...audit,
      append: (entry) => breaking('append', () => audit.append(entry)),
    } satisfies Ports['audit'],
    mail: { send: (...given) => breaking('send', () => mail.send(...given)) } satisfies Ports['mail'],
  };
  let clock = AT;
  const now = () => (clock += 1);
  await expect(run({ now }, ports)).rejects.toThrow('cut off');
  await run({ now, attempt: 2 }, ports);
  const isUncertain = ['after sending', 'before send', 'after send', 'before delivered'].includes(
    `${when} ${name}`,
  );
  const copies = ['after send', 'before delivered'].includes(`${when} ${name}`) ? 2 : 1;
  expect(world.mailServer.mails).toHaveLength(copies);
  expect(await delivery()).toMatchObject({ state: 'delivered' });
  expect(await world.trail(payload.alertId)).toEqual([
    ...(isUncertain ? ['notification.repeated'] : []),
    'notification.delivered',
  ]);
});
