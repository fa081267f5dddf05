import { createHash } from 'node:crypto';

export interface Credentials {
  readonly user: string;
  readonly password: string;
}

/** What a server asks for with `WWW-Authenticate`, and how often it has been answered. */
export interface Challenge {
  readonly scheme: 'basic' | 'digest';
  readonly params: Readonly<Record<string, string>>;
}

const HASHES: Readonly<Record<string, string>> = { md5: 'md5', 'sha-256': 'sha256' };

/**
 * The strongest challenge that can be answered: Digest (RFC 7616; MD5, SHA-256, with and without `-sess`), otherwise
 * Basic (RFC 7617), otherwise `undefined`.
 * @param headers the values of all `WWW-Authenticate` headers
 */
export function chooseChallenge(headers: readonly string[]): Challenge | undefined {
  const challenges = headers
    .flatMap((header) => header.split(/(?:^|,)\s*(?=[a-z][\w-]*\s+\w+\s*=)|^(?=basic\s*$)/i))
    .map(parseChallenge)
    .filter((challenge) => challenge !== undefined);
  return (
    challenges.find(({ scheme, params }) => scheme === 'digest' && /sha/i.test(params['algorithm'] ?? '')) ??
    challenges.find(({ scheme }) => scheme === 'digest') ??
    challenges.find(({ scheme }) => scheme === 'basic')
  );
}

function parseChallenge(text: string): Challenge | undefined {
  const scheme = /^\s*(basic|digest)\b/i.exec(text)?.[1]?.toLowerCase();
  if (scheme === 'basic') return { scheme, params: {} };
  if (scheme !== 'digest') return undefined;
  const params = Object.fromEntries(
    [...text.matchAll(/([\w-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+))/g)].map(([, name, quoted, bare]) => [
      (name ?? '').toLowerCase(),
      quoted?.replace(/\\(.)/g, '$1') ?? bare ?? '',
    ]),
  );
  const qops = params['qop']?.split(',').map((qop) => qop.trim());
  const isKnown = hashOf(params) !== undefined && (qops === undefined || qops.includes('auth'));
  return isKnown && params['nonce'] !== undefined ? { scheme, params } : undefined;
}

function hashOf(params: Readonly<Record<string, string>>): string | undefined {
  return HASHES[(params['algorithm'] ?? 'MD5').toLowerCase().replace(/-sess$/, '')];
}

/**
 * The value of the `Authorization` header.
 * @param request `uri`: path and query as they stand in the request line; `count`: how often this challenge has been
 *   answered, from 1; `cnonce`: any fresh text of hexadecimal digits
 */
export function authorization(
  { scheme, params }: Challenge,
  { user, password }: Credentials,
  request: { readonly method: string; readonly uri: string; readonly count: number; readonly cnonce: string },
): string {
  if (scheme === 'basic') return `Basic ${Buffer.from(`${user}:${password}`, 'utf8').toString('base64')}`;
  const { method, uri, count, cnonce } = request;
  const { realm = '', nonce = '', opaque, algorithm } = params;
  const hash = (text: string) =>
    createHash(hashOf(params) ?? 'md5')
      .update(text, 'utf8')
      .digest('hex');
  const nc = count.toString(16).padStart(8, '0');
  const secret = hash(`${user}:${realm}:${password}`);
  const a1 = /-sess$/i.test(algorithm ?? '') ? hash(`${secret}:${nonce}:${cnonce}`) : secret;
  const a2 = hash(`${method}:${uri}`);
  // Without qop the server is of RFC 2069.
  const hasQop = params['qop'] !== undefined;
  const response = hash(hasQop ? `${a1}:${nonce}:${nc}:${cnonce}:auth:${a2}` : `${a1}:${nonce}:${a2}`);
  return [
    `Digest username=${quoted(user)}, realm=${quoted(realm)}, nonce=${quoted(nonce)}, uri=${quoted(uri)}`,
    `response="${response}"`,
    ...(algorithm === undefined ? [] : [`algorithm=${algorithm}`]),
    ...(hasQop ? [`qop=auth, nc=${nc}`] : []),
    ...(hasQop || /-sess$/i.test(algorithm ?? '') ? [`cnonce="${cnonce}"`] : []),
    ...(opaque === undefined ? [] : [`opaque=${quoted(opaque)}`]),
  ].join(', ');
}

function quoted(text: string): string {
  return `"${text.replace(/["\\]/g, '\\$&')}"`;
}
