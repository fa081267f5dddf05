import type { RecordingSum } from '../ports/recordings.js';
import type { ApiDeps } from './deps.js';
import { iso } from './fields.js';

/** What recordings take, by camera, and the room there is. */
export async function recordingUsage({ ports, log }: Pick<ApiDeps, 'ports' | 'log'>): Promise<object> {
  const { recordings, recordingFiles, cold } = ports;
  const [sums, oldest, disk] = await Promise.all([
    recordings.sums(),
    recordings.oldest(),
    recordingFiles.space().catch((error: unknown) => {
      // What is kept is known all the same.
      log.warn({ err: error }, 'the disk of the recordings does not say what room it has');
      return { problem: 'the disk of the recordings does not say what room it has' };
    }),
  ]);
  return {
    cameras: oldest.map(({ cameraId, startAt }) => {
      const own = sums.filter((sum) => sum.cameraId === cameraId);
      return {
        camera: cameraId,
        hot: tallyOf(own, 'hot'),
        cold: tallyOf(own, 'cold'),
        oldest: iso(startAt),
      };
    }),
    total: { hot: tallyOf(sums, 'hot'), cold: tallyOf(sums, 'cold') },
    machine: recordingFiles.node,
    disk,
    coldStorage: cold.store.off === undefined ? { isThere: true } : { isThere: false, why: cold.store.off },
  };
}

function tallyOf(
  sums: readonly RecordingSum[],
  tier: RecordingSum['tier'],
): { count: number; bytes: number } {
  const own = sums.filter((sum) => sum.tier === tier);
  return {
    count: own.reduce((sum, { segments }) => sum + segments, 0),
    bytes: own.reduce((sum, { bytes }) => sum + bytes, 0),
  };
}
