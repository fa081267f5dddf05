import type { Recipient } from '../../src/domain/alerting/config.js';
import { flowMail } from '../../src/domain/flow/render/mail.js';
import { flowRows } from '../../src/domain/flow/render/rows.js';
import { PermanentError } from '../../src/errors.js';
import type { Cameras } from '../../src/ports.js';
import { done, type Handler, skipped } from '../define.js';
import { report as contract } from './job.js';

type Needs = 'cameras' | 'flowReports' | 'mailer' | 'csv';

/**
 * Sends one report to one recipient, as it is now: numbers that came late meanwhile are in it. After a crash between the
 * sending and the end of the job the mail goes out again, with the same Message-ID: mail programs show one.
 */
export const handle: Handler<typeof contract, Needs> = async (payload, { ports, signal }) => {
  const { cameras, flowReports, mailer, csv } = ports;
  const { cameraId, granularity, from, recipient: recipientId } = payload;
  const to = recipientOf(cameras, recipientId);
  const report = await flowReports.get(cameraId, granularity, from);
  if (!report) return skipped('the report is no longer kept');
  const { site } = cameras;
  const camera = cameras.all().find(({ id }) => id === cameraId) ?? { id: cameraId, name: undefined };
  const mail = flowMail(report, { site, camera, language: to.language ?? site.language });
  const receipt = await mailer.send(
    {
      id: contract.jobId?.(payload) ?? '',
      ...{ to: to.email, subject: mail.subject, text: mail.text, html: mail.html },
      attachments: [
        { name: mail.page.name, type: 'text/html; charset=utf-8', text: mail.page.text },
        {
          ...{ name: mail.tableName, type: 'text/csv; charset=utf-8' },
          text: csv.write(flowRows([report], site.timeZone)),
        },
      ],
    },
    signal,
  );
  return done({ recipient: recipientId, receipt: receipt.detail });
};

function recipientOf(cameras: Cameras, id: string): Recipient & { readonly email: string } {
  const recipient = cameras.recipients.find((one) => one.id === id);
  if (!recipient)
    throw new PermanentError(`recipient: there is no recipient "${id}"; recipients are in the camera file`);
  const { email } = recipient;
  if (email === undefined)
    throw new PermanentError(`recipient "${id}" has no email: add email, for example guard@example.org`);
  return { ...recipient, email };
}
