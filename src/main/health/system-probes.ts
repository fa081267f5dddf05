import type { Redis } from 'ioredis';
import type { registry } from '../../../jobs/registry.js';
import type { NetworkSpec } from '../../../models/network.js';
import type { QueueInspector } from '../../../queues/types.js';
import type { Config } from '../../config.js';
import type { RestreamStatuses } from '../../io/redis/restream-status.js';
import type { Database } from '../../io/sql/schema.js';
import type { CameraCatalogue, HealthProbes, Ports } from '../../ports.js';
import { areasProbe } from './look-at-areas.js';
import { cameraFileProbe } from './look-at-camera-file.js';
import { camerasProbe } from './look-at-cameras.js';
import { certificatesProbe } from './look-at-certificates.js';
import { disksProbe } from './look-at-disks.js';
import { restreamsProbe } from './look-at-restreams.js';
import { modelsProbe } from './look-at-models.js';
import { queuesProbe } from './look-at-queues.js';
import { clockProbe, redisProbe, sqlProbe, type Storages, storagesProbe } from './look-at-stores.js';
import { createHealthProbes } from './probes.js';

/** What the probes of an installation stand on. Everything is opened and closed by the caller. */
export interface ProbeNeeds {
  readonly config: Pick<
    Config,
    | 'DATA_DIR'
    | 'RECORDINGS_DIR'
    | 'DISK_MIN_FREE_MB'
    | 'MODELS_DIR'
    | 'SMTP_URL'
    | 'REDIS_URL'
    | 'FRAME_REDIS_URL'
  >;
  readonly ports: Pick<Ports, 'cameras' | 'states'>;
  readonly catalogue: Pick<CameraCatalogue, 'problem'>;
  readonly registry: Readonly<Record<string, Pick<(typeof registry)['alert'], 'contract'>>>;
  readonly networks: readonly NetworkSpec[];
  readonly inspector: QueueInspector;
  /** Connections that reconnect by themselves and need not be ready. */
  readonly jobsRedis: () => Redis;
  readonly framesRedis: () => Redis;
  readonly database: () => Promise<Database>;
  /** Those that the configuration names; opened when they are first looked at. */
  readonly storages: Storages;
  /** How publications of processed streams go. */
  readonly restreams: () => Pick<RestreamStatuses, 'read'>;
  /** Wall clock, epoch ms; default Date.now. */
  readonly now?: () => number;
  readonly withinMs?: number;
}

/** Everything a health check looks at. */
export function systemProbes(needs: ProbeNeeds): HealthProbes {
  const { config, ports, jobsRedis, framesRedis, database, now = Date.now, withinMs } = needs;
  const addresses = (): (string | undefined)[] => [
    ...ports.cameras
      .all()
      .flatMap(({ enabled, source, detectSource }) => (enabled ? [source, detectSource] : [])),
    ...[config.SMTP_URL, config.REDIS_URL, config.FRAME_REDIS_URL],
  ];
  return createHealthProbes(
    [
      camerasProbe(ports, now),
      cameraFileProbe(needs.catalogue),
      areasProbe(ports.cameras),
      disksProbe({
        dataDir: config.DATA_DIR,
        recordingsDir: config.RECORDINGS_DIR,
        minFreeMb: config.DISK_MIN_FREE_MB,
      }),
      redisProbe('jobs', jobsRedis, now),
      redisProbe('frames', framesRedis, now),
      sqlProbe(database, now),
      storagesProbe(needs.storages),
      clockProbe(jobsRedis, database, now),
      queuesProbe(needs.registry, needs.inspector, now),
      modelsProbe({
        cameras: () => ports.cameras.all(),
        networks: needs.networks,
        modelsDir: config.MODELS_DIR,
      }),
      restreamsProbe(ports.cameras, needs.restreams, now),
      certificatesProbe(addresses, now),
    ],
    withinMs === undefined ? {} : { withinMs },
  );
}
