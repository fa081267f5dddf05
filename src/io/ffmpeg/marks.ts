/** A sampled frame as ffmpeg announced it. */
export interface Mark {
  /** 0-based index of the source frame. */
  readonly frame: number;
  /** Time after the first source frame, ms. */
  readonly mediaMs: number;
}

/**
 * Reads the lines that the two `metadata=mode=print` filters write: one pair for each source frame and, when the
 * frame is taken, a second pair right after it:
 *
 *     frame:5    pts:200000  pts_time:0.2
 *     source=1
 *     frame:1    pts:200000  pts_time:0.2
 *     sampled=1
 *
 * The time is taken from `pts` (whole µs by `settb=AVTB`): `pts_time` has six digits and is seconds off after a day.
 * @param originUs times count from there, µs; default: from the first frame
 */
export function createMarkReader(
  onMark: (mark: Mark) => void,
  originUs?: number,
): {
  push(text: string): void;
  lastFrame(): number;
} {
  let rest = '';
  let header: { frame: number; us: number } | undefined;
  let source = { frame: -1, mediaMs: 0 };
  let firstUs = originUs;

  function read(line: string): void {
    if (line.startsWith('frame:')) {
      const match = /^frame:(\d+)\s+pts:(\S+)/.exec(line);
      header = match ? { frame: Number(match[1]), us: Number(match[2]) } : undefined;
    } else if (line === 'source=1' && header) {
      // A frame without a time (`NOPTS`) keeps the time of the one before it.
      const us = Number.isFinite(header.us) ? header.us : undefined;
      firstUs ??= us;
      source = {
        frame: header.frame,
        mediaMs: us === undefined ? source.mediaMs : (us - (firstUs ?? us)) / 1000,
      };
    } else if (line === 'sampled=1') {
      onMark(source);
    }
  }

  return {
    push(text) {
      const lines = (rest + text).split('\n');
      rest = lines.pop() ?? '';
      lines.forEach(read);
    },
    lastFrame: () => source.frame,
  };
}
