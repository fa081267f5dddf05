import { isIP } from 'node:net';
import { connect } from 'node:tls';

/** A TLS server of the configuration. */
export interface TlsHost {
  readonly host: string;
  readonly port: number;
}

/**
 * When a server's certificate ends. Nothing is sent, and nothing is trusted because of the answer: a self-signed
 * certificate has an end as well.
 * @returns epoch ms
 * @throws Error when the server does not answer with a certificate before the signal is aborted.
 */
export function readCertificateEnd({ host, port }: TlsHost, signal: AbortSignal): Promise<number> {
  return new Promise((resolve, reject) => {
    const socket = connect({
      ...{ host, port, rejectUnauthorized: false },
      ...(isIP(host) === 0 && { servername: host }),
    });
    const end = (settle: () => void): void => {
      signal.removeEventListener('abort', onAbort);
      socket.destroy();
      settle();
    };
    const onAbort = (): void => end(() => reject(new Error('no answer in time')));
    socket.once('secureConnect', () => {
      const validTo = Date.parse(socket.getPeerCertificate().valid_to);
      end(() => (Number.isNaN(validTo) ? reject(new Error('it shows no certificate')) : resolve(validTo)));
    });
    socket.once('error', (error: Error) => end(() => reject(error)));
    if (signal.aborted) onAbort();
    else signal.addEventListener('abort', onAbort, { once: true });
  });
}
