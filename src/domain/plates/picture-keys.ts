import type { CameraId } from '../ids.js';
import { passageId } from './passage-id.js';

/** Keys of the pictures kept of plates. All of a passage are in one folder, and no name holds what a plate says. */
interface Vehicle {
  readonly cameraId: CameraId;
  readonly trackId: number;
  /** Capture time of the track's first sighting, epoch ms. */
  readonly bornAt: number;
}

/** The vehicle as it was seen best. */
export function sceneKey(vehicle: Vehicle): string {
  const { cameraId, trackId, bornAt } = vehicle;
  return `${folderOf(vehicle)}/${passageId(cameraId, trackId, bornAt)}.jpg`;
}

/** The plate as one look saw it. @param read id of the look */
export function cropKey(vehicle: Omit<Vehicle, 'trackId'>, read: string): string {
  return `${folderOf(vehicle)}/${read}.jpg`;
}

/** The whole picture of a look. @param look id of the look */
export function lookSceneKey(visit: Omit<Vehicle, 'trackId'>, look: string): string {
  return `${folderOf(visit)}/${look}-scene.jpg`;
}

function folderOf({ cameraId, bornAt }: Omit<Vehicle, 'trackId'>): string {
  return `plates/${cameraId}/${new Date(bornAt).toISOString().slice(0, 10)}`;
}
