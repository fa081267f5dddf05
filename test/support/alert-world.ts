import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CameraFile } from '../../src/domain/camera.js';
import { createCameras } from '../../src/io/camera-file.js';
import { type MailCatcher, startMailCatcher } from '../../src/io/mail-catcher.js';
import { createMailer } from '../../src/io/smtp.js';
import { createSnapshotStore } from '../../src/io/snapshots.js';
import { createAlertStore } from '../../src/io/sql/alert-store.js';
import { createAuditLog } from '../../src/io/sql/audit-log.js';
import { createEventStore } from '../../src/io/sql/event-store.js';
import { openDatabase } from '../../src/io/sql/open.js';
import { createPassageStore } from '../../src/io/sql/passage-store.js';
import type { Ports } from '../../src/ports.js';

/** What the alert and notification handlers need, for real: SQLite, a folder of pictures, a mail server. */
export interface AlertWorld {
  readonly ports: Pick<Ports, 'cameras' | 'alerts' | 'audit' | 'mail' | 'snapshots' | 'events' | 'passages'>;
  readonly mailServer: MailCatcher;
  /** Actions of the audit trail about an alert, oldest first. */
  trail(alertId: string): Promise<string[]>;
  close(): Promise<void>;
}

export async function openAlertWorld(
  options: {
    readonly recipients?: readonly string[];
    readonly smtp?: 'none';
    readonly onMail?: () => void;
  } = {},
): Promise<AlertWorld> {
  const folder = await mkdtemp(join(tmpdir(), 'camqueue-alert-'));
  const database = await openDatabase({ dataDir: folder });
  const mailServer = await startMailCatcher(options.onMail ? { onMail: options.onMail } : {});
  const mailer = createMailer({
    smtpUrl: options.smtp === 'none' ? undefined : mailServer.url,
    from: 'Camqueue <cam@example.org>',
  });
  const audit = createAuditLog(database);
  return {
    ports: {
      cameras: cameras(options.recipients ?? ['guard', 'chief']),
      alerts: createAlertStore(database),
      audit,
      mail: mailer,
      snapshots: createSnapshotStore(join(folder, 'snapshots')),
      events: createEventStore(database),
      passages: createPassageStore(database),
    },
    mailServer,
    trail: async (alertId) =>
      (await audit.list({ subject: `alert/${alertId}`, limit: 100 })).map(({ action }) => action).reverse(),
    close: async () => {
      mailer.close();
      await mailServer.close();
      await database.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function cameras(ids: readonly string[]): Ports['cameras'] {
  return createCameras(
    CameraFile.parse({
      site: { name: 'Bãi xe Trần Phú' },
      recipients: ids.map((id) => ({ id, email: `${id}@example.org` })),
      cameras: ['gate-1', 'gate-2'].map((id) => ({
        id,
        name: 'Cổng chính',
        source: 'x.mp4',
        alerts: { cooldownS: 60 },
      })),
    }),
  );
}
