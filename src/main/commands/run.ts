import { checkFfmpeg } from '../../io/ffmpeg/binary.js';
import type { Camera } from '../../domain/camera.js';
import { createLog } from '../../log.js';
import type { RunOptions } from '../cli.js';
import { EXIT_FAILED, EXIT_OK } from '../exit-codes.js';
import { loadConfig } from '../installation.js';
import { hasPlates, isRestreamed, startSystem } from '../system.js';
import { aborted, stopSignal } from '../until-stopped.js';
import { openWorld } from '../world.js';

/** `camqueue run`: everything on this machine, until it is asked to stop. */
export async function run(options: RunOptions): Promise<number> {
  const config = loadConfig({ CAMERAS_FILE: options.cameras, DATA_DIR: options.data });
  const log = createLog('run', config.LOG_LEVEL);
  const signal = stopSignal();
  await checkFfmpeg();
  // Opened here first: mistakes in the camera file are said once, and Redis and the tables are ready for the children.
  const world = await openWorld(config, 'run', log);
  try {
    const { cameras } = world.cameraFile();
    await world.ports(['events']);
    for (const camera of cameras) {
      const idle = notActedOn(camera);
      if (idle.length > 0)
        log.warn({ cameraId: camera.id, fields: idle }, 'nothing acts on these fields yet');
    }
    const system = startSystem(config, log, {
      again: options.again === true,
      plates: hasPlates((await world.catalogue()).all()),
      restream: (await world.catalogue()).all().some(isRestreamed),
    });
    log.info(
      { cameras: (await world.catalogue()).all().length, dataDir: config.DATA_DIR },
      'camqueue is starting',
    );
    if ((await world.catalogue()).all().length === 0)
      log.warn(
        {},
        `there is no camera yet: add one to ${config.CAMERAS_FILE}, with "camqueue cameras add", or with POST /api/v1/cameras; it is followed without a restart`,
      );
    const failed = await Promise.race([system.gaveUp, aborted(signal).then(() => undefined)]);
    if (failed !== undefined)
      log.error({ role: failed }, 'a process cannot work with its settings; see its message above');
    await system.stop();
    return failed === undefined ? EXIT_OK : EXIT_FAILED;
  } finally {
    await world.close();
  }
}

/** Fields the camera file knows and no job uses yet: whoever set them must not believe that they work. */
function notActedOn(camera: Camera): string[] {
  const { suspicious, rules, signals } = camera;
  const set = { suspicious, rules: rules[0], signals: signals[0] };
  return Object.entries(set).flatMap(([field, value]) => (value === undefined ? [] : [field]));
}
