import { Camera } from '../camera.js';

/** A camera that is not configured any more: every setting as it is by default, switched off. */
export function formerCamera(id: string): Camera {
  return Camera.parse({ id, source: 'gone', enabled: false });
}
