import { InputError } from '../../errors.js';
import { codeOf, coded } from './folder-errors.js';
import { unreachable } from './within.js';

const NETWORK = [
  ...['ECONNREFUSED', 'ECONNRESET', 'ECONNABORTED', 'EPIPE', 'ETIMEDOUT', 'ENOTFOUND', 'EAI_AGAIN'],
  ...['EHOSTUNREACH', 'ENETUNREACH', 'EHOSTDOWN', 'ENETDOWN', 'ERR_STREAM_PREMATURE_CLOSE'],
];
const TOO_MUCH = ['SlowDown', 'Throttling', 'ThrottlingException', 'RequestLimitExceeded', 'TooManyRequests'];
const FULL = /storage.?full|quota|insufficient.?storage|diskfull/i;
const CERTIFICATE = /CERT|SELF_SIGNED|UNABLE_TO_VERIFY/;
/** What the administrator has to put right, by the names that S3 gives it. */
const WRONG: Readonly<Record<string, string>> = {
  InvalidAccessKeyId: 'its key is not known there; check KEY',
  SignatureDoesNotMatch: 'its secret is wrong; check SECRET',
  AccessDenied: 'the key may not do this; allow it to read, write, list and delete in the bucket',
  AccountProblem: 'the account is closed or suspended',
  InvalidToken: 'its credentials are not accepted',
  ExpiredToken: 'its credentials have expired',
  CredentialsProviderError: 'it has no credentials; write KEY:SECRET@ before the host',
  NoSuchBucket: 'the bucket is not there; make it, or name another one',
  PermanentRedirect: 'the bucket is in another region; set ?region=',
  AuthorizationHeaderMalformed: 'the region is another; set ?region=',
  IllegalLocationConstraintException: 'the region is another; set ?region=',
  RequestTimeTooSkewed: 'the clock of this machine is wrong; set it',
};

export interface S3Failure {
  readonly place: string;
  readonly setting: string;
  readonly signal?: AbortSignal | undefined;
}

/**
 * What S3 says, for people. What the kit says is not passed on as a cause: it may hold the key.
 * @returns the signal's reason when somebody stopped it; NotReadyError; InputError; Error with code ENOSPC; or an Error
 */
export function explainS3(error: unknown, { place, setting, signal }: S3Failure): unknown {
  if (signal?.aborted) return signal.reason;
  if (!isFromS3(error)) return error;
  const name = nameOf(error);
  const status = statusOf(error);
  const code = codeIn(error);
  if (isNetwork(error)) return unreachable(place, code || name);
  if (CERTIFICATE.test(code))
    return new InputError(
      `${setting}: the certificate of ${place} is not trusted (${code}); NODE_EXTRA_CA_CERTS names a file of your own authority`,
    );
  if (code === 'EPROTO') return new InputError(`${setting}: ${place} speaks no TLS; write s3+http`);
  if (FULL.test(name) || status === 507)
    return coded(`storage full: there is no room in ${place} (${name}); free space there`, 'ENOSPC');
  if (TOO_MUCH.includes(name) || status === 429 || (status !== undefined && status >= 500))
    return unreachable(place, `it answers ${status ?? ''} ${name}`);
  const wrong = WRONG[name] ?? (status === 403 ? WRONG.AccessDenied : undefined);
  if (wrong !== undefined) return new InputError(`${setting}: ${place}: ${wrong} (${name})`);
  return new Error(`storage ${place} answered ${status ?? 'something that is not S3'}: ${name}`);
}

/** Connections that broke or never came about, also in the middle of an answer. */
export function isNetwork(error: unknown): boolean {
  return NETWORK.includes(codeIn(error)) || ['TimeoutError', 'NetworkingError'].includes(nameOf(error));
}

export function isMissing(error: unknown): boolean {
  return ['NoSuchKey', 'NotFound'].includes(nameOf(error)) && statusOf(error) === 404;
}

export function statusOf(error: unknown): number | undefined {
  return (error as { $metadata?: { httpStatusCode?: number } } | undefined)?.$metadata?.httpStatusCode;
}

/** Errors of our own and of sources pass as they are. */
function isFromS3(error: unknown): boolean {
  const has = (name: string): boolean => typeof error === 'object' && error !== null && name in error;
  return (
    has('$metadata') || has('$fault') || has('$response') || isNetwork(error) || isTls(error) || named(error)
  );
}

function isTls(error: unknown): boolean {
  return CERTIFICATE.test(codeIn(error)) || codeIn(error) === 'EPROTO';
}

/** Where the kit does not know an error for one, it wraps it, and the code is only in its words. */
function codeIn(error: unknown): string {
  const wrapped = /^AWS SDK error wrapper for .*?\b(E[A-Z]{3,})\b/.exec(
    (error as Error | undefined)?.message ?? '',
  );
  return codeOf(error) || (wrapped?.[1] ?? '');
}

function named(error: unknown): boolean {
  return nameOf(error) === 'CredentialsProviderError';
}

function nameOf(error: unknown): string {
  return typeof error === 'object' && error !== null && 'name' in error ? String(error.name) : '';
}
