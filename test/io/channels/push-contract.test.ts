import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createPushChannel } from '../../../src/io/channels/push/push-channel.js';
import { startFcm } from '../../support/fcm-server.js';
import { testRecipient } from '../../support/messages.js';
import { runContract, until } from './contract.js';

runContract('push', async ({ timeoutMs, silentPort }) => {
  const folder = await mkdtemp(join(tmpdir(), 'camqueue-push-'));
  const server = await startFcm();
  // Every copy finds another phone: to one that has a message no second copy is sent.
  let phones = 0;
  const token = (): string => `phone-${(phones += 1)}-${'A1b2'.repeat(30)}`;
  const channel = await createPushChannel({
    credentialsFile: await server.writeCredentials(folder),
    baseUrl: silentPort === undefined ? server.url : `http://127.0.0.1:${silentPort}`,
    tokens: { tokens: async () => [token()], remove: async () => true },
    timeoutMs,
  });
  return {
    channel,
    to: testRecipient({ push: true }),
    secrets: ['A1b2A1b2', 'ya29.', 'PRIVATE KEY'],
    arrived: async (count) => {
      await until(async () => server.messages.length >= count);
      return server.messages.map(({ notification, android }) => ({
        id: String(android['collapse_key']),
        text: `${notification.title}\n${notification.body}`,
      }));
    },
    make: {
      refuses: async () => server.refuse(),
      fails: async () => server.fail(),
      throttles: async () => server.throttle(3),
    },
    connections: () => server.connections(),
    close: async () => {
      await server.close();
      await rm(folder, { recursive: true });
    },
  };
});
