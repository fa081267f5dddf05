import { PermanentError } from '../../../errors.js';
import type { NotificationChannel } from '../../../ports/alerting.js';
import { createOffChannel } from '../off-channel.js';
import { mailOf } from './mail.js';
import { openSmtp, type SmtpOptions } from './smtp.js';

/**
 * Messages by e-mail.
 * @param options.smtpUrl without it the channel is off
 * @param options.from sender, `Name <address>`
 * @param options.ratePerS most mails a second; default 20
 */
export function createEmailChannel(
  options: Omit<SmtpOptions, 'smtpUrl'> & {
    readonly smtpUrl?: string | undefined;
    readonly from: string;
    readonly ratePerS?: number;
  },
): NotificationChannel {
  const { smtpUrl, from, ratePerS = 20 } = options;
  if (smtpUrl === undefined) return createOffChannel('email', 'SMTP_URL is not set');
  const smtp = openSmtp({ ...options, smtpUrl });
  return {
    channel: 'email',
    ratePerS,
    send: async (message, to, signal) => {
      signal.throwIfAborted();
      if (to.email === undefined)
        throw new PermanentError(
          `recipient "${to.id}" has no email: add email, for example guard@example.org`,
        );
      return smtp.send(mailOf(message, from, to.email), signal);
    },
    close: async () => smtp.close(),
  };
}
