import { lookup as resolve } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import { IPv4, isValid, parse } from 'ipaddr.js';
import type { HostList } from '../../../domain/host-list.js';
import { PermanentError } from '../../../errors.js';

/**
 * Whoever may write the camera file must not make this machine call what only it reaches: other services on it, routers,
 * a cloud's metadata. So a webhook goes to public addresses by https; to others, and by http, only where the host is
 * listed in WEBHOOK_HOSTS.
 * @returns the address to call
 * @throws PermanentError saying why it is not called; it names no host
 */
export function checkTarget(given: string, listed: HostList): URL {
  if (!URL.canParse(given)) refuse('is no URL');
  const url = new URL(given);
  const host = hostOf(url);
  const isListed = listed.has(host);
  if (url.username !== '' || url.password !== '')
    refuse('holds a user or a password: leave them out; what is sent is signed');
  if (url.protocol !== 'https:' && (url.protocol !== 'http:' || !isListed))
    refuse('is not https: use https, or add the host to WEBHOOK_HOSTS');
  if (!isListed && isIP(host) > 0 && !isPublic(host)) refuseAddress();
  // Below 1024 are services that never expect HTTP, and some of them act on what they are sent.
  if (!isListed && url.port !== '' && Number(url.port) < 1024)
    refuse('has a port below 1024: use 443, or add the host to WEBHOOK_HOSTS');
  return url;
}

/**
 * Resolves names for a connection and refuses those that lead to where `checkTarget` would not let them; what was
 * checked is what is connected to, whatever the name resolves to the next time.
 * @param resolver for tests; default: the system's
 */
export function checkedLookup(listed: HostList, resolver: typeof resolve = resolve): LookupFunction {
  return (host, options, callback) => {
    resolver(host, { ...options, all: true }, (error, addresses) => {
      if (error) return callback(error, '', 0);
      const isListed = listed.has(host.toLowerCase());
      const bad = addresses.some(({ address }) => !isListed && !listed.has(address) && !isPublic(address));
      const [first] = addresses;
      if (bad || first === undefined) return callback(refusal(NOT_PUBLIC), '', 0);
      if (options.all === true) callback(null, addresses);
      else callback(null, first.address, first.family);
    });
  };
}

const NOT_PUBLIC =
  'leads to an address that is not public: add the host to WEBHOOK_HOSTS if it may be called';

/** IPv6 without brackets, and without the dot that ends a full name. */
function hostOf(url: URL): string {
  return url.hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '');
}

function isPublic(address: string): boolean {
  if (!isValid(address)) return false;
  const parsed = parse(address);
  // Ranges that carry an IPv4 address (mapped, 6to4, Teredo, NAT64) are not "unicast"; of the rest only 2000::/3 is in use.
  const isGlobal = parsed instanceof IPv4 || (parsed.parts[0] ?? 0) >> 13 === 1;
  return isGlobal && parsed.range() === 'unicast';
}

function refuse(why: string): never {
  throw refusal(why);
}

function refuseAddress(): never {
  throw refusal(NOT_PUBLIC);
}

function refusal(why: string): PermanentError {
  return new PermanentError(`webhook: the recipient's url ${why}`);
}
