// A worker process for tests, started by alerting-rig.ts: alert, escalation, notification and sweep with real stores and
// the webhook channel. It is ended by kill -9.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { registry } from '../../jobs/registry.js';
import { startConsumer } from '../../queues/consumer.js';
import { createProducer } from '../../queues/producer.js';
import { CameraFile } from '../../src/domain/camera.js';
import { createCameras } from '../../src/io/camera-file.js';
import { createWebhookChannel } from '../../src/io/channels/webhook/webhook-channel.js';
import { createLinks } from '../../src/io/links.js';
import { createMemoryCameraStates } from '../../src/io/memory/camera-states.js';
import { createSigner } from '../../src/io/signer.js';
import { createSnapshotStore } from '../../src/io/snapshots.js';
import { createAuditLog } from '../../src/io/sql/audit-log.js';
import { createDeliveries } from '../../src/io/sql/deliveries.js';
import { createEventStore } from '../../src/io/sql/event-store.js';
import { createHealthReports } from '../../src/io/sql/health-reports.js';
import { createIncidentStore } from '../../src/io/sql/incident-store.js';
import { createMaintenances } from '../../src/io/sql/maintenances.js';
import { openDatabase } from '../../src/io/sql/open.js';
import { createPassageStore } from '../../src/io/sql/passage-store.js';
import { createTemplates } from '../../src/io/templates/templates.js';
import type { Ports } from '../../src/ports.js';
import type { RigSettings } from './alerting-rig.js';
import { silentLog } from './test-queue.js';

const QUEUES = ['alert', 'escalation', 'notification', 'incident-sweep'] as const;

async function main(): Promise<void> {
  const settings = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8')) as RigSettings;
  const { address, prefix, database: where, ratePerS, cameraFile } = settings;
  const database = await openDatabase(where);
  const signer = createSigner('s'.repeat(64));
  const webhook = { ...createWebhookChannel({ hosts: ['127.0.0.1'] }), ratePerS };
  const ports: Partial<Ports> = {
    cameras: createCameras(CameraFile.parse(cameraFile)),
    incidents: createIncidentStore(database),
    deliveries: createDeliveries(database),
    maintenances: createMaintenances(database),
    audit: createAuditLog(database),
    events: createEventStore(database),
    passages: createPassageStore(database),
    reports: createHealthReports(database),
    snapshots: createSnapshotStore(join(settings.folder, 'snapshots')),
    states: createMemoryCameraStates(),
    templates: createTemplates({}),
    signer,
    links: createLinks('https://cameras.example.org', signer),
    channels: { get: () => webhook, all: () => [webhook] },
  };
  const producer = createProducer({ address, prefix, log: silentLog });
  for (const queue of QUEUES)
    await startConsumer({
      ...{ entry: registry[queue], ports, address, prefix, producer, log: silentLog, graceMs: 0 },
      metrics: { jobEnded: () => undefined },
    });
  process.send?.({ ready: true });
  // The test is gone.
  process.once('disconnect', () => process.exit());
}

void main();
