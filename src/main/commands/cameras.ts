import { z } from 'zod';
import { CameraFile } from '../../domain/camera.js';
import { redactUrls } from '../../domain/redact.js';
import { readCameraFile } from '../../io/camera-file.js';
import { EXIT_OK } from '../exit-codes.js';
import { loadConfig } from '../installation.js';
import { table } from '../view.js';

/** `camqueue cameras check [file]`: lists the cameras; every mistake in the file is said and exits with 2. */
export async function check(path: string | undefined, options: { json?: boolean }): Promise<number> {
  const file = readCameraFile(loadConfig({ CAMERAS_FILE: path }).CAMERAS_FILE, process.env);
  const cameras = file.cameras.map((camera) => ({ ...camera, source: redactUrls(camera.source) }));
  if (options.json === true) cameras.forEach((camera) => console.log(JSON.stringify(camera)));
  else {
    const rows = cameras.map(({ id, source, fps, lines, zones, enabled }) => [
      id,
      enabled ? 'yes' : 'no',
      String(fps),
      String(lines.length),
      String(zones.length),
      source,
    ]);
    table([['CAMERA', 'ENABLED', 'FPS', 'LINES', 'ZONES', 'SOURCE'], ...rows]).forEach((line) =>
      console.log(line),
    );
  }
  return EXIT_OK;
}

/** `camqueue cameras schema`: the file's JSON Schema. */
export async function schema(): Promise<number> {
  console.log(JSON.stringify(z.toJSONSchema(CameraFile, { io: 'input', unrepresentable: 'any' }), null, 2));
  return EXIT_OK;
}
