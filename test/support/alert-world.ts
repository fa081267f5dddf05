import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { z } from 'zod';
import { CameraFile } from '../../src/domain/camera.js';
import { createCameras } from '../../src/io/camera-file.js';
import { createEmailChannel } from '../../src/io/channels/email/email-channel.js';
import { createLinks } from '../../src/io/links.js';
import { type MailCatcher, startMailCatcher } from '../../src/io/mail-catcher.js';
import { createMemoryCameraStates } from '../../src/io/memory/camera-states.js';
import { createSigner } from '../../src/io/signer.js';
import { createSnapshotStore } from '../../src/io/snapshots.js';
import { createAuditLog } from '../../src/io/sql/audit-log.js';
import { createDeliveries } from '../../src/io/sql/deliveries.js';
import { createEventStore } from '../../src/io/sql/event-store.js';
import { createHealthReports } from '../../src/io/sql/health-reports.js';
import { createIncidentStore } from '../../src/io/sql/incident-store.js';
import { createMaintenances } from '../../src/io/sql/maintenances.js';
import { createPassageStore } from '../../src/io/sql/passage-store.js';
import { createPushTokens } from '../../src/io/sql/push-tokens.js';
import type { Database } from '../../src/io/sql/schema.js';
import { createTemplates } from '../../src/io/templates/templates.js';
import type { Ports } from '../../src/ports.js';
import type { NotificationChannel } from '../../src/ports/alerting.js';
import { openTestSqlite } from './sqlite.js';
import { lightChannels } from './light-channels.js';

const SECRET = 's'.repeat(64);

type Given = z.input<typeof CameraFile>;

export interface AlertWorldOptions {
  /** As in the camera file; default: guard and chief, with an e-mail address each. */
  readonly recipients?: Given['recipients'];
  readonly alerting?: Given['alerting'];
  /** Default: gate-1 and gate-2, "Cổng chính", with a cooldown of 60 s. */
  readonly cameras?: Given['cameras'];
  /** `none`: e-mail is off. */
  readonly smtp?: 'none';
  readonly onMail?: () => void;
  /** Instead of those that are made: what tests want to break. The others are `email` and `log`; the rest is off. */
  readonly channels?: readonly NotificationChannel[];
  /** Of the links in messages. Default: https://cam.example.org */
  readonly publicUrl?: string;
}

type AlertPorts = Pick<
  Ports,
  | ('cameras' | 'states' | 'incidents' | 'deliveries' | 'channels' | 'templates' | 'pushTokens')
  | ('maintenances' | 'signer' | 'links' | 'audit' | 'reports' | 'snapshots' | 'events' | 'passages')
>;

/** What the alert, escalation and notification handlers need, for real: SQLite, pictures, a mail server, a log. */
export interface AlertWorld {
  readonly ports: AlertPorts;
  readonly database: Database;
  readonly mailServer: MailCatcher;
  /** Lines of the notification log, oldest first. */
  logged(): Promise<Record<string, unknown>[]>;
  /** Actions of the audit trail, oldest first. @param subject default: about anything */
  trail(subject?: string): Promise<string[]>;
  close(): Promise<void>;
}

export async function openAlertWorld(options: AlertWorldOptions = {}): Promise<AlertWorld> {
  const folder = await mkdtemp(join(tmpdir(), 'camqueue-alert-'));
  const database = await openTestSqlite(folder);
  const mailServer = await startMailCatcher(options.onMail ? { onMail: options.onMail } : {});
  const logPath = join(folder, 'notifications.log');
  const channels = channelsOf(options, mailServer, logPath);
  const ports = portsOf(options, database, folder, channels);
  return {
    ports,
    database,
    mailServer,
    logged: () => linesOf(logPath),
    trail: async (subject) =>
      (await ports.audit.list({ ...(subject !== undefined && { subject }), limit: 1000 }))
        .map(({ action }) => action)
        .reverse(),
    close: async () => {
      await Promise.all(channels.all().map((channel) => channel.close()));
      await mailServer.close();
      await database.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function portsOf(
  { recipients, alerting, cameras, publicUrl = 'https://cam.example.org' }: AlertWorldOptions,
  database: Database,
  folder: string,
  channels: AlertPorts['channels'],
): AlertPorts {
  const signer = createSigner(SECRET);
  const file = CameraFile.parse({
    site: { name: 'Bãi xe Trần Phú' },
    recipients: recipients ?? ['guard', 'chief'].map((id) => ({ id, email: `${id}@example.org` })),
    ...(alerting && { alerting }),
    cameras: cameras ?? ['gate-1', 'gate-2'].map((id) => ({ id, name: 'Cổng chính', source: 'x.mp4' })),
  });
  return {
    cameras: createCameras(file),
    states: createMemoryCameraStates(),
    incidents: createIncidentStore(database),
    deliveries: createDeliveries(database),
    channels,
    templates: createTemplates({}),
    pushTokens: createPushTokens(database, SECRET),
    maintenances: createMaintenances(database),
    signer,
    links: createLinks(publicUrl, signer),
    audit: createAuditLog(database),
    reports: createHealthReports(database),
    snapshots: createSnapshotStore(join(folder, 'snapshots')),
    events: createEventStore(database),
    passages: createPassageStore(database),
  };
}

function channelsOf(
  { smtp, channels = [] }: AlertWorldOptions,
  mailServer: MailCatcher,
  logPath: string,
): AlertPorts['channels'] {
  const smtpUrl = smtp === 'none' ? undefined : mailServer.url;
  const email = createEmailChannel({ smtpUrl, from: 'Camqueue <cam@example.org>', pool: 1 });
  // Of two of a kind the later one counts.
  return lightChannels({ logPath, channels: [email, ...channels] });
}

async function linesOf(path: string): Promise<Record<string, unknown>[]> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '';
    throw error;
  });
  const lines = text.split('\n').filter((line) => line !== '');
  return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
}
