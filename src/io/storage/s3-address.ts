import { InputError } from '../../errors.js';

export interface S3Address {
  /** `https://host[:port]` */
  readonly endpoint: string;
  readonly bucket: string;
  /** Of all its keys: `''`, or with a slash at its end. */
  readonly prefix: string;
  readonly region: string;
  /** Absent: from where AWS keeps them (environment, role of the machine). */
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string };
  /** Whether downloads may go to the bucket itself, by signed addresses. */
  readonly hasLinks: boolean;
  readonly acl?: Acl;
  /** Host, bucket and prefix: for people, without credentials. */
  readonly place: string;
}

/** Those that make nothing public: exports and evidence lie beside the pictures. */
const ACLS = ['private', 'bucket-owner-full-control', 'bucket-owner-read'] as const;
type Acl = (typeof ACLS)[number];

const FORM = 's3+https://KEY:SECRET@host[:port]/bucket[/prefix][?region=…]';
const SETTINGS = ['region', 'links', 'acl'];
const BUCKET = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;
const PREFIX = /^([A-Za-z0-9_-][A-Za-z0-9._-]*\/)*$/;

/**
 * @param address `s3+https://KEY:SECRET@host[:port]/bucket[/prefix][?region=…&links=direct&acl=…]`, or `s3+http`
 * @param setting the variable that it comes from
 * @throws InputError without the address, which holds a secret
 */
export function parseS3Address(address: string, setting: string): S3Address {
  const refuse = (why: string): never => {
    throw new InputError(`${setting}: ${why}; it is written ${FORM}`);
  };
  const text = address.replace(/^s3\+/i, '');
  // A "/" in a secret ends the host for the parser: the most usual mistake.
  if (!URL.canParse(text))
    return refuse('cannot be read; characters such as / + @ : of the secret are written %2F %2B %40 %3A');
  const url = new URL(text);
  const [bucket = '', ...folders] = url.pathname.split('/').filter((part) => part !== '');
  if (!BUCKET.test(bucket)) refuse('names no bucket (3 to 63 of a-z 0-9 . -)');
  const prefix = folders.map((folder) => `${folder}/`).join('');
  if (!PREFIX.test(prefix)) refuse('its prefix has other characters than A-Z a-z 0-9 . _ -');
  if ((url.username === '') !== (url.password === '')) refuse('KEY and SECRET belong together');
  const { region, links, acl } = settingsOf(url, refuse);
  return {
    endpoint: url.origin,
    bucket,
    prefix,
    region: region ?? 'us-east-1',
    ...(url.username !== '' && {
      credentials: { accessKeyId: decoded(url.username), secretAccessKey: decoded(url.password) },
    }),
    hasLinks: links !== undefined,
    ...(acl !== undefined && { acl }),
    place: `${url.host}/${bucket}${prefix === '' ? '' : `/${prefix.slice(0, -1)}`}`,
  };

  function decoded(part: string): string {
    try {
      return decodeURIComponent(part);
    } catch {
      return refuse('has a % in KEY or SECRET that is not written %25');
    }
  }
}

function settingsOf(
  url: URL,
  refuse: (why: string) => never,
): { region: string | undefined; links: string | undefined; acl: Acl | undefined } {
  for (const name of url.searchParams.keys()) {
    if (!SETTINGS.includes(name)) refuse(`knows no "${name}", only ${SETTINGS.join(', ')}`);
  }
  const given = (name: string): string | undefined => url.searchParams.get(name) ?? undefined;
  const links = given('links');
  if (links !== undefined && links !== 'direct') refuse(`links is "${links}", but can only be "direct"`);
  const acl = given('acl');
  if (acl?.startsWith('public'))
    refuse(
      `acl=${acl} would publish exports and evidence, too: let a policy of the bucket publish snapshots/`,
    );
  const known = ACLS.find((one) => one === acl);
  if (acl !== undefined && known === undefined) refuse(`acl is "${acl}", but can be ${ACLS.join(', ')}`);
  return { region: given('region'), links, acl: known };
}
