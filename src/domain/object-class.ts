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

export function isVehicle(label: string): boolean {
  return FOUR_WHEELS.has(label) || TWO_WHEELS.has(label);
}

/** Speed that need not surprise in a thing seen once, box scales a second (a box scale: about 1 m for a person, 2 m for a car). */
export function speedStdOf(label: string): number {
  return label === 'person' ? 2.5 : 6;
}

/** Score-weighted vote over what a thing was called. */
export type Votes = Readonly<Record<string, number>>;

export function vote(votes: Votes, label: string, score: number): Votes {
  return { ...votes, [label]: Math.round(((votes[label] ?? 0) + score) * 100) / 100 };
}

/** The name with the most votes; the first of equals. */
export function elected(votes: Votes): string {
  return Object.entries(votes).reduce((best, each) => (each[1] > best[1] ? each : best), ['', -1] as [
    string,
    number,
  ])[0];
}
