import { redactUrls } from '../domain/redact.js';
import { restreamLabel } from '../domain/restream-address.js';

type Given = Readonly<Record<string, unknown>>;

/** A field of a camera that may hold credentials. */
export interface AddressField {
  readonly name: string;
  readonly get: (given: Given) => string | undefined;
  readonly with: (given: Given, address: string) => Given;
  /** As it is shown to people: without its secrets, which are `***`. */
  readonly shown: (address: string) => string;
}

const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);
const source = (name: 'source' | 'detectSource'): AddressField => ({
  name,
  get: (given) => text(given[name]),
  with: (given, address) => ({ ...given, [name]: address }),
  shown: redactUrls,
});

export const ADDRESS_FIELDS: readonly AddressField[] = [
  source('source'),
  source('detectSource'),
  {
    name: 'restream.url',
    get: ({ restream }) => (isObject(restream) ? text(restream['url']) : undefined),
    with: (given, url) => ({ ...given, restream: { ...(given['restream'] as object), url } }),
    shown: restreamLabel,
  },
];

/** A camera as it was given, its secrets hidden. */
export function withoutSecrets(given: Given): Given {
  return ADDRESS_FIELDS.reduce((shown, field) => {
    const address = field.get(shown);
    return address === undefined ? shown : field.with(shown, field.shown(address));
  }, given);
}

/** What was shown with `***` and comes back so is what is stored. */
export function withHidden(given: Given, before: Given): Given {
  return ADDRESS_FIELDS.reduce((whole, field) => {
    const stored = field.get(before);
    const isShown = stored !== undefined && field.get(whole) === field.shown(stored);
    return isShown ? field.with(whole, stored) : whole;
  }, given);
}

function isObject(value: unknown): value is Given {
  return typeof value === 'object' && value !== null;
}
