import { redactUrls } from '../../domain/redact.js';
import type { CameraCatalogue, HealthFinding } from '../../ports.js';
import type { Probe } from './probes.js';

const SUBJECT = 'camera-file';

/**
 * Whether the camera file and the cameras of the database are in force as they are written; where not, what was right
 * last is, and a warning.
 */
export function cameraFileProbe(catalogue: Pick<CameraCatalogue, 'problem'>): Probe {
  return {
    name: SUBJECT,
    kinds: [SUBJECT],
    look: () => Promise.resolve([judge(catalogue.problem())]),
  };
}

function judge(problem: string | undefined): HealthFinding {
  return problem === undefined
    ? { subject: SUBJECT, state: 'ok', detail: 'every camera is in force as it is written', measures: {} }
    : { subject: SUBJECT, state: 'warn', detail: redactUrls(problem), measures: {} };
}
