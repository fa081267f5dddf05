import { createSmsChannel } from '../../../src/io/channels/sms/sms-channel.js';
import { testRecipient } from '../../support/messages.js';
import { startTwilio } from '../../support/twilio-server.js';
import { runContract, until } from './contract.js';

const SID = `AC${'0123456789abcdef'.repeat(2)}`;
const TOKEN = 'a-token-nobody-may-see-1234';
const PHONE = '+84912345678';

runContract(
  'sms',
  async ({ timeoutMs, silentPort }) => {
    const server = await startTwilio({ accountSid: SID, authToken: TOKEN });
    const channel = createSmsChannel({
      accountSid: SID,
      authToken: TOKEN,
      from: '+15005550006',
      baseUrl: silentPort === undefined ? server.url : `http://127.0.0.1:${silentPort}`,
      maxSegments: 10,
      plain: 'never',
      timeoutMs,
    });
    return {
      channel,
      to: testRecipient({ phone: PHONE }),
      secrets: [PHONE, PHONE.slice(1), TOKEN],
      arrived: async (count) => {
        await until(async () => server.messages.length >= count);
        return server.messages.map(({ body }) => ({ text: body }));
      },
      make: {
        refuses: async () => server.refuse(),
        fails: async () => server.fail(),
        throttles: async () => server.throttle(3),
      },
      connections: () => server.connections(),
      close: () => server.close(),
    };
  },
  ['ids'],
);
