import type { CoverageInput } from './coverage.js';

/** When a sampler has written nothing for this long, nobody reads the camera, ms. */
const SILENT_AFTER_MS = 10_000;

/**
 * The first sign of a camera.
 * @param evidence.earlier something is known from before `from`
 * @returns `from` when it was there before, `undefined` when there is no sign at all
 */
export function firstSign(evidence: {
  readonly from: number;
  readonly earlier: boolean;
  readonly segments: readonly { readonly startAt: number }[];
  readonly gaps: readonly { readonly from: number }[];
  readonly hours: readonly { readonly hourAt: number; readonly counts: { readonly captured: number } }[];
  /** When the present status began, epoch ms. */
  readonly since?: number | undefined;
}): number | undefined {
  const { from, earlier, segments, gaps, hours, since } = evidence;
  if (earlier) return from;
  const signs = [...segments.map(({ startAt }) => startAt), ...gaps.map((gap) => gap.from)];
  const hourAt = Math.min(...hours.filter(({ counts }) => counts.captured > 0).map((hour) => hour.hourAt));
  // Counts say only the hour; where nothing says more, the beginning of the present status may.
  if (!signs.some((at) => at < hourAt + 3_600_000) && hourAt < Infinity)
    signs.push(since !== undefined && since < hourAt + 3_600_000 ? Math.max(hourAt, since) : hourAt);
  if (since !== undefined && hourAt === Infinity) signs.push(since);
  return signs.length === 0 ? undefined : Math.max(from, Math.min(...signs));
}

/** From when on nothing is known of a camera: it is switched off, a file that is through, or nobody reads it. */
export function lastSign(
  camera: { readonly enabled: boolean },
  source:
    | {
        readonly status: string;
        readonly since: number;
        readonly beatAt?: number;
        readonly lastFrameAt?: number;
      }
    | undefined,
  now: number,
): CoverageInput['end'] {
  if (source?.status === 'finished')
    return { from: source.lastFrameAt ?? source.since, cause: 'not-watched', reason: 'the file is through' };
  const heardAt = source?.beatAt ?? source?.since;
  if (!camera.enabled) {
    const from = source?.status === 'disabled' ? source.since : (heardAt ?? now);
    return { from, cause: 'disabled', reason: 'the camera is switched off' };
  }
  if (heardAt === undefined || now - heardAt <= SILENT_AFTER_MS) return undefined;
  return { from: heardAt, cause: 'process', reason: 'no sampler has read it since' };
}
