import type { Calibration } from '../camera-fields/calibration.js';
import { measuredPoints } from './homography.js';

/**
 * Sixteen hexadecimal digits that change with a calibration's points and with nothing else: two runs of FNV-1a (Fowler, Noll
 * and Vo; draft-eastlake-fnv), 32 bits each. It tells calibrations of one camera apart, and is no secret.
 */
export function calibrationFingerprint(calibration: Calibration): string {
  const text = JSON.stringify(measuredPoints(calibration).map(({ at, ground }) => [...at, ...ground]));
  return [0x811c9dc5, 0x01000193].map((start) => hashed(text, start)).join('');
}

function hashed(text: string, start: number): string {
  let hash = start;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return (hash >>> 0).toString(16).padStart(8, '0');
}
