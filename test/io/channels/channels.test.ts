import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseConfig } from '../../../src/config.js';
import { Channel } from '../../../src/domain/alerting/config.js';
import { NotReadyError, PermanentError } from '../../../src/errors.js';
import { createChannels } from '../../../src/io/channels/channels.js';
import type { PushTokens } from '../../../src/ports/alerting.js';
import { testMessage, testRecipient } from '../../support/messages.js';
import { failureOf } from './contract.js';

// Nobody has registered a phone.
const pushTokens: PushTokens = {
  register: async () => undefined,
  tokens: async () => [],
  list: async () => [],
  remove: async () => false,
};
let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'camqueue-channels-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));
const open = (env: Record<string, string> = {}) =>
  createChannels({ config: parseConfig({ DATA_DIR: folder, ...env }, folder), pushTokens });

it('has every channel; those that are not set up say which variable is missing, and what is sent by them waits', async () => {
  const channels = await open();
  expect(channels.all().map(({ channel }) => channel)).toEqual(Channel.options);
  const off = Object.fromEntries(channels.all().map(({ channel, off }) => [channel, off]));
  expect(off).toMatchObject({
    email: 'SMTP_URL is not set',
    sms: 'TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN and TWILIO_FROM are not set',
    push: 'FCM_CREDENTIALS is not set',
    rabbitmq: 'RABBITMQ_URL is not set',
    mqtt: 'MQTT_URL is not set',
    webhook: undefined,
    log: undefined,
  });
  const to = testRecipient({
    email: 'guard@example.org',
    phone: '+84912345678',
    push: true,
    rabbitmq: { exchange: 'x' },
    mqtt: { topic: 'x' },
  });
  for (const name of ['email', 'sms', 'push', 'rabbitmq', 'mqtt'] as const) {
    const error = await failureOf(
      channels.get(name).send(testMessage('a'), to, new AbortController().signal),
    );
    expect(error).toBeInstanceOf(NotReadyError);
    expect(error).toMatchObject({ message: `${off[name]}: messages wait`, notSent: true });
  }
  await channels.close();
});

it('does not connect, and does not fail, before there is something to send', async () => {
  const channels = await open({
    SMTP_URL: 'smtp://user:%@127.0.0.1:1',
    TWILIO_ACCOUNT_SID: `AC${'0'.repeat(32)}`,
    TWILIO_AUTH_TOKEN: 'long-enough',
    TWILIO_FROM: '+15005550006',
    FCM_CREDENTIALS: join(folder, 'not-there.json'),
    WEBHOOK_HOSTS: 'not a host',
    RABBITMQ_URL: 'amqp://user:%@127.0.0.1:1',
    MQTT_URL: 'mqtt://user:%@127.0.0.1:1',
    NOTIFY_LOG: join(folder, 'no', 'such', 'folder.log'),
  });
  expect(Object.fromEntries(channels.all().map(({ channel, off }) => [channel, off]))).toEqual({
    email: undefined,
    sms: undefined,
    push: expect.stringMatching(/^FCM_CREDENTIALS/) as string,
    webhook: expect.stringMatching(/^WEBHOOK_HOSTS: "not a host"/) as string,
    rabbitmq: undefined,
    mqtt: undefined,
    log: undefined,
  });
  await channels.close();
});

it.each(['email', 'sms', 'webhook', 'rabbitmq', 'mqtt'] as const)(
  'to a recipient without its address, %s says so for good',
  async (name) => {
    const channels = await open({
      SMTP_URL: 'smtp://127.0.0.1:1',
      TWILIO_ACCOUNT_SID: `AC${'0'.repeat(32)}`,
      TWILIO_AUTH_TOKEN: 'long-enough',
      TWILIO_FROM: '+15005550006',
      RABBITMQ_URL: 'amqp://127.0.0.1:1',
      MQTT_URL: 'mqtt://127.0.0.1:1',
    });
    const signal = new AbortController().signal;
    const sending = channels.get(name).send(testMessage('a'), testRecipient({ log: true }), signal);
    const error = await failureOf(sending);
    expect(error).toBeInstanceOf(PermanentError);
    expect(error.message).toMatch(/^recipient "guard" has no \w+: add /);
    await channels.close();
  },
);
