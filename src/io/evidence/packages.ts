import type { EvidencePackages } from '../../ports/evidence.js';
import type { ObjectStore } from '../../ports/storage.js';
import type { Database } from '../sql/schema.js';

export interface EvidenceOptions {
  readonly storage: ObjectStore;
  /** Private keys are encrypted with it: at least 32 random characters that all processes share. */
  readonly secret: string;
  /** ZIP files are made below it. */
  readonly workDir: string;
}

/** Signed packages of evidence, chained by camera. */
export function createEvidencePackages(_database: Database, _options: EvidenceOptions): EvidencePackages {
  throw new Error('not built yet');
}
