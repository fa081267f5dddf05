import type { Camera } from './camera.js';
import { coverageOf, type Coverage, type CoverageInput, type HoleCause } from './coverage.js';
import { fileSpan, firstSign, lastSign } from './coverage-evidence.js';
import { accountHours, type HourAccount } from './frame-account.js';
import type { FrameCounts, RingCursor } from './frame.js';
import { parseSource } from './source-address.js';
import type { Span } from './spans.js';

/** What a report reads; stores have it. */
export interface CoverageReads {
  readonly states: {
    source(cameraId: string): Promise<SourceSigns | undefined>;
    read(cameraId: string): Promise<{ readonly cursor?: RingCursor } | undefined>;
    hours(
      cameraId: string,
      from: number,
      to: number,
    ): Promise<readonly { readonly hourAt: number; readonly counts: FrameCounts }[]>;
  };
  readonly gaps: {
    list(filter: { cameraId: string; from: number; to: number }): Promise<CoverageInput['gaps']>;
  };
  readonly recordings: {
    list(filter: {
      cameraId: string;
      from: number;
      to: number;
      limit: number;
    }): Promise<CoverageInput['segments']>;
  };
}

/** What is known of the reading of a source. */
export interface SourceSigns {
  readonly status: string;
  readonly since: number;
  readonly beatAt?: number;
  readonly file?: { readonly startedAt: number; readonly firstPass?: number; readonly fps?: number };
  readonly quality?: { readonly sourceFps?: number };
}

export interface CoverageReport {
  readonly cameraId: string;
  readonly from: number;
  readonly to: number;
  readonly mode: 'always' | 'motion' | 'off';
  readonly recording: Coverage;
  readonly analysis: Coverage;
  /** Of cameras that have been read. */
  readonly hours: readonly HourAccount[];
}

const DAY_MS = 24 * 3_600_000;
const HOUR_MS = 3_600_000;
/** Files grow by what a sampler has not yet told anybody: the last seconds say nothing, ms. */
const LAG_MS = 10_000;
/** Recordings that one report looks at. */
export const MOST_SEGMENTS = 100_000;

/** Up to when something can be known of a camera now: some seconds ago, or the newest frame of a file read faster. */
export async function knownUntil(
  { states }: Pick<CoverageReads, 'states'>,
  camera: Camera,
  now: number,
): Promise<number> {
  const [source, checkpoint] = await Promise.all([states.source(camera.id), states.read(camera.id)]);
  return Math.max(now - LAG_MS, fileSpan(source, checkpoint?.cursor, camera.fps)?.to ?? 0);
}

/**
 * What there is of a camera in a stretch of time, and why there is no more.
 * @param asked not empty, and no later than `knownUntil`
 * @returns `undefined`: more recordings touch it than one report looks at
 */
export async function reportCoverage(
  reads: CoverageReads,
  camera: Camera,
  asked: Span,
  now: number,
): Promise<CoverageReport | undefined> {
  const { id: cameraId } = camera;
  const { from, to } = asked;
  const hourFrom = Math.floor(from / HOUR_MS) * HOUR_MS;
  const [source, checkpoint, segments, oldest, gaps, hours] = await Promise.all([
    reads.states.source(cameraId),
    reads.states.read(cameraId),
    reads.recordings.list({ cameraId, from: hourFrom, to, limit: MOST_SEGMENTS }),
    reads.recordings.list({ cameraId, from: 0, to, limit: 1 }),
    reads.gaps.list({ cameraId, from: hourFrom - DAY_MS, to }),
    reads.states.hours(cameraId, hourFrom - DAY_MS, to),
  ]);
  if (segments.length === MOST_SEGMENTS) return undefined;
  const file = fileSpan(source, checkpoint?.cursor, camera.fps);
  const earlier =
    [...oldest.map(({ startAt }) => startAt), ...gaps.map((gap) => gap.from)].some((at) => at < hourFrom) ||
    hours.some(({ hourAt, counts }) => hourAt < hourFrom && counts.captured > 0);
  const mode = camera.record?.mode ?? 'off';
  const end = lastSign(camera, source, now, file);
  const known = {
    ...{ segments, gaps, mode, ...(end && { end }) },
    firstAt:
      file?.from ?? firstSign({ from: hourFrom, earlier, segments, gaps, hours, since: source?.since }),
  };
  const over = (track: 'analysis' | 'recording', since: number): Coverage =>
    coverageOf({ ...known, track, from: since, to });
  return {
    ...{ cameraId, from, to, mode },
    recording: over('recording', from),
    analysis: over('analysis', from),
    hours:
      file !== undefined || isStream(camera)
        ? accountHours({
            ...{ from: hourFrom, to, hours, fps: camera.fps, holes: over('analysis', hourFrom).holes },
            sourceFps: source?.file?.fps ?? source?.quality?.sourceFps,
          })
        : [],
  };
}

/** A cause in words, as in "because …". */
export const CAUSE_WORDS: Readonly<Record<HoleCause, string>> = {
  camera: 'the camera gave no pictures',
  network: 'the network was down',
  disk: 'the disk did not take it',
  process: 'nothing was running',
  disabled: 'the camera was switched off',
  still: 'nothing moved',
  off: 'recording was switched off',
  'not-watched': 'the camera was not there yet, or its file is through',
  unknown: 'the cause is not known',
};

function isStream({ source, detectSource }: Camera): boolean {
  try {
    const { kind } = parseSource(detectSource ?? source);
    return kind === 'stream' || kind === 'device';
  } catch {
    return false;
  }
}
