import { z } from 'zod';
import { CameraStatus } from '../../domain/events.js';
import { PermanentError } from '../../errors.js';
import type { Checkpoint, SourceState } from '../../ports.js';

/** Raised when an older release could not read what this one writes. */
const CHECKPOINT_FORMAT = 1;

const count = z.number().int().nonnegative();
const StoredCheckpoint = z.object({
  cursor: z
    .object({ pass: count, seq: count, gated: z.number().int(), frame: z.number().int(), at: z.number() })
    .optional(),
  // The tracker's own affair; its shape changes with the format number.
  scene: z.record(z.string(), z.unknown()),
  counts: z.object({ captured: count, analysed: count, gated: count, dropped: count, failed: count }),
});

const StoredSource = z.object({
  status: CameraStatus,
  reason: z.string().optional(),
  since: z.number(),
  pass: count,
  lastFrameAt: z.number().optional(),
  fps: z.number().optional(),
  width: count.optional(),
  height: count.optional(),
  file: z
    .object({
      fingerprint: z.string(),
      startedAt: z.number(),
      durationMs: z.number().optional(),
      firstPass: count.optional(),
    })
    .optional(),
  progress: z.number().optional(),
  beatAt: z.number().optional(),
  sampler: z.string().optional(),
  retries: count.optional(),
  nextTryAt: z.number().optional(),
  isIdle: z.boolean().optional(),
  degraded: count.optional(),
  quality: z
    .object({
      sourceFps: z.number().optional(),
      bitrateKbps: z.number().optional(),
      decodeErrorsPerMin: z.number(),
      latencyMs: z.number().optional(),
      driftMs: z.number().optional(),
    })
    .optional(),
});

export function checkpointJson(checkpoint: Checkpoint): string {
  return JSON.stringify({ v: CHECKPOINT_FORMAT, ...checkpoint });
}

/**
 * @param key where it is stored, for the message.
 * @throws PermanentError naming the camera and the fix when it is of another format or damaged.
 */
export function parseCheckpoint(json: string, cameraId: string, key: string): Checkpoint {
  const fix = `to start the camera anew, without its tracks and totals: redis-cli HDEL '${key}' checkpoint version`;
  const value = parseJson(json);
  const { v: format, ...rest } = (value ?? {}) as Record<string, unknown>;
  if (format !== undefined && format !== CHECKPOINT_FORMAT) {
    throw new PermanentError(
      `camera ${cameraId}: its saved state has format ${JSON.stringify(format)}, this release reads ` +
        `${CHECKPOINT_FORMAT}: run the release that wrote it; ${fix}`,
    );
  }
  const parsed = StoredCheckpoint.safeParse(format === undefined ? undefined : rest);
  if (!parsed.success) {
    throw new PermanentError(
      `camera ${cameraId}: its saved state is damaged (${placeOf(parsed.error)}); ${fix}`,
    );
  }
  return rest as unknown as Checkpoint;
}

/** @throws PermanentError naming the camera and the fix. */
export function parseSource(json: string, cameraId: string, key: string): SourceState {
  const value = parseJson(json);
  const parsed = StoredSource.safeParse(value);
  if (parsed.success) return value as SourceState;
  throw new PermanentError(
    `camera ${cameraId}: the saved state of its source is damaged (${placeOf(parsed.error)}); ` +
      `to read the source anew: redis-cli HDEL '${key}' source`,
  );
}

function parseJson(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

function placeOf(error: z.ZodError): string {
  const issue = error.issues[0];
  return issue === undefined || issue.path.length === 0
    ? 'not readable'
    : `${issue.path.join('.')}: ${issue.message}`;
}
