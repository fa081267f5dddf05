import { coverageOf } from '../../src/domain/coverage.js';
import { fileSpan, firstSign, lastSign } from '../../src/domain/coverage-evidence.js';
import type { Camera } from '../../src/domain/camera.js';
import type { Span } from '../../src/domain/spans.js';
import type { Ports } from '../../src/ports.js';

/** What is known of when a camera was looked through. */
export interface Watched {
  readonly spans: readonly Span[];
  /** Up to when things are known, epoch ms: now, or further where a file is read faster than it was taken. */
  readonly knownTo: number;
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** When frames of a camera came, from its gaps, its hourly frame counts and what its sampler says. */
export async function watchedOf(
  camera: Camera,
  asked: Span,
  { states, gaps, events }: Pick<Ports, 'states' | 'gaps' | 'events'>,
  now: number,
): Promise<Watched> {
  const { id: cameraId } = camera;
  const [source, checkpoint] = await Promise.all([states.source(cameraId), states.read(cameraId)]);
  const file = fileSpan(source, checkpoint?.cursor, camera.fps);
  const knownTo = Math.max(now, file?.to ?? 0);
  const to = Math.min(asked.to, knownTo);
  const from = Math.floor(asked.from / HOUR_MS) * HOUR_MS;
  const [noted, hours, earlier, crossedAt] = await Promise.all([
    gaps.list({ cameraId, track: 'analysis', from: from - DAY_MS, to }),
    states.hours(cameraId, from - DAY_MS, to),
    events.list({ cameraId, to: from, limit: 1 }),
    firstCrossing(cameraId, { from, to }, events),
  ]);
  const read = hours.filter(({ counts }) => counts.captured > 0).map(({ hourAt }) => hourAt);
  // Counts of frames are forgotten with the cameras' states; what was counted then says that somebody looked.
  const sign = crossedAt !== undefined && crossedAt < Math.min(...read) ? [{ startAt: crossedAt }] : [];
  const firstAt = firstSign({
    from,
    earlier: earlier.length > 0 || noted.some((gap) => gap.from < from) || read.some((at) => at < from),
    segments: sign,
    ...{ gaps: noted, hours, since: source?.since },
  });
  const end = source ? lastSign(camera, source, now, file) : await lastSeen(cameraId, to, events);
  const { covered } = coverageOf({
    ...{ track: 'analysis', segments: [], gaps: noted, mode: 'off', from: asked.from, to },
    firstAt: file?.from ?? firstAt,
    ...(end && { end }),
  });
  return { spans: covered, knownTo };
}

/** Where no sampler says anything (the cameras' states are lost), it was watched up to the last thing that happened. */
async function lastSeen(
  cameraId: string,
  to: number,
  events: Ports['events'],
): Promise<{ from: number; cause: 'unknown' }> {
  const [newest] = await events.list({ cameraId, to, limit: 1 });
  return { from: newest?.at ?? 0, cause: 'unknown' };
}

async function firstCrossing(
  cameraId: string,
  { from, to }: Span,
  events: Ports['events'],
): Promise<number | undefined> {
  for await (const [first] of events.eachCrossing({ cameraIds: [cameraId], from, to })) return first?.at;
  return undefined;
}
