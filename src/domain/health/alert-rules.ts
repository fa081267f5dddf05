import type { HealthFinding, HealthState } from './report.js';
import { kindOf } from './report.js';

/** When people are told about a finding. */
export interface AlertRule {
  /** What happened, first words of the alert's kind. */
  readonly problem: string;
  /** The least bad state that is told. */
  readonly alertsAt: Exclude<HealthState, 'ok'>;
  /** How long it must last before it is told, ms. */
  readonly afterMs: number;
}

/** A process that is replaced, by an update or after a crash, is back within this, ms. */
const RESTART_MS = 30_000;
/** A file is often saved more than once until it is right. */
const EDIT_MS = 120_000;
/** One look that took too long on a busy machine is no news; two are. */
const TWICE_MS = 30_000;

const RULES: Readonly<Record<string, AlertRule>> = {
  camera: { problem: 'camera-down', alertsAt: 'fail', afterMs: 30_000 },
  'camera-file': { problem: 'camera-file-wrong', alertsAt: 'warn', afterMs: EDIT_MS },
  disk: { problem: 'disk-low', alertsAt: 'fail', afterMs: 0 },
  redis: { problem: 'redis-trouble', alertsAt: 'fail', afterMs: 0 },
  storage: { problem: 'storage-trouble', alertsAt: 'fail', afterMs: TWICE_MS },
  sql: { problem: 'database-trouble', alertsAt: 'fail', afterMs: 0 },
  queue: { problem: 'queue-stuck', alertsAt: 'fail', afterMs: 0 },
  worker: { problem: 'worker-missing', alertsAt: 'fail', afterMs: RESTART_MS },
  sampler: { problem: 'sampler-missing', alertsAt: 'fail', afterMs: RESTART_MS },
  model: { problem: 'model-missing', alertsAt: 'fail', afterMs: 0 },
  certificate: { problem: 'certificate-expiring', alertsAt: 'warn', afterMs: 0 },
  restream: { problem: 'restream-down', alertsAt: 'warn', afterMs: 0 },
  clock: { problem: 'clock-wrong', alertsAt: 'fail', afterMs: TWICE_MS },
  probe: { problem: 'not-watched', alertsAt: 'fail', afterMs: TWICE_MS },
};

/**
 * The rule of a finding; `undefined`: it is in the report and nobody is woken for it (stream quality).
 * @param downAfterMs of the camera, for a finding about one
 */
export function ruleOf(finding: HealthFinding, downAfterMs?: number): AlertRule | undefined {
  const kind = kindOf(finding.subject);
  const rule = RULES[kind];
  if (!rule) return undefined;
  if (kind === 'camera' && downAfterMs !== undefined) return { ...rule, afterMs: downAfterMs };
  // A host that does not answer says nothing about its certificate; whoever needs it complains by itself.
  if (kind === 'certificate' && finding.measures['daysLeft'] === undefined)
    return { ...rule, alertsAt: 'fail' };
  return rule;
}
