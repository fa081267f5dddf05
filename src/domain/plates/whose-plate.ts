import { lookalikeDistance } from './lookalikes.js';
import type { Passage } from './passage.js';
import type { PlateReading } from './reading.js';

/** Two unsure readings of one plate are at most so far apart; one of them sure: so far. */
const BOTH_UNSURE = 2;
const ONE_UNSURE = 1;
/** A shorter text says too little about which plate it is, unless it is the very same. */
const MIN_KEY = 4;
/** A final passage that stays unsure after so many sights will not become sure. */
const ENOUGH_SIGHTS = 24;

type Candidate = Pick<Passage, 'firstAt' | 'lastAt' | 'reading' | 'review'>;

/**
 * The passage that a sight of a whole picture belongs to: its text is the same, or is not surely another one (look-alikes
 * count half), and it was seen not longer than `windowMs` before or after. Two sure readings that differ are two plates.
 * @param at capture time of the sight, epoch ms
 * @returns the nearest in text, among equals the newest; `undefined`: a plate that was not there before
 */
export function passageOfSight<P extends Candidate>(
  reading: PlateReading,
  at: number,
  passages: readonly P[],
  windowMs: number,
): P | undefined {
  let found: { passage: P; distance: number } | undefined;
  for (const passage of passages) {
    if (at < passage.firstAt - windowMs || at > passage.lastAt + windowMs) continue;
    const distance = distanceOf(reading, passage);
    if (distance === undefined || (found && distance > found.distance)) continue;
    if (found?.distance === distance && found.passage.lastAt > passage.lastAt) continue;
    found = { passage, distance };
  }
  return found?.passage;
}

/** More sights would only repeat what is known. @param sights that are kept of it */
export function isFullyRead(
  { state, reading, review }: Pick<Passage, 'state' | 'reading' | 'review'>,
  sights: number,
): boolean {
  if (state !== 'final') return false;
  return review !== undefined || reading.verdict === 'accepted' || sights >= ENOUGH_SIGHTS;
}

function distanceOf(reading: PlateReading, { reading: known, review }: Candidate): number | undefined {
  const key = (review ?? known).key;
  if (key === reading.key) return 0;
  if (Math.min(key.length, reading.key.length) < MIN_KEY) return undefined;
  const isKnownSure = review !== undefined || known.verdict === 'accepted';
  const isSure = reading.verdict === 'accepted';
  if (isKnownSure && isSure) return undefined;
  const most = isKnownSure || isSure ? ONE_UNSURE : BOTH_UNSURE;
  const distance = lookalikeDistance(key, reading.key, most);
  return distance <= most ? distance : undefined;
}
