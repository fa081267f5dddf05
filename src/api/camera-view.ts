import { iso } from './fields.js';
import { effectiveStatus } from '../domain/camera-status.js';
import type { Camera } from '../domain/camera.js';
import { NO_FRAMES } from '../domain/frame.js';
import { redactUrls } from '../domain/redact.js';
import { sceneCounters } from '../domain/scene.js';
import type { Checkpoint, SourceState } from '../ports.js';

/**
 * A camera as people and other backends see it. Times are ISO 8601; the source comes without credentials.
 * @param now wall clock, epoch ms
 */
export function cameraView(
  camera: Camera,
  source: SourceState | undefined,
  checkpoint: Checkpoint | undefined,
  now: number,
): object {
  const counters = checkpoint ? sceneCounters(checkpoint.scene) : { lines: [], current: {} };
  const { status, reason, since } = effectiveStatus(camera, source, now);
  const { lastFrameAt, width, height, progress } = source ?? {};
  return {
    id: camera.id,
    name: camera.name ?? camera.id,
    source: redactUrls(camera.source),
    status,
    ...(reason !== undefined && { reason: redactUrls(reason) }),
    ...(since !== undefined && { since: iso(since) }),
    ...(lastFrameAt !== undefined && { lastFrameAt: iso(lastFrameAt) }),
    // What the sampler last said of its reading is true only while its word on the status is.
    ...(source?.status === status && readingOf(source)),
    ...(width !== undefined && { width, height }),
    ...(progress !== undefined && { progress }),
    counts: checkpoint?.counts ?? NO_FRAMES,
    lines: camera.lines.map(({ id, names }) => ({
      id,
      ...(names && { names }),
      ...(counters.lines.find((line) => line.id === id) ?? { in: 0, out: 0, byClass: {} }),
    })),
    current: counters.current,
    latest: `/api/v1/cameras/${camera.id}/latest.jpg`,
  };
}

function readingOf({ fps, retries, nextTryAt, isIdle, degraded, quality, sampler }: SourceState): object {
  return {
    ...(fps !== undefined && { fps }),
    ...(retries !== undefined && { retries }),
    ...(nextTryAt !== undefined && { nextTryAt: iso(nextTryAt) }),
    ...(isIdle !== undefined && { isIdle }),
    ...(degraded !== undefined && { degraded }),
    ...(quality !== undefined && { quality }),
    ...(sampler !== undefined && { sampler }),
  };
}
