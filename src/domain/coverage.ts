import { around, cut, joined, lengthOf, type Span, without } from './spans.js';

/** Why there is nothing for a while. The first five are noted as they happen, the others follow from the rest. */
export type HoleCause =
  | 'camera'
  | 'network'
  | 'disk'
  | 'process'
  | 'disabled'
  /** Recording on movement: nothing moved. */
  | 'still'
  /** Recording is switched off. */
  | 'off'
  /** The camera was not there yet, or a file is through. */
  | 'not-watched'
  | 'unknown';

/** Instants are capture times, epoch ms; `to` is not included. */
export interface Hole extends Span {
  readonly cause: HoleCause;
  readonly reason?: string;
}

export interface Coverage {
  readonly covered: readonly Span[];
  /** What is not covered, oldest first, without overlap; together with `covered` it is all of the time asked for. */
  readonly holes: readonly Hole[];
  readonly coveredMs: number;
}

export interface CoverageInput extends Span {
  readonly track: 'analysis' | 'recording';
  /** Recording: what there is; damaged ones are as good as none. */
  readonly segments: readonly {
    readonly startAt: number;
    readonly endAt: number;
    readonly damagedAt?: number;
  }[];
  /** Of both tracks; without `to` it lasts. */
  readonly gaps: readonly {
    readonly track: 'analysis' | 'recording';
    readonly from: number;
    readonly to?: number;
    readonly cause: HoleCause;
    readonly reason?: string;
  }[];
  /** Recording mode now. */
  readonly mode: 'always' | 'motion' | 'off';
  /** First sign of the camera, `undefined`: none at all. */
  readonly firstAt: number | undefined;
  /** Set: nothing is known after `from`, and why. */
  readonly end?: { readonly from: number; readonly cause: HoleCause; readonly reason?: string };
}

/** Between two files of a recording there is up to a frame's time; no more than a second is lost by a kill, ms. */
const JOIN_MS = 1000;
/** Gaps are known to a frame or a retry; what is left over beside one is part of it, ms. */
const SLIVER_MS = 2000;

/** What there is of a camera in a stretch of time, and why there is no more: each hole has a cause. */
export function coverageOf(input: CoverageInput): Coverage {
  const asked: Span = { from: input.from, to: Math.max(input.from, input.to) };
  const gapsOf = (track: CoverageInput['track']): Hole[] =>
    input.gaps
      .filter((gap) => gap.track === track)
      .map(({ from, to = asked.to, cause, reason }) => ({
        from,
        to,
        cause,
        ...(reason !== undefined && { reason }),
      }));
  const layers: Hole[] = [
    ...(input.track === 'recording' ? gapsOf('recording') : []),
    ...(input.track === 'recording' && input.mode === 'off' ? [{ ...asked, cause: 'off' as const }] : []),
    // The recording is of the same camera: what kept it from being analysed kept it from being recorded.
    ...gapsOf('analysis'),
    { from: asked.from, to: input.firstAt ?? asked.to, cause: 'not-watched' },
    ...(input.end ? [{ ...input.end, to: asked.to }] : []),
  ];
  const uncovered =
    input.track === 'recording'
      ? without([asked], joined(recorded(input), JOIN_MS))
      : layers.flatMap((layer) => cut([asked], layer));
  const holes = named(joined(uncovered, 0), layers, input.mode === 'motion' ? 'still' : 'unknown');
  const covered = without([asked], holes);
  return { covered, holes, coveredMs: lengthOf(covered) };
}

function recorded({ segments }: CoverageInput): Span[] {
  return segments
    .filter(({ damagedAt }) => damagedAt === undefined)
    .map(({ startAt, endAt }) => ({ from: startAt, to: endAt }));
}

/** Gives each piece of the holes the cause of the first layer that reaches it. */
function named(spans: readonly Span[], layers: readonly Hole[], otherwise: HoleCause): Hole[] {
  let rest: readonly Span[] = spans;
  const holes: Hole[] = [];
  for (const layer of layers) {
    const { from: _, to: __, ...why } = layer;
    for (const piece of cut(rest, layer)) holes.push({ ...piece, ...why });
    rest = without(rest, [layer]);
  }
  for (const piece of rest) {
    const beside = lengthOf([piece]) < SLIVER_MS ? holes.find((hole) => around(hole, piece)) : undefined;
    const { from: _, to: __, ...why } = beside ?? { from: 0, to: 0, cause: otherwise };
    holes.push({ ...piece, ...why });
  }
  return merged(holes.sort((a, b) => a.from - b.from));
}

function merged(holes: readonly Hole[]): Hole[] {
  const all: Hole[] = [];
  for (const hole of holes) {
    const last = all.at(-1);
    const isSame = last?.to === hole.from && last.cause === hole.cause && last.reason === hole.reason;
    if (isSame) all[all.length - 1] = { ...last, to: hole.to };
    else all.push(hole);
  }
  return all;
}
