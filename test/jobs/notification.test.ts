import { handle } from '../../jobs/notification/handler.js';
import { notification } from '../../jobs/notification/job.js';
import type { Severity } from '../../src/domain/alerting/config.js';
import { mergeRulesOf } from '../../src/domain/alerting/merging.js';
import type { Passage } from '../../src/domain/plates/passage.js';
import { NotReadyError, PermanentError } from '../../src/errors.js';
import { createLinks } from '../../src/io/links.js';
import type { NewDelivery } from '../../src/ports/alerting.js';
import { type AlertWorld, type AlertWorldOptions, openAlertWorld } from '../support/alert-world.js';
import { runJob, testContext } from '../support/job-context.js';
import { createRecordingChannel, type RecordingChannel } from '../support/recording-channel.js';

const AT = Date.UTC(2026, 10, 21, 9, 20, 5);
const jpeg = Buffer.from(Array.from({ length: 3000 }, (_, i) => (i * 7) % 256));
const GUARD = { id: 'guard', name: 'Anh Ba', email: 'guard@example.org', phone: '+84912345678', log: true };

let world: AlertWorld;
let sms: RecordingChannel;
const open = async (options: AlertWorldOptions = {}): Promise<void> => {
  sms = createRecordingChannel('sms');
  world = await openAlertWorld({ recipients: [GUARD], channels: [sms], ...options });
};
const reopen = async (options: AlertWorldOptions): Promise<void> => {
  await world.close();
  await open(options);
};
beforeEach(() => open());
afterEach(() => world.close());

interface Told {
  readonly id?: string;
  readonly channel?: 'email' | 'sms' | 'log';
  readonly others?: NewDelivery['otherChannels'];
  readonly occasion?: number | 'ended';
  readonly severity?: Severity;
  readonly recipient?: string;
  readonly about?: object;
  readonly at?: number;
}

/** An incident and one message about it that waits. @returns its id */
async function tell(given: Told = {}): Promise<string> {
  const { id = 'a-1', channel = 'sms', others = [], occasion = 0, severity = 'warning' } = given;
  const { recipient = 'guard', at = AT } = given;
  const { incidents, cameras } = world.ports;
  const alert = { id, cameraId: 'gate-1', kind: 'intrusion', subject: id, severity, at: AT };
  const plan = { policy: 'all', steps: [{ afterS: 0, to: ['*'], mode: 'all' as const }] };
  const rules = mergeRulesOf(cameras.alerting, 60);
  await incidents.accept({ ...alert, summary: 'người trong sân', ...given.about }, rules, plan, at);
  await incidents.tell(id, occasion, [{ recipient, channel, otherChannels: others }], at);
  return `${id}+${occasion}+${recipient}+${channel}`;
}

async function run(
  deliveryId: string,
  options: Parameters<typeof testContext>[1] = {},
  ports: AlertWorld['ports'] = world.ports,
) {
  const ctx = testContext(ports, { now: () => AT, jobId: deliveryId, ...options });
  const outcome = await runJob(notification, handle, { deliveryId }, ctx);
  return { outcome, asked: ctx.followUps.map(({ id }) => id) };
}
const thrownBy = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => 'nothing',
    (thrown: unknown) => thrown,
  );
const get = (id: string) => world.ports.deliveries.get(id);
const trail = async (): Promise<string[]> =>
  (await world.trail()).filter((action) => action.startsWith('notification.'));

it('sends once: words, picture, links, receipt; a second job finds it done', async () => {
  await world.ports.snapshots.put('gate-1/7.jpg', jpeg);
  const id = await tell({ channel: 'email', severity: 'critical', about: { snapshot: 'gate-1/7.jpg' } });
  const { outcome } = await run(id);
  expect(outcome).toMatchObject({ outcome: 'done', result: { delivery: id, state: 'sent' } });
  const [mail] = world.mailServer.mails;
  expect(mail).toMatchObject({ to: ['guard@example.org'] });
  expect(mail?.subject).toMatch(/Bãi xe Trần Phú.*Xâm nhập.*#1/);
  expect(mail?.text).toContain('người trong sân');
  expect(mail?.text).toContain('Cổng chính');
  expect(mail?.text).toContain('16:20');
  expect(mail?.text).toContain('https://cam.example.org/a/');
  expect(mail?.pictures).toMatchObject([{ cid: 'snapshot.jpg', bytes: jpeg }]);
  expect(await get(id)).toMatchObject({ state: 'sent', tries: 1 });

  expect((await run(id)).outcome).toMatchObject({ outcome: 'done', result: { state: 'sent' } });
  expect(world.mailServer.mails).toHaveLength(1);
  expect(await trail()).toEqual(['notification.sent']);
  expect(JSON.stringify(await world.ports.audit.list({ limit: 99 }))).not.toMatch(/example\.org|\+8491/);
});

it('sends what has waited longer first, whichever job runs', async () => {
  const first = await tell({ id: 'a-1' });
  const second = await tell({ id: 'b-1' });
  await tell({ id: 'c-1', channel: 'log' });
  await run(second);
  expect(sms.messages.map(({ message }) => message.id)).toEqual([first, second]);
  expect((await run(first)).outcome).toMatchObject({ outcome: 'done' });
  expect(sms.messages).toHaveLength(2);
  expect(await world.logged()).toEqual([]);
});

it('sends nothing after somebody has reacted, and says so', async () => {
  const id = await tell();
  await world.ports.incidents.acknowledge('a-1', 'chief', AT);
  expect((await run(id)).outcome).toMatchObject({
    outcome: 'skipped',
    why: expect.stringContaining('acknowledged by chief') as string,
  });
  expect(sms.messages).toEqual([]);
});

it('waits for its turn while another job sends in its lane', async () => {
  const first = await tell({ id: 'a-1' });
  const second = await tell({ id: 'b-1' });
  sms.onSend(async () => {
    sms.onSend(async () => undefined);
    expect(await thrownBy(run(second))).toBeInstanceOf(NotReadyError);
  });
  await run(first);
  // The one whose turn it was went on with the other.
  expect(sms.messages.map(({ message }) => message.id)).toEqual([first, second]);
});

describe('a message about a vehicle', () => {
  const passage: Passage = {
    ...{ id: 'gate-1-7-1', cameraId: 'gate-1', state: 'final', hits: [] },
    ...{ firstAt: AT, at: AT, lastAt: AT },
    reading: {
      ...{ text: '30A-339.18', key: '30A33918', ground: 'white', lines: 1, p: 0.97, verdict: 'accepted' },
      ...{ charP: [], alternatives: [], sights: 3 },
    },
  };
  beforeEach(async () => {
    const about = { passageId: passage.id, verdict: 'accepted' as const, p: 0.97, lists: [] };
    await world.ports.events.add([{ type: 'plate', id: 'plate-1', cameraId: 'gate-1', at: AT, ...about }]);
  });

  it.each<[string, Partial<Passage>]>([
    ['30A-339.18', {}],
    ['30A-339.18 (?)', { reading: { ...passage.reading, verdict: 'needs-review' } }],
    ['30A-339.19', { review: { text: '30A-339.19', key: '30A33919', by: 'guard', at: AT } }],
  ])('says its plate as it is known when it is sent: %s', async (text, change) => {
    await world.ports.passages.put({ ...passage, ...change });
    await run(await tell({ about: { eventId: 'plate-1' } }));
    expect(sms.messages[0]?.message.facts.plate).toBe(text);
  });

  it('says none when it is no longer kept', async () => {
    await run(await tell({ about: { eventId: 'plate-1' } }));
    expect(sms.messages[0]?.message.facts).not.toHaveProperty('plate');
  });
});

it('says what a reply acknowledges, and nothing to react to when it is over', async () => {
  await run(await tell());
  expect(sms.messages[0]?.message.facts).toMatchObject({
    ...{ occasion: 'opened', replyCode: '1', hasPicture: false, subject: 'a-1' },
    recipient: { id: 'guard', name: 'Anh Ba' },
    links: { incident: 'https://cam.example.org/incidents/1', acknowledge: expect.any(String) as string },
  });
  await world.ports.incidents.resolve('a-1', 'chief', AT);
  await run(await tell({ occasion: 'ended' }));
  const { facts, threadId } = sms.messages[1]!.message;
  expect(facts).toMatchObject({ occasion: 'ended', incident: { state: 'resolved', endedBy: 'chief' } });
  expect(Object.keys(facts.links)).toEqual(['incident']);
  expect(facts).not.toHaveProperty('replyCode');
  expect(threadId).toBe('a-1');
});

it('speaks the language and the time of the recipient', async () => {
  await reopen({ recipients: [{ ...GUARD, language: 'en', timeZone: 'Europe/Berlin' }] });
  await run(await tell());
  expect(sms.messages[0]?.message).toMatchObject({
    language: 'en',
    facts: { recipient: { timeZone: 'Europe/Berlin' } },
  });
});

it('tells where the picture is, when pictures are published and it is there', async () => {
  const links = createLinks('https://cam.example.org', world.ports.signer, 'https://files.example.org/s');
  Object.assign(world.ports, { links });
  await world.ports.snapshots.put('gate-1/7.jpg', jpeg);
  await run(await tell({ about: { snapshot: 'gate-1/7.jpg' } }));
  await run(await tell({ id: 'b-1', about: { snapshot: 'gate-1/gone.jpg' } }));
  expect(sms.messages.map(({ message }) => message.facts.links.picture)).toEqual([
    'https://files.example.org/s/gate-1/7.jpg',
    undefined,
  ]);
});

it('sends without a picture when it is gone', async () => {
  await run(await tell({ about: { snapshot: 'gate-1/gone.jpg' } }));
  const [sent] = sms.messages;
  expect(sent?.message).toMatchObject({ facts: { hasPicture: false } });
  expect(sent?.message).not.toHaveProperty('picture');
});

describe('what was held back', () => {
  // 16:20 in Asia/Ho_Chi_Minh.
  const quietHours = '15:00-17:00';
  const over = Date.UTC(2026, 10, 21, 10, 0, 1);

  it('waits until the quiet hours are over, and is sent as one; what is critical is sent at once', async () => {
    await reopen({ recipients: [{ ...GUARD, quietHours }] });
    const ids = [];
    for (let i = 0; i < 5; i += 1) ids.push(await tell({ id: `a-${i}` }));
    const error = await thrownBy(run(ids[0]!));
    expect(error).toBeInstanceOf(NotReadyError);
    const { retryAfterMs, message } = error as NotReadyError;
    expect(message).toBe('quiet hours');
    expect(AT + retryAfterMs).toBeGreaterThanOrEqual(over - 1000);
    await run(await tell({ id: 'c-1', severity: 'critical' }));
    expect(sms.messages.map(({ message: { facts } }) => facts.incident.id)).toEqual(['c-1']);

    const later = await run(ids[3]!, { now: () => over });
    expect(later.outcome).toMatchObject({ outcome: 'done', result: { state: 'sent' } });
    expect(sms.messages).toHaveLength(2);
    const { facts, id } = sms.messages[1]!.message;
    expect(id).toBe(ids[0]);
    expect(facts).toMatchObject({ occasion: 'gathered', gathered: { more: 0 } });
    expect(facts.gathered?.incidents.map(({ number }) => number)).toEqual([1, 2, 3, 4, 5]);
    expect(Object.keys(facts.links)).toEqual(['incident']);
  });
});

it('gives up at once when the address does not exist, without naming it; its next channel takes over', async () => {
  world.mailServer.behave('refuse');
  const id = await tell({ channel: 'email', others: ['log'] });
  const ctx = testContext(world.ports, { now: () => AT, jobId: id });
  const error = await thrownBy(runJob(notification, handle, { deliveryId: id }, ctx));
  expect(error).toBeInstanceOf(PermanentError);
  expect(String(error)).not.toContain('guard@');
  expect(await get(id)).toMatchObject({ state: 'failed', detail: expect.stringContaining('550') as string });
  expect(ctx.followUps.map(({ id: next }) => next)).toEqual(['a-1+0+guard+log']);
  await run('a-1+0+guard+log');
  expect(await world.logged()).toMatchObject([{ incident: 'a-1' }]);
  expect(await trail()).toEqual(['notification.failed', 'notification.sent']);
});

it('tries again after a passing failure, and it arrives once, without talk of a second copy', async () => {
  world.mailServer.behave('defer');
  const id = await tell({ channel: 'email' });
  const error = await thrownBy(run(id));
  expect(error).toBeInstanceOf(NotReadyError);
  expect(await get(id)).toMatchObject({ state: 'pending', tries: 1 });
  world.mailServer.behave('accept');
  await run(id, { now: () => AT + 600_000 });
  expect(world.mailServer.mails).toHaveLength(1);
  expect(await trail()).toEqual(['notification.sent']);
});

it('says that a second copy is possible when the connection broke after the message', async () => {
  sms.onSend(async () => {
    sms.onSend(async () => undefined);
    throw new Error('connection reset');
  });
  const id = await tell();
  await thrownBy(run(id));
  await run(id, { now: () => AT + 60_000 });
  expect(sms.messages.map(({ message }) => message.id)).toEqual([id]);
  expect(await trail()).toEqual(['notification.repeated', 'notification.sent']);
});

describe('a channel that is off', () => {
  beforeEach(() => reopen({ smtp: 'none' }));

  it('keeps its message waiting', async () => {
    const id = await tell({ channel: 'email' });
    expect(await thrownBy(run(id, { isLastAttempt: true }))).toBeInstanceOf(NotReadyError);
    expect(await get(id)).toMatchObject({
      state: 'pending',
      detail: expect.stringContaining('SMTP_URL') as string,
    });
    expect(await trail()).toEqual([]);
  });

  it('leaves it to the next one', async () => {
    const { outcome, asked } = await run(await tell({ channel: 'email', others: ['sms'] }));
    expect(outcome).toMatchObject({ outcome: 'skipped' });
    expect(asked).toEqual(['a-1+0+guard+sms']);
    await run('a-1+0+guard+sms');
    expect(sms.messages).toHaveLength(1);
  });
});

it('stops at once on shutdown: nobody knows whether it was taken, and the channel is not to blame', async () => {
  const stop = new AbortController();
  const reason = new Error('the worker shuts down');
  sms.onSend(async (_, signal) => {
    stop.abort(reason);
    signal.throwIfAborted();
  });
  const id = await tell();
  expect(await thrownBy(run(id, { signal: stop.signal }))).toBe(reason);
  expect(await get(id)).toMatchObject({ state: 'pending' });
  expect(await world.ports.deliveries.channels()).toMatchObject([{ channel: 'sms', failures: 0 }]);
  sms.onSend(async () => undefined);
  await run(id, { now: () => AT + 10_000 });
  expect(await trail()).toEqual(['notification.repeated', 'notification.sent']);
});

it.each([
  ['a delivery that does not exist', async () => 'a-1+0+ghost+sms', /no delivery/],
  ['a recipient who left the camera file', () => tell({ recipient: 'gone' }), /lists no recipient "gone"/],
])('refuses %s, for good', async (_, given, why) => {
  const error = await thrownBy(run(await given()));
  expect(error).toBeInstanceOf(PermanentError);
  expect(String(error)).toMatch(why);
  expect(sms.messages).toEqual([]);
});

it('a query that fails before it is sent costs no second copy, and the channel is not to blame', async () => {
  const id = await tell({ about: { snapshot: 'x.jpg' } });
  const snapshots = { ...world.ports.snapshots, get: () => Promise.reject(new Error('the disk is away')) };
  expect(await thrownBy(run(id, {}, { ...world.ports, snapshots }))).toBeInstanceOf(NotReadyError);
  expect(await get(id)).toMatchObject({ state: 'pending', detail: 'the disk is away' });
  await run(id, { now: () => AT + 60_000 });
  expect(await trail()).toEqual(['notification.sent']);
  expect(await world.ports.deliveries.channels()).toMatchObject([{ failures: 0 }]);
});

// Every call to the world, broken once before and once after it took effect: what a kill between two lines does.
const CALLS = ['get', 'claim', 'send', 'settle'] as const;
it.each(CALLS.flatMap((call) => [['before', call] as const, ['after', call] as const]))(
  'cut off %s "%s" and run again, it arrives, and the trail says what happened',
  async (when, name) => {
    const id = await tell();
    let isBroken = true;
    const dying = new AbortController();
    const breaking = async <T>(of: string, work: () => Promise<T>): Promise<T> => {
      // A process that was killed does nothing more: no settling either.
      if (dying.signal.aborted) throw new Error('killed');
      const hit = isBroken && of === name;
      if (hit) isBroken = false;
      if (hit && when === 'before') dying.abort();
      if (hit && when === 'before') throw new Error('killed');
      const result = await work();
      if (hit) dying.abort();
      if (hit) throw new Error('killed');
      return result;
    };
    const { deliveries, channels } = world.ports;
    const ports: AlertWorld['ports'] = {
      ...world.ports,
      deliveries: {
        ...deliveries,
        get: (...given) => breaking('get', () => deliveries.get(...given)),
        claim: (...given) => breaking('claim', () => deliveries.claim(...given)),
        settle: (...given) => breaking('settle', () => deliveries.settle(...given)),
      },
      channels: {
        ...channels,
        get: (channel) => ({
          ...channels.get(channel),
          send: (...given) => breaking('send', () => channels.get(channel).send(...given)),
        }),
      },
    };
    expect(String(await thrownBy(run(id, {}, ports)))).toContain('killed');
    await run(id, { now: () => AT + 1000, attempt: 2 });
    const cut = `${when} ${name}`;
    const isUncertain = ['after claim', 'before send', 'after send', 'before settle'].includes(cut);
    const copies = ['after send', 'before settle'].includes(cut) ? 2 : 1;
    expect(sms.messages.map(({ message }) => message.id)).toEqual(Array(copies).fill(id));
    expect(await get(id)).toMatchObject({ state: 'sent' });
    expect(await trail()).toEqual([...(isUncertain ? ['notification.repeated'] : []), 'notification.sent']);
  },
);
