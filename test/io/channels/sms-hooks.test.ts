import { createHmac } from 'node:crypto';
import { InputError } from '../../../src/errors.js';
import { createSmsHooks } from '../../../src/io/channels/sms/sms-hooks.js';

const SID = `AC${'0123456789abcdef'.repeat(2)}`;
const TOKEN = 'a-token-nobody-may-see-1234';
const URL = 'https://cameras.example.org/hooks/twilio/status';
const MESSAGE = `SM${'0123456789abcdef'.repeat(2)}`;
const hooks = createSmsHooks({ accountSid: SID, authToken: TOKEN });
const form = { AccountSid: SID, MessageSid: MESSAGE, MessageStatus: 'delivered', To: '+84912345678' };

/** As https://www.twilio.com/docs/usage/security describes it, not as the SDK does it. */
function signed(url: string, fields: Record<string, string>, token = TOKEN): string {
  const text = Object.keys(fields)
    .sort()
    .reduce((all, key) => all + key + (fields[key] ?? ''), url);
  return createHmac('sha1', token).update(text, 'utf8').digest('base64');
}

it('knows what Twilio signed', () => {
  expect(hooks.isGenuine(URL, form, signed(URL, form))).toBe(true);
  const spoken = { ...form, Body: 'OK 42 ✓ đã nhận' };
  expect(hooks.isGenuine(URL, spoken, signed(URL, spoken))).toBe(true);
});

it.each([
  ['another token', URL, form, signed(URL, form, 'another-token-1234')],
  ['a changed field', URL, { ...form, MessageStatus: 'failed' }, signed(URL, form)],
  ['one field more', URL, { ...form, Body: '42' }, signed(URL, form)],
  ['another address', `${URL}x`, form, signed(URL, form)],
  ['no signature', URL, form, ''],
  ['rubbish', URL, form, 'ÿÿÿ'],
  ['an address that is none', 'hooks', form, signed('hooks', form)],
  [
    'another account with the same token',
    URL,
    { ...form, AccountSid: `AC${'f'.repeat(32)}` },
    signed(URL, { ...form, AccountSid: `AC${'f'.repeat(32)}` }),
  ],
])('refuses %s', (_name, url, fields, signature) => {
  expect(hooks.isGenuine(url, fields, signature)).toBe(false);
});

it('believes nobody without a token', () => {
  const none = createSmsHooks({ accountSid: undefined, authToken: undefined });
  expect(none.isGenuine(URL, {}, signed(URL, {}, ''))).toBe(false);
});

it.each([
  [{ MessageStatus: 'delivered' }, 'delivered', /delivered/],
  [
    { MessageStatus: 'undelivered', ErrorCode: '30003' },
    'failed',
    /^undelivered: Twilio 30003: the phone is off/,
  ],
  [{ MessageStatus: 'failed', ErrorCode: '21610' }, 'failed', /^failed: Twilio 21610: .*STOP/],
  [{ MessageStatus: 'undelivered', ErrorCode: '39999' }, 'failed', /39999: see https/],
  [{ MessageStatus: 'undelivered', ErrorCode: '' }, 'failed', /gave no reason/],
  [{ MessageStatus: 'failed' }, 'failed', /gave no reason/],
])('reads the report %j', (fields, state, detail) => {
  const report = hooks.status({ ...form, ...fields });
  expect(report).toMatchObject({ providerId: MESSAGE, state });
  expect(report?.detail).toMatch(detail);
});

it.each(['queued', 'accepted', 'sending', 'sent', 'something_new'])('has nothing to say of %s', (state) => {
  expect(hooks.status({ ...form, MessageStatus: state })).toBeUndefined();
});

it.each([
  [{ MessageStatus: 'delivered' }, /MessageSid is missing/],
  [{ MessageSid: "x' OR 1=1", MessageStatus: 'delivered' }, /MessageSid is no message SID/],
  [{ MessageSid: MESSAGE }, /MessageStatus is missing/],
  [{ MessageSid: MESSAGE, MessageStatus: 'failed', ErrorCode: 'x' }, /ErrorCode is no error code/],
])('refuses the report %j', (fields, words) => {
  expect(() => hooks.status(fields as Record<string, string>)).toThrow(InputError);
  expect(() => hooks.status(fields as Record<string, string>)).toThrow(words);
});

it('reads what somebody replied', () => {
  expect(hooks.inbound({ From: '+84912345678', Body: '  Đã nhận 42 \n'.normalize('NFD') })).toEqual({
    from: '+84912345678',
    text: 'Đã nhận 42',
  });
  expect(() => hooks.inbound({ From: 'guard', Body: '42' })).toThrow(/From is no phone number/);
  expect(() => hooks.inbound({ From: '+84912345678' })).toThrow(/Body is missing/);
  expect(() => hooks.inbound({ From: '+84912345678', Body: 'x'.repeat(1601) })).toThrow(InputError);
});

it('names no number in an error', () => {
  expect(() => hooks.inbound({ From: '0912345678', Body: '42' })).toThrow(
    expect.objectContaining({ message: expect.not.stringContaining('912345678') as string }) as Error,
  );
});

it('answers in the words of Twilio, whatever they hold', () => {
  expect(hooks.reply('Đã nhận #42 <cổng> & "sân"\u0007')).toBe(
    '<?xml version="1.0" encoding="UTF-8"?><Response><Message>Đã nhận #42 &lt;cổng&gt; &amp; "sân" </Message></Response>',
  );
});
