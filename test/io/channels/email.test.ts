import { createServer } from 'node:net';
import { once } from 'node:events';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import type { NotificationChannel } from '../../../src/ports/alerting.js';
import { NotReadyError, PermanentError } from '../../../src/errors.js';
import { type MailCatcher, startMailCatcher } from '../../../src/io/mail-catcher.js';
import { createEmailChannel } from '../../../src/io/channels/email/email-channel.js';
import { testMessage, testRecipient } from '../../support/messages.js';
import { failureOf, runContract, until } from './contract.js';

const FROM = 'Bãi xe <cam@example.org>';
const words = {
  subject: '[Bãi xe Trần Phú] Cảnh báo: có người – Cổng chính',
  text: 'Có người trong sân – đột nhập ✓\n'.repeat(40),
  html: '<p>Có người trong sân</p><img src="cid:snapshot.jpg">',
};
const picture = Buffer.from(Array.from({ length: 5000 }, (_, i) => i % 256));
const mail = testMessage('gate-1-7+0+guard+email', { words, picture });
const guard = testRecipient({ email: 'guard@example.org' });
const never = new AbortController().signal;

let catcher: MailCatcher;
const servers: SMTPServer[] = [];
const channels: NotificationChannel[] = [];
function channelFor(smtpUrl: string | undefined) {
  const channel = createEmailChannel({ smtpUrl, from: FROM, pool: 4 });
  channels.push(channel);
  return channel;
}
const closeAll = () => Promise.all(channels.splice(0).map((channel) => channel.close()));
beforeEach(async () => {
  catcher = await startMailCatcher();
});
afterEach(async () => {
  await closeAll();
  await catcher.close();
  await Promise.all(servers.splice(0).map((server) => new Promise<void>((resolve) => server.close(resolve))));
});

runContract('email', async ({ timeoutMs, silentPort }) => {
  const port = silentPort ?? catcher.port;
  const smtpUrl = `smtp://cam:mat-khau-7@127.0.0.1:${port}`;
  return {
    channel: createEmailChannel({ smtpUrl, from: FROM, pool: 4, timeoutMs }),
    to: guard,
    secrets: ['guard@example.org', 'mat-khau-7'],
    arrived: async (count) => {
      await until(async () => catcher.mails.length >= count);
      return catcher.mails.map(({ messageId, text, html }) => ({ id: messageId, text: text + html }));
    },
    make: {
      refuses: async () => catcher.behave('refuse'),
      fails: async () => catcher.behave('defer'),
      throttles: async () => catcher.behave('busy'),
    },
    connections: async () => catcher.open(),
    close: async () => undefined,
  };
});

it('delivers what was written, letter by letter, with the picture inline', async () => {
  const receipt = await channelFor(catcher.url).send(mail, guard, never);
  expect(receipt).toEqual({ detail: '250 queued as 1' });
  const [caught] = catcher.mails;
  expect(caught).toMatchObject({
    messageId: '<gate-1-7+0+guard+email@example.org>',
    from: 'cam@example.org',
    to: ['guard@example.org'],
    subject: words.subject,
  });
  expect(caught?.text.trim()).toBe(words.text.trim());
  expect(caught?.html).toContain('Có người trong sân');
  expect(caught?.html).toContain('cid:snapshot.jpg');
  expect(caught?.pictures).toEqual([
    { cid: 'snapshot.jpg', name: 'snapshot.jpg', type: 'image/jpeg', bytes: picture },
  ]);
  expect(caught?.raw).toMatch(/Content-Disposition: inline/);
  expect(caught?.headers.get('auto-submitted')).toBe('auto-generated');
  expect(caught?.raw.split('\r\n').every((line) => line.length <= 998)).toBe(true);
});

it('uses one connection for mails that follow each other', async () => {
  const channel = channelFor(catcher.url);
  for (const id of ['a', 'b', 'c']) await channel.send({ ...mail, id }, guard, never);
  expect(catcher.mails.map(({ messageId }) => messageId)).toEqual(
    ['a', 'b', 'c'].map((id) => `<${id}@example.org>`),
  );
  expect(catcher.connections()).toBe(1);
});

it('makes one conversation of the messages of an incident, and none of two incidents', async () => {
  const channel = channelFor(catcher.url);
  const send = (id: string, threadId: string, occasion: 'opened' | 'escalated' | 'ended') =>
    channel.send({ ...testMessage(id, { words, facts: { occasion } }), threadId }, guard, never);
  await send('a+0', 'a', 'opened');
  await send('a+1', 'a', 'escalated');
  await send('a+ended', 'a', 'ended');
  await send('b+0', 'b', 'opened');
  const headers = (name: string) => catcher.mails.map((caught) => caught.headers.get(name));
  const root = '<a.thread@example.org>';
  expect(headers('references')).toEqual([root, root, root, '<b.thread@example.org>']);
  // A first message that answers something would look like a reply whose beginning is missing.
  expect(headers('in-reply-to')).toEqual([undefined, root, root, undefined]);
  expect(new Set(catcher.mails.map(({ messageId }) => messageId)).size).toBe(4);
  expect(catcher.mails.map(({ subject }) => subject)).toEqual(Array(4).fill(words.subject));
  expect(catcher.mails[0]?.headers.get('list-id')).toContain('<alerts.example.org>');
});

it('keeps a message while the sender is refused or the server does not greet: neither is about the mail', async () => {
  const server = await startSmtp({
    onMailFrom: (_address, _session, callback) =>
      callback(Object.assign(new Error('sender not allowed'), { responseCode: 553 })),
  });
  const refused = await failureOf(channelFor(server.url).send(mail, guard, never));
  expect(refused).toBeInstanceOf(NotReadyError);
  expect(refused.message).toMatch(/553.*MAIL_FROM/);

  const closed = await startSmtp({
    onConnect: (_session, callback) =>
      callback(Object.assign(new Error('no service'), { responseCode: 554 })),
  });
  const unwelcome = await failureOf(channelFor(closed.url).send(mail, guard, never));
  expect(unwelcome).not.toBeInstanceOf(PermanentError);
  expect(unwelcome.message).toContain('554');
});

it.each([
  [450, 'Too many messages from you'],
  [451, 'rate limit exceeded'],
  [421, 'closing'],
])('slows down when the server says %s %s', async (responseCode, text) => {
  const server = await startSmtp({
    onRcptTo: (_address, _session, callback) => callback(Object.assign(new Error(text), { responseCode })),
  });
  const error = await failureOf(channelFor(server.url).send(mail, guard, never));
  expect(error).toBeInstanceOf(NotReadyError);
  expect(error).toMatchObject({ retryAfterMs: 60_000, notSent: true });
});

it('cannot be made to add a header or a recipient', async () => {
  const channel = channelFor(catcher.url);
  const nasty = {
    ...mail,
    id: 'x>\r\nBcc: <eve@example.org>',
    threadId: 'x>\r\nBcc: <eve@example.org>',
    words: { ...mail.words, subject: 'x\r\nBcc: eve@example.org\r\n\r\nhello' },
  };
  await channel.send(nasty, guard, never);
  expect(catcher.mails[0]?.to).toEqual(['guard@example.org']);
  expect([...(catcher.mails[0]?.headers.keys() ?? [])]).not.toContain('bcc');
});

it('takes a refused recipient as permanent, a deferral as not, and names no address', async () => {
  const channel = channelFor(catcher.url);
  catcher.behave('refuse');
  const refused = await failureOf(channel.send(mail, guard, never));
  expect(refused).toBeInstanceOf(PermanentError);
  expect(refused.message).toMatch(/550 <?\(address\)/);
  catcher.behave('defer');
  const deferred = await failureOf(channel.send(mail, guard, never));
  expect(deferred).not.toBeInstanceOf(PermanentError);
  expect(deferred).toMatchObject({ notSent: true, message: expect.stringContaining('451') as string });
  expect(refused.message + deferred.message).not.toContain('guard@');
  catcher.behave('accept');
  await channel.send(mail, guard, never);
  expect(catcher.mails).toHaveLength(1);
});

it('does not claim that nothing left when the connection breaks after the mail', async () => {
  const channel = channelFor(catcher.url);
  catcher.behave('drop');
  const error = await failureOf(channel.send(mail, guard, never));
  expect(error).not.toBeInstanceOf(PermanentError);
  expect(error.notSent).not.toBe(true);
  // The second copy is the queue's decision, not a hidden one of the transport.
  expect(catcher.mails).toHaveLength(1);
});

it('says that nothing left when nobody listens', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  const error = await failureOf(channelFor(`smtp://127.0.0.1:${port}`).send(mail, guard, never));
  expect(error).toMatchObject({ notSent: true, message: expect.stringContaining('ECONNREFUSED') as string });
});

// Less than the channel's own 20 s for a silent server.
it('stops when told so, at once, and the next mail goes through', async () => {
  const stop = new AbortController();
  const hanging = await startMailCatcher({ onMail: () => stop.abort(new Error('shutdown')) });
  hanging.behave('hang');
  const channel = channelFor(hanging.url);
  await expect(channel.send(mail, guard, stop.signal)).rejects.toThrow('shutdown');
  await expect(channel.send(mail, guard, stop.signal)).rejects.toThrow('shutdown');
  expect(hanging.mails).toHaveLength(1);
  hanging.behave('accept');
  await channel.send(mail, guard, never);
  await closeAll();
  await hanging.close();
});

it('waits, costing no attempt, while no server or no valid login is set', async () => {
  const unset = await failureOf(channelFor(undefined).send(mail, guard, never));
  expect(unset).toBeInstanceOf(NotReadyError);
  expect(unset).toMatchObject({
    message: 'SMTP_URL is not set: messages wait',
    retryAfterMs: 60_000,
  });

  const locked = await startMailCatcher({ login: { user: 'cam', password: 'rätsel' } });
  const wrong = await failureOf(
    channelFor(locked.url.replace(/:[^:@]+@/, ':geheim@')).send(mail, guard, never),
  );
  const missing = await failureOf(channelFor(`smtp://127.0.0.1:${locked.port}`).send(mail, guard, never));
  await channelFor(locked.url).send(mail, guard, never);
  expect(wrong).toBeInstanceOf(NotReadyError);
  expect(wrong.message).toMatch(/wrong user or password.*SMTP_URL/);
  expect(wrong.message).not.toContain('geheim');
  expect(missing).toBeInstanceOf(NotReadyError);
  expect(locked.mails).toHaveLength(1);
  await closeAll();
  await locked.close();
});

it('shows no password to a far server without TLS', async () => {
  // Anything but this machine's own names counts as far.
  const far = await startMailCatcher({ host: '127.0.0.2', login: { user: 'cam', password: 'secret' } });
  const error = await failureOf(channelFor(far.url).send(mail, guard, never));
  expect(error.message).toMatch(/TLS/);
  await channelFor(`${far.url}?requireTLS=false`).send(mail, guard, never);
  expect(far.mails).toHaveLength(1);
  await closeAll();
  await far.close();
});

it('speaks TLS from the start by URL, and believes no unknown certificate', async () => {
  const server = await startSmtp({ secure: true });
  const secure = server.url.replace('smtp:', 'smtps:');
  const error = await failureOf(channelFor(secure).send(mail, guard, never));
  expect(error.message).toMatch(/certificate/);
  await channelFor(`${secure}?tls.rejectUnauthorized=false`).send(mail, guard, never);
});

/** A mail server that takes everything and answers as told. */
async function startSmtp(options: SMTPServerOptions): Promise<{ url: string }> {
  const server = new SMTPServer({
    closeTimeout: 100,
    authOptional: true,
    logger: false,
    disabledCommands: options.secure === true ? [] : ['STARTTLS'],
    onData: (stream, _session, callback) => {
      stream.resume().on('end', () => callback(null));
    },
    ...options,
  });
  server.on('error', () => undefined);
  servers.push(server);
  const listening = server.listen(0, '127.0.0.1');
  await once(listening, 'listening');
  const { port } = listening.address() as { port: number };
  return {
    url: `smtp://127.0.0.1:${port}`,
  };
}
