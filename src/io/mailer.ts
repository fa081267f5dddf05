import type { Mailer } from '../ports/mail.js';
import { PermanentError } from '../errors.js';
import { domainOf, messageIdOf, ROBOT_HEADERS } from './channels/email/mail.js';
import { openSmtp, type SmtpOptions } from './channels/email/smtp.js';

/**
 * Mails that are no messages about incidents, through the same server.
 * @param options.smtpUrl without it no mail can be sent
 * @param options.from sender, `Name <address>`
 */
export function createMailer(
  options: Omit<SmtpOptions, 'smtpUrl'> & { readonly smtpUrl?: string | undefined; readonly from: string },
): Mailer {
  const { smtpUrl, from } = options;
  if (smtpUrl === undefined) return createOffMailer('SMTP_URL is not set');
  const smtp = openSmtp({ ...options, smtpUrl });
  return {
    send: ({ id, to, subject, text, html, attachments }, signal) =>
      smtp.send(
        {
          messageId: messageIdOf(id, from),
          ...{ from, to, subject, text, html, headers: ROBOT_HEADERS },
          list: { id: { url: `reports.${domainOf(from)}` } },
          attachments: attachments.map((one) => ({
            ...{ filename: one.name, content: one.text, contentType: one.type },
          })),
        },
        signal,
      ),
    close: async () => smtp.close(),
  };
}

function createOffMailer(off: string): Mailer {
  return {
    off,
    send: async () => {
      throw new PermanentError(`${off}: set it to the mail server, for example smtps://user:password@host`);
    },
    close: async () => undefined,
  };
}
