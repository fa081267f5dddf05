// Pure: whether one thing makes incidents too often. The incidents of its key are read in find.ts.
import type { MergeRules } from '../../../domain/alerting/incident.js';
import { distanceMs } from './may-join.js';
import type { Row } from './rows.js';

/**
 * Whether an incident that opens now is flapping: with it its key has `flapping.incidents` of them within
 * `flapping.withinMs` of its time (capture time), or goes on where a flapping one had become too long or was ended.
 *
 * One that is flapping is told as such, once. From then on the key's alerts join it, however far apart (but nearer than
 * `withinMs`), and the end of what happened does not end it: that is only its last word. It is over when that long no
 * alert has come and its last word was an end (`sweep`), or when people end it. Where no ends are reported it stays like
 * any other until people react or it expires, and takes nothing after the rest.
 * @param ofKey the incidents of its key
 */
export function isFlapping(
  ofKey: readonly Pick<Row, 'first_at' | 'last_at' | 'is_flapping'>[],
  at: number,
  { cooldownMs, flapping: { incidents, withinMs } }: MergeRules,
): boolean {
  if (incidents === 0 || cooldownMs === 0) return false;
  const near = ofKey.filter((one) => distanceMs(one, at) < withinMs);
  const begun = near.filter((one) => Math.abs(one.first_at - at) < withinMs);
  return begun.length + 1 >= incidents || near.some((one) => one.is_flapping !== 0);
}
