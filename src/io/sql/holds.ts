import type { Holds } from '../../ports/recordings.js';
import type { Database } from './schema.js';

export function createHolds(_database: Database): Holds {
  throw new Error('not built yet');
}
