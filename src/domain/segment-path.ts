import type { CameraId } from './ids.js';

const SEGMENT_PATH =
  /^[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?\/(\d{4}-\d{2}-\d{2})\/(\d{2})-(\d{2})-(\d{2}\.\d{3})Z\.mp4$/;

/**
 * Where a recording is, below the recordings folder: `<camera>/<day>/<time>Z.mp4`, UTC, sorted by time.
 * @param startAt capture time of its first picture, epoch ms
 */
export function segmentPath(cameraId: CameraId, startAt: number): string {
  const [day, time = ''] = new Date(startAt).toISOString().split('T');
  return `${cameraId}/${day}/${time.replaceAll(':', '-')}.mp4`;
}

/** @returns when the recording of that path begins, epoch ms; `undefined` for anything that is no such path. */
export function startOfPath(path: string): number | undefined {
  const [, day, hours, minutes, seconds] = SEGMENT_PATH.exec(path) ?? [];
  const at = Date.parse(`${day}T${hours}:${minutes}:${seconds}Z`);
  return Number.isNaN(at) ? undefined : at;
}

/** The id of the recording of a camera that begins then. */
export function segmentId(cameraId: CameraId, startAt: number): string {
  return `${cameraId}-${startAt}`;
}
