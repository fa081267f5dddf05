import type { Alerting, Policy, Step } from './config.js';
import type { Plan } from './incident.js';
import { type AlertFacts, matches } from './matching.js';

/** Nobody is told; an incident is kept. */
export const NO_POLICY = 'none';
/** What is done where no route fits. */
export const DEFAULT_POLICY = 'default';

const EVERYBODY_AT_ONCE: Step = { afterS: 0, to: ['*'], mode: 'all' };

/**
 * Who is told of an incident, and when.
 * @param facts of the alert that opens it, its severity by the site's rules
 * @param timeZone of the site
 */
export function planFor(
  facts: AlertFacts,
  { routes, policies }: Pick<Alerting, 'routes' | 'policies'>,
  timeZone: string,
): Plan {
  const wanted = routeOf(facts, routes, timeZone);
  if (wanted === NO_POLICY) return { policy: NO_POLICY, steps: [] };
  // A policy that is not there is a mistake of the camera file and does not get here; if it did, all would be told.
  return planOf(policies.find(({ id }) => id === wanted));
}

/** The policy of the first route that fits; `undefined`: none does. */
function routeOf(facts: AlertFacts, routes: Alerting['routes'], timeZone: string): string | undefined {
  return routes.find(({ when }) => matches(when, facts, timeZone))?.policy;
}

/** The policy's rounds, one after the other. @param policy absent: everybody at once, on every channel they have */
export function planOf(policy: Policy | undefined): Plan {
  if (!policy) return { policy: DEFAULT_POLICY, steps: [EVERYBODY_AT_ONCE] };
  const { id, steps, repeat, repeatAfterS } = policy;
  const roundS = Math.max(...steps.map(({ afterS }) => afterS)) + repeatAfterS;
  const rounds = Array.from({ length: repeat + 1 }, (_, round) =>
    steps.map((step) => ({ ...step, afterS: step.afterS + round * roundS })),
  );
  return { policy: id, steps: rounds.flat() };
}
