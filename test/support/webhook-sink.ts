import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A message that the provider took. */
export interface Acceptance {
  /** Of the message; a second copy has the same. */
  readonly id: string;
  /** The path it was sent to. */
  readonly to: string;
  /** Epoch ms. */
  readonly at: number;
}

/** What a provider does with a message: take it; take it and never say so; or be down. */
export type Manner = 'take' | 'take-silently' | 'refuse';

export interface WebhookSink {
  readonly url: string;
  readonly taken: readonly Acceptance[];
  readonly refused: readonly { readonly at: number }[];
  /** Asked for each message. */
  behave(manner: () => Manner): void;
  close(): Promise<void>;
}

/** A provider on this machine that webhooks are sent to; it writes down all that it takes. */
export async function startWebhookSink(): Promise<WebhookSink> {
  let manner: () => Manner = () => 'take';
  const taken: Acceptance[] = [];
  const refused: { at: number }[] = [];
  const answer = (id: string, to: string, response: ServerResponse): void => {
    const how = manner();
    if (how === 'refuse') {
      refused.push({ at: Date.now() });
      response.writeHead(503, { 'retry-after': '1' }).end();
      return;
    }
    taken.push({ id, to, at: Date.now() });
    if (how === 'take') response.writeHead(200).end();
    else response.destroy();
  };
  const server = createServer((request, response) => {
    request.resume().once('end', () => {
      answer(String(request.headers['webhook-id']), request.url ?? '', response);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    taken,
    refused,
    behave: (how) => (manner = how),
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
