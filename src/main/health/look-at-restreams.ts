import { judgeRestream } from '../../domain/health/judge-restream.js';
import type { RestreamStatuses } from '../../io/redis/restream-status.js';
import type { Cameras } from '../../ports.js';
import { isRestreamed } from '../system.js';
import type { Probe } from './probes.js';

/** Whether what is to be published is. */
export function restreamsProbe(
  cameras: Pick<Cameras, 'all'>,
  statuses: () => Pick<RestreamStatuses, 'read'>,
  now: () => number,
): Probe {
  return {
    name: 'restreams',
    kinds: ['restream'],
    look: async () => {
      const ids = cameras
        .all()
        .filter(isRestreamed)
        .map(({ id }) => id);
      if (ids.length === 0) return [];
      const found = await statuses().read(ids);
      return ids.map((id) => judgeRestream(id, found.get(id), now()));
    },
  };
}
