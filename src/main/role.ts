import { createLog } from '../log.js';
import type { RunOptions } from './cli.js';
import { EXIT_OK } from './exit-codes.js';
import { loadConfig } from './installation.js';
import { stopForSure, stopSignal, aborted } from './until-stopped.js';
import { openWorld, type World } from './world.js';

/** What a stopping process may take beyond its jobs' grace: closing consumers, ffmpeg, Redis, the database. */
export const CLOSE_MS = 6000;

/**
 * Runs one long-lived role of the system until it is asked to stop, then closes everything in a bounded time.
 * @param work starts the role and resolves with what stops it; a role that ends by itself (files all read) may
 * simply take its time to resolve.
 */
export async function asRole(
  role: string,
  options: RunOptions,
  work: (world: World, signal: AbortSignal) => Promise<(() => Promise<void>) | undefined>,
): Promise<number> {
  const config = loadConfig({ CAMERAS_FILE: options.cameras, DATA_DIR: options.data });
  const log = createLog(role, config.LOG_LEVEL);
  const signal = stopSignal();
  const world = await openWorld(config, role, log);
  try {
    const stop = await work(world, signal);
    if (stop) {
      await aborted(signal);
      stopForSure(config.SHUTDOWN_GRACE_MS + CLOSE_MS, log);
      await stop();
    }
  } finally {
    await world.close();
  }
  return EXIT_OK;
}
