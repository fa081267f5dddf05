import { redactUrls } from './redact.js';

/** Where a stream is published to, taken apart. */
export interface RestreamAddress {
  readonly protocol: 'rtmp' | 'rtsp';
  readonly isTls: boolean;
  readonly host: string;
  readonly port: number;
  /** Path and query, beginning with `/`; of RTMP the last part is often the secret. */
  readonly path: string;
  /** RTSP only. */
  readonly credentials?: { readonly user: string; readonly password: string };
  /** For people and logs: nothing in it is a secret. */
  readonly label: string;
}

const PORTS: Readonly<Record<string, number>> = { rtmp: 1935, rtmps: 443, rtsp: 554, rtsps: 322 };

/** Takes the address of a `restream` apart. @throws Error when it is none; its schema has checked that. */
export function parseRestreamAddress(address: string): RestreamAddress {
  const url = new URL(address);
  const scheme = url.protocol.slice(0, -1);
  const port = url.port === '' ? PORTS[scheme] : Number(url.port);
  if (port === undefined) throw new Error(`restream.url has the protocol ${scheme}`);
  const user = decodeURIComponent(url.username);
  return {
    protocol: scheme.startsWith('rtmp') ? 'rtmp' : 'rtsp',
    isTls: scheme.endsWith('s'),
    host: url.hostname.replace(/^\[(.*)\]$/, '$1'),
    port,
    path: `${url.pathname}${url.search}`,
    ...(user !== '' && { credentials: { user, password: decodeURIComponent(url.password) } }),
    label: restreamLabel(address),
  };
}

/** The address without what may be secret: user and password, the query, and the stream's key of RTMP. */
export function restreamLabel(address: string): string {
  const plain = redactUrls(address).replace(/\?.*$/s, '');
  return /^rtmp/i.test(plain) ? plain.replace(/[^/]+$/, '***') : plain;
}
