import type { ArchiveReports } from '../../ports/recordings.js';
import type { Database } from './schema.js';

export function createArchiveReports(_database: Database): ArchiveReports {
  throw new Error('not built yet');
}
