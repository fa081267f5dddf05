import type { ClipMaker } from '../../ports/clips.js';
import type { FaceFinder } from '../../ports/faces.js';
import type { ObjectStore } from '../../ports/storage.js';
import type { Detectors, RecordingFiles, RecordingIndex } from '../../ports.js';

export interface ClipMakerOptions {
  /** Working folders are below it. */
  readonly workDir: string;
  readonly recordings: Pick<RecordingIndex, 'get'>;
  readonly files: RecordingFiles;
  readonly cold: ObjectStore;
  /** Cores that ffmpeg may use. */
  readonly threads: number;
  /** Loaded when an overlay is drawn, or faces are blurred. */
  readonly detectors: () => Promise<Detectors>;
  readonly faces: () => Promise<FaceFinder>;
}

/** Clips out of recordings, by ffmpeg. */
export function createClipMaker(_options: ClipMakerOptions): ClipMaker {
  throw new Error('not built yet');
}
