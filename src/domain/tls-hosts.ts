/** Protocols that speak TLS from the first byte, with the port that a URL need not name. */
const TLS_PORTS: Readonly<Record<string, number>> = {
  'https:': 443,
  'rtsps:': 322,
  'rtmps:': 443,
  'smtps:': 465,
  'rediss:': 6379,
};

/** The hosts behind some addresses that show a certificate, each once; other addresses and plain paths are passed over. */
export function tlsHosts(addresses: readonly (string | undefined)[]): { host: string; port: number }[] {
  const hosts = new Map<string, { host: string; port: number }>();
  for (const address of addresses) {
    if (address === undefined || !URL.canParse(address)) continue;
    const { protocol, hostname, port: given } = new URL(address);
    const usual = TLS_PORTS[protocol];
    if (usual === undefined || hostname === '') continue;
    const host = hostname.replace(/^\[(.*)\]$/, '$1');
    // A URL of https drops its usual port; others keep what is written.
    const port = given === '' ? usual : Number(given);
    hosts.set(`${host}:${port}`, { host, port });
  }
  return [...hosts.values()];
}
