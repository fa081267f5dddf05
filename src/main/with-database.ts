import { existsSync } from 'node:fs';
import { HttpError } from '../api/http-error.js';
import type { Config } from '../config.js';
import { CameraFile } from '../domain/camera.js';
import { InputError } from '../errors.js';
import { readCameraFile } from '../io/camera-file.js';
import { openDatabase } from '../io/sql/open.js';
import type { Database } from '../io/sql/schema.js';
import { loadConfig } from './installation.js';

export interface DatabaseOptions {
  readonly cameras?: string;
  readonly data?: string;
  readonly json?: boolean;
}

/**
 * Runs a command on the database alone: it works when Redis does not.
 * @throws InputError for what the caller did wrong, as the HTTP API would say it
 */
export async function withDatabase(
  options: DatabaseOptions,
  work: (database: Database, config: Config) => Promise<number>,
): Promise<number> {
  const config = loadConfig({ CAMERAS_FILE: options.cameras, DATA_DIR: options.data });
  const database = await openDatabase({ databaseUrl: config.DATABASE_URL, dataDir: config.DATA_DIR });
  try {
    return await work(database, config);
  } catch (error) {
    if (error instanceof HttpError && error.status < 500) throw new InputError(error.message);
    throw error;
  } finally {
    await database.close();
  }
}

/** The site's time zone; lists can be kept before there is a camera file. */
export function siteTimeZone({ CAMERAS_FILE }: Config): string {
  const { site } = existsSync(CAMERAS_FILE)
    ? readCameraFile(CAMERAS_FILE, process.env)
    : CameraFile.parse({ cameras: [] });
  return site.timeZone;
}
