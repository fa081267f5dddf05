import { createTransport } from 'nodemailer';
import { messageOf, NotReadyError, PermanentError } from '../errors.js';
import type { Mail, Mailer } from '../ports.js';

/** Until somebody sets SMTP_URL. */
const NO_SERVER_RETRY_MS = 60_000;
/** Servers lock accounts that keep trying a wrong password. */
const LOGIN_RETRY_MS = 300_000;

/** Each step of a conversation is bounded, so a silent server costs a try and not the queue. */
const LIMITS = {
  connectionTimeout: 10_000,
  greetingTimeout: 10_000,
  socketTimeout: 20_000,
  dnsTimeout: 10_000,
};

/**
 * Sends mail through one server; connections are kept for 30 s for the next mail.
 * @param options.smtpUrl `smtps://user:password@host:465`: TLS from the start; `smtp://…`: STARTTLS when the server
 * offers it, and without it no password leaves this machine (`?requireTLS=false` allows it). Without a URL `send`
 * throws NotReadyError: deliveries wait.
 * @param options.from sender, `Name <address>`
 */
export function createMailer(options: {
  readonly smtpUrl?: string | undefined;
  readonly from: string;
}): Mailer & { close(): void } {
  const { smtpUrl, from } = options;
  if (smtpUrl === undefined) {
    return {
      send: async () => {
        throw new NotReadyError('SMTP_URL is not set: e-mail deliveries wait', NO_SERVER_RETRY_MS);
      },
      close: () => undefined,
    };
  }
  const transport = createTransport({
    url: smtpUrl,
    pool: true,
    maxConnections: 4,
    // A connection lost before the first byte of a mail is replaced once; every other retry is the queue's.
    maxRequeues: 1,
    idleTimeout: 30_000,
    requireTLS: hasSecretForFar(new URL(smtpUrl)),
    disableFileAccess: true,
    disableUrlAccess: true,
    ...LIMITS,
  });
  // Every mail's own promise tells of its failure.
  transport.on('error', () => undefined);
  return {
    send: async (mail, signal) => {
      signal.throwIfAborted();
      try {
        const { response } = await transport.sendMail({ ...message(mail, from), signal });
        return hideAddresses(response);
      } catch (error) {
        signal.throwIfAborted();
        throw translate(error);
      }
    },
    close: () => transport.close(),
  };
}

function message(mail: Mail, from: string) {
  const domain = /@([A-Za-z0-9.-]+)>?\s*$/.exec(from)?.[1] ?? 'localhost';
  return {
    messageId: `<${mail.id.replace(/[^A-Za-z0-9_.+-]/g, '_')}@${domain}>`,
    from,
    to: mail.to,
    subject: mail.subject,
    text: mail.text,
    html: mail.html,
    // Out-of-office robots must not answer (RFC 3834).
    headers: { 'Auto-Submitted': 'auto-generated' },
    attachments: mail.picture
      ? [
          {
            filename: mail.picture.name,
            content: mail.picture.jpeg,
            contentType: 'image/jpeg',
            cid: mail.picture.name,
            contentDisposition: 'inline' as const,
          },
        ]
      : [],
  };
}

/** What the server or the network said, in our vocabulary. */
function translate(error: unknown): Error {
  const { code, responseCode, syscall } = error as { code?: string; responseCode?: number; syscall?: string };
  const text = `mail server: ${hideAddresses(messageOf(error))}`;
  // 530: it wants a login. Both are settings, and the alert must not be lost while they are wrong.
  if (code === 'EAUTH' || responseCode === 530) {
    return new NotReadyError(
      `${text}; check user and password in SMTP_URL: e-mail deliveries wait`,
      LOGIN_RETRY_MS,
    );
  }
  // 503 is about the order of commands in this conversation, not about the mail.
  if (responseCode !== undefined && responseCode >= 500 && responseCode !== 503) {
    return new PermanentError(text);
  }
  // A reply is a refusal, and without a connection nothing left. A connection that broke says nothing.
  const notSent = responseCode !== undefined || code === 'EDNS' || code === 'ETLS' || syscall === 'connect';
  return Object.assign(new Error(text), { notSent });
}

/** Servers repeat addresses in their answers; job errors and receipts are shown in pages. */
function hideAddresses(text: string): string {
  return text.replace(/[^\s<>"'(),;:]+@[^\s<>"'(),;:]+/g, '(address)');
}

function hasSecretForFar(url: URL): boolean {
  return url.password !== '' && !['localhost', '127.0.0.1', '[::1]'].includes(url.hostname);
}
