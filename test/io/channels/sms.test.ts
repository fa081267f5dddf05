import { createServer } from 'node:net';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import type { Recipient } from '../../../src/domain/alerting/config.js';
import type { Message } from '../../../src/domain/alerting/message.js';
import { NotReadyError, PermanentError } from '../../../src/errors.js';
import { createSmsChannel, type SmsOptions } from '../../../src/io/channels/sms/sms-channel.js';
import { startFaultProxy } from '../../support/fault-proxy.js';
import { startTwilio, twilioError, type TwilioServer } from '../../support/twilio-server.js';
import type { Trouble } from '../../support/provider-server.js';

const SID = `AC${'0123456789abcdef'.repeat(2)}`;
const TOKEN = 'a-token-nobody-may-see-1234';
const PHONE = '+84912345678';
const guard = { id: 'guard', phone: PHONE } as Recipient;
const never = new AbortController().signal;
const ACK = 'https://cameras.example.org/a/42.abcdefghijklmnopqrstuv';
const message = {
  id: 'gate-1-7+0+guard+sms',
  language: 'vi',
  threadId: 'gate-1-7',
  facts: { links: { acknowledge: ACK }, replyCode: '42' },
  words: { short: `Cảnh báo #42: có người ở Cổng chính. Trả lời 42 để nhận: ${ACK}` },
} as unknown as Message;

let server: TwilioServer;
beforeEach(async () => {
  server = await startTwilio({ accountSid: SID, authToken: TOKEN });
});
afterEach(() => server.close());

function channelFor(given: Partial<SmsOptions> = {}) {
  return createSmsChannel({
    accountSid: SID,
    authToken: TOKEN,
    from: '+15005550006',
    baseUrl: server.url,
    maxSegments: 2,
    plain: 'auto',
    ...given,
  });
}
const failureOf = (sending: Promise<unknown>) =>
  sending.then(
    () => Promise.reject(new Error('it went through')),
    (error: unknown) => error as Error & { notSent?: boolean; retryAfterMs?: number },
  );

it('hands over the text, fitted, and keeps the receipt', async () => {
  const channel = channelFor({ statusCallback: 'https://cameras.example.org/hooks/twilio/status' });
  const receipt = await channel.send(message, guard, never);
  const [taken] = server.messages;
  expect(server.messages).toHaveLength(1);
  expect(taken).toMatchObject({
    to: PHONE,
    from: '+15005550006',
    messagingServiceSid: undefined,
    body: `Canh bao #42: co nguoi o Cong chinh. Tra loi 42 de nhan: ${ACK}`,
    statusCallback: 'https://cameras.example.org/hooks/twilio/status',
  });
  expect(receipt).toEqual({ providerId: taken?.sid, cost: 1, detail: 'queued, 1 segment' });
});

it('counts the segments itself where a messaging service has yet to pick its number', async () => {
  const service = await startTwilio({ accountSid: SID, authToken: TOKEN, segments: '0' });
  try {
    const from = `MG${'0'.repeat(32)}`;
    const channel = channelFor({ baseUrl: service.url, from, plain: 'never' });
    const receipt = await channel.send(message, guard, never);
    expect(receipt).toMatchObject({ cost: 2, detail: 'accepted, 2 segments' });
    expect(service.messages[0]).toMatchObject({ from: undefined, messagingServiceSid: from });
    expect(service.messages[0]?.statusCallback).toBeUndefined();
  } finally {
    await service.close();
  }
});

it.each([
  ['+15005550006', 1],
  [`MG${'0'.repeat(32)}`, 10],
  ['Camqueue', 10],
])('sends from %s at a rate of %s a second', async (from, ratePerS) => {
  expect(channelFor({ from }).ratePerS).toBe(ratePerS);
});

it('goes through a proxy that has a path and a long name of its own', async () => {
  const baseUrl = `http://a.b.c.d.localhost:${new URL(server.url).port}/twilio/`;
  const channel = channelFor({ baseUrl });
  // *.localhost is this machine (RFC 6761), but not every resolver knows; the request must at least ask for that name.
  const failure = await channel.send(message, guard, never).catch((error: Error) => error);
  if (failure instanceof Error) expect(failure.message).toContain('a.b.c.d.localhost');
  const direct = channelFor({ baseUrl: `${server.url}/twilio/` });
  await direct.send(message, guard, never);
  expect(server.requests.at(-1)?.path).toBe(`/twilio/2010-04-01/Accounts/${SID}/Messages.json`);
});

it.each([
  [400, 21211, PermanentError, 'the number is no valid phone number'],
  [400, 21214, PermanentError, 'cannot be reached'],
  [400, 21217, PermanentError, 'does not appear to be valid'],
  [403, 21408, PermanentError, 'geo permissions'],
  [400, 21610, PermanentError, 'STOP'],
  [400, 21612, PermanentError, 'from this sender'],
  [400, 21614, PermanentError, 'no mobile number'],
  [400, 21999, PermanentError, 'Twilio 21999: Something about (number) nobody has seen'],
  [401, 20003, NotReadyError, 'TWILIO_AUTH_TOKEN'],
  [403, 20003, NotReadyError, 'TWILIO_AUTH_TOKEN'],
  [404, 20404, NotReadyError, 'TWILIO_ACCOUNT_SID'],
  [400, 21606, NotReadyError, 'TWILIO_FROM'],
  [400, 21660, NotReadyError, 'TWILIO_FROM'],
  [404, 21701, NotReadyError, 'TWILIO_FROM'],
  [400, 21609, NotReadyError, 'PUBLIC_URL'],
  [429, 20429, NotReadyError, 'too many requests'],
  [429, 63038, NotReadyError, 'for today'],
  [400, 21611, NotReadyError, 'queue'],
  [500, 20500, Error, 'Twilio 20500'],
  [503, 20503, Error, 'Twilio 20503'],
])('takes HTTP %s with code %s for %p', async (status, code, kind, words) => {
  server.next(twilioError(status, code, `Something about ${PHONE} nobody has seen`));
  const failure = await failureOf(channelFor().send(message, guard, never));
  expect(failure.constructor).toBe(kind);
  expect(failure.message).toContain(words);
  expect(failure.notSent).toBe(true);
  expect(failure.message).not.toContain(PHONE.slice(3));
  expect(server.requests).toHaveLength(1);
});

it.each([
  ['seconds', '7', 7000],
  ['nothing', undefined, 10_000],
  ['rubbish', 'soon', 10_000],
  ['a year', '31536000', 3_600_000],
])('waits as long as it is told when throttled: %s', async (_name, header, ms) => {
  const throttled = twilioError(429, 20429, 'Too Many Requests');
  server.next(header === undefined ? throttled : { ...throttled, headers: { 'retry-after': header } });
  const failure = await failureOf(channelFor().send(message, guard, never));
  expect(failure.retryAfterMs).toBe(ms);
});

it.each<[string, Trouble, boolean | undefined]>([
  ['is cut before an answer', 'cut', undefined],
  ['is cut after it was taken', 'take-and-cut', undefined],
  ['gives half an answer', 'half-an-answer', undefined],
  ['answers what is no JSON', { status: 201, body: '<html>welcome</html>' }, undefined],
  ['takes it and names no id', { status: 201, body: {} }, undefined],
  ['is a gateway without an answer', { status: 502, body: '<html>Bad gateway</html>' }, undefined],
  ['is a gateway that waited', { status: 504, body: '' }, undefined],
  ['is overloaded', { status: 503, body: 'try later' }, true],
])('says whether a copy may have left when Twilio %s', async (_name, trouble, notSent) => {
  server.next(trouble);
  const failure = await failureOf(channelFor().send(message, guard, never));
  expect(failure.constructor).toBe(Error);
  expect(failure.notSent).toBe(notSent);
  expect(failure.message).toMatch(/^Twilio/);
  expect(server.requests).toHaveLength(1);
});

it('knows that nothing left where there was no connection', async () => {
  const gone = createServer();
  gone.listen(0, '127.0.0.1');
  await once(gone, 'listening');
  const { port } = gone.address() as AddressInfo;
  gone.close();
  await once(gone, 'close');
  const failure = await failureOf(
    channelFor({ baseUrl: `http://127.0.0.1:${port}` }).send(message, guard, never),
  );
  expect(failure).toMatchObject({ notSent: true });
  expect(failure.message).toContain('ECONNREFUSED');
});

it('knows that nothing left where the server is none that can be trusted', async () => {
  const baseUrl = server.url.replace('http:', 'https:');
  const failure = await failureOf(channelFor({ baseUrl }).send(message, guard, never));
  expect(failure).toMatchObject({ notSent: true });
  expect(server.messages).toHaveLength(0);
});

it('gives up on a server that does not answer, and cannot say what became of the message', async () => {
  const proxy = await startFaultProxy(Number(new URL(server.url).port));
  try {
    proxy.hang();
    const channel = channelFor({ baseUrl: `http://127.0.0.1:${proxy.port}`, timeoutMs: 300 });
    const failure = await failureOf(channel.send(message, guard, never));
    expect(failure.message).toContain('no answer in 0.3 s');
    expect(failure.notSent).toBeUndefined();
  } finally {
    await proxy.close();
  }
});

it('stops when its job is stopped', async () => {
  server.always('hang');
  const stop = new AbortController();
  const sending = failureOf(channelFor().send(message, guard, stop.signal));
  await server.arrival();
  stop.abort(new Error('the worker is stopping'));
  expect((await sending).message).toBe('the worker is stopping');
  await expect(channelFor().send(message, guard, stop.signal)).rejects.toThrow('the worker is stopping');
  expect(server.requests).toHaveLength(1);
});

it.each([
  ['has no phone', undefined],
  ['has one of no country', '+99912345678'],
  ['has one too short for its country', '+8491199'],
  ['has one with letters', '+84 GUARD'],
])('refuses a recipient who %s, by its id', async (_name, phone) => {
  const failure = await failureOf(channelFor().send(message, { id: 'guard', phone } as Recipient, never));
  expect(failure).toBeInstanceOf(PermanentError);
  expect(failure.message).toContain('recipient "guard"');
  expect(failure.notSent).toBe(true);
  if (phone !== undefined) expect(failure.message).not.toContain(phone);
  expect(server.requests).toHaveLength(0);
});

it.each([
  [
    { accountSid: undefined, authToken: undefined, from: undefined },
    'TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN and TWILIO_FROM are not set',
  ],
  [{ from: undefined }, 'TWILIO_FROM is not set'],
])('is off without %j', async (given, off) => {
  const channel = channelFor(given);
  expect(channel.off).toBe(off);
  expect(await failureOf(channel.send(message, guard, never))).toBeInstanceOf(NotReadyError);
});
