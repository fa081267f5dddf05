import { fileOf } from '../domain/archive/file-of.js';
import type { Segment } from '../ports.js';
import type { ApiDeps } from './deps.js';
import { iso } from './fields.js';

type Places = Pick<ApiDeps['ports'], 'recordingFiles' | 'cold'>;

/** Why a recording cannot be played here. */
export interface NotHere {
  readonly code: 'elsewhere' | 'no-cold-storage' | 'damaged';
  /** For people: what to do. */
  readonly message: string;
}

/** `undefined`: it can be read by this process. */
export function whyNotHere(
  segment: Pick<Segment, 'node' | 'tier' | 'damagedAt'>,
  { recordingFiles, cold }: Places,
): NotHere | undefined {
  const { node, tier, damagedAt } = segment;
  if (damagedAt !== undefined)
    return {
      code: 'damaged',
      message: `this recording is damaged: its bytes are not what was recorded (found at ${iso(damagedAt)})`,
    };
  if (tier === 'cold')
    return cold.store.off === undefined
      ? undefined
      : { code: 'no-cold-storage', message: `this recording is in cold storage: ${cold.store.off}` };
  if (node === recordingFiles.node) return undefined;
  return {
    code: 'elsewhere',
    message: `this recording is on the machine ${node}, this is ${recordingFiles.node}; open it there, or export it`,
  };
}

/** A recording as it leaves the system: times are ISO 8601, its file is an address where it can be had here. */
export function publicRecording(segment: Segment, places: Places): object {
  const { id, startAt, endAt, width, height, why, state, tier, node, isProtected } = segment;
  const { bytes, sha256, codec } = fileOf(segment);
  const { damagedAt, restoredUntil } = segment;
  const notHere = whyNotHere(segment, places);
  return {
    ...{ id, from: iso(startAt), to: iso(endAt), bytes, codec, width, height, why, state, tier },
    ...(sha256 !== undefined && { sha256 }),
    protected: isProtected,
    ...(damagedAt !== undefined && { damaged: iso(damagedAt) }),
    ...(tier === 'hot' && { machine: node }),
    ...(tier === 'hot' && restoredUntil !== undefined && { restoredUntil: iso(restoredUntil) }),
    ...(notHere
      ? { away: notHere.message }
      : { video: `/api/v1/recordings/${encodeURIComponent(id)}/video` }),
  };
}
