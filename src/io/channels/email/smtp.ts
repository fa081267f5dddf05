import { createTransport, type SendMailOptions } from 'nodemailer';
import { messageOf, NotReadyError, PermanentError } from '../../../errors.js';
import type { Receipt } from '../../../domain/alerting/message.js';

/** Servers lock accounts that keep trying a wrong password. */
const LOGIN_RETRY_MS = 300_000;
/** What servers ask for that say there is too much: a minute is what most of them count. */
const THROTTLED_RETRY_MS = 60_000;

/** Each step of a conversation is bounded, so a silent server costs a try and not the queue. */
const TIMEOUT_MS = 10_000;

export interface SmtpOptions {
  /**
   * `smtps://user:password@host:465`: TLS from the start; `smtp://…`: STARTTLS when the server offers it, and without it
   * no password leaves this machine (`?requireTLS=false` allows it).
   */
  readonly smtpUrl: string;
  /** Connections to the server at once. */
  readonly pool: number;
  /** Longest silence of the server, ms; double while it takes a mail. */
  readonly timeoutMs?: number | undefined;
}

/** One mail server; connections are kept for 30 s for the next mail. */
export interface Smtp {
  /**
   * @throws PermanentError: refused for good; NotReadyError: later; else transient. With `notSent`: certainly nothing
   * left. No error names an address.
   */
  send(mail: SendMailOptions, signal: AbortSignal): Promise<Receipt>;
  close(): void;
}

/** Nothing is connected before the first mail. */
export function openSmtp({ smtpUrl, pool, timeoutMs = TIMEOUT_MS }: SmtpOptions): Smtp {
  const transport = createTransport({
    url: smtpUrl,
    pool: true,
    maxConnections: pool,
    // A connection lost before the first byte of a mail is replaced once; every other retry is the queue's.
    maxRequeues: 1,
    idleTimeout: 30_000,
    requireTLS: hasSecretForFar(new URL(smtpUrl)),
    disableFileAccess: true,
    disableUrlAccess: true,
    connectionTimeout: timeoutMs,
    greetingTimeout: timeoutMs,
    dnsTimeout: timeoutMs,
    socketTimeout: 2 * timeoutMs,
  });
  // Every mail's own promise tells of its failure.
  transport.on('error', () => undefined);
  return {
    send: async (mail, signal) => {
      signal.throwIfAborted();
      try {
        const { response } = await transport.sendMail({ ...mail, signal });
        return { detail: hideAddresses(response) };
      } catch (error) {
        signal.throwIfAborted();
        throw translate(error);
      }
    },
    close: () => transport.close(),
  };
}

interface SmtpError {
  readonly code?: string;
  readonly responseCode?: number;
  readonly syscall?: string;
  /** Where in the conversation it was. */
  readonly command?: string;
}

/** What the server or the network said, in our vocabulary. */
function translate(error: unknown): Error {
  const { code, responseCode, syscall, command } = error as SmtpError;
  const text = `mail server: ${hideAddresses(messageOf(error))}`;
  // 530: it wants a login. Both are settings, and the message must not be lost while they are wrong.
  if (code === 'EAUTH' || responseCode === 530) return waits(text, 'user and password in SMTP_URL');
  if (responseCode !== undefined && isThrottle(responseCode, messageOf(error)))
    return Object.assign(new NotReadyError(text, THROTTLED_RETRY_MS), { notSent: true });
  // 503 is about the order of commands in this conversation, and a greeting that refuses about us, not about the mail.
  if (responseCode !== undefined && responseCode >= 500 && responseCode !== 503 && command !== 'CONN') {
    // The sender is a setting too; 552 is about the mail's size.
    if (command === 'MAIL FROM' && responseCode !== 552) return waits(text, 'MAIL_FROM');
    return new PermanentError(text);
  }
  // A reply is a refusal, and without a connection nothing left. A connection that broke says nothing.
  const notSent = responseCode !== undefined || code === 'EDNS' || code === 'ETLS' || syscall === 'connect';
  return Object.assign(new Error(text), { notSent });
}

function waits(text: string, setting: string): Error {
  const error = new NotReadyError(`${text}; check ${setting}: e-mail deliveries wait`, LOGIN_RETRY_MS);
  return Object.assign(error, { notSent: true });
}

/** 421: the service is closing or busy (RFC 5321, 3.8). Other replies say it in words. */
function isThrottle(responseCode: number, text: string): boolean {
  return responseCode === 421 || /too many|rate.?limit|throttl/i.test(text);
}

/** Servers repeat addresses in their answers; job errors and receipts are shown in pages. */
function hideAddresses(text: string): string {
  return text.replace(/[^\s<>"'(),;:]+@[^\s<>"'(),;:]+/g, '(address)');
}

function hasSecretForFar(url: URL): boolean {
  return url.password !== '' && !['localhost', '127.0.0.1', '[::1]'].includes(url.hostname);
}
