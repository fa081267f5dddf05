import { runCamera } from './camera-loop.js';
import { contextOf, type SamplerOptions } from './options.js';

/**
 * Samples cameras side by side: ffmpeg reads, the motion gate looks, what moved goes into the camera's ring.
 * Resolves when every camera has ended: files when all of them has been analysed, streams when told to stop. What
 * goes wrong with one camera becomes its status and touches no other.
 */
export async function runSampler(options: SamplerOptions): Promise<void> {
  await Promise.all(options.cameras.map((camera) => runCamera(contextOf(camera, options))));
}
