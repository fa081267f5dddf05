import { randomUUID } from 'node:crypto';
import { Writable } from 'node:stream';
import pino from 'pino';
import twilio from 'twilio';
import { numberIn } from '../../src/api/sms-number.js';
import { createSmsHooks } from '../../src/io/channels/sms/sms-hooks.js';
import type { Deliveries, Delivery } from '../../src/ports/alerting.js';
import { FORM, PUBLIC_URL, startTestApi, type TestApi } from '../support/api.js';
import { openIncident, tellOf } from '../support/api-incidents.js';

const AT = 1_795_251_600_000;
const ACCOUNT = `AC${'0'.repeat(32)}`;
const TOKEN = 'auth-t0ken-of-the-account';
const GUARD = '+84912345678';
const CHIEF = '+84987654321';
let api: TestApi;
let logged = '';
beforeAll(async () => {
  const sink = new Writable({
    write(chunk, _encoding, done) {
      logged += String(chunk);
      done();
    },
  });
  const smsHooks = createSmsHooks({ accountSid: ACCOUNT, authToken: TOKEN });
  api = await startTestApi({ smsHooks, log: pino(sink), now: () => AT });
});
afterAll(() => api.stop());

/** As Twilio posts it: signed over the address that it knows and all fields. */
async function post(
  what: 'status' | 'inbound',
  given: Record<string, string>,
  change: { signature?: string; url?: string; body?: string } = {},
) {
  const path = `/hooks/twilio/${what}`;
  const form = { AccountSid: ACCOUNT, ...given };
  const signature =
    change.signature ?? twilio.getExpectedTwilioSignature(TOKEN, change.url ?? PUBLIC_URL + path, form);
  const body = change.body ?? new URLSearchParams(form).toString();
  const answer = await api.fetch(path, {
    method: 'POST',
    headers: { ...FORM, 'X-Twilio-Signature': signature },
    body,
  });
  return { status: answer.status, type: answer.headers.get('content-type'), text: await answer.text() };
}
const sid = (): string => `SM${randomUUID().replaceAll('-', '')}`;
const sms = (From: string, Body: string) => ({ MessageSid: sid(), From, To: '+84900000000', Body });
const open = () => openIncident(api, randomUUID(), { now: AT, at: AT - 1000 });
const stateOf = async (id: string) => (await api.deps.ports.incidents.get(id))?.state;

/** An SMS that the provider took. */
async function sent(
  otherChannels: Delivery['otherChannels'] = [],
  beforeWritten: (providerId: string) => Promise<void> = async () => undefined,
): Promise<Delivery & { sid: string }> {
  const { deliveries } = api.deps.ports;
  const recipient = `r-${randomUUID().slice(0, 8)}`;
  await tellOf(api, await open(), [{ recipient, channel: 'sms', otherChannels }]);
  const claim = await deliveries.claim(
    { recipient, channel: 'sms' },
    'job',
    { maxPerHour: 9, ratePerS: 1000 },
    AT,
  );
  if (claim.kind !== 'send') throw new Error(`nothing to send: ${claim.kind}`);
  const providerId = sid();
  await beforeWritten(providerId);
  await deliveries.settle(claim.deliveries, { state: 'sent', receipt: { providerId, detail: 'queued' } }, AT);
  return { ...(claim.deliveries[0] as Delivery), sid: providerId };
}

describe('reports', () => {
  it.each([
    ['delivered', undefined, 'delivered'],
    ['undelivered', '30003', 'failed'],
    ['failed', '30005', 'failed'],
    ['sent', undefined, 'sent'],
    ['queued', undefined, 'sent'],
  ])('%s (%s): the delivery is %s', async (MessageStatus, ErrorCode, state) => {
    const delivery = await sent();
    const answer = await post('status', {
      ...{ MessageSid: delivery.sid, MessageStatus },
      ...(ErrorCode !== undefined && { ErrorCode }),
    });
    expect([answer.status, answer.text]).toEqual([204, '']);
    expect((await api.deps.ports.deliveries.get(delivery.id))?.state).toBe(state);
  });

  it('of what did not arrive after all: the next channel takes over, its job is enqueued', async () => {
    const delivery = await sent(['email']);
    await post('status', { MessageSid: delivery.sid, MessageStatus: 'undelivered', ErrorCode: '30003' });
    const [next] = await api.deps.ports.deliveries.list({
      recipient: delivery.recipient,
      channel: 'email',
      limit: 9,
    });
    expect(next).toMatchObject({ state: 'pending', incidentId: delivery.incidentId });
    const jobs = await api.inspector.list('notification', 'waiting', 99);
    expect(jobs.map(({ payload }) => payload)).toContainEqual({ deliveryId: next?.id });
  });

  it('that come before the answer to the message was written down are not lost', async () => {
    const { deliveries } = api.deps.ports;
    const look = (...given: Parameters<Deliveries['report']>) => report.apply(deliveries, given);
    // eslint-disable-next-line @typescript-eslint/unbound-method -- called on its object, above
    const { report } = deliveries;
    let answer: Promise<unknown> = Promise.resolve();
    const delivery = await sent([], async (MessageSid) => {
      await new Promise((looked) => {
        jest.spyOn(deliveries, 'report').mockImplementationOnce(async (...given) => {
          const found = await look(...given);
          looked(found);
          return found;
        });
        answer = post('status', { MessageSid, MessageStatus: 'delivered' });
      });
    });
    await answer;
    expect((await api.deps.ports.deliveries.get(delivery.id))?.state).toBe('delivered');
  });

  it('of an SMS that is not known: taken, and forgotten', async () => {
    expect((await post('status', { MessageSid: sid(), MessageStatus: 'delivered' })).status).toBe(204);
  });

  it('that are none: 400 without what they hold', async () => {
    const answer = await post('status', { MessageSid: 'SM-hello', MessageStatus: 'delivered' });
    expect([answer.status, /MessageSid/.test(answer.text), /hello/.test(answer.text)]).toEqual([
      400,
      true,
      false,
    ]);
  });
});

describe('replies', () => {
  it('acknowledge in the name of the sender, and are answered in the sender’s language', async () => {
    const [a, b] = [await open(), await open()];
    const first = await post('inbound', sms(GUARD, `OK #${a.number}`));
    expect([first.status, first.type, first.text]).toEqual([
      200,
      'text/xml; charset=utf-8',
      expect.stringContaining(`<Message>Incident ${a.number} acknowledged. Thank you.</Message>`),
    ]);
    expect((await api.deps.ports.incidents.get(a.id))?.acknowledged).toEqual({
      by: 'recipient:guard by sms',
      at: AT,
    });
    expect((await post('inbound', sms(CHIEF, String(b.number)))).text).toContain(
      `Đã xác nhận sự cố ${b.number}`,
    );
    expect(await stateOf(b.id)).toBe('acknowledged');
    expect((await post('inbound', sms(CHIEF, String(a.number)))).text).toMatch(/Lan đã xác nhận lúc/);
  });

  it('to what is over, is not there, or names nothing: say so', async () => {
    const { id, number } = await open();
    await api.deps.ports.incidents.resolve(id, 'person:hoa', AT);
    const say = async (text: string): Promise<string> =>
      /<Message>(.*)<\/Message>/.exec((await post('inbound', sms(GUARD, text))).text)?.[1] ?? '';
    expect(await say(String(number))).toBe(`Incident ${number} is over.`);
    expect(await say('99999')).toBe('There is no incident 99999.');
    for (const text of ['ok', `${number} 99`, '']) expect(await say(text)).toMatch(/^Reply with the number/);
  });

  it('of a stranger: no answer, and nothing happens', async () => {
    const { id, number } = await open();
    const answer = await post('inbound', sms('+84900000001', String(number)));
    expect([answer.status, answer.text, await stateOf(id)]).toEqual([204, '', 'open']);
  });
});

describe('what the provider has not signed', () => {
  it.each([
    ['no signature', { signature: '' }],
    ['another signature', { signature: 'AAAAAAAAAAAAAAAAAAAAAAAAAAA=' }],
    [
      'made with another token',
      { signature: twilio.getExpectedTwilioSignature('x', `${PUBLIC_URL}/hooks/twilio/inbound`, {}) },
    ],
    ['signed for another address', { url: 'https://elsewhere.example.org/hooks/twilio/inbound' }],
    ['signed for the other hook', { url: `${PUBLIC_URL}/hooks/twilio/status` }],
    ['fields added', { body: `AccountSid=${ACCOUNT}&From=%2B84912345678&Body=1` }],
    ['a field twice', { body: 'From=1&From=2' }],
  ])('%s: 403, and nothing happens', async (_what, change) => {
    const { id, number } = await open();
    const answer = await post('inbound', sms(GUARD, String(number)), change);
    expect([answer.status, await stateOf(id)]).toEqual([403, 'open']);
    expect(answer.text).toContain('bad-signature');
  });

  it('another account, rightly signed: 403', async () => {
    const form = { ...sms(GUARD, '1'), AccountSid: `AC${'1'.repeat(32)}` };
    expect((await post('inbound', form)).status).toBe(403);
  });

  it('more than a message holds: 413', async () => {
    expect((await post('inbound', sms(GUARD, 'x'.repeat(20_000)))).status).toBe(413);
  });

  it('is in the log, which holds no phone number and no text', () => {
    expect(logged).toMatch(/the signature is wrong/);
    expect(logged).not.toMatch(/8491234|8498765|OK #/);
  });
});

it.each([
  ['status', { publicUrl: undefined, smsHooks: createSmsHooks({ accountSid: ACCOUNT, authToken: TOKEN }) }],
  ['inbound', { smsHooks: undefined }],
])('without a provider, or an address it knows, there is no /hooks/twilio/%s', async (what, overrides) => {
  const other = await startTestApi(overrides);
  try {
    expect(
      (await other.fetch(`/hooks/twilio/${what}`, { method: 'POST', headers: FORM, body: '' })).status,
    ).toBe(404);
  } finally {
    await other.stop();
  }
});

it.each([
  ['42', 42],
  ['  #42 ', 42],
  ['OK 42', 42],
  ['ok42.', 42],
  ['Đã nhận sự cố 42, cảm ơn', 42],
  ['0042', 42],
  ['４２', 42],
  ['42 42', 42],
  ['', undefined],
  ['OK', undefined],
  ['0', undefined],
  ['42 43', undefined],
  ['+84912345678', undefined],
  ['99999999999999999999', undefined],
])('"%s" names %s', (text, number) => {
  expect(numberIn(text)).toBe(number);
});
