import { acknowledgeText, writeAcknowledgeToken } from '../domain/alerting/acknowledge-token.js';
import type { Links, Signer } from '../ports/alerting.js';

/**
 * Addresses in messages.
 * @param publicUrl where the installation is reached from outside, also below a path; undefined: there are no links
 */
export function createLinks(publicUrl: string | undefined, signer: Signer): Links {
  const address = (path: string): string | undefined =>
    publicUrl === undefined ? undefined : `${publicUrl.replace(/\/+$/, '')}/${path}`;
  return {
    incident: (number) => address(`incidents/${number}`),
    acknowledge: (delivery) => {
      const mark = signer.sign('acknowledge', acknowledgeText(delivery));
      return address(`a/${writeAcknowledgeToken({ number: delivery.number, mark })}`);
    },
  };
}
