import type { EdgeMap } from './edge-map.js';

/** The scene in front of a camera as it usually looks: what moves through it averages out, what stands stays. */
export interface SceneMemory {
  /** Looks remembered. */
  readonly looks: () => number;
  /** Whether there is enough structure, seen often enough, to tell whether it is still there. */
  readonly isKnown: () => boolean;
  /** How far `kept` can be trusted, 0..1: less where the scene is seldom like itself, hidden by what moves through it. */
  readonly certainty: () => number;
  /** Remembered median and contrast, luma. */
  readonly light: () => { readonly median: number; readonly contrast: number };
  /** @param elapsedMs capture time since the last look */
  learn(map: EdgeMap, elapsedMs: number): void;
  /** @param edges of one look, or their mean over several (noise and what moves has come to nothing in it then) */
  compare(edges: Float32Array): Likeness;
  /** Block by block, so that a few strong edges do not speak for all. */
  compareBlocks(seen: { readonly edges: Float32Array; readonly relief: Float32Array }): BlockLikeness;
}

export interface Likeness {
  /**
   * How much of the remembered edges is there, as sharp as usual: 1 is all, 0 is none or others. The least-squares
   * coefficient of the remembered scene in what is seen, relative to its usual value.
   */
  readonly kept: number;
  /** How alike the edges are, sharp or not: the cosine (normalised correlation), relative to its usual value. */
  readonly alike: number;
}

/** Shares of the blocks with structure, 0..1. */
export interface BlockLikeness {
  /** The remembered edges are there, as sharp as usual. */
  readonly sharp: number;
  /** There is hardly any structure now. */
  readonly flat: number;
}

/** How fast the memory follows the scene: shadows and dusk are slower, what people do to a camera is faster. */
const FOLLOW_MS = 60_000;
/** What one look can change at most, after a gap. */
const MOST_OF_ONE = 0.1;
/** From look to look a scene is usually as much like itself as this, or more. */
const CERTAIN = 0.65;
/** A scene that is less like itself than this from look to look is not measured by how little. */
const LEAST_USUAL = 0.3;
const FEWEST_LOOKS = 6;
/** Mean squared edge a cell that makes a scene: footage has 0.4 to 1.1, a wall or fog less than 0.1. */
const LEAST_ENERGY = 0.15;
/** Steepness of a block with structure; of noise alone; and what share of its own a flat block has. Luma per two cells. */
const STRUCTURE = 3;
const NOISE = 1.1;
const FLAT = 0.35;
/** Of its remembered edges a block that is sharp has this much, against what the whole scene usually has. */
const SHARP = 0.7;

/** @param blockOf see `EdgeMapper` */
export function createSceneMemory(blockOf: Int32Array): SceneMemory {
  let edges = new Float32Array();
  let relief = new Float32Array();
  let looks = 0;
  let compared = 0;
  let [median, contrast, energy] = [0, 0, 0];
  const usual = { kept: 1, alike: 1 };

  function compareRaw(seen: Float32Array): Likeness {
    const both = dot(seen, edges);
    const kept = both / Math.max(energy, Number.MIN_VALUE);
    const alike = both / Math.sqrt(Math.max(energy * dot(seen, seen), Number.MIN_VALUE));
    return { kept, alike };
  }

  const isKnown = (): boolean => looks >= FEWEST_LOOKS && energy >= (LEAST_ENERGY * edges.length) / 2;

  return {
    looks: () => looks,
    isKnown,
    certainty: () => Math.min(1, Math.max(LEAST_USUAL, usual.alike) / CERTAIN),
    light: () => ({ median, contrast }),
    learn(map, elapsedMs) {
      if (looks === 0) {
        edges = new Float32Array(map.edges.length);
        relief = new Float32Array(map.relief.length);
      }
      looks++;
      const rate = Math.max(1 / looks, Math.min(MOST_OF_ONE, elapsedMs / FOLLOW_MS));
      if (isKnown()) {
        const { kept, alike } = compareRaw(map.edges);
        const usualRate = Math.max(1 / ++compared, rate);
        usual.kept += (kept - usual.kept) * usualRate;
        usual.alike += (alike - usual.alike) * usualRate;
      }
      follow(edges, map.edges, rate);
      follow(relief, map.relief, rate);
      median += (map.median - median) * rate;
      contrast += (map.contrast - contrast) * rate;
      energy = dot(edges, edges);
    },
    compare(seen) {
      const { kept, alike } = compareRaw(seen);
      return {
        kept: kept / Math.max(LEAST_USUAL, usual.kept),
        alike: alike / Math.max(LEAST_USUAL, usual.alike),
      };
    },
    compareBlocks(seen) {
      const both = new Float32Array(relief.length);
      const own = new Float32Array(relief.length);
      for (let i = 0; i < edges.length; i++) {
        const block = blockOf[i >> 1]!;
        if (block < 0) continue;
        both[block]! += edges[i]! * seen.edges[i]!;
        own[block]! += edges[i]! * edges[i]!;
      }
      let [structured, sharp, flat] = [0, 0, 0];
      for (let i = 0; i < relief.length; i++) {
        if (relief[i]! < STRUCTURE) continue;
        structured++;
        if (both[i]! >= SHARP * usual.kept * own[i]!) sharp++;
        if (seen.relief[i]! < Math.max(NOISE, FLAT * relief[i]!)) flat++;
      }
      return { sharp: sharp / Math.max(1, structured), flat: flat / Math.max(1, structured) };
    },
  };
}

/** Moves a running mean towards `now` by that share of the way. */
export function follow(mean: Float32Array, now: Float32Array, rate: number): void {
  for (let i = 0; i < mean.length; i++) mean[i]! += (now[i]! - mean[i]!) * rate;
}

function dot(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}
