import type { Picture } from '../domain/picture.js';
import { createTamperWatch, type TamperWatch } from '../domain/tamper-watch.js';
import type { CameraContext } from './options.js';
import { createTeller } from './teller.js';

/** Tells what is done to a camera, in order, without holding up the frames. */
export interface TamperAlarm {
  /** @param at capture time, epoch ms */
  look(picture: Picture, at: number): void;
  /** Resolves when everything has been told, or was tried a last time after the signal to stop. */
  close(): Promise<void>;
}

/**
 * One for all connections of a camera: what was done to it while it was away is seen when it is back. A source that
 * changes the size of its pictures begins with a new watch.
 */
export function createTamperAlarm(context: CameraContext): TamperAlarm {
  const { camera, log, onTamper } = context;
  const teller = createTeller(context);
  let made: { watch: TamperWatch; width: number; height: number } | undefined;

  function watchOf({ width, height }: Picture): TamperWatch {
    if (made?.width !== width || made.height !== height) {
      const afterMs = camera.tamper.afterS * 1000;
      made = { watch: createTamperWatch({ width, height, afterMs, masks: camera.masks }), width, height };
    }
    return made.watch;
  }

  return {
    look(picture, at) {
      if (!camera.tamper.enabled) return;
      const change = watchOf(picture).look(picture.data, at);
      if (!change) return;
      log.warn({ ...change }, change.phase === 'begin' ? 'the camera was tampered with' : 'tampering ended');
      teller.tell(() => onTamper({ cameraId: camera.id, ...change, picture }));
    },
    close: () => teller.settled(),
  };
}
