import { areaProblems, areasOf } from '../../domain/occupancy/areas.js';
import type { Cameras, HealthFinding } from '../../ports.js';
import type { Probe } from './probes.js';

/** Areas whose gates are watched: a gate whose camera is gone or off makes the count of its area wrong from then on. */
export function areasProbe(cameras: Pick<Cameras, 'all' | 'areas'>): Probe {
  return {
    name: 'areas',
    kinds: ['area'],
    look: async () => {
      const sources = { areas: cameras.areas, cameras: cameras.all() };
      return areasOf(sources).map((area): HealthFinding => {
        const problems = areaProblems(area, sources);
        return {
          subject: `area/${area.id}`,
          state: problems.length > 0 ? 'warn' : 'ok',
          detail:
            problems.length > 0
              ? `what goes in and out is missed: ${problems.join('; ')}`
              : 'all its gates are watched',
          measures: { gates: area.gates.length },
        };
      });
    },
  };
}
