import { type Kysely, type Migration, Migrator } from 'kysely';
import { InputError, messageOf } from '../../../errors.js';
import type { Dialect, Schema } from '../schema.js';
import { start } from './0001-start.js';
import { cameras } from './0002-cameras.js';
import { plates } from './0003-plates.js';
import { alerting } from './0004-alerting.js';
import { counting } from './0005-counting.js';
import { media } from './0006-media.js';

/** Every migration in order. One that has been released is never edited: add another. */
function migrations(dialect: Dialect): Record<string, Migration> {
  return {
    '0001-start': start(dialect),
    '0002-cameras': cameras(),
    '0003-plates': plates(dialect),
    '0004-alerting': alerting(dialect),
    '0005-counting': counting(),
    '0006-media': media(),
  };
}

/**
 * Brings the tables up to date, all or nothing. The caller sees to it that one process at a time does this.
 * @param upTo the last migration that is applied, for rows of an older version; default: all
 * @throws InputError when the database was written by a newer version, Error naming the migration that failed.
 */
export async function migrate(db: Kysely<Schema>, dialect: Dialect, upTo?: string): Promise<void> {
  const migrator = new Migrator({ db, provider: { getMigrations: async () => migrations(dialect) } });
  if (upTo !== undefined && !Object.hasOwn(migrations(dialect), upTo))
    throw new InputError(`the rows are of another, newer version: there is no migration ${upTo} here`);
  const { error, results } = await (upTo === undefined
    ? migrator.migrateToLatest()
    : migrator.migrateTo(upTo));
  if (error === undefined) return;
  const failed = results?.find(({ status }) => status === 'Error')?.migrationName;
  if (failed !== undefined) {
    throw new Error(`database: migration ${failed} failed: ${messageOf(error)}`, { cause: error });
  }
  if (messageOf(error).startsWith('corrupted migrations')) {
    throw new InputError(`the database was written by another, newer version: ${messageOf(error)}`);
  }
  throw error as Error;
}
