import type { Camera } from '../camera.js';
import type { Coverage } from '../coverage.js';
import { CAUSE_WORDS, knownUntil, reportCoverage, type CoverageReads } from '../coverage-report.js';
import { durationText } from '../duration-text.js';
import { localText } from '../local-text.js';
import { joined, lengthOf } from '../spans.js';
import { formerCamera } from './former-camera.js';
import { JOINT_MS, planClip, type ClipGap, type ClipPlan } from './plan-clip.js';
import { LONGEST_EXPORT_MS, type ExportRequest } from './request.js';

/** A recording, as far as an export is planned by it. */
export interface RecordedPart {
  readonly id: string;
  readonly startAt: number;
  readonly endAt: number;
  readonly bytes: number;
  readonly damagedAt?: number;
}

/** What is read of the stores. */
export interface ExportReads extends CoverageReads {
  readonly recordings: {
    list(filter: {
      cameraId: string;
      from: number;
      to: number;
      limit: number;
      newestFirst?: boolean;
    }): Promise<readonly RecordedPart[]>;
  };
}

export type CheckedExport =
  /** Not as it is asked for; `field` of the request, and what to do. */
  | { readonly kind: 'refused'; readonly field: 'cameraId' | 'from' | 'to'; readonly reason: string }
  /** Its end is still being written. */
  | { readonly kind: 'early'; readonly readyAt: number }
  | {
      readonly kind: 'ready';
      readonly plan: ClipPlan;
      readonly coverage: Pick<Coverage, 'coveredMs'>;
      readonly segments: readonly RecordedPart[];
    };

/** Holes that are told of one by one. */
const TOLD_HOLES = 5;
const MOST_PARTS = 100_000;
const FAR_AHEAD = 8.64e15;

/**
 * Whether an export can be made, and of what.
 * @param camera as it is configured; `undefined`: it is not any more, or never was
 * @param options.timeZone IANA name, for times in what is said
 */
export async function checkExport(
  reads: ExportReads,
  camera: Camera | undefined,
  request: ExportRequest,
  options: { readonly now: number; readonly timeZone: string },
): Promise<CheckedExport> {
  const { now, timeZone } = options;
  const { cameraId, from, to } = request;
  const known = camera ?? (await recordedOnly(reads, cameraId));
  if (!known)
    return refused(
      'cameraId',
      `there is no camera "${cameraId}", and no recording of one that was there before`,
    );
  const wrong = wrongTime(request, timeZone) ?? (await notYet(reads, known, request, options));
  if (wrong) return wrong;
  const segments = await reads.recordings.list({ cameraId, from, to, limit: MOST_PARTS });
  const sound = segments.filter(({ damagedAt }) => damagedAt === undefined);
  const report = await reportCoverage(withoutDamaged(reads, segments), known, { from, to }, now);
  if (!report)
    return refused('from', 'there are too many recordings between from and to; ask for a shorter time');
  const holes = realHoles(report.recording.holes);
  if (sound.length === 0) return refused('from', await nothingThere(reads, request, holes, timeZone));
  if (holes.length > 0 && !request.partial) return refused('from', partsMissing(holes, timeZone));
  return {
    kind: 'ready',
    plan: planClip({ from, to }, sound, holes),
    coverage: { coveredMs: to - from - lengthOf(holes) },
    segments: sound,
  };
}

/** One that is not configured any more but has recordings. */
async function recordedOnly({ recordings }: ExportReads, cameraId: string): Promise<Camera | undefined> {
  const [oldest] = await recordings.list({ cameraId, from: 0, to: FAR_AHEAD, limit: 1 });
  return oldest && formerCamera(cameraId);
}

function refused(field: 'cameraId' | 'from' | 'to', reason: string): CheckedExport & { kind: 'refused' } {
  return { kind: 'refused', field, reason };
}

function wrongTime({ from, to }: ExportRequest, timeZone: string): CheckedExport | undefined {
  const time = (at: number): string => localText(at, timeZone);
  if (from >= to) return refused('from', `from (${time(from)}) must be before to (${time(to)})`);
  if (to - from > LONGEST_EXPORT_MS)
    return refused(
      'to',
      `${durationText(to - from)} are asked for, and one export has at most ${durationText(LONGEST_EXPORT_MS)}; ask for several`,
    );
  return undefined;
}

async function notYet(
  reads: ExportReads,
  camera: Camera,
  { to }: ExportRequest,
  { now, timeZone }: { readonly now: number; readonly timeZone: string },
): Promise<CheckedExport | undefined> {
  const until = await knownUntil(reads, camera, now);
  if (to <= until) return undefined;
  if (to > now)
    return refused(
      'to',
      `to (${localText(to, timeZone)}) is still to come: it is ${localText(now, timeZone)} (${timeZone})`,
    );
  return { kind: 'early', readyAt: to + (now - until) };
}

/** What is damaged is not there: a hole that says so. */
function withoutDamaged(reads: ExportReads, segments: readonly RecordedPart[]): CoverageReads {
  const damaged = segments.filter(({ damagedAt }) => damagedAt !== undefined);
  if (damaged.length === 0) return reads;
  const gaps = damaged.map(({ id, startAt, endAt }) => ({
    ...{ track: 'recording' as const, from: startAt, to: endAt },
    ...{ cause: 'disk' as const, reason: `the recording ${id} is damaged` },
  }));
  return {
    ...reads,
    gaps: { list: async (filter) => [...gaps, ...(await reads.gaps.list(filter))] },
    recordings: {
      list: async (filter) =>
        (await reads.recordings.list(filter)).filter(({ damagedAt }) => damagedAt === undefined),
    },
  };
}

/** Without those that nobody sees: a picture's time at an edge. */
function realHoles(holes: readonly ClipGap[]): ClipGap[] {
  const long = joined(holes, 0).filter(({ from, to }) => to - from > JOINT_MS);
  return holes.filter((hole) => long.some(({ from, to }) => hole.from >= from && hole.to <= to));
}

function partsMissing(holes: readonly ClipGap[], timeZone: string): string {
  const told = holes.slice(0, TOLD_HOLES).map((hole) => holeText(hole, timeZone));
  const more = holes.length > TOLD_HOLES ? ` and ${holes.length - TOLD_HOLES} more` : '';
  return `not all of it was recorded: ${told.join('; ')}${more}. With partial: true (--partial) you get the rest`;
}

/** `2026-11-22 08:00:10 to 08:00:40 (30 s): the network was down`. */
export function holeText({ from, to, cause, reason }: ClipGap, timeZone: string): string {
  const [day, start = ''] = localText(from, timeZone).split(' ');
  const [lastDay, end = ''] = localText(to, timeZone).split(' ');
  const until = day === lastDay ? end : `${lastDay ?? ''} ${end}`;
  const why = CAUSE_WORDS[cause] + (reason === undefined ? '' : ` (${reason})`);
  return `${day ?? ''} ${start} to ${until} (${durationText(to - from)}): ${why}`;
}

async function nothingThere(
  { recordings }: ExportReads,
  { cameraId, from, to }: ExportRequest,
  holes: readonly ClipGap[],
  timeZone: string,
): Promise<string> {
  const [[before], [after]] = await Promise.all([
    recordings.list({ cameraId, from: 0, to: from, limit: 1, newestFirst: true }),
    recordings.list({ cameraId, from: to, to: FAR_AHEAD, limit: 1 }),
  ]);
  const time = (at: number): string => localText(at, timeZone);
  const around = [
    before && `the last recording before it ends ${time(before.endAt)}`,
    after && `the first after it begins ${time(after.startAt)}`,
  ].filter((text) => text !== undefined);
  const causes = [...new Set(holes.map(({ cause }) => CAUSE_WORDS[cause]))].join(', ');
  const what = `${cameraId} has no recording from ${time(from)} to ${time(to)} (${timeZone}): ${causes}`;
  return around.length === 0 ? `${what}; there is none at all` : `${what}; ${around.join(', ')}`;
}
