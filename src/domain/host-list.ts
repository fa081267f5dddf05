/** Hosts that this machine may ask: addresses, networks in CIDR notation, names, `*.names`. */
export interface HostList {
  /**
   * Whether it is listed. A name is for what it is called, never for what it resolves to.
   * @param host in lower case, IPv6 without brackets
   */
  has(host: string): boolean;
}

/**
 * @param entries in any case
 * @returns a text: what is wrong with the first entry that is none of these
 */
export function parseHostList(entries: readonly string[]): HostList | string {
  const networks: { bits: string; width: number }[] = [];
  const names: string[] = [];
  for (const entry of entries.map((given) => given.toLowerCase())) {
    const [address = '', width] = entry.split('/');
    const bits = addressBits(address);
    if (bits !== undefined && isWidth(width, bits.length))
      networks.push({ bits, width: Number(width ?? bits.length) });
    else if (width === undefined && /^(\*\.)?[a-z0-9_-]+(\.[a-z0-9_-]+)*$/.test(entry)) names.push(entry);
    else
      return `"${entry}" is no address, network or name; for example 192.168.1.0/24,one.example.org,*.local.lan`;
  }
  return {
    has: (host) => {
      const bits = addressBits(host);
      return bits === undefined
        ? names.some((name) => (name.startsWith('*.') ? host.endsWith(name.slice(1)) : host === name))
        : networks.some(
            (network) =>
              network.bits.length === bits.length &&
              network.bits.slice(0, network.width) === bits.slice(0, network.width),
          );
    },
  };
}

function isWidth(text: string | undefined, most: number): boolean {
  return text === undefined || (/^\d{1,3}$/.test(text) && Number(text) <= most);
}

/** The 32 or 128 bits of an address, as zeros and ones; an IPv4 address written as IPv6 is an IPv4 address. */
function addressBits(text: string): string | undefined {
  const octets = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text)?.slice(1);
  if (octets)
    return octets.every((octet) => String(Number(octet)) === octet && Number(octet) < 256)
      ? bitsOf(octets.map(Number), 8)
      : undefined;
  if (!/^[0-9a-f.]*:[0-9a-f:.]*$/.test(text) || !URL.canParse(`http://[${text}]`)) return undefined;
  // The canonical form (RFC 5952): hexadecimal groups, at most one "::".
  const [head = '', tail] = new URL(`http://[${text}]`).hostname.slice(1, -1).split('::');
  const groups = (part: string): number[] =>
    part === '' ? [] : part.split(':').map((each) => parseInt(each, 16));
  const [before, after] = [groups(head), groups(tail ?? '')];
  const bits = bitsOf([...before, ...Array<number>(8 - before.length - after.length).fill(0), ...after], 16);
  const mapped = bitsOf([0, 0, 0, 0, 0, 0xffff], 16);
  return bits.startsWith(mapped) ? bits.slice(mapped.length) : bits;
}

function bitsOf(parts: readonly number[], width: number): string {
  return parts.map((part) => part.toString(2).padStart(width, '0')).join('');
}
