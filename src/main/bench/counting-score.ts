import type { Passing } from './counting-truth.js';

/** Counts of one line beside what is true of it. */
export interface LineScore {
  readonly truth: { readonly in: number; readonly out: number };
  readonly counted: { readonly in: number; readonly out: number };
  /** Both directions, each for itself: a thing too many down does not make up for one too few up. */
  readonly error: number;
  /** Crossings found that are true ones, of nearly that frame and that direction. */
  readonly right: number;
}

/** Truth is read off frames by eye, a foot's or a wheel's contact: so many frames, and at least so long, either way. */
const NEAR_FRAMES = 15;
const NEAR_MS = 700;

/** @param fps of the clip */
export function scoreLine(truth: readonly Passing[], found: readonly Passing[], fps: number): LineScore {
  const near = Math.max(NEAR_FRAMES, (NEAR_MS / 1000) * fps);
  const of = (passings: readonly Passing[]): LineScore['truth'] => ({
    in: passings.filter(({ direction }) => direction === 'in').length,
    out: passings.filter(({ direction }) => direction === 'out').length,
  });
  const [really, counted] = [of(truth), of(found)];
  const right = (['in', 'out'] as const).reduce(
    (sum, way) => sum + pairs(framesOf(truth, way), framesOf(found, way), near),
    0,
  );
  const error = Math.abs(really.in - counted.in) + Math.abs(really.out - counted.out);
  return { truth: really, counted, error, right };
}

/**
 * The most pairs of frames that lie no farther apart than `near`, each used once. On a line the earliest that is
 * still near enough is always as good a partner as any.
 */
function pairs(truth: readonly number[], found: readonly number[], near: number): number {
  let [at, count] = [0, 0];
  for (const frame of truth) {
    while (at < found.length && found[at]! < frame - near) at++;
    if (at < found.length && found[at]! <= frame + near) {
      count++;
      at++;
    }
  }
  return count;
}

function framesOf(passings: readonly Passing[], way: Passing['direction']): number[] {
  return passings
    .filter(({ direction }) => direction === way)
    .map(({ frame }) => frame)
    .sort((a, b) => a - b);
}

/** Several lines together. */
export interface TotalScore {
  readonly truth: number;
  readonly counted: number;
  readonly error: number;
  /** Error, % of truth. */
  readonly errorPercent: number;
  /** Share of what was counted that is true, and of what is true that was counted, 0..1. */
  readonly precision: number;
  readonly recall: number;
}

export function total(scores: readonly LineScore[]): TotalScore {
  const sum = (pick: (score: LineScore) => number): number =>
    scores.reduce((all, each) => all + pick(each), 0);
  const truth = sum((score) => score.truth.in + score.truth.out);
  const counted = sum((score) => score.counted.in + score.counted.out);
  const right = sum((score) => score.right);
  const error = sum((score) => score.error);
  return {
    ...{ truth, counted, error },
    errorPercent: (100 * error) / Math.max(1, truth),
    precision: counted === 0 ? 1 : right / counted,
    recall: truth === 0 ? 1 : right / truth,
  };
}
