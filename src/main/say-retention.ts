import { retentionProblems } from '../domain/archive/mistakes.js';
import type { Log } from '../log.js';
import type { Ports } from '../ports.js';

/** Says once what is odd about how long recordings are kept: rules for nobody, cold storage that there is none of. */
export function sayRetention({ cameras, cold }: Pick<Ports, 'cameras' | 'cold'>, log: Log): void {
  const rules = { retention: [...cameras.retention], cameras: [...cameras.all()] };
  for (const problem of retentionProblems(rules, cold.store.off === undefined))
    log.warn({ problem }, 'retention: not as it was meant');
}
