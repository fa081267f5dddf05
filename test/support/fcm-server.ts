import { createPublicKey, createVerify, generateKeyPairSync, randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type ProviderAnswer,
  type ProviderRequest,
  type ProviderServer,
  startProvider,
} from './provider-server.js';

/** FCM HTTP v1 and Google's token endpoint, as their references describe them. */
export interface FcmServer extends ProviderServer {
  /** Those that were taken, in order: what stood in `message`. */
  readonly messages: readonly FcmTaken[];
  /** How many access tokens were given. */
  granted(): number;
  /** What the token endpoint answers from now on; nothing: tokens, when the assertion is right. */
  refuseLogin(answer?: ProviderAnswer | 'hang'): void;
  /** Access tokens given so far are no longer good. */
  revoke(): void;
  /** What is answered to one registration token or topic, whatever else is set. */
  forTarget(target: string, answer: ProviderAnswer | undefined): void;
  /** Writes the key file of the service account. @returns its path */
  writeCredentials(folder: string, changed?: Record<string, unknown>): Promise<string>;
  /** Answers to every following message, until `accept`. */
  accept(): void;
  refuse(): void;
  throttle(retryAfterS: number): void;
  fail(): void;
  hang(): void;
  cut(): void;
}

export interface FcmTaken {
  readonly token?: string;
  readonly topic?: string;
  readonly notification: { readonly title: string; readonly body: string };
  readonly data: Record<string, string>;
  readonly android: Record<string, unknown>;
  readonly apns: { readonly headers: Record<string, string>; readonly payload: Record<string, unknown> };
  readonly webpush: Record<string, unknown>;
}

const PROJECT = 'camqueue-test';
const ACCOUNT = 'alerts@camqueue-test.iam.gserviceaccount.com';
const { publicKey, privateKey } = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
});

/** An error as FCM writes it. @param errorCode FCM's own code, which is not in all of them */
export function fcmError(
  status: number,
  canonical: string,
  errorCode?: string,
  message = canonical,
): ProviderAnswer {
  const details = errorCode && [
    { '@type': 'type.googleapis.com/google.firebase.fcm.v1.FcmError', errorCode },
  ];
  return {
    status,
    body: { error: { code: status, message, status: canonical, ...(details && { details }) } },
  };
}

/** Starts it; both APIs are at its `url`, the token endpoint at `/token`. */
export async function startFcm(): Promise<FcmServer> {
  const messages: FcmTaken[] = [];
  const good = new Set<string>();
  const targets = new Map<string, ProviderAnswer>();
  let granted = 0;
  let login: ProviderAnswer | 'hang' | undefined;

  function grant({ body }: ProviderRequest): ProviderAnswer {
    const form = new URLSearchParams(body);
    const problem = problemOf(form.get('assertion') ?? '');
    if (form.get('grant_type') !== 'urn:ietf:params:oauth:grant-type:jwt-bearer' || problem !== undefined) {
      return { status: 400, body: { error: 'invalid_grant', error_description: problem ?? 'grant_type' } };
    }
    granted += 1;
    const token = `ya29.${randomUUID()}`;
    good.add(token);
    return { status: 200, body: { access_token: token, expires_in: 3599, token_type: 'Bearer' } };
  }
  function take({ headers, body, path }: ProviderRequest): ProviderAnswer {
    if (!path.endsWith(`/v1/projects/${PROJECT}/messages:send`))
      return { status: 404, body: '<html>404</html>' };
    if (!good.has((headers.authorization ?? '').replace('Bearer ', ''))) {
      return fcmError(401, 'UNAUTHENTICATED', undefined, 'Request had invalid authentication credentials.');
    }
    const { message } = JSON.parse(body) as { message: FcmTaken };
    const special = targets.get(message.token ?? message.topic ?? '');
    if (special !== undefined) return special;
    if (Buffer.byteLength(JSON.stringify([message.notification, message.data])) > 4096) {
      return fcmError(400, 'INVALID_ARGUMENT', undefined, 'Message is too big');
    }
    messages.push(message);
    return { status: 200, body: { name: `projects/${PROJECT}/messages/${messages.length}` } };
  }
  const server = await startProvider(
    (request) => (request.path.endsWith('/token') ? grant(request) : take(request)),
    (request) => (request.path.endsWith('/token') ? login : true),
  );
  return Object.assign(server, {
    messages,
    granted: () => granted,
    refuseLogin: (answer?: ProviderAnswer | 'hang') => {
      login = answer;
    },
    revoke: () => good.clear(),
    forTarget: (target: string, answer: ProviderAnswer | undefined) => {
      if (answer === undefined) targets.delete(target);
      else targets.set(target, answer);
    },
    writeCredentials: async (folder: string, changed: Record<string, unknown> = {}) => {
      const path = join(folder, `${randomUUID()}.json`);
      await writeFile(path, JSON.stringify({ ...credentials(server.url), ...changed }));
      return path;
    },
    accept: () => server.always(),
    refuse: () =>
      server.always(
        fcmError(400, 'INVALID_ARGUMENT', undefined, 'Invalid value at message.data (TYPE_STRING)'),
      ),
    throttle: (retryAfterS: number) =>
      server.always({
        ...fcmError(429, 'RESOURCE_EXHAUSTED', 'QUOTA_EXCEEDED'),
        headers: { 'retry-after': String(retryAfterS) },
      }),
    fail: () => server.always(fcmError(503, 'UNAVAILABLE', 'UNAVAILABLE', 'The service is unavailable.')),
    hang: () => server.always('hang'),
    cut: () => server.always('cut'),
  });
}

function credentials(url: string) {
  return {
    type: 'service_account',
    project_id: PROJECT,
    private_key_id: 'key-1',
    private_key: privateKey,
    client_email: ACCOUNT,
    token_uri: `${url}/token`,
  };
}

/** What is wrong with an assertion; Google checks the same. */
function problemOf(assertion: string): string | undefined {
  const [head = '', claims = '', signature = ''] = assertion.split('.');
  const isSigned = createVerify('RSA-SHA256')
    .update(`${head}.${claims}`)
    .verify(createPublicKey(publicKey), signature, 'base64url');
  if (!isSigned) return 'Invalid JWT Signature.';
  const { iss, aud, scope, iat, exp } = JSON.parse(Buffer.from(claims, 'base64url').toString()) as Record<
    string,
    unknown
  >;
  if (iss !== ACCOUNT) return 'Invalid grant: account not found';
  if (aud !== 'https://oauth2.googleapis.com/token') return `Invalid JWT: audience ${String(aud)}`;
  if (!String(scope).includes('firebase.messaging')) return 'Invalid scope';
  const nowS = Date.now() / 1000;
  const isInTime =
    Math.abs(Number(iat) - nowS) < 300 && Number(exp) > nowS && Number(exp) - Number(iat) <= 3600;
  return isInTime ? undefined : 'Invalid JWT: Token must be a short-lived token (60 minutes)';
}
