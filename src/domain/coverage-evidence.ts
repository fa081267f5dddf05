import type { CoverageInput } from './coverage.js';
import type { RingCursor } from './frame.js';
import type { Span } from './spans.js';

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

/**
 * The part of a file that is accounted for: from its first frame to the newest one analysed. Its capture times may lie
 * ahead of the clock, and nothing of a file is ever lost: what is left of it is read later.
 * @param fps frames sampled a second
 * @returns `undefined` when the source is no file
 */
export function fileSpan(
  source: { readonly file?: { readonly startedAt: number; readonly firstPass?: number } } | undefined,
  cursor: Pick<RingCursor, 'pass' | 'at'> | undefined,
  fps: number,
): Span | undefined {
  const file = source?.file;
  if (!file) return undefined;
  const isOfFile = cursor !== undefined && cursor.pass >= (file.firstPass ?? 0);
  return { from: file.startedAt, to: isOfFile ? Math.round(cursor.at + 1000 / fps) : file.startedAt };
}

/** From when on nothing is known of a camera: it is switched off, a file is read no further, or nobody reads it. */
export function lastSign(
  camera: { readonly enabled: boolean },
  source:
    | {
        readonly status: string;
        readonly since: number;
        readonly beatAt?: number;
      }
    | undefined,
  now: number,
  file?: Span,
): CoverageInput['end'] {
  if (file) {
    const reason = source?.status === 'finished' ? 'the file is through' : 'not read so far yet';
    return { from: file.to, cause: 'not-watched', reason };
  }
  const heardAt = source?.beatAt ?? source?.since;
  if (!camera.enabled) {
    const from = source?.status === 'disabled' ? source.since : (heardAt ?? now);
    return { from, cause: 'disabled', reason: 'the camera is switched off' };
  }
  if (heardAt === undefined || now - heardAt <= SILENT_AFTER_MS) return undefined;
  return { from: heardAt, cause: 'process', reason: 'no sampler has read it since' };
}
