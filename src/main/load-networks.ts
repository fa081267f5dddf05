import type { Camera } from '../domain/camera.js';
import { pictureBytes, type Picture } from '../domain/picture.js';
import { InputError, PermanentError } from '../errors.js';
import type { Detectors, PlateReader } from '../ports.js';

/**
 * Loads the networks that the cameras name, so that a mistake is said at start and not by the first frame.
 * @throws InputError when a network cannot be used, or does not know a class that a camera wants.
 */
export async function loadNetworks(cameras: readonly Camera[], detectors: Detectors): Promise<void> {
  for (const { id, detect } of cameras.filter(({ enabled }) => enabled)) {
    const { labels } = await detectors.get(detect.network).catch((error: unknown) => {
      throw error instanceof PermanentError ? new InputError(`camera ${id}: ${error.message}`) : error;
    });
    const unknown = detect.classes.filter((name) => !labels.includes(name));
    if (unknown.length > 0) {
      throw new InputError(
        `camera ${id}: detect.classes: network ${detect.network} has no class ${unknown.join(', ')}; it knows ${labels.join(', ')}`,
      );
    }
  }
}

/**
 * The same for what reads plates; cameras may get plates later, and pictures come without any camera.
 * @throws InputError when a network cannot be used, saying how to get it.
 */
export async function loadPlateNetworks(plates: PlateReader): Promise<void> {
  // The reader loads them when the first picture comes: this one.
  const [width, height] = [96, 96];
  const grey: Picture = {
    ...{ width, height, format: 'rgb24' },
    data: new Uint8Array(pictureBytes(width, height, 'rgb24')).fill(128),
  };
  await plates.read(grey).catch((error: unknown) => {
    throw error instanceof PermanentError ? new InputError(`plates: ${error.message}`) : error;
  });
}
