import { Channel } from '../../domain/alerting/config.js';
import { notificationLog } from './log/notification-log.js';
import type { Config } from '../../config.js';
import type { NotificationChannel, NotificationChannels, PushTokens } from '../../ports/alerting.js';

/** What channels need of the configuration, and where the tokens of phones are. */
export interface ChannelOptions {
  readonly config: Pick<
    Config,
    | 'DATA_DIR'
    | 'SMTP_URL'
    | 'MAIL_FROM'
    | 'SMTP_POOL'
    | 'SMTP_PER_S'
    | 'TWILIO_ACCOUNT_SID'
    | 'TWILIO_AUTH_TOKEN'
    | 'TWILIO_FROM'
    | 'TWILIO_BASE_URL'
    | 'SMS_MAX_SEGMENTS'
    | 'SMS_PLAIN'
    | 'FCM_CREDENTIALS'
    | 'FCM_BASE_URL'
    | 'WEBHOOK_HOSTS'
    | 'RABBITMQ_URL'
    | 'MQTT_URL'
    | 'NOTIFY_LOG'
    | 'PUBLIC_URL'
  >;
  readonly pushTokens: PushTokens;
}

type Create = (options: ChannelOptions) => Promise<NotificationChannel>;

/**
 * The list. A channel is a folder here with one `send`, and joins by its line. Loaded when they are made: the providers'
 * libraries are large, and most processes send nothing.
 */
const CREATE = {
  email: async ({ config: c }) =>
    (await import('./email/email-channel.js')).createEmailChannel({
      ...{ smtpUrl: c.SMTP_URL, from: c.MAIL_FROM },
      ...{ pool: c.SMTP_POOL, ratePerS: c.SMTP_PER_S },
    }),
  sms: async ({ config: c }) => (await import('./sms/sms-channel.js')).createSmsChannel(smsOptions(c)),
  push: async ({ config: c, pushTokens }) =>
    (await import('./push/push-channel.js')).createPushChannel(pushOptions(c, pushTokens)),
  webhook: async ({ config: c }) =>
    (await import('./webhook/webhook-channel.js')).createWebhookChannel({ hosts: c.WEBHOOK_HOSTS }),
  rabbitmq: async ({ config: c }) =>
    (await import('./rabbitmq/rabbitmq-channel.js')).createRabbitmqChannel({ url: c.RABBITMQ_URL }),
  mqtt: async ({ config: c }) =>
    (await import('./mqtt/mqtt-channel.js')).createMqttChannel({ url: c.MQTT_URL }),
  log: async ({ config: c }) =>
    (await import('./log/log-channel.js')).createLogChannel({ path: notificationLog(c) }),
} satisfies Record<Channel, Create>;

/** Makes every channel; one that is not set up says so by its `off`. Nothing is connected before the first message. */
export async function createChannels(
  options: ChannelOptions,
): Promise<NotificationChannels & { close(): Promise<void> }> {
  const entries = Channel.options.map(async (name) => [name, await CREATE[name](options)] as const);
  const made = Object.fromEntries(await Promise.all(entries)) as Record<Channel, NotificationChannel>;
  return {
    get: (channel) => made[channel],
    all: () => Object.values(made),
    close: async () => {
      await Promise.all(Object.values(made).map((channel) => channel.close()));
    },
  };
}

function smsOptions(c: ChannelOptions['config']) {
  return {
    accountSid: c.TWILIO_ACCOUNT_SID,
    authToken: c.TWILIO_AUTH_TOKEN,
    from: c.TWILIO_FROM,
    baseUrl: c.TWILIO_BASE_URL,
    maxSegments: c.SMS_MAX_SEGMENTS,
    plain: c.SMS_PLAIN,
    statusCallback: c.PUBLIC_URL && `${c.PUBLIC_URL.replace(/\/+$/, '')}/hooks/twilio/status`,
  };
}

function pushOptions(c: ChannelOptions['config'], tokens: PushTokens) {
  return { credentialsFile: c.FCM_CREDENTIALS, baseUrl: c.FCM_BASE_URL, tokens };
}
