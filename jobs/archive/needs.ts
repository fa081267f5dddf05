import type { CameraId } from '../../src/domain/ids.js';
import type { JobContext } from '../define.js';
import type { Ledger } from './ledger.js';

/** What the handler needs of the world. */
export type Needs =
  'cameras' | 'recordings' | 'recordingFiles' | 'cold' | 'archiveReports' | 'gaps' | 'mailer' | 'audit';

export type ArchiveContext = JobContext<Needs>;

/** One run. */
export interface Work {
  readonly ctx: ArchiveContext;
  readonly ledger: Ledger;
  /** Only of this camera. */
  readonly cameraId?: CameraId | undefined;
  readonly isDryRun: boolean;
}

/** Rows asked for at a time. */
export const PAGE = 200;
