import type { Entry } from '../../../jobs/define.js';
import type { QueueInspector } from '../../../queues/types.js';
import { FAILED_WITHIN_MS, judgeQueue, judgeWorkers } from '../../domain/health/judge-work.js';
import type { HealthFinding } from '../../ports.js';
import type { Probe } from './probes.js';

/** Failed jobs looked at; more than that lately is the same news. */
const FAILED_SEEN = 50;

type Looked = Pick<Entry['contract'], 'name' | 'timeoutMs' | 'optional'>;

/** Depth, age and failures of each queue, and who works on it. */
export function queuesProbe(
  registry: Readonly<Record<string, Pick<Entry, 'contract'>>>,
  inspector: Pick<QueueInspector, 'counts' | 'oldestWaitingMs' | 'list' | 'workers'>,
  now: () => number,
): Probe {
  const lookAtOne = async ({ name: queue, timeoutMs, optional }: Looked): Promise<HealthFinding[]> => {
    const [counts, oldestWaitingMs, failed, workers] = await Promise.all([
      inspector.counts(queue),
      inspector.oldestWaitingMs(queue),
      inspector.list(queue, 'failed', FAILED_SEEN),
      inspector.workers(queue),
    ]);
    const newest = now() - FAILED_WITHIN_MS;
    const seen = {
      waiting: counts.waiting + counts.prioritized,
      ...{ active: counts.active, delayed: counts.delayed, failed: counts.failed, oldestWaitingMs },
      failedLately: failed.filter(({ finishedAt }) => (finishedAt ?? 0) > newest).length,
    };
    const isNeeded = !optional || seen.waiting > 0;
    return [judgeQueue(queue, seen, timeoutMs), judgeWorkers(queue, workers, isNeeded)];
  };
  return {
    name: 'queues',
    kinds: ['queue', 'worker'],
    look: async () => {
      const contracts = Object.values(registry).map(({ contract }) => contract);
      return (await Promise.all(contracts.map(lookAtOne))).flat();
    },
  };
}
