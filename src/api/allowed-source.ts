import { parseHostList } from '../domain/host-list.js';
import { hostOf } from '../domain/source-host.js';
import { schemeOf, STREAM_SCHEMES } from '../domain/source-address.js';
import { InputError } from '../errors.js';

/** Addresses of local networks: RFC 1918 and RFC 4193. This machine itself and link-local addresses are not among them. */
const LOCAL_NETWORKS = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7'];

/** Says why a source that came over HTTP is not opened; `undefined`: it may be. */
export type SourceRule = (source: string) => string | undefined;

/**
 * Whoever may give cameras over HTTP must not make this machine read its files or ask hosts that only it reaches. So
 * only streams are taken, from hosts that are allowed. A name is allowed when it is listed, never for what it
 * resolves to.
 * @param allowed addresses, networks in CIDR notation, names, `*.names`; default: local networks
 * @param hosts further ones: those of the camera file
 * @throws InputError when an entry of `allowed` is none of these
 */
export function createSourceRule(
  allowed: readonly string[] = LOCAL_NETWORKS,
  hosts: () => ReadonlySet<string> = () => new Set(),
): SourceRule {
  const list = parseHostList(allowed);
  if (typeof list === 'string') throw new InputError(`CAMERA_HOSTS: ${list}`);
  const isAllowed = (host: string): boolean => hosts().has(host) || list.has(host);
  return (source) => {
    const scheme = schemeOf(source);
    if (scheme === undefined)
      return 'is no stream; files, folders and devices are read only when the camera file names them';
    if (!(STREAM_SCHEMES as readonly string[]).includes(scheme))
      return `has the protocol "${scheme}"; use one of ${STREAM_SCHEMES.join(', ')}`;
    const host = hostOf(source);
    if (host === undefined)
      return `is no clear address; write ${scheme}://user:password@host:port/path and escape special characters (%40 for @)`;
    return isAllowed(host)
      ? undefined
      : `names the host "${host}", which is not allowed: give an address of a local network, or add the host to CAMERA_HOSTS`;
  };
}
