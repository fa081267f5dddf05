import { basename } from 'node:path';
import type { Camera } from '../domain/camera.js';
import type { CameraId } from '../domain/ids.js';
import { messageOf } from '../errors.js';
import { type CameraSettings, parseCamera } from '../io/camera-file.js';
import type { CameraAbout, StoredCamera } from '../ports.js';

type Environment = Readonly<Record<string, string | undefined>>;

export interface MergedCameras {
  readonly cameras: readonly Camera[];
  readonly abouts: ReadonlyMap<CameraId, CameraAbout>;
  /** For people; one camera each. */
  readonly problems: readonly string[];
}

/**
 * The cameras of the file, in its order, then those of the database. Where both have an id the file's counts; a row
 * without settings switches a camera of the file off.
 * @param path of the camera file, for messages
 */
export function mergeCameras(
  settings: CameraSettings,
  stored: readonly StoredCamera[],
  path: string,
  env: Environment,
): MergedCameras {
  const file = basename(path);
  const rows = new Map(stored.map((row) => [row.id, row]));
  const cameras: Camera[] = [];
  const abouts = new Map<CameraId, CameraAbout>();
  const problems: string[] = [];
  const add = (camera: Camera, row: StoredCamera | undefined, about: CameraAbout): void => {
    const isOffHere = row?.enabled === false;
    cameras.push({ ...camera, enabled: camera.enabled && !isOffHere });
    abouts.set(camera.id, { ...about, ...(isOffHere && { switchedOffBy: row.changedBy }) });
  };
  for (const camera of settings.file.cameras) {
    const row = rows.get(camera.id);
    if (row?.given !== undefined)
      problems.push(`camera ${camera.id} is in ${file} and in the database; the one in ${file} counts`);
    add(camera, row?.given === undefined ? row : undefined, {
      origin: 'file',
      file,
      isOffInFile: !camera.enabled,
    });
  }
  for (const row of stored) {
    if (row.given === undefined || abouts.has(row.id)) continue;
    const read = readStored(row, settings, env);
    if (typeof read === 'string') problems.push(read);
    else add(read, row, { origin: 'api', file, isOffInFile: false, given: row.given });
  }
  return { cameras, abouts, problems };
}

/** Reads a camera given outside the file, with the file's defaults and what its references may name. */
export function readGiven(
  given: unknown,
  { defaults, references }: CameraSettings,
  env: Environment,
): Camera {
  return parseCamera(given, {
    defaults,
    env,
    mayRefer: (name) => /^CAM/.test(name) || references.has(name),
  });
}

/** The camera, or what is wrong with it. Whether it is switched off is the row's to say. */
function readStored(row: StoredCamera, settings: CameraSettings, env: Environment): Camera | string {
  if (row.problem !== undefined) return row.problem;
  try {
    return readGiven({ ...row.given, id: row.id, enabled: true }, settings, env);
  } catch (error) {
    return `camera ${row.id} of the database cannot be used: ${messageOf(error)}`;
  }
}
