import { createHash, createHmac } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

export interface Refusal {
  readonly status: number;
  readonly code: string;
}

/**
 * What S3 checks before it looks at a request: the signature (version 4, in the header or the address), its time, and that
 * the body is the one whose SHA-256 was signed and whose MD5 was given.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-authenticating-requests.html
 */
export function refusalOf(
  request: IncomingMessage,
  body: Buffer,
  keys: Readonly<Record<string, string>>,
): Refusal | undefined {
  const url = new URL(request.url ?? '/', 'http://s3');
  const given = url.searchParams.has('X-Amz-Signature') ? inAddress(url) : inHeader(request);
  if (!given) return { status: 403, code: 'AccessDenied' };
  const [key = '', ...scope] = given.credential.split('/');
  const secret = keys[key];
  if (secret === undefined) return { status: 403, code: 'InvalidAccessKeyId' };
  if (given.signature !== sign(canonical(request, url, given), scope, given.date, secret))
    return { status: 403, code: 'SignatureDoesNotMatch' };
  if (Date.now() > timeOf(given.date) + given.expiresS * 1000) return { status: 403, code: 'AccessDenied' };
  const sha256 = request.headers['x-amz-content-sha256'];
  if (/^[0-9a-f]{64}$/.test(String(sha256)) && sha256 !== createHash('sha256').update(body).digest('hex'))
    return { status: 400, code: 'XAmzContentSHA256Mismatch' };
  const md5 = request.headers['content-md5'];
  if (md5 !== undefined && md5 !== createHash('md5').update(body).digest('base64'))
    return { status: 400, code: 'BadDigest' };
  return undefined;
}

interface Given {
  readonly credential: string;
  readonly signature: string;
  readonly signed: string;
  readonly date: string;
  readonly expiresS: number;
  readonly payload: string;
}

function inAddress({ searchParams }: URL): Given {
  const get = (name: string): string => searchParams.get(`X-Amz-${name}`) ?? '';
  return {
    ...{ credential: get('Credential'), signature: get('Signature'), signed: get('SignedHeaders') },
    ...{ date: get('Date'), expiresS: Number(get('Expires')), payload: 'UNSIGNED-PAYLOAD' },
  };
}

function inHeader({ headers }: IncomingMessage): Given | undefined {
  const found = /Credential=([^,]+), SignedHeaders=([^,]+), Signature=([0-9a-f]+)/.exec(
    headers.authorization ?? '',
  );
  if (!found) return undefined;
  const [, credential = '', signed = '', signature = ''] = found;
  const of = (name: string): string => String(headers[name]);
  return {
    ...{ credential, signed, signature, date: of('x-amz-date'), expiresS: 900 },
    payload: of('x-amz-content-sha256'),
  };
}

function canonical({ method, headers }: IncomingMessage, url: URL, { signed, payload }: Given): string {
  const query = url.search
    .slice(1)
    .split('&')
    .filter((part) => part !== '' && !part.startsWith('X-Amz-Signature='))
    .map((part) => (part.includes('=') ? part : `${part}=`))
    .sort()
    .join('&');
  const lines = signed.split(';').map((name) => `${name}:${String(headers[name]).trim()}\n`);
  return [method, url.pathname, query, lines.join(''), signed, payload].join('\n');
}

function sign(text: string, scope: readonly string[], date: string, secret: string): string {
  const hash = createHash('sha256').update(text).digest('hex');
  const hmac = (key: string | Buffer, value: string): Buffer =>
    createHmac('sha256', key).update(value).digest();
  const key = scope.reduce<string | Buffer>((made, part) => hmac(made, part), `AWS4${secret}`);
  return hmac(key, ['AWS4-HMAC-SHA256', date, scope.join('/'), hash].join('\n')).toString('hex');
}

/** `20261121T120000Z` → epoch ms */
function timeOf(date: string): number {
  return Date.parse(date.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'));
}
