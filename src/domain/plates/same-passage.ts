import { lookalikeDistance } from './lookalikes.js';
import type { Passage } from './passage.js';

/** A text shorter than this says little about which vehicle it is. */
const MIN_KEY = 4;
/** Where one of the two is unsure: a character apart, or two that look alike. */
const UNSURE_DISTANCE = 1;
/** The same of two that were seen at the same time, where the unsure one may also be cut off. */
const BESIDE_DISTANCE = 2;
const MIN_PART = 3;

type Seen = Pick<Passage, 'cameraId' | 'firstAt' | 'lastAt' | 'reading' | 'review'>;

/**
 * Whether two passages are one vehicle that passed one camera once, followed under two tracks: the same camera, the same
 * plate (nearly, where one of them is unsure), and no more time than `windowMs` between the end of one and the beginning
 * of the other.
 */
export function isSamePassage(a: Seen, b: Seen, windowMs: number): boolean {
  if (a.cameraId === undefined || a.cameraId !== b.cameraId) return false;
  if (Math.max(a.firstAt, b.firstAt) - Math.min(a.lastAt, b.lastAt) > windowMs) return false;
  const [key, other] = [keyOfPassage(a), keyOfPassage(b)];
  if (Math.min(key.length, other.length) < MIN_KEY) return false;
  if (key === other) return true;
  if (isSure(a) && isSure(b)) return false;
  return lookalikeDistance(key, other, UNSURE_DISTANCE) <= UNSURE_DISTANCE;
}

/**
 * Whether an unsure passage of a whole picture is another one that is sure, seen badly or cut off at about the same time:
 * a plate that comes into view shows its half first.
 * @param besideMs how far apart in time they may be
 */
export function isPoorViewOf(poor: Seen, sure: Seen, besideMs: number): boolean {
  if (poor.cameraId === undefined || poor.cameraId !== sure.cameraId) return false;
  if (isSure(poor) || !isSure(sure)) return false;
  if (Math.max(poor.firstAt, sure.firstAt) - Math.min(poor.lastAt, sure.lastAt) > besideMs) return false;
  const [part, whole] = [keyOfPassage(poor), keyOfPassage(sure)];
  if (part.length >= MIN_PART && whole.includes(part)) return true;
  return lookalikeDistance(part, whole, BESIDE_DISTANCE) <= BESIDE_DISTANCE;
}

function keyOfPassage({ reading, review }: Seen): string {
  return (review ?? reading).key;
}

function isSure({ reading, review }: Seen): boolean {
  return review !== undefined || reading.verdict === 'accepted';
}
