import type { Camera } from '../domain/camera.js';
import { NO_FRAMES } from '../domain/frame.js';
import { redactUrls } from '../domain/redact.js';
import { sceneCounters } from '../domain/scene.js';
import type { Checkpoint, SourceState } from '../ports.js';

/** A live camera that says it is well but gave no frame for this long has lost its sampler, ms. */
const SILENT_MS = 15_000;

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
  const { status, reason, since } = statusOf(camera, source, now);
  const { lastFrameAt, fps, width, height, progress } = source ?? {};
  return {
    id: camera.id,
    name: camera.name ?? camera.id,
    source: redactUrls(camera.source),
    status,
    ...(reason !== undefined && { reason: redactUrls(reason) }),
    ...(since !== undefined && { since: iso(since) }),
    ...(lastFrameAt !== undefined && { lastFrameAt: iso(lastFrameAt) }),
    ...(fps !== undefined && { fps }),
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

/** What the sampler last said, unless the file switches the camera off or the sampler has fallen silent. */
export function statusOf(
  camera: Camera,
  source: SourceState | undefined,
  now: number,
): Pick<SourceState, 'status' | 'reason'> & { since?: number } {
  if (!camera.enabled) return { status: 'disabled', reason: 'switched off in the camera file' };
  if (!source) return { status: 'connecting', reason: 'no sampler has opened it yet' };
  const { status, reason, since, lastFrameAt } = source;
  const isLive = source.file === undefined;
  if (status === 'ok' && isLive && lastFrameAt !== undefined && now - lastFrameAt > SILENT_MS) {
    const silentS = Math.round((now - lastFrameAt) / 1000);
    return {
      status: 'no_signal',
      reason: `no frame for ${silentS} s; is its sampler running?`,
      since: lastFrameAt,
    };
  }
  return { status, since, ...(reason !== undefined && { reason }) };
}

function iso(at: number): string {
  return new Date(at).toISOString();
}
