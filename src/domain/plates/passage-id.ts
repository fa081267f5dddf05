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

/**
 * A visit of a camera that looks at whole pictures: its looks are kept under this id, and the plates they show are
 * passages whose ids begin with it.
 * @param bornAt capture time of its first frame, epoch ms
 */
export function visitId(cameraId: CameraId, bornAt: number): string {
  return `${cameraId}-visit-${bornAt}`;
}

/** The visit in which a passage was first seen; `undefined`: it is of a followed vehicle, or of a picture. */
export function visitOf(passage: string): string | undefined {
  return /^(.+-visit-\d+)-\d+-\d+$/.exec(passage)?.[1];
}

/** One look of a passage: a frame analysed twice gives the same. @param at capture time, epoch ms */
export function readId(passage: string, at: number): string {
  return `${passage}-${at}`;
}

/** One plate of a look at a whole picture. @param place 1, 2, 3 … */
export function sightId(visit: string, at: number, place: number): string {
  return `${readId(visit, at)}-${place}`;
}

/** The event, and the beginning of the ids of the alerts, that a final passage gives. */
export function plateEventId(passage: string): string {
  return `plate-${passage}`;
}
