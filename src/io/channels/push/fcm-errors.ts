import { z } from 'zod';
import { isCertainlyNotSent, networkError, retryAfterMs } from '../exchange.js';
import { NotReadyError, PermanentError } from '../../../errors.js';
import { hide } from '../hide.js';
import type { FcmExchange } from './fcm-agent.js';

/** What became of a message to one phone or topic. */
export type Outcome =
  | { readonly kind: 'taken'; readonly name: string }
  /** The app is no longer there, or this never was a token. */
  | { readonly kind: 'gone' }
  /** Our access token is no longer good. */
  | { readonly kind: 'unauthenticated'; readonly error: Error }
  | { readonly kind: 'failed'; readonly error: Error };

/** https://firebase.google.com/docs/cloud-messaging/scale-fcm: a minute where the answer names no time. */
const QUOTA_MS = 60_000;
const SETTINGS_RETRY_MS = 300_000;

const Answer = z.object({
  error: z.object({
    message: z.string().default(''),
    status: z.string().default(''),
    details: z
      .array(
        z.object({
          '@type': z.string().default(''),
          errorCode: z.string().optional(),
          fieldViolations: z.array(z.object({ field: z.string().default('') })).optional(),
        }),
      )
      .default([]),
  }),
});

/**
 * What FCM or the network said, in our vocabulary: https://firebase.google.com/docs/reference/fcm/rest/v1/ErrorCode. The
 * answer itself is read, as the SDK's errors put several codes together: a project that is not found looks like a token
 * that is not.
 */
export function outcomeOf(thrown: unknown, exchange: FcmExchange, secrets: readonly string[]): Outcome {
  const { status, error = thrown } = exchange;
  const mark = (made: Error): Error =>
    isCertainlyNotSent(exchange, error) ? Object.assign(made, { notSent: true }) : made;
  const failed = (made: Error): Outcome => ({ kind: 'failed', error: mark(made) });
  if (status === undefined || status < 300) {
    const what = status === undefined ? 'no answer' : 'the answer was cut off or no answer of FCM';
    return failed(new Error(`FCM: ${what}: ${hide(networkError(error), secrets)}`));
  }
  const { code, said, isAboutToken } = read(exchange.body);
  if (code === 'UNREGISTERED' || (code === 'INVALID_ARGUMENT' && isAboutToken)) return { kind: 'gone' };
  const text = `FCM HTTP ${status}: ${hide([code, said].filter((part) => part !== '').join(' '), secrets)}`;
  if (code === 'QUOTA_EXCEEDED' || status === 429 || (status === 503 && exchange.retryAfter !== undefined)) {
    return failed(new NotReadyError(text, retryAfterMs(exchange.retryAfter, Date.now(), QUOTA_MS)));
  }
  const fix = FIXES[code] ?? FIXES[String(status)];
  if (fix !== undefined) {
    const made = mark(new NotReadyError(`${text}; ${fix}: push messages wait`, SETTINGS_RETRY_MS));
    const isLogin = status === 401 && code !== 'THIRD_PARTY_AUTH_ERROR' && code !== 'APNS_AUTH_ERROR';
    return { kind: isLogin ? 'unauthenticated' : 'failed', error: made };
  }
  if (code === 'INVALID_ARGUMENT' || status === 400) return failed(new PermanentError(text));
  return failed(new Error(text));
}

const PROJECT = 'FCM_CREDENTIALS must be of the project that the app on the phones belongs to';
const APNS = 'add the APNs key of the app in the Firebase console of the project of FCM_CREDENTIALS';
/** By FCM's own code, else by HTTP status. */
const FIXES: Readonly<Record<string, string>> = {
  SENDER_ID_MISMATCH: PROJECT,
  THIRD_PARTY_AUTH_ERROR: APNS,
  APNS_AUTH_ERROR: APNS,
  401: 'check the file of FCM_CREDENTIALS',
  403: 'the account of FCM_CREDENTIALS may not send: give it the role "Firebase Cloud Messaging API Admin" and enable that API',
  404: 'check the project of FCM_CREDENTIALS, and FCM_BASE_URL',
};

function read(body: string): { code: string; said: string; isAboutToken: boolean } {
  const parsed = Answer.safeParse(jsonOr(body));
  if (!parsed.success) return { code: '', said: '', isAboutToken: false };
  const { message, status, details } = parsed.data.error;
  const code = details.find((detail) =>
    detail['@type'].endsWith('/google.firebase.fcm.v1.FcmError'),
  )?.errorCode;
  const fields = details.flatMap(({ fieldViolations = [] }) => fieldViolations.map(({ field }) => field));
  return {
    code: code ?? status,
    said: message,
    isAboutToken:
      fields.includes('message.token') || (code !== undefined && /registration token/i.test(message)),
  };
}

function jsonOr(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
