import type { Camera } from '../../src/domain/camera.js';
import type { Picture } from '../../src/domain/picture.js';
import { calibrationFingerprint } from '../../src/domain/speed/calibration-fingerprint.js';
import { driftBetween, structureOf } from '../../src/domain/speed/drift.js';
import { driftEffect } from '../../src/domain/speed/drift-effect.js';
import { homographyOf } from '../../src/domain/speed/homography.js';
import { viewKind, type ViewKind } from '../../src/domain/speed/still-view.js';
import type { Ports } from '../../src/ports.js';
import type { Memory } from './memory.js';

/** What one look at one camera has found. */
export interface Checked {
  /**
   * same: looks where it did. moved: told, or to be told. reference: the first picture of its kind since it was calibrated.
   * unlike: the scene was not found again, as in fog. skipped: there was nothing to look at.
   */
  readonly state: 'same' | 'moved' | 'reference' | 'unlike' | 'skipped';
  readonly reason?: string;
  /** Day or night. */
  readonly kind?: ViewKind;
  /** How far the calibrated points are seen from where they were, per cent of the picture's height. */
  readonly shiftPercent?: number;
  readonly speedErrorPercent?: number;
  readonly turnDeg?: number;
  readonly zoom?: number;
}

/** Older pictures say little about now, ms. */
const STALE_MS = 24 * 3_600_000;
/** So many looks in a row in which nothing of the scene is found are no fog. */
const UNLIKE = 3;
/** References are compared, and looked at by people. */
const QUALITY = 90;

/** Compares the newest picture of a camera with that of its kind from when its calibration was first seen. */
export async function checkCamera(
  camera: Camera,
  before: Memory,
  at: number,
  { frames, snapshots, pictures }: Pick<Ports, 'frames' | 'snapshots' | 'pictures'>,
): Promise<{ checked: Checked; memory: Memory }> {
  const { calibration } = camera;
  const skipped = (reason: string) => ({ checked: { state: 'skipped' as const, reason }, memory: before });
  if (!calibration)
    return {
      ...skipped('it has no calibration'),
      memory: before.told === undefined ? before : forgotten(before),
    };
  if (!camera.enabled) return skipped('it is switched off');
  const latest = await frames.latest(camera.id);
  if (!latest) return skipped('it has given no picture yet');
  if (at - latest.at > STALE_MS)
    return skipped(`its newest picture is of ${new Date(latest.at).toISOString()}`);
  const { picture } = latest;
  if (!structureOf(picture, camera.masks).isEnough)
    return skipped('its newest picture shows too little to compare: dark, covered or in fog');

  const fingerprint = calibrationFingerprint(calibration);
  const memory = before.calibration === fingerprint ? before : { calibration: fingerprint, unlike: {} };
  const kind = viewKind(picture);
  const key = `calibration/${camera.id}/${fingerprint}-${kind}.jpg`;
  const kept = await snapshots.get(key);
  if (!kept) {
    await snapshots.put(key, await pictures.jpeg(picture, { quality: QUALITY }));
    return { checked: { state: 'reference', kind }, memory };
  }
  return judged(camera, { ...memory }, kind, { now: picture, reference: await pictures.read(kept) });
}

function judged(
  camera: Camera,
  memory: Memory,
  kind: ViewKind,
  { now, reference }: { readonly now: Picture; readonly reference: Picture },
): { checked: Checked; memory: Memory } {
  const drift = driftBetween(reference, now, camera.masks);
  if (!drift) {
    const times = (memory.unlike[kind] ?? 0) + 1;
    const isGone = times >= UNLIKE;
    return {
      checked: {
        ...{ state: isGone ? ('moved' as const) : ('unlike' as const), kind },
        reason: `the scene was not found again, ${times} times in a row`,
      },
      memory: {
        ...memory,
        unlike: { ...memory.unlike, [kind]: times },
        ...(isGone && { told: memory.told ?? kind }),
      },
    };
  }
  const { [kind]: _, ...unlike } = memory.unlike;
  const effect = driftEffect(homographyOf(camera.calibration!, now.width / now.height), drift);
  const { told, ...rest } = memory;
  // Another kind's reference may be of after the move: only the kind that showed it can take it back.
  const isTold = effect.isMoved || (told !== undefined && told !== kind);
  return {
    checked: {
      state: effect.isMoved ? 'moved' : 'same',
      kind,
      shiftPercent: percent(effect.shift),
      ...(Number.isFinite(effect.speedShare) && { speedErrorPercent: percent(effect.speedShare) }),
      turnDeg: Math.round(drift.turnDeg * 100) / 100,
      zoom: Math.round(drift.zoom * 1000) / 1000,
    },
    memory: { ...rest, unlike, ...(isTold && { told: told ?? kind }) },
  };
}

function forgotten(memory: Memory): Memory {
  return { calibration: memory.calibration, unlike: {} };
}

function percent(share: number): number {
  return Math.round(share * 1000) / 10;
}
