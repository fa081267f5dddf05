/** What the tracker knows about the names a network gives: which of them may be the same thing. */
const FOUR_WHEELS = new Set(['car', 'bus', 'truck', 'van']);
const TWO_WHEELS = new Set(['motorcycle', 'bicycle']);

/**
 * How far two names are from meaning one thing: 0 the same, 0.3 neighbours that networks confuse (car and truck),
 * 1.5 possible but unlikely (car and motorcycle), Infinity never (person and car).
 */
export function classDistance(a: string, b: string): number {
  if (a === b) return 0;
  if (FOUR_WHEELS.has(a) && FOUR_WHEELS.has(b)) return 0.3;
  if (TWO_WHEELS.has(a) && TWO_WHEELS.has(b)) return 0.3;
  return isVehicle(a) && isVehicle(b) ? 1.5 : Infinity;
}

export function isTwoWheeler(label: string): boolean {
  return TWO_WHEELS.has(label);
}

export function isVehicle(label: string): boolean {
  return FOUR_WHEELS.has(label) || TWO_WHEELS.has(label);
}

/** Speed that need not surprise in a thing seen once, box scales a second (a box scale: about 1 m for a person, 2 m for a car). */
export function speedStdOf(label: string): number {
  return label === 'person' ? 2.5 : 6;
}

/** Score-weighted vote over what a thing was called. */
export type Votes = Readonly<Record<string, number>>;

function vote(votes: Votes, label: string, score: number): Votes {
  return { ...votes, [label]: Math.round(((votes[label] ?? 0) + score) * 100) / 100 };
}

/** What a sight says: of a rider and what is ridden each has a say. */
export function votesOf(
  before: Votes,
  sight: { readonly label: string; readonly score: number; readonly ridden?: Votes },
): Votes {
  const said = Object.entries(sight.ridden ?? { [sight.label]: sight.score });
  return said.reduce((votes, [label, score]) => vote(votes, label, score), before);
}

/** A rider is often seen as a person alone: a two-wheeler under one counts for this many of those sightings. */
const RIDDEN_COUNTS = 3;

/** The name with the most votes; the first of equals. Whoever rides is what is ridden. */
export function elected(votes: Votes): string {
  const best = (of: readonly (readonly [string, number])[]): readonly [string, number] =>
    of.reduce((a, b) => (b[1] > a[1] ? b : a), ['', -1] as const);
  const all = Object.entries(votes);
  const first = best(all);
  const [ridden, count] = best(all.filter(([label]) => TWO_WHEELS.has(label)));
  return first[0] === 'person' && count * RIDDEN_COUNTS > first[1] ? ridden : first[0];
}
