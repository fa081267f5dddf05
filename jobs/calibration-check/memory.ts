import { z } from 'zod';
import type { CameraId } from '../../src/domain/ids.js';
import type { SnapshotStore } from '../../src/ports.js';

/** What is remembered of the checks of one camera. */
const Memory = z.object({
  /** The calibration this is about, by its fingerprint; of another one nothing of it counts. */
  calibration: z.string(),
  /** People were told that it has moved; the kind of picture that showed it. */
  told: z.string().optional(),
  /** Looks in a row in which the scene was not found again, by kind of picture. */
  unlike: z.record(z.string(), z.number()),
});
export type Memory = z.infer<typeof Memory>;

export const NOTHING: Memory = { calibration: '', unlike: {} };

/** What cannot be read is as nothing: the next look writes it anew. */
export async function readMemory(cameraId: CameraId, snapshots: SnapshotStore): Promise<Memory> {
  const bytes = await snapshots.get(keyOf(cameraId));
  if (!bytes) return NOTHING;
  try {
    return Memory.parse(JSON.parse(bytes.toString('utf8')));
  } catch {
    return NOTHING;
  }
}

export async function writeMemory(
  cameraId: CameraId,
  memory: Memory,
  snapshots: SnapshotStore,
): Promise<void> {
  await snapshots.put(keyOf(cameraId), Buffer.from(JSON.stringify(memory)));
}

function keyOf(cameraId: CameraId): string {
  return `calibration/${cameraId}/checks.json`;
}
