import type { Alerting } from './config.js';
import type { MergeRules } from './incident.js';

const S = 1000;

/**
 * How an alert is merged with others of its key.
 * @param cooldownS of its camera; 0: it is about another thing than every other alert, however near, so it makes an
 * incident of its own and many of them are no flapping
 */
export function mergeRulesOf(
  { maxIncidentS, expireS, storm, flapping }: Alerting,
  cooldownS: number,
): MergeRules {
  return {
    cooldownMs: cooldownS * S,
    maxIncidentMs: maxIncidentS * S,
    expireMs: expireS * S,
    storm: { incidents: storm.incidents, withinMs: storm.withinS * S },
    flapping: {
      incidents: cooldownS === 0 ? 0 : flapping.incidents,
      withinMs: flapping.withinS * S,
    },
  };
}
