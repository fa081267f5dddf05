import type { Camera } from '../domain/camera.js';
import { knownUntil, reportCoverage, type CoverageReport } from '../domain/coverage-report.js';
import { InputError } from '../errors.js';
import type { CameraStates, Gaps, RecordingIndex } from '../ports.js';

export type { CoverageReport };

/** What a report is made from. */
export interface CoverageStores {
  readonly states: Pick<CameraStates, 'hours' | 'read' | 'source'>;
  readonly gaps: Pick<Gaps, 'list'>;
  readonly recordings: Pick<RecordingIndex, 'list'>;
}

const LONGEST_MS = 31 * 24 * 3_600_000;

/**
 * What there is of a camera between two times, and why there is no more.
 * @param asked epoch ms; `to` no later than ten seconds before now is used, or the newest frame of a file read faster
 * @throws InputError when the time is empty or too long
 */
export async function coverageReport(
  stores: CoverageStores,
  camera: Camera,
  asked: { readonly from: number; readonly to: number },
  now: number,
): Promise<CoverageReport> {
  const { from } = asked;
  const to = Math.min(asked.to, await knownUntil(stores, camera, now));
  if (!(to > from)) throw new InputError('from: must be before to, and before now');
  if (to - from > LONGEST_MS) throw new InputError('from: at most 31 days before to');
  const report = await reportCoverage(stores, camera, { from, to }, now);
  if (!report) throw new InputError('from: too many recordings between from and to; ask for a shorter time');
  return report;
}
