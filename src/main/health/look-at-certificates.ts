import { judgeCertificate } from '../../domain/health/judge-work.js';
import { tlsHosts } from '../../domain/tls-hosts.js';
import { messageOf } from '../../errors.js';
import { readCertificateEnd, type TlsHost } from '../../io/certificate.js';
import type { HealthFinding } from '../../ports.js';
import type { Probe } from './probes.js';

/** Certificates end in days, and a camera has few connections to spare. */
const LOOK_AGAIN_MS = 3_600_000;
/** Of a host that did not answer. */
const TRY_AGAIN_MS = 300_000;
/** Less than a look may take: a silent host costs its own finding only. */
const ANSWER_WITHIN_MS = 2500;

interface Known {
  readonly askedAt: number;
  readonly validTo?: number;
  readonly problem?: string;
}

/** @param addresses those of the configuration; only hosts named there are asked */
export function certificatesProbe(
  addresses: () => readonly (string | undefined)[],
  now: () => number,
): Probe {
  const known = new Map<string, Known>();
  const lookAtOne = async (host: TlsHost, signal: AbortSignal): Promise<HealthFinding> => {
    const name = `${host.host}:${host.port}`;
    const before = known.get(name);
    const waitMs = before?.problem === undefined ? LOOK_AGAIN_MS : TRY_AGAIN_MS;
    if (!before || now() - before.askedAt >= waitMs) known.set(name, await ask(host, before, signal, now()));
    const { validTo, problem } = known.get(name) ?? {};
    if (validTo !== undefined) return judgeCertificate(name, validTo, now());
    const detail = `${name} does not show its certificate: ${problem ?? 'no answer'}`;
    return { subject: `certificate/${name}`, state: 'warn', detail, measures: {} };
  };
  return {
    name: 'certificates',
    kinds: ['certificate'],
    look: (signal) => Promise.all(tlsHosts(addresses()).map((host) => lookAtOne(host, signal))),
  };
}

/** A host that is away keeps what it showed before: the end of a certificate does not change. */
async function ask(
  host: TlsHost,
  before: Known | undefined,
  signal: AbortSignal,
  askedAt: number,
): Promise<Known> {
  const bounded = AbortSignal.any([signal, AbortSignal.timeout(ANSWER_WITHIN_MS)]);
  try {
    return { askedAt, validTo: await readCertificateEnd(host, bounded) };
  } catch (error) {
    return { ...before, askedAt, problem: messageOf(error) };
  }
}
