import { handle } from '../../jobs/report/handler.js';
import { report as contract } from '../../jobs/report/job.js';
import { Recipient } from '../../src/domain/alerting/config.js';
import { Camera, Site } from '../../src/domain/camera.js';
import type { FlowReport } from '../../src/domain/flow/report.js';
import { PermanentError } from '../../src/errors.js';
import { csv } from '../../src/io/csv.js';
import { type MailCatcher, startMailCatcher } from '../../src/io/mail-catcher.js';
import { createMailer } from '../../src/io/mailer.js';
import type { Mailer } from '../../src/ports/mail.js';
import type { FlowReports } from '../../src/ports/counting.js';
import { dayReport } from '../support/flow-samples.js';
import { runJob, testContext } from '../support/job-context.js';

const ADDRESS = 'nguyen.lan@example.org';
let catcher: MailCatcher;
let mailers: Mailer[];
beforeEach(async () => {
  catcher = await startMailCatcher();
  mailers = [];
});
afterEach(async () => {
  await Promise.all(mailers.map((mailer) => mailer.close()));
  await catcher.close();
});

const payload = {
  ...{ cameraId: 'gate-1', granularity: 'day' as const, from: dayReport().from },
  computedAt: dayReport().computedAt,
};

/** Sends the report as a worker would. */
async function send(
  recipient: string,
  { smtpUrl = catcher.url, kept = dayReport() }: { smtpUrl?: string; kept?: FlowReport | 'gone' } = {},
) {
  const mailer = createMailer({
    smtpUrl: smtpUrl === 'none' ? undefined : smtpUrl,
    from: 'Bãi xe <cam@example.org>',
    pool: 1,
    timeoutMs: 2000,
  });
  mailers.push(mailer);
  const recipients = [
    Recipient.parse({ id: 'chief', email: ADDRESS }),
    Recipient.parse({ id: 'tourist', email: ADDRESS, language: 'en' }),
    Recipient.parse({ id: 'guard', phone: '+84912345678' }),
  ];
  const cameras = {
    site: Site.parse({ name: 'Bãi xe\r\nBcc: eve@example.org' }),
    recipients,
    all: () => [Camera.parse({ id: 'gate-1', name: 'Cổng chính', source: 'x' })],
  } as never;
  const flowReports = { get: async () => (kept === 'gone' ? undefined : kept) } as unknown as FlowReports;
  const context = testContext({ cameras, flowReports, mailer, csv });
  return runJob(contract, handle, { ...payload, recipient }, context);
}
const failureOf = (promise: Promise<unknown>): Promise<Error> =>
  promise.then(
    () => new Error('it did not fail'),
    (error: Error) => error,
  );

it('sends the report as words, page and table, in the language of the recipient', async () => {
  expect(await send('chief')).toEqual({
    outcome: 'done',
    result: { recipient: 'chief', receipt: '250 queued as 1' },
  });
  const [mail] = catcher.mails;
  expect(mail).toMatchObject({
    to: [ADDRESS],
    from: 'cam@example.org',
    subject:
      '[Bãi xe Bcc: eve@example.org] Báo cáo lưu lượng giao thông: Cổng chính, Thứ Bảy, 21 tháng 11, 2026',
  });
  expect(mail?.text).toMatch(/Lượt qua vạch: 4\.452/);
  expect(mail?.html).toContain('<b>4.452</b>');
  expect(mail?.headers.get('auto-submitted')).toBe('auto-generated');
  const [page, table] = mail?.pictures ?? [];
  expect(page).toMatchObject({ name: 'gate-1-2026-11-21.html', type: 'text/html' });
  expect(page?.bytes.toString()).toMatch(/<figcaption>Theo loại[^]*<svg/);
  expect(table).toMatchObject({ name: 'gate-1-2026-11-21.csv', type: 'text/csv' });
  expect(table?.bytes.toString()).toMatch(
    /^\uFEFFrow,camera[^]*window,gate-1,day,2026-11-21T00:00:00\+07:00/,
  );
  await send('tourist');
  expect(catcher.mails[1]?.text).toMatch(/Crossings: 4,452/);
});

it('sent twice it is the same mail; a report computed later is another', async () => {
  await send('chief');
  await send('chief');
  const [first, again] = catcher.mails.map(({ messageId }) => messageId);
  expect(first).toMatch(/^<report-gate-1-day-\d+-chief-\d+@example.org>$/);
  expect(again).toBe(first);
  expect(contract.jobId?.({ ...payload, recipient: 'chief', computedAt: 1 })).not.toBe(
    contract.jobId?.({ ...payload, recipient: 'chief' }),
  );
});

it.each([
  ['nobody', /there is no recipient "nobody"/],
  ['guard', /"guard" has no email: add email/],
])('gives up at once on the recipient %s', async (recipient, said) => {
  const error = await failureOf(send(recipient));
  expect(error).toBeInstanceOf(PermanentError);
  expect(error.message).toMatch(said);
  expect(catcher.mails).toEqual([]);
});

it('gives up while no server is set, and names the setting', async () => {
  const error = await failureOf(send('chief', { smtpUrl: 'none' }));
  expect(error).toBeInstanceOf(PermanentError);
  expect(error.message).toMatch(/SMTP_URL is not set/);
});

it('comes back after a deferral, not after a refusal, and says no address', async () => {
  catcher.behave('defer');
  const deferred = await failureOf(send('chief'));
  expect(deferred).not.toBeInstanceOf(PermanentError);
  expect(deferred.message).toContain('451');
  catcher.behave('refuse');
  const refused = await failureOf(send('chief'));
  expect(refused).toBeInstanceOf(PermanentError);
  expect(deferred.message + refused.message).not.toContain(ADDRESS);
});

it('is skipped when the report is no longer kept', async () => {
  expect(await send('chief', { kept: 'gone' })).toMatchObject({ outcome: 'skipped' });
  expect(catcher.mails).toEqual([]);
});
