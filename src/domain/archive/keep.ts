import { Camera } from '../camera.js';
import type { RetentionRule } from '../camera-fields/retention.js';

export const DAY_MS = 86_400_000;
const GB = 1e9;

/** How long recordings that have no rule are kept, days. */
const DEFAULT_DAYS = Camera.shape.record.unwrap().shape.retentionDays.parse(undefined);

/** What is to be known of an installation to say how long its recordings are kept. */
export interface KeepPolicy {
  readonly rules: readonly RetentionRule[];
  /** Those there are; recordings may be of others, which were removed. */
  readonly cameras: readonly Pick<Camera, 'id' | 'groups' | 'record'>[];
  /** Without a cold store recordings stay on the recordings' disk as long as both times together. */
  readonly hasCold: boolean;
}

/** How long a recording is kept, counted from its end, ms. */
export interface Keep {
  /** Which rule says so; `undefined`: none fits, the camera's `record.retentionDays` counts. */
  readonly rule?: number;
  readonly hotMs: number;
  readonly coldMs: number;
  /** Most on the recordings' disk, of each camera that the rule is for. */
  readonly maxBytes?: number;
  readonly encode?: NonNullable<RetentionRule['encode']>;
}

export interface AboutRecording {
  readonly cameraId: string;
  readonly why: 'always' | 'motion';
}

/** @returns how long a recording is kept: by the first rule that fits, else by its camera */
export function keeper(policy: KeepPolicy): (recording: AboutRecording) => Keep {
  const known = new Map<string, Keep>();
  return (recording) => {
    const key = `${recording.cameraId} ${recording.why}`;
    const keep = known.get(key) ?? keepOf(policy, recording);
    known.set(key, keep);
    return keep;
  };
}

function keepOf({ rules, cameras, hasCold }: KeepPolicy, { cameraId, why }: AboutRecording): Keep {
  const camera = cameras.find(({ id }) => id === cameraId);
  const index = rules.findIndex((rule) => fits(rule, { cameraId, why, groups: camera?.groups ?? [] }));
  const rule = rules[index];
  if (!rule) {
    // A camera that was removed says nothing any more: its recordings stay as long as any camera's.
    const days = camera ? (camera.record?.retentionDays ?? DEFAULT_DAYS) : longestDays(cameras);
    return { hotMs: days * DAY_MS, coldMs: 0 };
  }
  const { hotDays, coldDays, maxGb, encode } = rule;
  if (!hasCold && coldDays > 0)
    // Those beyond the size were to be moved on, not to go.
    return { rule: index, hotMs: (hotDays + coldDays) * DAY_MS, coldMs: 0 };
  return {
    ...{ rule: index, hotMs: hotDays * DAY_MS, coldMs: coldDays * DAY_MS },
    ...(maxGb !== undefined && { maxBytes: maxGb * GB }),
    ...(encode && { encode }),
  };
}

function fits(
  rule: RetentionRule,
  recording: AboutRecording & { readonly groups: readonly string[] },
): boolean {
  const { cameras, groups, why } = rule;
  return (
    (cameras?.includes(recording.cameraId) ?? true) &&
    (groups?.some((group) => recording.groups.includes(group)) ?? true) &&
    (why === undefined || why === recording.why)
  );
}

/** No recording is kept longer than this, whatever its camera, ms. */
export function longestKept({ rules, cameras }: Omit<KeepPolicy, 'hasCold'>): number {
  const byRule = rules.map(({ hotDays, coldDays }) => hotDays + coldDays);
  return Math.max(longestDays(cameras), ...byRule) * DAY_MS;
}

function longestDays(cameras: KeepPolicy['cameras']): number {
  return Math.max(DEFAULT_DAYS, ...cameras.map(({ record }) => record?.retentionDays ?? DEFAULT_DAYS));
}
