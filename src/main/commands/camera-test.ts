import { writeFileSync } from 'node:fs';
import { testSource, type TestedSource } from '../../api/camera-test.js';
import { HttpError } from '../../api/http-error.js';
import { checkFfmpeg } from '../../io/ffmpeg/binary.js';
import { createFfmpegSources } from '../../io/ffmpeg/sources.js';
import { createPictures } from '../../io/pictures.js';
import { createLog } from '../../log.js';
import { EXIT_FAILED, EXIT_OK } from '../exit-codes.js';
import { loadConfig } from '../installation.js';
import { stopSignal } from '../until-stopped.js';
import { openWorld } from '../world.js';
import type { CamerasOptions } from './cameras.js';

export interface CameraTestOptions extends CamerasOptions {
  readonly transport: 'tcp' | 'udp';
  /** File for the picture. */
  readonly snapshot?: string;
}

/**
 * `camqueue cameras test <id or source>`: connects once; prints codec, size and frame rate, or what is wrong and exits
 * with 1.
 */
export async function test(what: string, options: CameraTestOptions): Promise<number> {
  await checkFfmpeg();
  const isId = /^[a-z0-9-]*[a-z][a-z0-9-]*$/.test(what);
  const camera = isId ? await knownCamera(what, options) : { source: what, transport: options.transport };
  const deps = { sources: createFfmpegSources(), ports: { pictures: createPictures() } };
  try {
    const { snapshot, ...tested } = await testSource(deps, camera, 'source', stopSignal());
    if (options.snapshot !== undefined && snapshot !== undefined)
      writeFileSync(options.snapshot, Buffer.from(snapshot.slice(snapshot.indexOf(',') + 1), 'base64'));
    console.log(options.json === true ? JSON.stringify(tested) : line(tested));
    return EXIT_OK;
  } catch (error) {
    if (!(error instanceof HttpError)) throw error;
    process.stderr.write(`camqueue: ${error.message}\n`);
    return EXIT_FAILED;
  }
}

async function knownCamera(id: string, options: CameraTestOptions) {
  const config = loadConfig({ CAMERAS_FILE: options.cameras, DATA_DIR: options.data });
  const world = await openWorld(config, 'cameras', createLog('cameras', 'silent'));
  try {
    return (await world.catalogue()).get(id);
  } finally {
    await world.close();
  }
}

function line({ codec, width, height, fps, durationMs }: TestedSource): string {
  return [
    codec,
    `${width}x${height}`,
    fps === undefined ? undefined : `${fps} frames/s`,
    durationMs === undefined ? undefined : `${(durationMs / 1000).toFixed(1)} s`,
  ]
    .filter((part) => part !== undefined)
    .join('  ');
}
