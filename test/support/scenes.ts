import type { Detection } from '../../src/domain/detection.js';
import { intersectionArea, unitBox, WHOLE, type UnitBox } from '../../src/domain/geometry.js';
import {
  newScene,
  step,
  type Observation,
  type SceneConfig,
  type SceneEvent,
  type SceneState,
} from '../../src/domain/scene.js';

/** A point of a path on the ground: where the feet or wheels are at a moment of the story. */
export interface Waypoint {
  readonly atMs: number;
  readonly x: number;
  readonly y: number;
}
export interface Actor {
  readonly label: string;
  /** Unit coordinates. */
  readonly width: number;
  readonly height: number;
  /** Walked in straight lines at constant speed between the points; before and after it is not in the picture. */
  readonly path: readonly Waypoint[];
  readonly score?: number;
  /** Names the network calls it at times. */
  readonly alsoCalled?: readonly string[];
  /** Share of its detections that fail besides `Seeing.missRate`, 0..1. */
  readonly missRate?: number;
  /** Times at which its lower part (a share of its height) is hidden. */
  readonly legsHidden?: { readonly fromMs: number; readonly toMs: number; readonly share: number };
}
export interface Story {
  readonly actors: readonly Actor[];
  /** Things of the background: whoever is more than half behind one is not detected. */
  readonly poles?: readonly UnitBox[];
  readonly lengthMs: number;
}
/** How the story is seen. */
export interface Seeing {
  readonly fps: number;
  /** Time between two looks of the detector, ms. */
  readonly lookMs: number;
  /** Share of detections that fail, 0..1. */
  readonly missRate: number;
  /** Standard deviation of each edge of a box, share of the box's size. */
  readonly noise: number;
  readonly seed: number;
  readonly startAt?: number;
}
export const CLEAR: Seeing = { fps: 10, lookMs: 200, missRate: 0, noise: 0, seed: 1 };
export const START_AT = 1_700_000_000_000;

/** The frames of a story as the analysis gets them. The same arguments give the same frames. */
export function render(story: Story, seeing: Seeing): Observation[] {
  const random = randomFrom(seeing.seed);
  const frames: Observation[] = [];
  let nextLookMs = 0;
  for (let frame = 0; frame * (1000 / seeing.fps) <= story.lengthMs; frame++) {
    const ms = Math.round(frame * (1000 / seeing.fps));
    const isLook = ms >= nextLookMs;
    if (isLook) nextLookMs += seeing.lookMs;
    const detections = isLook
      ? story.actors.flatMap((actor) => detect(actor, ms, story.poles ?? [], seeing, random))
      : [];
    frames.push({
      at: (seeing.startAt ?? START_AT) + ms,
      frame,
      regions: [WHOLE],
      detections,
      ...(isLook && { looked: WHOLE }),
    });
  }
  return frames;
}

/** Plays frames through the reducer. */
export function play(
  frames: readonly Observation[],
  config: SceneConfig,
  state: SceneState = newScene(),
): { state: SceneState; events: SceneEvent[] } {
  const events: SceneEvent[] = [];
  for (const frame of frames) {
    const next = step(state, frame, config);
    state = next.state;
    events.push(...next.events);
  }
  return { state, events };
}

/** A configuration with one line and nothing else, unless told otherwise. */
export function scene(parts: Partial<SceneConfig> = {}): SceneConfig {
  return {
    lines: [{ id: 'line', from: [0, 0.5], to: [1, 0.5] }],
    zones: [],
    detect: { network: 'test', classes: [], minScore: 0.4, everyMs: 200 },
    timeZone: 'UTC',
    ...parts,
  };
}

export function crossings(events: readonly SceneEvent[]): Extract<SceneEvent, { type: 'crossing' }>[] {
  return events.filter((event) => event.type === 'crossing');
}

/** `[in, out]` over all lines. */
export function counts(events: readonly SceneEvent[]): [number, number] {
  const all = crossings(events);
  return [all.filter((c) => c.direction === 'in').length, all.filter((c) => c.direction === 'out').length];
}

/** A person of the usual size, walking from one point to another. */
export function walker(from: Waypoint, ...to: Waypoint[]): Actor {
  return { label: 'person', width: 0.06, height: 0.25, path: [from, ...to] };
}

export function boxOfActor(actor: Actor, ms: number): UnitBox | undefined {
  const next = actor.path.findIndex(({ atMs }) => atMs >= ms);
  const b = actor.path[next];
  const a = actor.path[Math.max(0, next - 1)];
  if (!a || !b || ms < a.atMs) return undefined;
  const share = b.atMs === a.atMs ? 0 : (ms - a.atMs) / (b.atMs - a.atMs);
  const x = a.x + share * (b.x - a.x);
  const y = a.y + share * (b.y - a.y);
  return unitBox(x - actor.width / 2, y - actor.height, actor.width, actor.height);
}

function detect(
  actor: Actor,
  ms: number,
  poles: readonly UnitBox[],
  { missRate, noise }: Seeing,
  random: () => number,
): Detection[] {
  const whole = boxOfActor(actor, ms);
  // The same number of draws for every actor and frame, so that one cause changes one thing.
  const [missed, called, jitter] = [random(), random(), random()];
  const edges = [0, 1, 2, 3].map(() => noise * normal(random));
  if (!whole || missed < 1 - (1 - missRate) * (1 - (actor.missRate ?? 0))) return [];
  if (poles.some((pole) => intersectionArea(pole, whole) > 0.5 * whole.width * whole.height)) return [];
  const { legsHidden } = actor;
  const shown = legsHidden && ms >= legsHidden.fromMs && ms < legsHidden.toMs ? 1 - legsHidden.share : 1;
  const left = clamp(whole.x + edges[0]! * whole.width);
  const right = clamp(whole.x + whole.width * (1 + edges[1]!));
  const top = clamp(whole.y + edges[2]! * whole.height);
  const bottom = clamp(whole.y + whole.height * (shown + edges[3]!));
  if (right - left < 0.25 * whole.width || bottom - top < 0.25 * whole.height) return [];
  const names = actor.alsoCalled && called < 0.3 ? actor.alsoCalled : [actor.label];
  const label = names[Math.floor((called / 0.3) * names.length) % names.length]!;
  const score = Math.min(0.95, (actor.score ?? 0.75) + 0.1 * (jitter - 0.5));
  return [{ label, score, box: unitBox(left, top, right - left, bottom - top) }];
}

function clamp(value: number): number {
  return Math.max(0, Math.min(1, value));
}

/** mulberry32: small, good enough, the same everywhere. */
export function randomFrom(seed: number): () => number {
  let a = seed >>> 0;
  return () => {
    a = (a + 0x6d2b79f5) >>> 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

export function normal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}
