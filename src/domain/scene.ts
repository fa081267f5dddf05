// skeleton, replaced by the tracker's author
import type { Camera } from './camera.js';
import type { Detection } from './detection.js';
import type { CameraEvent } from './events.js';
import type { UnitBox } from './geometry.js';
import type { Overlay } from './overlay.js';

export interface SceneState { readonly lastTrackId: number }
type DistributiveOmit<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;
export type SceneEvent = DistributiveOmit<CameraEvent, 'id' | 'cameraId'>;
export interface Observation {
  readonly at: number;
  readonly frame: number;
  readonly regions: readonly UnitBox[];
  /** The region the detector looked at; undefined: it did not look at this frame. */
  readonly looked?: UnitBox;
  readonly detections: readonly Detection[];
}
export type SceneConfig = Pick<Camera, 'lines' | 'zones' | 'detect'> & { timeZone: string };
export declare function newScene(): SceneState;
export declare function planLook(state: SceneState, frame: { at: number; kind: 'moved' | 'heartbeat'; regions: readonly UnitBox[] }, config: SceneConfig): UnitBox | undefined;
export declare function step(state: SceneState, observation: Observation, config: SceneConfig): { state: SceneState; events: SceneEvent[] };
export declare function sceneOverlay(state: SceneState, config: SceneConfig): Overlay;
