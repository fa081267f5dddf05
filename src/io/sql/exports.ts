import type { ExportStore } from '../../ports/exports.js';
import type { Database } from './schema.js';

export function createExportStore(_database: Database): ExportStore {
  throw new Error('not built yet');
}
