import { acknowledgeText, writeAcknowledgeToken } from '../domain/alerting/acknowledge-token.js';
import type { Links, Signer } from '../ports/alerting.js';

/**
 * Addresses in messages.
 * @param publicUrl where the installation is reached from outside, also below a path; undefined: there are no links
 * @param snapshotsUrl where its pictures are reached without a login; undefined: nowhere
 */
export function createLinks(publicUrl: string | undefined, signer: Signer, snapshotsUrl?: string): Links {
  const below = (base: string | undefined, path: string): string | undefined =>
    base === undefined ? undefined : `${base.replace(/\/+$/, '')}/${path}`;
  const address = (path: string): string | undefined => below(publicUrl, path);
  return {
    incident: (number) => address(`incidents/${number}`),
    acknowledge: (delivery) => {
      const mark = signer.sign('acknowledge', acknowledgeText(delivery));
      return address(`a/${writeAcknowledgeToken({ number: delivery.number, mark })}`);
    },
    snapshot: (key) => below(snapshotsUrl, key.split('/').map(encodeURIComponent).join('/')),
  };
}
