import type { Backups } from '../../ports/backups.js';
import type { ObjectStore } from '../../ports/storage.js';
import type { Database } from '../sql/schema.js';

export interface BackupOptions {
  readonly database: Database;
  readonly storage: ObjectStore;
  readonly workDir: string;
  /** Files that belong to it, by the name they get. */
  readonly files: Readonly<Record<string, string>>;
  /** What seals keys and passwords in the database; only in encrypted backups. */
  readonly secrets: () => Promise<Readonly<Record<string, string>>>;
  readonly passphrase?: string | undefined;
  readonly version: string;
}

export function createBackups(_options: BackupOptions): Backups {
  throw new Error('not built yet');
}
