import type { FrameSource, SourceFrame } from '../../domain/frame-source.js';
import { problemOf } from './copy-output.js';

/** A reader that may end before its first picture only because the stream cannot be copied. */
export interface CopyingSource extends FrameSource {
  endedByCopy(): boolean;
}

/**
 * Reads with the compressed pictures beside; a stream that cannot be copied (MP4 holds no raw video; no key frame came
 * in time to say how large it is) is opened once more and only decoded: analysis matters more than recording.
 */
export function orWithoutCopy(first: CopyingSource, again: () => FrameSource): FrameSource {
  let source: FrameSource = first;
  let isIdle = false;
  let isClosed = false;
  return {
    async next(): Promise<SourceFrame | undefined> {
      const frame = await source.next();
      if (frame || isClosed || source !== first || !first.endedByCopy()) return frame;
      source = again();
      source.setIdle(isIdle);
      return source.next();
    },
    ending: () => source.ending(),
    stats: () => ({ ...problemOf(first.stats().copyProblem), ...source.stats() }),
    setIdle(is) {
      isIdle = is;
      source.setIdle(is);
    },
    async close() {
      isClosed = true;
      await source.close();
    },
  };
}
