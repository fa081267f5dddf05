import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseConfig, type Config } from '../config.js';

/** The folder with package.json, whether this file runs compiled (dist/src/main) or from source. */
export const ROOT = existsSync(join(__dirname, '../../package.json'))
  ? resolve(__dirname, '../..')
  : resolve(__dirname, '../../..');

/** Of package.json. */
export const VERSION = (JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string })
  .version;

/** Plate grammars that come with the installation. */
export const GRAMMARS_DIR = join(ROOT, 'models/plates');

/** The configuration of this process: environment variables, with those of a `.env` file in the working folder below them. */
export function loadConfig(overrides: Record<string, string | undefined> = {}): Config {
  if (existsSync('.env')) process.loadEnvFile('.env');
  const given = Object.fromEntries(Object.entries(overrides).filter(([, value]) => value !== undefined));
  return parseConfig({ ...process.env, ...given }, ROOT);
}
