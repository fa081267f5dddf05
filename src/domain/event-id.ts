import type { CameraId } from './ids.js';
import type { SceneEvent } from './scene.js';

/**
 * The id of what a scene saw, from camera, capture time, kind, track and part: a frame analysed twice gives the
 * same ids, and two cameras or two days never do. Safe as a job id and as a file name.
 */
export function eventId(cameraId: CameraId, event: SceneEvent): string {
  const about = [cameraId, event.at, event.type];
  switch (event.type) {
    case 'crossing':
      about.push(event.line, event.direction);
      break;
    case 'zone':
      about.push(event.zone, event.phase);
      break;
    case 'motion':
      about.push(event.phase);
      break;
    case 'threshold':
      about.push(event.zone, event.phase);
      break;
    case 'congestion':
      about.push(event.phase);
      break;
    case 'tamper':
      about.push(event.kind, event.phase);
      break;
    case 'camera':
      about.push(event.status);
      break;
    case 'flow':
      break;
  }
  if (event.trackId !== undefined) about.push(event.trackId);
  return about.join('-');
}
