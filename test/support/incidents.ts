import type { Step } from '../../src/domain/alerting/config.js';
import type { MergeRules, Plan } from '../../src/domain/alerting/incident.js';
import type { Alert } from '../../src/ports/alerting.js';

const MINUTE = 60_000;

/** Capture time and wall clock that tests count from, epoch ms. */
export const T0 = 1_795_251_600_000;

/** Cooldown 1 min, at most 10 min; neither storm nor flapping unless the test says so. */
export const RULES: MergeRules = {
  cooldownMs: MINUTE,
  maxIncidentMs: 10 * MINUTE,
  expireMs: 60 * MINUTE,
  storm: { incidents: 0, withinMs: MINUTE },
  flapping: { incidents: 0, withinMs: 5 * MINUTE },
};

/** At once, and 2 minutes later. */
export const PLAN: Plan = { policy: 'guards', steps: [step(0), step(120)] };
export const NOBODY: Plan = { policy: 'none', steps: [] };

function step(afterS: number): Step {
  return { afterS, to: ['*'], mode: 'all' };
}

/** @param atS capture time, s after T0 */
export function anAlert(id: string, atS: number, more: Partial<Alert> = {}): Alert {
  return {
    id,
    cameraId: 'gate-1',
    kind: 'intrusion',
    severity: 'warning',
    at: T0 + atS * 1000,
    summary: 'người trong sân',
    ...more,
  };
}
