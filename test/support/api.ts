import { randomUUID, scryptSync } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { queueNames, registry } from '../../jobs/registry.js';
import { createInspector } from '../../queues/inspector.js';
import { openQueues, type OpenQueues } from '../../queues/open-queues.js';
import { createProducer } from '../../queues/producer.js';
import type { Producer, QueueInspector } from '../../queues/types.js';
import { createKey } from '../../src/api/accounts.js';
import { createApi } from '../../src/api/app.js';
import type { ApiDeps } from '../../src/api/deps.js';
import { startApi, type RunningApi } from '../../src/api/server.js';
import { createRecordingEncoder } from '../../src/io/archive/encoder.js';
import { createClipMaker } from '../../src/io/clips/clip-maker.js';
import { csv } from '../../src/io/csv.js';
import { createEvidencePackages } from '../../src/io/evidence/packages.js';
import { createFfmpegSources } from '../../src/io/ffmpeg/sources.js';
import { createMetrics, exposeMetrics } from '../../src/io/metrics.js';
import { collectMetrics } from '../../src/io/redis-metrics.js';
import { createPictures } from '../../src/io/pictures.js';
import { createRecordingFiles } from '../../src/io/recordings/files.js';
import { createRedisCameraStates } from '../../src/io/redis/camera-states.js';
import { connectRedis, untilReady } from '../../src/io/redis/connection.js';
import { createRedisFrameRing } from '../../src/io/redis/frame-ring.js';
import { createRedisLiveView } from '../../src/io/redis/live-view.js';
import { createFolderStore } from '../../src/io/storage/folder-store.js';
import { createSnapshotStore } from '../../src/io/snapshots.js';
import { createLinks } from '../../src/io/links.js';
import { createSigner } from '../../src/io/signer.js';
import { createTemplates } from '../../src/io/templates/templates.js';
import { createArchiveReports } from '../../src/io/sql/archive-reports.js';
import { createAuditLog } from '../../src/io/sql/audit-log.js';
import { createCameraStore } from '../../src/io/sql/camera-store.js';
import { createDeliveries } from '../../src/io/sql/deliveries.js';
import { createExportStore } from '../../src/io/sql/exports.js';
import { createEventStore } from '../../src/io/sql/event-store.js';
import { createFlowReports } from '../../src/io/sql/flow-reports.js';
import { createGapStore } from '../../src/io/sql/gap-store.js';
import { createHealthReports } from '../../src/io/sql/health-reports.js';
import { createHolds } from '../../src/io/sql/holds.js';
import { createIncidentStore } from '../../src/io/sql/incident-store.js';
import { createMaintenances } from '../../src/io/sql/maintenances.js';
import { createOccupancyStore } from '../../src/io/sql/occupancy-store.js';
import { createPassageStore } from '../../src/io/sql/passage-store.js';
import { createPlateLists } from '../../src/io/sql/plate-lists.js';
import { createPrincipals } from '../../src/io/sql/principals.js';
import { createPushTokens } from '../../src/io/sql/push-tokens.js';
import { createRecordingIndex } from '../../src/io/sql/recording-index.js';
import { openCameraCatalogue } from '../../src/main/camera-catalogue.js';
import type { Principals, Role } from '../../src/ports.js';
import { NODE } from './recordings.js';
import { openTestSqlite } from './sqlite.js';
import { startTestRedis, type TestRedis } from './redis.js';
import { silentLog } from './test-queue.js';
import { lightChannels } from './light-channels.js';

const CAMERAS = `
site: { name: Test site, timeZone: Asia/Ho_Chi_Minh }
cameras:
  - id: gate-1
    name: Main gate
    source: rtsp://viewer:s3cret-pw@10.0.0.5/main
    lines: [ { id: door, from: [0, 0.5], to: [1, 0.5] } ]
  - id: yard
    source: rtsp://viewer:s3cret-pw@10.0.0.6/main
    enabled: false
recipients:
  - { id: guard, name: Lan, language: en, phone: "+84912345678", email: lan.guard@example.org, push: true, log: true }
  - { id: chief, phone: "+84987654321", webhook: { url: "https://hooks.example.org/x", secret: hook-s3cret-of-the-chief } }
  - { id: crew, push: { topic: yard } }
`;

/** Where the test API believes that it is reached from outside. */
export const PUBLIC_URL = 'https://cameras.example.org/watch';

/** The whole API on real Redis, SQLite, files and HTTP, with one key a role. */
export interface TestApi {
  readonly url: string;
  /** The camera file; the API follows it. */
  readonly cameraFile: string;
  readonly deps: ApiDeps;
  readonly redis: TestRedis;
  readonly principals: Principals;
  readonly producer: Producer;
  readonly inspector: QueueInspector;
  readonly queues: OpenQueues;
  /** Where the processes of this installation publish their metrics. */
  readonly metricsAt: Parameters<typeof collectMetrics>[0];
  readonly keys: Readonly<Record<Role, string>>;
  readonly running: RunningApi;
  /** With the key of a role, or as a stranger. JSON bodies are given as values. */
  fetch(
    path: string,
    options?: { as?: Role; method?: string; json?: unknown; headers?: Record<string, string>; body?: string },
  ): Promise<Response>;
  /** Logs a new person in. @returns the cookie to send and the person's credentials */
  login(role: Role): Promise<{ cookie: string; user: string; password: string }>;
  stop(): Promise<void>;
}

export async function startTestApi(overrides: Partial<ApiDeps> = {}): Promise<TestApi> {
  const folder = await mkdtemp(join(tmpdir(), 'camqueue-api-'));
  const redis = await startTestRedis();
  const prefix = `test-${randomUUID().slice(0, 8)}`;
  const shared = { address: redis.address, prefix, log: silentLog };
  const connection = connectRedis(redis.address, 'jobs', silentLog);
  await untilReady(connection, 'jobs', 60_000);
  const subscriber = connectRedis(redis.address, 'frames', silentLog);
  const database = await openTestSqlite(folder);
  const principals = createPrincipals(database);
  const cameraFile = join(folder, 'cameras.yaml');
  await writeFile(cameraFile, CAMERAS);
  const cameraStore = createCameraStore(database, 's'.repeat(64));
  const catalogue = await openCameraCatalogue({
    path: cameraFile,
    store: cameraStore,
    env: { CAM1_PASSWORD: 'c4m-pw' },
    log: silentLog,
    pollMs: 100,
  });
  const [producer, inspector, queues] = [createProducer(shared), createInspector(shared), openQueues(shared)];
  const metricsAt = { redis: connection, prefix };
  const secret = randomUUID() + randomUUID();
  const signer = createSigner(secret);
  const pushTokens = createPushTokens(database, secret);
  const channels = lightChannels({ logPath: join(folder, 'notifications.log') });
  await mkdir(join(folder, 'storage'));
  const storage = createFolderStore(join(folder, 'storage'));
  await mkdir(join(folder, 'cold'));
  const cold = createFolderStore(join(folder, 'cold'));
  const own = createMetrics({ process: 'api' });
  const deps: ApiDeps = {
    registry,
    producer,
    inspector,
    principals,
    catalogue,
    cameraStore,
    sources: createFfmpegSources(),
    gaps: createGapStore(database),
    reports: createHealthReports(database),
    recordings: createRecordingIndex(database),
    ports: {
      cameras: catalogue,
      frames: createRedisFrameRing(connection, { prefix, ringBytes: 4_000_000 }),
      states: createRedisCameraStates(connection, prefix),
      pictures: createPictures(),
      snapshots: createSnapshotStore(join(folder, 'snapshots')),
      events: createEventStore(database),
      incidents: createIncidentStore(database),
      deliveries: createDeliveries(database),
      pushTokens,
      maintenances: createMaintenances(database),
      channels,
      templates: createTemplates({}),
      signer,
      links: createLinks(PUBLIC_URL, signer),
      audit: createAuditLog(database),
      passages: createPassageStore(database),
      plateLists: createPlateLists(database),
      occupancy: createOccupancyStore(database),
      flowReports: createFlowReports(database),
      csv,
      holds: createHolds(database),
      archiveReports: createArchiveReports(database),
      recordings: createRecordingIndex(database),
      recordingFiles: createRecordingFiles(join(folder, 'recordings'), NODE),
      cold: { store: cold, minFreeBytes: 0, encoder: createRecordingEncoder(join(folder, 'encode')) },
      evidence: createEvidencePackages(database, { storage, secret, version: '0.0.0' }),
      storage,
      exports: createExportStore(database),
      exportSettings: { keepDays: 7, keepEvidenceDays: 90 },
      clips: createClipMaker({
        workDir: join(folder, 'work'),
        recordings: createRecordingIndex(database),
        files: createRecordingFiles(join(folder, 'recordings'), NODE),
        ...{ cold, threads: 1 },
        detectors: () => Promise.reject(new Error('no overlay in this test')),
        faces: () => Promise.reject(new Error('no faces in this test')),
      }),
      live: createRedisLiveView({ redis: connection, subscriber: () => subscriber }, { prefix }),
    },
    sessionSecret: secret,
    publicUrl: PUBLIC_URL,
    boardQueues: queueNames.map((name) => queues.queue(name)),
    metricsText: async (scraped) =>
      exposeMetrics([await own.json(), ...(await collectMetrics(metricsAt)), scraped]),
    log: silentLog,
    ...overrides,
  };
  const keys = {
    viewer: await createKey(principals, { name: 'v', role: 'viewer' }, 1),
    operator: await createKey(principals, { name: 'o', role: 'operator' }, 1),
    admin: await createKey(principals, { name: 'a', role: 'admin' }, 1),
  };
  const running = await startApi({ host: '127.0.0.1', port: 0, app: createApi(deps) });
  const url = `http://127.0.0.1:${running.port}`;
  const test: TestApi = {
    ...{ url, cameraFile, deps, redis, principals, producer, inspector, queues, metricsAt, keys, running },
    fetch: (path, { as, method = 'GET', json, headers = {}, body } = {}) =>
      fetch(url + path, {
        method,
        redirect: 'manual',
        headers: {
          ...(as && { Authorization: `Bearer ${keys[as]}` }),
          ...(json !== undefined && { 'Content-Type': 'application/json' }),
          ...headers,
        },
        ...(json !== undefined ? { body: JSON.stringify(json) } : body !== undefined && { body }),
      }),
    async login(role) {
      const user = `p-${randomUUID()}`;
      const password = randomUUID();
      await principals.create({ kind: 'person', name: user, role, hash: cheapHash(password), createdAt: 1 });
      const answer = await test.fetch('/login', {
        method: 'POST',
        body: new URLSearchParams({ user, password }).toString(),
        headers: FORM,
      });
      const cookie = (answer.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
      if (answer.status !== 303 || cookie === '') throw new Error(`login answered ${answer.status}`);
      return { cookie, user, password };
    },
    async stop() {
      await running.close();
      await Promise.all([producer.close(), inspector.close(), queues.close()]);
      connection.disconnect();
      subscriber.disconnect();
      await catalogue.close();
      await database.close();
      await redis.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
  return test;
}

/** As `hashPassword`, but it takes no time: the cost of a guess is what test/api/login.test.ts is about. */
function cheapHash(password: string): string {
  const [salt, cost] = [randomUUID(), { N: 16, r: 1, p: 1 }];
  const hash = scryptSync(password, salt, 32, cost).toString('base64');
  return ['scrypt', cost.N, cost.r, cost.p, Buffer.from(salt).toString('base64'), hash].join('$');
}

export const FORM = { 'Content-Type': 'application/x-www-form-urlencoded' };
