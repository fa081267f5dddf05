import { createServer } from 'node:net';
import { once } from 'node:events';
import { SMTPServer } from 'smtp-server';
import { NotReadyError, PermanentError } from '../../src/errors.js';
import { type MailCatcher, startMailCatcher } from '../../src/io/mail-catcher.js';
import { createMailer } from '../../src/io/smtp.js';
import type { Mail } from '../../src/ports.js';

const FROM = 'Bãi xe <cam@example.org>';
const mail: Mail = {
  id: 'gate-1-7+guard+email',
  to: 'guard@example.org',
  subject: '[Bãi xe Trần Phú] Cảnh báo: có người – Cổng chính',
  text: 'Có người trong sân – đột nhập ✓\n'.repeat(40),
  html: '<p>Có người trong sân</p><img src="cid:snapshot.jpg">',
  picture: { name: 'snapshot.jpg', jpeg: Buffer.from(Array.from({ length: 5000 }, (_, i) => i % 256)) },
};
const never = new AbortController().signal;

let catcher: MailCatcher;
const mailers: { close(): void }[] = [];
function mailerFor(smtpUrl: string | undefined) {
  const mailer = createMailer({ smtpUrl, from: FROM });
  mailers.push(mailer);
  return mailer;
}
beforeEach(async () => {
  catcher = await startMailCatcher();
});
afterEach(async () => {
  mailers.splice(0).forEach((mailer) => mailer.close());
  await catcher.close();
});
const failureOf = (sending: Promise<unknown>) =>
  sending.then(
    () => Promise.reject(new Error('the mail went through')),
    (error: unknown) => error as Error & { notSent?: boolean; retryAfterMs?: number },
  );

it('delivers what was written, letter by letter, with the picture inline', async () => {
  const receipt = await mailerFor(catcher.url).send(mail, never);
  expect(receipt).toBe('250 queued as 1');
  const [caught] = catcher.mails;
  expect(caught).toMatchObject({
    messageId: '<gate-1-7+guard+email@example.org>',
    from: 'cam@example.org',
    to: ['guard@example.org'],
    subject: mail.subject,
  });
  expect(caught?.text.trim()).toBe(mail.text.trim());
  expect(caught?.html).toContain('Có người trong sân');
  expect(caught?.html).toContain('cid:snapshot.jpg');
  expect(caught?.pictures).toEqual([
    { cid: 'snapshot.jpg', name: 'snapshot.jpg', type: 'image/jpeg', bytes: mail.picture?.jpeg },
  ]);
  expect(caught?.raw).toMatch(/Content-Disposition: inline/);
  expect(caught?.headers.get('auto-submitted')).toBe('auto-generated');
  expect(caught?.raw.split('\r\n').every((line) => line.length <= 998)).toBe(true);
});

it('uses one connection for mails that follow each other', async () => {
  const mailer = mailerFor(catcher.url);
  for (const id of ['a', 'b', 'c']) await mailer.send({ ...mail, id }, never);
  expect(catcher.mails.map(({ messageId }) => messageId)).toEqual(
    ['a', 'b', 'c'].map((id) => `<${id}@example.org>`),
  );
  expect(catcher.connections()).toBe(1);
});

it('cannot be made to add a header or a recipient', async () => {
  const mailer = mailerFor(catcher.url);
  const nasty = {
    ...mail,
    id: 'x>\r\nBcc: <eve@example.org>',
    subject: 'x\r\nBcc: eve@example.org\r\n\r\nhello',
  };
  await mailer.send(nasty, never);
  expect(catcher.mails[0]?.to).toEqual(['guard@example.org']);
  expect([...(catcher.mails[0]?.headers.keys() ?? [])]).not.toContain('bcc');
});

it('takes a refused recipient as permanent, a deferral as not, and names no address', async () => {
  const mailer = mailerFor(catcher.url);
  catcher.behave('refuse');
  const refused = await failureOf(mailer.send(mail, never));
  expect(refused).toBeInstanceOf(PermanentError);
  expect(refused.message).toMatch(/550 <?\(address\)/);
  catcher.behave('defer');
  const deferred = await failureOf(mailer.send(mail, never));
  expect(deferred).not.toBeInstanceOf(PermanentError);
  expect(deferred).toMatchObject({ notSent: true, message: expect.stringContaining('451') as string });
  expect(refused.message + deferred.message).not.toContain('guard@');
  catcher.behave('accept');
  await mailer.send(mail, never);
  expect(catcher.mails).toHaveLength(1);
});

it('does not claim that nothing left when the connection breaks after the mail', async () => {
  const mailer = mailerFor(catcher.url);
  catcher.behave('drop');
  const error = await failureOf(mailer.send(mail, never));
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
  const error = await failureOf(mailerFor(`smtp://127.0.0.1:${port}`).send(mail, never));
  expect(error).toMatchObject({ notSent: true, message: expect.stringContaining('ECONNREFUSED') as string });
});

// Less than the mailer's own 20 s for a silent server.
it('stops when told so, at once, and the next mail goes through', async () => {
  const stop = new AbortController();
  const hanging = await startMailCatcher({ onMail: () => stop.abort(new Error('shutdown')) });
  hanging.behave('hang');
  const mailer = mailerFor(hanging.url);
  await expect(mailer.send(mail, stop.signal)).rejects.toThrow('shutdown');
  await expect(mailer.send(mail, stop.signal)).rejects.toThrow('shutdown');
  expect(hanging.mails).toHaveLength(1);
  hanging.behave('accept');
  await mailer.send(mail, never);
  mailers.splice(0).forEach((each) => each.close());
  await hanging.close();
}, 15_000);

it('waits, costing no attempt, while no server or no valid login is set', async () => {
  const unset = await failureOf(mailerFor(undefined).send(mail, never));
  expect(unset).toBeInstanceOf(NotReadyError);
  expect(unset).toMatchObject({
    message: 'SMTP_URL is not set: e-mail deliveries wait',
    retryAfterMs: 60_000,
  });

  const locked = await startMailCatcher({ login: { user: 'cam', password: 'rätsel' } });
  const wrong = await failureOf(mailerFor(locked.url.replace(/:[^:@]+@/, ':geheim@')).send(mail, never));
  const missing = await failureOf(mailerFor(`smtp://127.0.0.1:${locked.port}`).send(mail, never));
  await mailerFor(locked.url).send(mail, never);
  expect(wrong).toBeInstanceOf(NotReadyError);
  expect(wrong.message).toMatch(/wrong user or password.*SMTP_URL/);
  expect(wrong.message).not.toContain('geheim');
  expect(missing).toBeInstanceOf(NotReadyError);
  expect(locked.mails).toHaveLength(1);
  mailers.splice(0).forEach((mailer) => mailer.close());
  await locked.close();
});

it('shows no password to a far server without TLS', async () => {
  // Anything but this machine's own names counts as far.
  const far = await startMailCatcher({ host: '127.0.0.2', login: { user: 'cam', password: 'secret' } });
  const error = await failureOf(mailerFor(far.url).send(mail, never));
  expect(error.message).toMatch(/TLS/);
  await mailerFor(`${far.url}?requireTLS=false`).send(mail, never);
  expect(far.mails).toHaveLength(1);
  mailers.splice(0).forEach((mailer) => mailer.close());
  await far.close();
});

it('speaks TLS from the start by URL, and believes no unknown certificate', async () => {
  const server = new SMTPServer({
    secure: true,
    authOptional: true,
    logger: false,
    onData: (stream, _session, callback) => {
      stream.resume().on('end', () => callback(null));
    },
  });
  server.on('error', () => undefined);
  const listening = server.listen(0, '127.0.0.1');
  await once(listening, 'listening');
  const { port } = listening.address() as { port: number };
  const error = await failureOf(mailerFor(`smtps://127.0.0.1:${port}`).send(mail, never));
  expect(error.message).toMatch(/certificate/);
  await mailerFor(`smtps://127.0.0.1:${port}?tls.rejectUnauthorized=false`).send(mail, never);
  mailers.splice(0).forEach((mailer) => mailer.close());
  await new Promise<void>((resolve) => server.close(() => resolve()));
});
