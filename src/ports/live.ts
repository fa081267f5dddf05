import type { CameraId } from '../domain/ids.js';
import type { Overlay } from '../domain/overlay.js';
import type { Picture } from '../domain/picture.js';

/** A picture as it was analysed, with what is to be drawn over it. */
export interface LiveFrame {
  /** Capture time, epoch ms. */
  readonly at: number;
  readonly picture: Picture;
  readonly overlay: Overlay;
}

/** The processed stream of each camera, from the analysis to whoever watches. Nothing of it is kept; nobody waits for anybody. */
export interface LiveView {
  /** Somebody watches; to be said again before `ttlMs` is over. */
  watch(cameraId: CameraId, ttlMs: number): Promise<void>;
  /**
   * Cheap: what was asked less than `maxAgeMs` ago (default: a second) is not asked again. Never rejects: of a store that
   * does not answer nobody gets pictures.
   */
  isWatched(cameraId: CameraId, maxAgeMs?: number): Promise<boolean>;
  /** The newest frame, in place of the one before. Never rejects: a full or lost store loses it. */
  put(cameraId: CameraId, frame: LiveFrame): Promise<void>;
  /**
   * @param knownAt capture time of the one that is known already
   * @returns `undefined`: none, none for some seconds, or no other than the known one.
   */
  newest(cameraId: CameraId, knownAt?: number): Promise<LiveFrame | undefined>;
  /** To all who watch now. */
  publish(cameraId: CameraId, drawn: { at: number; jpeg: Uint8Array }): Promise<void>;
  /** Calls back with each drawn picture from now on, also after the store was away. @returns what ends that. */
  subscribe(
    cameraId: CameraId,
    listener: (drawn: { at: number; jpeg: Buffer }) => void,
  ): Promise<() => Promise<void>>;
}
