import { hostname } from 'node:os';
import { join, resolve } from 'node:path';
import type { Redis } from 'ioredis';
import type { Config } from '../config.js';
import type { CameraFile } from '../domain/camera.js';
import { readCameraFile } from '../io/camera-file.js';
import { notificationLog } from '../io/channels/log/notification-log.js';
import { rotateLog } from '../io/rotate-log.js';
import { createMetrics, type ProcessMetrics } from '../io/metrics.js';
import { networksOf } from '../io/onnx/networks.js';
import { createRedisCameraLeases } from '../io/redis/camera-leases.js';
import { createRedisCameraStates } from '../io/redis/camera-states.js';
import { loadGrammars } from '../io/plate-grammars.js';
import { connectRedis, untilReady, type RedisAddress } from '../io/redis/connection.js';
import { startEmbeddedRedis } from '../io/redis/embedded.js';
import { createRedisFrameRing } from '../io/redis/frame-ring.js';
import { createRestreamStatuses } from '../io/redis/restream-status.js';
import { createRedisPinnedPictures } from '../io/redis/pinned-pictures.js';
import { createLinks } from '../io/links.js';
import { createSigner } from '../io/signer.js';
import { sharedSecret } from '../io/redis/shared-secret.js';
import { snapshotsIn } from '../io/snapshots.js';
import { createAuditLog } from '../io/sql/audit-log.js';
import { createCameraStore } from '../io/sql/camera-store.js';
import { createDeliveries } from '../io/sql/deliveries.js';
import { createEventStore } from '../io/sql/event-store.js';
import { createFlowReports } from '../io/sql/flow-reports.js';
import { createGapStore } from '../io/sql/gap-store.js';
import { createHealthReports } from '../io/sql/health-reports.js';
import { createIncidentStore } from '../io/sql/incident-store.js';
import { createMaintenances } from '../io/sql/maintenances.js';
import { createOccupancyStore } from '../io/sql/occupancy-store.js';
import { openDatabase } from '../io/sql/open.js';
import { createPassageStore } from '../io/sql/passage-store.js';
import { createPlateLists } from '../io/sql/plate-lists.js';
import { createPrincipals } from '../io/sql/principals.js';
import { createPushTokens } from '../io/sql/push-tokens.js';
import { createRecordingIndex } from '../io/sql/recording-index.js';
import { createArchiveReports } from '../io/sql/archive-reports.js';
import { createExportStore } from '../io/sql/exports.js';
import { createHolds } from '../io/sql/holds.js';
import { createRedisLiveView } from '../io/redis/live-view.js';
import type { Log } from '../log.js';
import type {
  CameraCatalogue,
  CameraLeases,
  CameraStore,
  Gaps,
  Ports,
  Principals,
  RecordingIndex,
} from '../ports.js';
import { registry } from '../../jobs/registry.js';
import { faceboxes } from '../../models/faceboxes/model.js';
import { PACKED } from '../../models/shipped.js';
import { checkJobsRedis } from '../../queues/connection.js';
import { createInspector } from '../../queues/inspector.js';
import { createProducer } from '../../queues/producer.js';
import type { Producer, QueueInspector } from '../../queues/types.js';
import { systemProbes } from './health/system-probes.js';
import { GRAMMARS_DIR, VERSION } from './installation.js';
import { openRecordings } from './open-recordings.js';
import type { ObjectStore } from '../ports/storage.js';
import { openCameraCatalogue } from './camera-catalogue.js';

/** Random secrets that the database's sealed columns need; see `sharedSecret`. */
const SECRETS = ['cameras', 'push-tokens', 'alerting', 'evidence', 'session'];
/** A log of messages that is longer is packed away; half a year of a busy site. */
const LOG_BYTES = 50 * 1024 ** 2;
const LOGS_KEPT = 5;
const CONNECT_MS = 10_000;
/** Pictures that wait to be looked at, of all cameras: half a minute of eight cameras with one plate worker. */
const PINS_BYTES = 192 * 1024 ** 2;

/** Everything outside that one process uses: built when first asked for, closed in the reverse order. */
export interface World {
  readonly config: Config;
  readonly log: Log;
  /** Unique among the processes of the installation; a label of its metrics. */
  readonly processName: string;
  readonly addresses: { readonly jobs: RedisAddress; readonly frames: RedisAddress };
  readonly metrics: ProcessMetrics;
  /** As it is when it is first asked for; for what needs more of it than its cameras. */
  cameraFile(): CameraFile;
  /** The cameras of the file and of the database, followed; also the port `cameras`. */
  catalogue(): Promise<CameraCatalogue>;
  cameraStore(): Promise<CameraStore>;
  gaps(): Promise<Gaps>;
  leases(): Promise<CameraLeases>;
  recordings(): Promise<RecordingIndex>;
  /** The ports that a handler named. */
  ports<P extends keyof Ports>(names: readonly P[]): Promise<Pick<Ports, P>>;
  principals(): Promise<Principals>;
  jobsRedis(): Promise<Redis>;
  producer(): Producer;
  inspector(): QueueInspector;
  close(): Promise<void>;
}

/**
 * Opens the installation for one process: attaches to its Redis (embedded unless the configuration names one) and
 * builds ports on demand; what only some ports need (networks, pictures, providers) is loaded with them.
 * @param role what the process is, for logs and metrics
 * @throws InputError when Redis, the database or the camera file cannot be used; the message says what to do.
 */
export async function openWorld(config: Config, role: string, log: Log): Promise<World> {
  const closers: (() => Promise<unknown>)[] = [];
  const addresses = await openRedis(config, log, closers);
  await checkJobsRedis(addresses.jobs, log);
  const processName = `${hostname()}:${role}:${process.pid}`;
  const metrics = createMetrics({ process: processName });

  /** Built once; what it opened is closed with the world. */
  const once = <T>(build: () => T): (() => T) => {
    let built: { value: T } | undefined;
    return () => (built ??= { value: build() }).value;
  };
  const connectTo = (which: 'jobs' | 'frames'): Redis => {
    const connection = connectRedis(addresses[which], which, log);
    closers.push(async () => connection.disconnect());
    return connection;
  };
  const redis = async (which: 'jobs' | 'frames'): Promise<Redis> => {
    const connection = connectTo(which);
    await untilReady(connection, which, CONNECT_MS);
    return connection;
  };
  const jobsRedis = once(() => redis('jobs'));
  const framesRedis = once(() => redis('frames'));
  const cameraFile = once(() => readCameraFile(config.CAMERAS_FILE, process.env));
  const database = once(async () => {
    const opened = await openDatabase({ databaseUrl: config.DATABASE_URL, dataDir: config.DATA_DIR });
    closers.push(() => opened.close());
    return opened;
  });
  const secret = async (purpose: string): Promise<string> =>
    sharedSecret(await jobsRedis(), config.QUEUE_PREFIX, purpose);
  const cameraStore = once(async () => createCameraStore(await database(), await secret('cameras')));
  const catalogue = once(async () => {
    const store = await cameraStore();
    const opened = await openCameraCatalogue({ path: config.CAMERAS_FILE, store, env: process.env, log });
    closers.push(() => opened.close());
    return opened;
  });
  const gaps = once(async () => createGapStore(await database()));
  const openStore = async (address: string, setting: string): Promise<ObjectStore> => {
    const store = await (await import('../io/storage/open-storage.js')).openStorage(address, setting);
    closers.push(() => store.close());
    return store;
  };
  const storage = once(() => openStore(config.STORAGE_URL ?? config.DATA_DIR, 'STORAGE_URL'));
  const cold = once(async () => {
    const { noStorage } = await import('../io/storage/open-storage.js');
    const { createRecordingEncoder } = await import('../io/archive/encoder.js');
    const { COLD_URL, DATA_DIR, DISK_MIN_FREE_MB } = config;
    return {
      store: COLD_URL === undefined ? noStorage('COLD_URL') : await openStore(COLD_URL, 'COLD_URL'),
      minFreeBytes: DISK_MIN_FREE_MB * 1024 ** 2,
      encoder: createRecordingEncoder(join(DATA_DIR, 'work', 'archive')),
    };
  });
  const recordings = once(async () => createRecordingIndex(await database()));
  const recordingFiles = once(() => openRecordings({ config, log }));
  const inspector = once(() => {
    const opened = createInspector(queues);
    closers.push(() => opened.close());
    return opened;
  });
  const build: { readonly [P in keyof Ports]: () => Promise<Ports[P]> } = {
    cameras: catalogue,
    frames: once(async () =>
      createRedisFrameRing(await framesRedis(), {
        prefix: config.QUEUE_PREFIX,
        ringBytes: config.RING_MB * 1024 ** 2,
      }),
    ),
    states: once(async () => createRedisCameraStates(await jobsRedis(), config.QUEUE_PREFIX)),
    detectors: once(async () =>
      (await import('../io/onnx/detectors.js')).createDetectors({
        modelsDir: config.MODELS_DIR,
        networks: networksOf(cameraFile().networks, config.MODELS_DIR),
        metrics,
      }),
    ),
    pictures: once(async () => (await import('../io/pictures.js')).createPictures()),
    snapshots: once(async () => snapshotsIn(await storage())),
    events: once(async () => createEventStore(await database())),
    occupancy: once(async () => createOccupancyStore(await database())),
    flowReports: once(async () => createFlowReports(await database())),
    mailer: once(async () => {
      const mailer = (await import('../io/mailer.js')).createMailer({
        ...{ smtpUrl: config.SMTP_URL, from: config.MAIL_FROM, pool: config.SMTP_POOL },
      });
      closers.push(() => mailer.close());
      return mailer;
    }),
    csv: once(async () => (await import('../io/csv.js')).csv),
    incidents: once(async () => createIncidentStore(await database())),
    deliveries: once(async () => createDeliveries(await database())),
    maintenances: once(async () => createMaintenances(await database())),
    pushTokens: once(async () => createPushTokens(await database(), await secret('push-tokens'))),
    signer: once(async () => createSigner(await secret('alerting'))),
    links: once(async () =>
      createLinks(config.PUBLIC_URL, await build.signer(), config.SNAPSHOTS_PUBLIC_URL),
    ),
    templates: once(async () =>
      (await import('../io/templates/templates.js')).createTemplates({ dir: config.TEMPLATES_DIR }),
    ),
    channels: once(async () => {
      const { createChannels } = await import('../io/channels/channels.js');
      const channels = await createChannels({ config, pushTokens: await build.pushTokens() });
      closers.push(() => channels.close());
      return channels;
    }),
    audit: once(async () => createAuditLog(await database())),
    gaps,
    storage,
    recordings,
    recordingFiles,
    cold,
    holds: once(async () => createHolds(await database())),
    archiveReports: once(async () => createArchiveReports(await database())),
    exports: once(async () => createExportStore(await database())),
    exportSettings: async () => ({
      keepDays: config.EXPORT_DAYS,
      keepEvidenceDays: Math.max(config.EXPORT_DAYS, config.RETENTION_DAYS),
      ...(config.WATERMARK_LOGO !== undefined && { logo: resolve(config.WATERMARK_LOGO) }),
    }),
    provenance: once(async () =>
      (await import('../io/provenance.js')).createProvenance({
        version: VERSION,
        modelsDir: config.MODELS_DIR,
        networks: networksOf(cameraFile().networks, config.MODELS_DIR),
        packed: [...PACKED, faceboxes],
      }),
    ),
    clips: once(async () =>
      (await import('../io/clips/clip-maker.js')).createClipMaker({
        workDir: join(config.DATA_DIR, 'work', 'clips'),
        recordings: await recordings(),
        files: await recordingFiles(),
        cold: (await cold()).store,
        threads: config.EXPORT_THREADS,
        detectors: () => build.detectors(),
        faces: () => build.faces(),
      }),
    ),
    evidence: once(async () =>
      (await import('../io/evidence/packages.js')).createEvidencePackages(await database(), {
        storage: await storage(),
        secret: await secret('evidence'),
        version: VERSION,
      }),
    ),
    faces: once(async () =>
      (await import('../io/faces/face-finder.js')).createFaceFinder({ modelsDir: config.MODELS_DIR }),
    ),
    live: once(async () =>
      createRedisLiveView(
        { redis: await framesRedis(), subscriber: () => connectTo('frames') },
        { prefix: config.QUEUE_PREFIX },
      ),
    ),
    logs: async () => ({
      rotate: async () => ((await rotateLog(notificationLog(config), LOG_BYTES, LOGS_KEPT)) ? 1 : 0),
    }),
    backups: once(async () => {
      const { createBackups } = await import('../io/backup/backups.js');
      const address = config.BACKUP_URL ?? join(config.DATA_DIR, 'backups');
      return createBackups({
        openDatabase: () => openDatabase({ databaseUrl: config.DATABASE_URL, dataDir: config.DATA_DIR }),
        storage: await openStore(address, 'BACKUP_URL'),
        workDir: join(config.DATA_DIR, 'work', 'backup'),
        files: { 'cameras.yaml': config.CAMERAS_FILE },
        secrets: async () =>
          Object.fromEntries(
            await Promise.all(SECRETS.map(async (name) => [name, await secret(name)] as const)),
          ),
        passphrase: config.BACKUP_PASSPHRASE,
        version: VERSION,
      });
    }),
    probes: once(async () => {
      // Of its own: the others' connections say nothing about a server that was away when they were opened.
      const probed = once(() => connectTo('jobs'));
      return systemProbes({
        config,
        ports: { cameras: await build.cameras(), states: await build.states() },
        catalogue: await catalogue(),
        registry,
        networks: networksOf(cameraFile().networks, config.MODELS_DIR),
        inspector: inspector(),
        jobsRedis: probed,
        restreams: () => createRestreamStatuses(probed(), config.QUEUE_PREFIX),
        framesRedis: once(() => connectTo('frames')),
        database,
        storages: {
          ...(config.STORAGE_URL !== undefined && { STORAGE_URL: storage }),
          ...(config.COLD_URL !== undefined && { COLD_URL: async () => (await cold()).store }),
          ...(config.BACKUP_URL !== undefined && {
            BACKUP_URL: once(() => openStore(config.BACKUP_URL ?? '', 'BACKUP_URL')),
          }),
        },
      });
    }),
    reports: once(async () => createHealthReports(await database())),
    plates: once(async () => {
      const { createPlateReader } = await import('../io/plates/plate-reader.js');
      const reader = createPlateReader({
        modelsDir: config.MODELS_DIR,
        detectors: await build.detectors(),
        engine: config.OCR_ENGINE,
        metrics,
      });
      closers.push(() => reader.close());
      return reader;
    }),
    grammars: once(async () => loadGrammars({ shippedDir: GRAMMARS_DIR, ownDir: config.PLATE_GRAMMARS })),
    pins: once(async () =>
      createRedisPinnedPictures(await framesRedis(), { prefix: config.QUEUE_PREFIX, maxBytes: PINS_BYTES }),
    ),
    passages: once(async () => createPassageStore(await database())),
    plateLists: once(async () => createPlateLists(await database())),
    metrics: async () => metrics,
  };
  const queues = { address: addresses.jobs, prefix: config.QUEUE_PREFIX, log };
  return {
    config,
    log,
    processName,
    addresses,
    metrics,
    cameraFile,
    catalogue,
    cameraStore,
    gaps,
    leases: once(async () => createRedisCameraLeases(await jobsRedis(), config.QUEUE_PREFIX)),
    recordings,
    ports: async <P extends keyof Ports>(names: readonly P[]) => {
      const ports: Partial<Pick<Ports, P>> = {};
      for (const name of names) ports[name] = await build[name]();
      return ports as Pick<Ports, P>;
    },
    principals: once(async () => createPrincipals(await database())),
    jobsRedis,
    producer: once(() => {
      const producer = createProducer(queues);
      closers.push(() => producer.close());
      return producer;
    }),
    inspector,
    close: async () => {
      for (const close of closers.reverse().splice(0)) {
        await close().catch((error: unknown) =>
          log.warn({ reason: String(error) }, 'something did not close cleanly'),
        );
      }
    },
  };
}

async function openRedis(
  config: Config,
  log: Log,
  closers: (() => Promise<unknown>)[],
): Promise<World['addresses']> {
  const { REDIS_URL, FRAME_REDIS_URL } = config;
  if (REDIS_URL !== undefined && FRAME_REDIS_URL !== undefined)
    return { jobs: { url: REDIS_URL }, frames: { url: FRAME_REDIS_URL } };
  const embedded = await startEmbeddedRedis({
    dataDir: config.DATA_DIR,
    log,
    framesMaxBytes: framesBytes(config),
  });
  closers.push(() => embedded.close());
  return {
    jobs: REDIS_URL === undefined ? embedded.jobs : { url: REDIS_URL },
    frames: FRAME_REDIS_URL === undefined ? embedded.frames : { url: FRAME_REDIS_URL },
  };
}

/** Room for the rings of all cameras, latest and pinned pictures, and fragmentation; at least a gibibyte. */
function framesBytes(config: Config): number {
  try {
    const { cameras } = readCameraFile(config.CAMERAS_FILE, process.env);
    return Math.max(1024 ** 3, cameras.length * config.RING_MB * 1.25 * 1024 ** 2 + 1.25 * PINS_BYTES);
  } catch {
    // Commands that need no cameras work without a camera file; those that do say what is wrong with it.
    return 1024 ** 3;
  }
}
