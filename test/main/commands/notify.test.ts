import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startMailCatcher, type MailCatcher } from '../../../src/io/mail-catcher.js';
import { createAuditLog } from '../../../src/io/sql/audit-log.js';
import { openDatabase } from '../../../src/io/sql/open.js';
import { channels, test as send } from '../../../src/main/commands/notify.js';

let data: string;
let mail: MailCatcher;
let printed: string[];
beforeAll(async () => {
  // Short: the sockets of the embedded Redis are in it.
  data = await mkdtemp(join(tmpdir(), 'cq-'));
  mail = await startMailCatcher();
  process.env['SMTP_URL'] = mail.url;
  await writeFile(
    join(data, 'cameras.yaml'),
    'site: {name: Kho}\nrecipients: [{id: lan, name: Lan, email: lan@example.org, log: true, language: en}]\ncameras: []',
  );
});
afterAll(async () => {
  delete process.env['SMTP_URL'];
  await mail.close();
  await rm(data, { recursive: true, force: true });
});
beforeEach(() => {
  printed = [];
  jest.spyOn(console, 'log').mockImplementation((text: string) => void printed.push(text));
  jest.spyOn(process.stderr, 'write').mockImplementation((text) => printed.push(String(text).trimEnd()) > 0);
});
afterEach(() => jest.restoreAllMocks());
const options = (): { data: string; cameras: string } => ({ data, cameras: join(data, 'cameras.yaml') });

it('sends to a recipient in their language, and to an address; keeps it in the audit trail without the address', async () => {
  expect(await send({ ...options(), channel: 'email', to: 'lan' })).toBe(0);
  expect(await send({ ...options(), channel: 'email', to: 'new@example.org' })).toBe(0);
  expect(mail.mails.map(({ to, subject }) => [to, subject])).toEqual([
    [['lan@example.org'], '[Kho] Test: This channel works'],
    [['new@example.org'], '[Kho] Tin thử: Kênh thông báo hoạt động tốt'],
  ]);
  expect(await send({ ...options(), channel: 'log', to: 'lan', json: true })).toBe(0);
  expect(JSON.parse(printed.at(-1)!)).toMatchObject({ channel: 'log', recipient: 'lan', isSent: true });
  expect(await readFile(join(data, 'notifications.log'), 'utf8')).toContain('This channel works');
  const database = await openDatabase({ dataDir: data });
  const trail = await createAuditLog(database).list({ action: 'notification.test', limit: 9 });
  await database.close();
  expect(trail.map(({ subject, detail }) => [subject, detail['channel'], detail['isSent']])).toEqual([
    ['recipient/lan', 'log', true],
    ['recipient/test', 'email', true],
    ['recipient/lan', 'email', true],
  ]);
  expect(JSON.stringify(trail) + printed.join('')).not.toMatch(/example\.org/);
});

it('says why a message did not go', async () => {
  mail.behave('refuse');
  expect(await send({ ...options(), channel: 'email', to: 'lan' })).toBe(1);
  mail.behave('accept');
  expect(await send({ ...options(), channel: 'sms', to: '+84912345678', json: true })).toBe(1);
  expect(printed[0]).toMatch(/^email: .*550/);
  expect(JSON.parse(printed[1]!)).toMatchObject({
    isSent: false,
    reason: expect.stringMatching(/^is off: .*TWILIO/) as string,
  });
});

it.each<[string, Parameters<typeof send>[0]['channel'], string, RegExp]>([
  ['a recipient without that address', 'sms', 'lan', /recipient lan has no sms; has email, log/],
  ['a stranger', 'email', 'minh', /--to "minh" is no recipient; recipients: lan/],
  ['a number without country', 'sms', '0912345678', /--to "0912345678" must be a number with country code/],
  ['no e-mail address', 'email', 'lan@', /--to "lan@" is no e-mail address/],
])('%s is wrong usage', async (_, channel, to, problem) => {
  await expect(send({ ...options(), channel, to })).rejects.toThrow(problem);
});

it('lists channels: which are on, and why others are off', async () => {
  expect(await channels({ ...options(), json: true })).toBe(0);
  const shown = printed.splice(0).map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(shown).toContainEqual({ channel: 'email', state: 'on', ratePerS: expect.any(Number) as number });
  expect(shown.find(({ channel }) => channel === 'sms')).toMatchObject({
    ...{ state: 'off', reason: expect.stringMatching(/TWILIO_ACCOUNT_SID/) as string },
  });
  await channels(options());
  expect(printed.join('\n')).toMatch(/^CHANNEL +STATE +UNTIL +PER SECOND +WHY\nemail +on/);
});
