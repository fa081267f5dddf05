import type { Verdict } from '../../domain/plates/reading.js';
import type { PlatePicture } from './plate-pictures.js';

export interface ReadPlate {
  readonly key: string;
  readonly verdict: Verdict;
}

/** What reading one picture gave, and how long it took. */
export interface PictureRead {
  readonly picture: PlatePicture;
  readonly reads: readonly ReadPlate[];
  readonly ms: number;
}

export interface Score {
  readonly plates: number;
  /** Shares of `plates`, 0..1. Found: something was read that shares at least half of its characters. */
  readonly exact: number;
  readonly found: number;
  /** Characters to insert, delete or change, per character. */
  readonly errorRate: number;
  /** Share of the plates whose closest read is for people to look at. */
  readonly review: number;
}

/** Scores the plates of some pictures; a plate that nothing was read of counts as all characters wrong. */
export function scoreOf(reads: readonly PictureRead[], lines?: 1 | 2): Score {
  const closest = reads.flatMap(({ picture, reads: texts }) =>
    picture.plates.filter((plate) => !lines || plate.lines === lines).map(({ key }) => closestTo(key, texts)),
  );
  const share = (test: (one: (typeof closest)[number]) => boolean): number =>
    closest.filter(test).length / Math.max(1, closest.length);
  const characters = closest.reduce((sum, { length }) => sum + length, 0);
  return {
    plates: closest.length,
    exact: share(({ distance }) => distance === 0),
    found: share(({ distance, length }) => distance <= length / 2),
    errorRate:
      closest.reduce((sum, one) => sum + Math.min(one.distance, one.length), 0) / Math.max(1, characters),
    review: share(({ verdict, distance, length }) => distance <= length / 2 && verdict === 'needs-review'),
  };
}

/** Of everything that was accepted: how much is a plate of its picture, letter by letter. */
export function acceptedOf(reads: readonly PictureRead[]): { accepted: number; right: number } {
  const accepted = reads.flatMap(({ picture, reads: texts }) =>
    texts
      .filter(({ verdict }) => verdict === 'accepted')
      .map(({ key }) => picture.plates.some((plate) => plate.key === key)),
  );
  return { accepted: accepted.length, right: accepted.filter(Boolean).length };
}

function closestTo(
  key: string,
  texts: readonly ReadPlate[],
): { distance: number; length: number; verdict: Verdict | undefined } {
  let best: { distance: number; length: number; verdict: Verdict | undefined } = {
    distance: key.length,
    length: key.length,
    verdict: undefined,
  };
  for (const text of texts) {
    const distance = editDistance(key, text.key);
    if (distance < best.distance) best = { distance, length: key.length, verdict: text.verdict };
  }
  return best;
}

/** Characters to insert, delete or change (V. Levenshtein, 1965). */
export function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      next[j] = Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1));
    }
    row = next;
  }
  return row[b.length]!;
}
