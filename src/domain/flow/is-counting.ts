import type { Camera } from '../camera.js';

/** Cameras of which a report of traffic can be made. */
export function isCounting({ lines, flow }: Pick<Camera, 'lines' | 'flow'>): boolean {
  return lines.length > 0 || flow !== undefined;
}
