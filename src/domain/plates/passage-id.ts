import type { CameraId } from '../ids.js';

/**
 * The passage of one vehicle before one camera. Whoever knows the track can ask for its plate: track numbers are never
 * given twice, and the time it began tells them apart should a camera's state ever be lost.
 * @param bornAt capture time of the track's first sighting, epoch ms
 */
export function passageId(cameraId: CameraId, trackId: number, bornAt: number): string {
  return `${cameraId}-${trackId}-${bornAt}`;
}

/** When the track of a passage began, epoch ms; from its id. */
export function bornAtOf(passage: string): number {
  return Number(passage.slice(passage.lastIndexOf('-') + 1));
}

/** One look of a passage: a frame analysed twice gives the same. @param at capture time, epoch ms */
export function readId(passage: string, at: number): string {
  return `${passage}-${at}`;
}

/** The event, and the beginning of the ids of the alerts, that a final passage gives. */
export function plateEventId(passage: string): string {
  return `plate-${passage}`;
}
