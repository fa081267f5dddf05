import type { ClientRequest } from 'node:http';
import { messageOf } from '../../errors.js';

/** What the providers' SDKs do not tell about a request they made: see `watch`. */
export interface Exchange {
  /** There was a connection: the request may have reached the provider. */
  isConnected: boolean;
  /** HTTP status of the answer, as soon as its head is there. */
  status?: number;
  retryAfter?: string;
}

/** Writes down what becomes of a request; to be called before it has a socket. */
export function watch(request: ClientRequest, exchange: Exchange): void {
  const connected = (): void => {
    exchange.isConnected = true;
  };
  request.once('socket', (socket) => {
    if (socket.connecting) socket.once('connect', connected);
    else connected();
  });
  request.prependOnceListener('response', ({ statusCode, headers }) => {
    exchange.isConnected = true;
    if (statusCode !== undefined) exchange.status = statusCode;
    if (headers['retry-after'] !== undefined) exchange.retryAfter = headers['retry-after'];
  });
}

/**
 * Whether certainly no copy of a message left. An answer of the provider's is a refusal; one of a gateway before it
 * (502, 504) only says that the gateway got none.
 * @param error what the request came to
 */
export function isCertainlyNotSent(exchange: Exchange, error: unknown): boolean {
  const { status, isConnected } = exchange;
  if (status !== undefined) return status >= 300 && status !== 502 && status !== 504;
  return !isConnected || isTlsRefused(error);
}

/** In words: addresses that a network error names are the provider's or a proxy's. */
export function networkError(error: unknown): string {
  const { code } = error as { code?: unknown };
  const text = messageOf(error);
  return typeof code !== 'string' || text.includes(code) ? text : `${text} (${code})`.trim();
}

/** Certificates are checked before anything is sent. */
function isTlsRefused(error: unknown): boolean {
  const { code } = error as { code?: unknown };
  return typeof code === 'string' && /CERT|SIGNATURE|EPROTO|ERR_SSL/.test(code);
}

/**
 * When a provider wants to be asked again (RFC 9110, 10.2.3), in ms from now: at least 1 s, at most an hour.
 * @param header seconds or an HTTP date
 * @param otherwiseMs where it is absent or no such thing
 */
export function retryAfterMs(header: string | undefined, now: number, otherwiseMs: number): number {
  if (header === undefined || header.trim() === '') return otherwiseMs;
  const seconds = Number(header);
  const ms = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(header) - now;
  return Number.isNaN(ms) ? otherwiseMs : Math.min(3_600_000, Math.max(1000, Math.ceil(ms)));
}
