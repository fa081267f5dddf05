import type { Camera } from '../domain/camera.js';
import { coverageOf, type Coverage } from '../domain/coverage.js';
import { fileSpan, firstSign, lastSign } from '../domain/coverage-evidence.js';
import { accountHours, type HourAccount } from '../domain/frame-account.js';
import { parseSource } from '../domain/source-address.js';
import { InputError } from '../errors.js';
import type { CameraStates, Gaps, RecordingIndex } from '../ports.js';

/** What a report is made from. */
export interface CoverageStores {
  readonly states: Pick<CameraStates, 'hours' | 'read' | 'source'>;
  readonly gaps: Pick<Gaps, 'list'>;
  readonly recordings: Pick<RecordingIndex, 'list'>;
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
const LONGEST_MS = 31 * DAY_MS;
const MOST_SEGMENTS = 100_000;

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
  const { id: cameraId } = camera;
  const { from } = asked;
  const [source, checkpoint] = await Promise.all([
    stores.states.source(cameraId),
    stores.states.read(cameraId),
  ]);
  const file = fileSpan(source, checkpoint?.cursor, camera.fps);
  const to = Math.min(asked.to, Math.max(now - LAG_MS, file?.to ?? 0));
  if (!(to > from)) throw new InputError('from: must be before to, and before now');
  if (to - from > LONGEST_MS) throw new InputError('from: at most 31 days before to');
  const hourFrom = Math.floor(from / HOUR_MS) * HOUR_MS;
  const [segments, oldest, gaps, hours] = await Promise.all([
    stores.recordings.list({ cameraId, from: hourFrom, to, limit: MOST_SEGMENTS }),
    stores.recordings.list({ cameraId, from: 0, to, limit: 1 }),
    stores.gaps.list({ cameraId, from: hourFrom - DAY_MS, to }),
    stores.states.hours(cameraId, hourFrom - DAY_MS, to),
  ]);
  if (segments.length === MOST_SEGMENTS)
    throw new InputError('from: too many recordings between from and to; ask for a shorter time');
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

function isStream({ source, detectSource }: Camera): boolean {
  try {
    const { kind } = parseSource(detectSource ?? source);
    return kind === 'stream' || kind === 'device';
  } catch {
    return false;
  }
}
