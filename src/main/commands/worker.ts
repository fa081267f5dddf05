import { constants, setPriority } from 'node:os';
import { incidentSweep } from '../../../jobs/incident-sweep/job.js';
import { registry, type QueueName } from '../../../jobs/registry.js';
import { startConsumer, type Consumer } from '../../../queues/consumer.js';
import { publishMetrics } from '../../io/redis-metrics.js';
import type { RunOptions } from '../cli.js';
import { loadNetworks, loadPlateNetworks } from '../load-networks.js';
import { asRole } from '../role.js';
import { sayChannels } from '../say-channels.js';
import { sayRetention } from '../say-retention.js';
import type { World } from '../world.js';

/** Long work that nobody waits for at this very moment. */
const AT_LEISURE: readonly QueueName[] = ['export-clip', 'archive'];

/** `camqueue worker <queue…>`: works on the jobs of the named queues until it is asked to stop. */
export async function worker(queues: readonly string[], options: RunOptions): Promise<number> {
  const names = [...new Set(queues)] as QueueName[];
  return asRole(`worker-${names.join('-')}`, options, async (world) => {
    // Live analysis goes first; ffmpeg inherits it.
    if (names.every((name) => AT_LEISURE.includes(name)))
      setPriority(constants.priority.PRIORITY_BELOW_NORMAL);
    const consumers: Consumer[] = [];
    for (const name of names) consumers.push(await consume(name, world));
    // What a crash or a lost Redis left need not wait for the next minute.
    if (names.includes('incident-sweep'))
      await world.producer().enqueue(incidentSweep, {}, { origin: 'start' });
    const publishing = await publishMetrics({
      redis: await world.jobsRedis(),
      prefix: world.config.QUEUE_PREFIX,
      process: world.processName,
      metrics: world.metrics,
      log: world.log,
    });
    world.log.info({ queues: names }, 'worker is ready');
    return async () => {
      const handedBack = await Promise.all(consumers.map((consumer) => consumer.close()));
      await publishing.stop();
      world.log.info({ handedBack: handedBack.reduce((sum, count) => sum + count, 0) }, 'worker has stopped');
    };
  });
}

async function consume(name: QueueName, world: World): Promise<Consumer> {
  const entry = registry[name];
  const ports = await world.ports(entry.ports);
  if ('detectors' in ports && ports.detectors)
    await loadNetworks(world.cameraFile().cameras, ports.detectors);
  if ('plates' in ports && ports.plates) await loadPlateNetworks(ports.plates);
  if (name === 'archive') sayRetention(await world.ports(['cold', 'cameras']), world.log);
  if (name === 'notification') sayChannels(await world.ports(['channels', 'cameras']), world.log);
  return startConsumer({
    entry,
    ports,
    address: world.addresses.jobs,
    prefix: world.config.QUEUE_PREFIX,
    producer: world.producer(),
    log: world.log,
    metrics: world.metrics,
    graceMs: world.config.SHUTDOWN_GRACE_MS,
  });
}
