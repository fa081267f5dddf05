import type { CameraId } from '../domain/ids.js';
import type { CameraStates, FrameRing } from '../ports.js';

/**
 * A pass number newer than anything in the camera's ring. The two live in different Redis: where the jobs' one lost its
 * data and began to count anew, the ring would refuse every entry of a pass it takes for an old one.
 */
export async function nextPass(
  { states, ring }: { readonly states: CameraStates; readonly ring: FrameRing },
  cameraId: CameraId,
): Promise<number> {
  const newest = (await ring.last(cameraId))?.pass ?? 0;
  for (;;) {
    const pass = await states.nextPass(cameraId);
    if (pass > newest) return pass;
  }
}
