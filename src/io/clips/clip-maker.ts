import type { ClipMaker, ClipOrder } from '../../ports/clips.js';
import type { FaceFinder } from '../../ports/faces.js';
import type { ObjectStore } from '../../ports/storage.js';
import type { Detectors, RecordingFiles, RecordingIndex, Segment } from '../../ports.js';
import { createLane } from '../recordings/lane.js';
import { estimateClip } from './estimate.js';
import { makeClip } from './make-clip.js';
import { removeWorkFolder, removeWorkFoldersBefore, spaceOf } from './work-folder.js';

export interface ClipMakerOptions {
  /** Working folders are below it. */
  readonly workDir: string;
  readonly recordings: Pick<RecordingIndex, 'get'>;
  readonly files: Pick<RecordingFiles, 'node' | 'localPath'>;
  readonly cold: ObjectStore;
  /** Cores that ffmpeg may use. */
  readonly threads: number;
  /** Loaded when an overlay is drawn, or faces are blurred. */
  readonly detectors: () => Promise<Detectors>;
  readonly faces: () => Promise<FaceFinder>;
}

/** Clips out of recordings, by ffmpeg. */
export function createClipMaker(options: ClipMakerOptions): ClipMaker {
  const { workDir, recordings } = options;
  const lane = createLane(1);
  return {
    estimate: async (order) => estimateClip(order, await segmentsOf(order, recordings)),
    make: (order, { signal, onProgress }) => lane(() => makeClip(order, options, { signal, onProgress })),
    remove: (id) => removeWorkFolder(workDir, id),
    removeBefore: (before) => removeWorkFoldersBefore(workDir, before),
    space: () => spaceOf(workDir),
  };
}

async function segmentsOf(
  { plan }: ClipOrder,
  recordings: ClipMakerOptions['recordings'],
): Promise<Map<string, Segment>> {
  const found = new Map<string, Segment>();
  for (const { segmentId } of plan.stretches) {
    const segment = found.has(segmentId) ? undefined : await recordings.get(segmentId);
    if (segment) found.set(segmentId, segment);
  }
  return found;
}
