import { createPrivateKey, createSign, type KeyObject } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { NotReadyError } from '../../../errors.js';
import { networkError, retryAfterMs } from '../exchange.js';
import { hide } from '../hide.js';

/** The file that the Firebase console gives for a service account. */
const File = z.object({
  type: z.literal('service_account', { error: 'must be service_account' }),
  project_id: z.string().regex(/^[a-z0-9:.-]{1,100}$/, 'is no project'),
  client_email: z.string().min(3),
  private_key: z.string().min(1),
  private_key_id: z.string().optional(),
  token_uri: z.url({ protocol: /^https?$/ }).default('https://oauth2.googleapis.com/token'),
});

export interface ServiceAccount {
  readonly projectId: string;
  readonly email: string;
  readonly key: KeyObject;
  readonly keyId: string | undefined;
  /** Where access tokens are given: of the file, so that an installation behind a proxy can name its own. */
  readonly tokenUri: string;
}

/** @throws Error that says what is wrong with the file, and nothing of what is in it. */
export async function readServiceAccount(path: string): Promise<ServiceAccount> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw new Error(`cannot be read (${String((error as { code?: unknown }).code)})`);
  });
  const parsed = File.safeParse(jsonIn(text));
  if (!parsed.success) {
    const fields = parsed.error.issues.map(
      ({ path: at, code, message }) =>
        `${at.join('.') || 'it'} ${code === 'invalid_type' ? 'is missing' : message}`,
    );
    throw new Error(`is no key file of a Firebase service account: ${fields.join('; ')}`);
  }
  const { project_id, client_email, private_key, private_key_id, token_uri } = parsed.data;
  return {
    projectId: project_id,
    email: client_email,
    key: keyIn(private_key),
    keyId: private_key_id,
    tokenUri: token_uri,
  };
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Error('is no JSON');
  }
}

function keyIn(pem: string): KeyObject {
  try {
    return createPrivateKey(pem);
  } catch {
    throw new Error('holds a private_key that is none');
  }
}

const Grant = z.object({ access_token: z.string().min(1), expires_in: z.number().positive() });
const LIFE_S = 3600;
/** A token is not used in its last minute: clocks differ, and a message takes its time. */
const SPARE_MS = 60_000;
const REFUSED_RETRY_MS = 300_000;
const BUSY_RETRY_MS = 60_000;

/**
 * Access tokens for the SDK, as https://developers.google.com/identity/protocols/oauth2/service-account describes. The
 * SDK's own credential ignores `token_uri`, waits without limit, and asks up to four times by itself.
 */
export interface AccessTokens {
  /** @throws NotReadyError naming FCM_CREDENTIALS when the account is refused; other errors are worth a retry. */
  get(signal: AbortSignal): Promise<string>;
  /** The token was refused: the next one is a new one. */
  forget(token: string): void;
}

export function createAccessTokens(account: ServiceAccount): AccessTokens {
  let held: { token: string; until: number } | undefined;
  return {
    get: async (signal) => {
      if (held === undefined || held.until <= Date.now()) held = await fetchToken(account, signal);
      return held.token;
    },
    forget: (token) => {
      if (held?.token === token) held = undefined;
    },
  };
}

async function fetchToken(account: ServiceAccount, signal: AbortSignal) {
  const form = new URLSearchParams({
    grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
    assertion: assertionOf(account, Math.floor(Date.now() / 1000)),
  });
  const answer = await fetch(account.tokenUri, { method: 'POST', body: form, signal, redirect: 'manual' })
    .then(async (response) => ({ response, body: await response.text() }))
    .catch((error: unknown) => {
      signal.throwIfAborted();
      const { cause } = error as { cause?: unknown };
      throw new Error(`no access token from Google: ${hide(networkError(cause ?? error), [account.email])}`);
    });
  const { response, body } = answer;
  if (response.status !== 200) throw refusalOf(response, body);
  const grant = Grant.safeParse(jsonOr(body));
  if (!grant.success) throw new Error('no access token from Google: its answer holds none');
  const { access_token: token, expires_in: lifeS } = grant.data;
  return { token, until: Date.now() + Math.max(0, lifeS * 1000 - SPARE_MS) };
}

/** https://www.rfc-editor.org/rfc/rfc7523: what the account says of itself, signed. */
function assertionOf({ email, key, keyId }: ServiceAccount, nowS: number): string {
  const claims = {
    iss: email,
    scope: 'https://www.googleapis.com/auth/firebase.messaging',
    // Google's own name of it, whatever proxy it is reached by.
    aud: 'https://oauth2.googleapis.com/token',
    iat: nowS,
    exp: nowS + LIFE_S,
  };
  const signed = [{ alg: 'RS256', typ: 'JWT', ...(keyId !== undefined && { kid: keyId }) }, claims]
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.');
  return `${signed}.${createSign('RSA-SHA256').update(signed).sign(key, 'base64url')}`;
}

const Refused = z.object({ error: z.string(), error_description: z.string().optional() });

/** https://www.rfc-editor.org/rfc/rfc6749#section-5.2 */
function refusalOf({ status, headers }: Response, body: string): Error {
  const parsed = Refused.safeParse(jsonOr(body));
  const said = parsed.success ? [parsed.data.error, parsed.data.error_description].join(' ') : '';
  const text = `Google gives no access token: HTTP ${status} ${hide(said, [])}`.trim();
  if (status === 429) {
    return new NotReadyError(
      text,
      retryAfterMs(headers.get('retry-after') ?? undefined, Date.now(), BUSY_RETRY_MS),
    );
  }
  if (status >= 500 || status === 408) return new Error(text);
  const fix = 'check the file of FCM_CREDENTIALS, and the clock of this machine: push messages wait';
  return new NotReadyError(`${text}; ${fix}`, REFUSED_RETRY_MS);
}

function jsonOr(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
