import type { Camera } from './camera.js';
import type { TamperKind } from './events.js';
import type { Size } from './geometry.js';
import { createEdgeMapper, type EdgeMap } from './tamper/edge-map.js';
import { createSceneMemory, follow, type Likeness, type SceneMemory } from './tamper/scene-memory.js';

/**
 * Notices what is done to a camera: the picture goes black, something covers the lens (or takes its focus), the camera
 * is turned. It remembers the edges of the scene and asks whether they are still there; that they were gone for
 * `afterMs`, all the time, makes the tamper. The measure is the share of the background's edges that has disappeared,
 * against its usual value (Lee, Lee and Lim, "Unified Camera Tamper Detection Based on Edge and Object Information",
 * Sensors 15(5), 2015), here by direction and freed of the light; suspicious time is kept out of the memory (Saglam and
 * Temizel, "Real-Time Adaptive Camera Tamper Detection for Video Surveillance", AVSS 2009).
 *
 * What it cannot tell: a lorry that stands before the camera and fills the picture is a covered lens, and so is the end
 * of all light in a room without infrared a blackout. A scene without structure (a bare wall, fog) can only go black.
 * What was done before the first look is the scene, except a black picture. The memory is let go after an hour without a
 * look: the light is another one then.
 */
export interface TamperWatch {
  /**
   * @param luma the frame's luma plane, row by row; may be longer (an I420 picture begins with it); not kept
   * @param at capture time, ms. Only about two frames a second are looked at; the others cost nothing.
   * @returns what began or ended, once; at the most one at a time is going on.
   * @throws RangeError when `luma` is shorter than the picture.
   */
  look(luma: Uint8Array, at: number): TamperChange | undefined;
}

export interface TamperChange {
  readonly kind: TamperKind;
  /**
   * `end`: the remembered scene is back; or, of a blackout, there is a picture again; or, of the others, they have lasted
   * for ten minutes and what is seen now is the scene from here on.
   */
  readonly phase: 'begin' | 'end';
  /** Of an end: it is as it was, and has lasted for so long that it is the scene now. */
  readonly isLasting?: true;
  /** Capture time of the first look that showed it, ms. */
  readonly at: number;
}

export interface TamperWatchOptions extends Size {
  /** A scene gone for this long was tampered with, ms. */
  readonly afterMs: number;
  /** Polygons in unit coordinates that do not count: a clock drawn into the picture stays when all else goes. */
  readonly masks: Camera['masks'];
}

const LOOK_EVERY_MS = 390;
/** Less than this of the remembered edges is worth watching; more is the scene, whatever stands in it. */
const SUSPICIOUS = 0.5;
/**
 * So little of the scene, so unlike, and so few blocks of it as they were: another picture. A quarter may look past a
 * hand's rim; a bus that stops leaves more.
 */
const GONE = { kept: 0.3, alike: 0.45, sharp: 0.25 };
/**
 * The scene is recognised and has its contrast, but hardly a block is sharp: the lens is out of focus or smeared. (What
 * stands before half of the scene leaves the other half sharp; darkness and fog take the contrast.)
 */
const DEFOCUSED = { kept: 0.42, sharp: 0.18, contrastShare: 0.5 };
/** Share of the blocks that must have lost their structure for a covered lens rather than another view. */
const COVERED_SHARE = 0.5;
/** Share of nearly black cells that is a blackout; and where no scene is known, with hardly any contrast, luma. */
const BLACK_SHARE = 0.97;
const BLACK_CONTRAST = 8;
/** Dark cells of a picture that is none any more. */
const NOT_BLACK_SHARE = 0.9;
/** Slower darkness is dusk: the remembered light follows within a minute. Luma. */
const SUDDEN_DARKNESS = 20;
const FEWEST_LOOKS = 3;
/** The means of a suspicion are over about this many looks. */
const MEAN_LOOKS = 12;
const LOOKS_BACK = 2;
const NEW_SCENE_MS = 600_000;
const FORGET_MS = 3_600_000;

/** Looks in a row in which the scene seemed gone. */
interface Suspicion {
  readonly since: number;
  looks: number;
  readonly edges: Float32Array;
  readonly relief: Float32Array;
}

/** One watch serves one camera and one picture size. @throws RangeError when the size is not of positive whole numbers. */
export function createTamperWatch({ width, height, afterMs, masks }: TamperWatchOptions): TamperWatch {
  const mapper = createEdgeMapper({ width, height }, masks);
  let memory = createSceneMemory(mapper.blockOf);
  let lookedAt: number | undefined;
  let suspicion: Suspicion | undefined;
  let active: { kind: TamperKind; since: number; back: number[] } | undefined;

  function watch(map: EdgeMap, at: number, elapsedMs: number): TamperChange | undefined {
    if (!isSuspicious(memory, map)) {
      suspicion = undefined;
      memory.learn(map, elapsedMs);
      return undefined;
    }
    suspicion ??= {
      ...{ since: at, looks: 0 },
      edges: new Float32Array(map.edges.length),
      relief: new Float32Array(map.relief.length),
    };
    suspicion.looks++;
    const rate = Math.max(1 / suspicion.looks, 1 / MEAN_LOOKS);
    follow(suspicion.edges, map.edges, rate);
    follow(suspicion.relief, map.relief, rate);
    if (at - suspicion.since < afterMs || suspicion.looks < FEWEST_LOOKS) return undefined;
    const { since } = suspicion;
    const kind = judge(memory, map, suspicion);
    suspicion = undefined;
    if (kind) {
      active = { kind, since, back: [] };
      return { kind, phase: 'begin', at: since };
    }
    // The scene is there, in another light: that is how it looks now.
    memory.learn(map, elapsedMs + afterMs);
    return undefined;
  }

  function awaitEnd(map: EdgeMap, at: number, { kind, since, back }: NonNullable<typeof active>) {
    if (isBack(memory, map, kind)) back.push(at);
    else back.length = 0;
    const isOver = back.length >= LOOKS_BACK;
    const isScene = kind !== 'blackout' && at - since >= NEW_SCENE_MS;
    if (!isOver && !isScene) return undefined;
    if (isScene && !isOver) memory = createSceneMemory(mapper.blockOf);
    active = undefined;
    if (!isOver) return { kind, phase: 'end' as const, isLasting: true as const, at };
    return { kind, phase: 'end' as const, at: back[0]! };
  }

  return {
    look(luma, at) {
      const elapsedMs = lookedAt === undefined ? 0 : at - lookedAt;
      if (lookedAt !== undefined && elapsedMs >= 0 && elapsedMs < LOOK_EVERY_MS) return undefined;
      if (elapsedMs > FORGET_MS && !active) {
        memory = createSceneMemory(mapper.blockOf);
        suspicion = undefined;
      }
      lookedAt = at;
      const map = mapper.draw(luma);
      return active ? awaitEnd(map, at, active) : watch(map, at, Math.max(0, elapsedMs));
    },
  };
}

function isSuspicious(memory: SceneMemory, map: EdgeMap): boolean {
  if (memory.isKnown()) return memory.compare(map.edges).kept < SUSPICIOUS;
  return isBlack(map) && (memory.looks() === 0 || isSudden(memory, map));
}

/** @returns `undefined` when the scene is there after all. */
function judge(memory: SceneMemory, map: EdgeMap, seen: Suspicion): TamperKind | undefined {
  if (!memory.isKnown()) return 'blackout';
  const likeness = memory.compare(seen.edges);
  const { sharp, flat } = memory.compareBlocks(seen);
  if (sharp < GONE.sharp && isGone(likeness, memory.certainty())) {
    if (map.darkShare >= BLACK_SHARE) return isSudden(memory, map) ? 'blackout' : undefined;
    return flat >= COVERED_SHARE ? 'covered' : 'moved';
  }
  const isSoft = likeness.kept < DEFOCUSED.kept && sharp < DEFOCUSED.sharp;
  return isSoft && map.contrast >= DEFOCUSED.contrastShare * memory.light().contrast ? 'covered' : undefined;
}

/** Less light or less contrast than remembered: at night only the lamps are left to go out. */
function isSudden(memory: SceneMemory, { median, contrast }: EdgeMap): boolean {
  const light = memory.light();
  return Math.max(light.median - median, light.contrast - contrast) > SUDDEN_DARKNESS;
}

function isGone({ kept, alike }: Likeness, certainty: number): boolean {
  return kept < GONE.kept * certainty && alike < GONE.alike;
}

function isBack(memory: SceneMemory, map: EdgeMap, kind: TamperKind): boolean {
  const isSeen = memory.isKnown() && memory.compare(map.edges).kept >= SUSPICIOUS;
  return (
    isSeen || (kind === 'blackout' && (memory.isKnown() ? map.darkShare < NOT_BLACK_SHARE : !isBlack(map)))
  );
}

function isBlack({ darkShare, contrast }: EdgeMap): boolean {
  return darkShare >= BLACK_SHARE && contrast < BLACK_CONTRAST;
}
