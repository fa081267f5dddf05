import { archiveMail } from '../../src/domain/archive/render-mail.js';
import { PermanentError } from '../../src/errors.js';
import { done, type Outcome, skipped } from '../define.js';
import { archiveJobId } from './job.js';
import type { ArchiveContext } from './needs.js';

/**
 * Sends the report of a run to one recipient. After a crash between the sending and the end of the job the mail goes out
 * again, with the same Message-ID: mail programs show one.
 */
export async function sendReport(
  payload: { readonly action: 'report'; readonly reportId: string; readonly recipient: string },
  { ports, signal }: Pick<ArchiveContext, 'ports' | 'signal'>,
): Promise<Outcome> {
  const { cameras, archiveReports, mailer } = ports;
  const { reportId, recipient: id } = payload;
  const report = await archiveReports.get(reportId);
  if (!report) return skipped('the report is no longer kept');
  const to = cameras.recipients.find((one) => one.id === id);
  if (!to)
    throw new PermanentError(`recipient: there is no recipient "${id}"; recipients are in the camera file`);
  if (to.email === undefined)
    throw new PermanentError(`recipient "${id}" has no email: add email, for example guard@example.org`);
  const { site } = cameras;
  const about = { site, cameras: cameras.all(), language: to.language ?? site.language };
  const receipt = await mailer.send(
    { id: archiveJobId(payload), to: to.email, ...archiveMail(report, about), attachments: [] },
    signal,
  );
  return done({ recipient: id, receipt: receipt.detail });
}
