import { Agent, request } from 'undici';
import type { Recipient } from '../../../domain/alerting/config.js';
import { parseHostList } from '../../../domain/host-list.js';
import type { Message, Receipt } from '../../../domain/alerting/message.js';
import { NotReadyError, PermanentError } from '../../../errors.js';
import type { NotificationChannel } from '../../../ports/alerting.js';
import { bounded } from '../bounded.js';
import { hide } from '../hide.js';
import { noticeOf } from '../notice.js';
import { createOffChannel } from '../off-channel.js';
import { signatureHeaders } from './signature.js';
import { checkedLookup, checkTarget } from './target.js';

const TIMEOUT_MS = 10_000;
/** More of an answer is not read. */
const MOST_ANSWER_BYTES = 65_536;
/** Where the receiver asks for a pause and does not say how long. */
const PAUSE_MS = 60_000;
/** One receiver must not silence the channel for the others any longer. */
const LONGEST_PAUSE_MS = 300_000;

/**
 * POST of a JSON document (see `noticeOf`), signed (see `signatureHeaders`), to the recipient's url. 2xx: it has arrived.
 * No redirects are followed and no proxy is used: what `checkTarget` allows is what is called.
 * @param options.hosts WEBHOOK_HOSTS; an entry that is none keeps the channel off
 * @param options.timeoutMs from the first byte sent to the end of the answer
 */
export function createWebhookChannel(options: {
  readonly hosts?: readonly string[] | undefined;
  readonly timeoutMs?: number;
  /** Certificate authorities to trust besides the system's, PEM; for tests. */
  readonly ca?: string;
}): NotificationChannel {
  const { hosts = [], timeoutMs = TIMEOUT_MS, ca } = options;
  const listed = parseHostList(hosts);
  if (typeof listed === 'string') return createOffChannel('webhook', `WEBHOOK_HOSTS: ${listed}`);
  const agent = new Agent({
    connect: { lookup: checkedLookup(listed), timeout: timeoutMs, ...(ca !== undefined && { ca }) },
    connections: 8,
    headersTimeout: timeoutMs,
    bodyTimeout: timeoutMs,
    keepAliveTimeout: 30_000,
  });
  return {
    channel: 'webhook',
    ratePerS: 20,
    send: async (message, to, signal) => {
      const { webhook } = to;
      if (!webhook)
        throw new PermanentError(`recipient "${to.id}" has no webhook: add webhook: { url, secret }`);
      const url = checkTarget(webhook.url, listed);
      const late = (): Error => new Error(`webhook: no answer within ${timeoutMs} ms`);
      const answer = await bounded(signal, timeoutMs, late, (stop) =>
        post(agent, url, message, webhook, stop).catch((error: unknown) => {
          throw stop.aborted ? error : networkError(error);
        }),
      );
      return receiptOf(answer, secretsOf(url, webhook));
    },
    close: async () => agent.destroy(),
  };
}

interface Answer {
  readonly status: number;
  readonly retryAfter: string | undefined;
  readonly text: string;
}

async function post(
  agent: Agent,
  url: URL,
  message: Message,
  { secret }: { readonly secret: string },
  signal: AbortSignal,
): Promise<Answer> {
  const body = JSON.stringify(noticeOf(message));
  // Header values are ASCII; ids are too, unless somebody else made them.
  const id = message.id.replace(/[^\x21-\x7e]/g, encodeURIComponent);
  const {
    statusCode,
    headers,
    body: answer,
  } = await request(url, {
    dispatcher: agent,
    method: 'POST',
    headers: {
      'content-type': 'application/json; charset=utf-8',
      'user-agent': 'camqueue',
      ...signatureHeaders(secret, id, Date.now(), body),
    },
    body,
    signal,
  });
  const retryAfter = headers['retry-after'];
  return {
    status: statusCode,
    retryAfter: Array.isArray(retryAfter) ? retryAfter[0] : retryAfter,
    text: await beginningOf(answer),
  };
}

/** The status has been said by then: an answer that breaks off changes nothing. */
async function beginningOf(answer: AsyncIterable<unknown>): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of answer as AsyncIterable<Buffer>) {
      chunks.push(chunk);
      bytes += chunk.length;
      // Leaving the loop closes the connection.
      if (bytes >= MOST_ANSWER_BYTES) break;
    }
  } catch {
    // What came is enough.
  }
  return Buffer.concat(chunks).subarray(0, MOST_ANSWER_BYTES).toString();
}

function receiptOf({ status, retryAfter, text }: Answer, secrets: readonly string[]): Receipt {
  const said = hide(text, secrets);
  const detail = `webhook: ${status}${said === '' ? '' : ` ${said}`}`;
  if (status >= 200 && status < 300) return { detail };
  if (status >= 300 && status < 400)
    throw new PermanentError(
      `webhook: ${status}: redirects are not followed: write where it leads to in url`,
    );
  const isBusy = [408, 425, 429].includes(status) || (status === 503 && retryAfter !== undefined);
  if (isBusy) throw Object.assign(new NotReadyError(detail, pauseMs(retryAfter)), { notSent: true });
  if (status >= 400 && status < 500) throw new PermanentError(detail);
  throw new Error(detail);
}

/** Seconds or a date (RFC 9110, 10.2.3); between a second and five minutes. */
function pauseMs(retryAfter: string | undefined): number {
  if (retryAfter === undefined) return PAUSE_MS;
  const asked = /^\d+$/.test(retryAfter) ? Number(retryAfter) * 1000 : Date.parse(retryAfter) - Date.now();
  return Number.isNaN(asked) ? PAUSE_MS : Math.min(Math.max(asked, 1000), LONGEST_PAUSE_MS);
}

/** Before there is a connection nothing has left. */
const NOT_CONNECTED = /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|UND_ERR_CONNECT_TIMEOUT)$/;
const BAD_CERTIFICATE = /^(CERT_|ERR_TLS_|UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_|ERR_SSL_|EPROTO)/;

function networkError(error: unknown): Error {
  if (error instanceof PermanentError) return error;
  const code = codeOf(error);
  const notSent = NOT_CONNECTED.test(code) || BAD_CERTIFICATE.test(code);
  // Their texts name the host.
  return Object.assign(new Error(`webhook: ${code === '' ? 'the connection broke' : code}`), { notSent });
}

/** Of several addresses that were tried, what the first one said. */
function codeOf(error: unknown): string {
  const { code, errors, cause } = error as { code?: string; errors?: unknown[]; cause?: unknown };
  if (code !== undefined) return code;
  const inner = errors?.[0] ?? cause;
  return inner === undefined ? '' : codeOf(inner);
}

function secretsOf(url: URL, { url: given, secret }: NonNullable<Recipient['webhook']>): string[] {
  return [given, url.href, url.host, url.hostname, url.pathname + url.search, url.pathname, secret];
}
