import { healthCheck } from '../../../jobs/health-check/job.js';
import type { Producer } from '../../../queues/types.js';
import type { Camera } from '../../domain/camera.js';
import type { SourceState } from '../../ports.js';

/** Checks asked for within the same span are one, however many cameras fall together, ms. */
const SPAN_MS = 5000;

/**
 * Asks for a health check at the moment a camera has been down for `alerts.downAfterS`, so that people need not wait
 * for the next minute. Called at each change of status; repeated calls ask once.
 */
export async function askForEarlyCheck(
  producer: Pick<Producer, 'enqueue'>,
  camera: Pick<Camera, 'alerts'>,
  { status, since, retries = 0 }: Pick<SourceState, 'status' | 'since' | 'retries'>,
  now: number,
): Promise<void> {
  if (status === 'ok' || status === 'connecting' || status === 'disabled' || status === 'finished') return;
  // Later failures are the same outage: the check of its beginning, or the next minute's, tells of it.
  if (retries > 1) return;
  const dueAt = since + camera.alerts.downAfterS * 1000;
  const slotAt = Math.ceil((dueAt + 1) / SPAN_MS) * SPAN_MS;
  if (slotAt <= now) return;
  const id = `${healthCheck.name}-early-${slotAt}`;
  await producer.enqueue(healthCheck, { at: slotAt }, { id, delayMs: slotAt - now, origin: 'sampler' });
}
