import { effectiveStatus, SILENT_AFTER_MS } from '../../domain/camera-status.js';
import type { Camera } from '../../domain/camera.js';
import { NO_FRAMES, type FrameCounts } from '../../domain/frame.js';
import { judgeCamera, judgeStream } from '../../domain/health/judge-camera.js';
import { judgeSamplers } from '../../domain/health/judge-work.js';
import type { HealthFinding, Ports, SourceState } from '../../ports.js';
import type { Probe } from './probes.js';

/**
 * Status and stream of each camera, and whether somebody reads them at all. The share of dropped frames is of the
 * time since this process looked last, for its first look of this hour.
 */
export function camerasProbe(ports: Pick<Ports, 'cameras' | 'states'>, now: () => number): Probe {
  const counted = new Map<string, FrameCounts>();
  return {
    name: 'cameras',
    kinds: ['camera', 'stream', 'sampler'],
    look: async () => {
      const cameras = ports.cameras.all();
      const sources = await Promise.all(cameras.map(({ id }) => ports.states.source(id)));
      const found = await Promise.all(
        cameras.map((camera, i) => lookAtOne(ports.states, camera, sources[i], counted, now())),
      );
      return [...found.flat(), samplers(cameras, sources, now())];
    },
  };
}

async function lookAtOne(
  states: Ports['states'],
  camera: Camera,
  source: SourceState | undefined,
  counted: Map<string, FrameCounts>,
  now: number,
): Promise<HealthFinding[]> {
  const { lastFrameAt, retries, nextTryAt } = source ?? {};
  const seen = effectiveStatus(camera, source, now);
  const status = judgeCamera(
    camera,
    {
      ...seen,
      ...(lastFrameAt !== undefined && { lastFrameAt }),
      ...(retries !== undefined && { retries }),
      ...(nextTryAt !== undefined && { nextTryAt }),
    },
    now,
  );
  // What comes of a file, or of nothing, is no stream.
  if (!source || seen.status !== 'ok' || source.file !== undefined) return [status];
  const counts = await countsLately(states, camera.id, counted, now);
  return [status, judgeStream(camera, { ...source, counts })];
}

async function countsLately(
  states: Ports['states'],
  cameraId: string,
  counted: Map<string, FrameCounts>,
  now: number,
): Promise<FrameCounts> {
  const total = (await states.read(cameraId))?.counts;
  const before = counted.get(cameraId);
  if (total) counted.set(cameraId, total);
  // Lower than before: the counts were begun anew.
  if (total && before && total.captured >= before.captured) return less(total, before);
  const hours = await states.hours(cameraId, now, now + 1);
  return hours.at(-1)?.counts ?? NO_FRAMES;
}

function less(a: FrameCounts, b: FrameCounts): FrameCounts {
  return {
    captured: a.captured - b.captured,
    analysed: a.analysed - b.analysed,
    gated: a.gated - b.gated,
    dropped: a.dropped - b.dropped,
    failed: a.failed - b.failed,
  };
}

function samplers(
  cameras: readonly Camera[],
  sources: readonly (SourceState | undefined)[],
  now: number,
): HealthFinding {
  const needed = cameras.filter((camera, i) => needsSampler(camera, sources[i]));
  const alive = sources.flatMap((source) =>
    source?.sampler !== undefined && now - (source.beatAt ?? 0) < SILENT_AFTER_MS ? [source.sampler] : [],
  );
  return judgeSamplers(needed.length, [...new Set(alive)]);
}

function needsSampler({ enabled, reconnect }: Camera, source: SourceState | undefined): boolean {
  const isGivenUp = source?.status === 'connection_failed' && reconnect.giveUp;
  return enabled && source?.status !== 'finished' && !isGivenUp;
}
