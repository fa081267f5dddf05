import type { Camera } from './camera.js';

/** A fragment with its place in time, as far as it matters for what goes into which file. */
export interface TimedFragment {
  /** Begins with a key frame: a file may begin here. */
  readonly isKey: boolean;
  /** Capture times, epoch ms. */
  readonly startAt: number;
  readonly endAt: number;
  readonly bytes: Uint8Array;
}

export type SegmentStep<T> =
  /** A new file begins with this fragment; one that is open ends before it. */
  | { readonly do: 'open'; readonly fragment: T }
  | { readonly do: 'append'; readonly fragment: T }
  | { readonly do: 'close' };

/**
 * Decides which fragments of a stream are recorded, and where a file ends and the next begins: at the first key frame
 * at or after each whole multiple of `segmentS` since 1970, so that the files of all cameras lie side by side.
 */
export interface Segmenter<T extends TimedFragment> {
  /** The next fragment, in order of time. */
  take(fragment: T): SegmentStep<T>[];
  /** Mode `motion`: something moved at that capture time (epoch ms); told in order of time. */
  moved(at: number): SegmentStep<T>[];
  /** What comes next does not follow what was: a new connection, or fragments that were lost. */
  broken(): SegmentStep<T>[];
}

export interface SegmenterOptions extends Pick<
  NonNullable<Camera['record']>,
  'segmentS' | 'preRollS' | 'postRollS'
> {
  readonly mode: 'always' | 'motion';
  /** Bound of what is kept from before a movement. Default: 32 MiB, the usual 5 s of a 50 Mbit/s stream. */
  readonly maxHeldBytes?: number;
}

const MAX_HELD_BYTES = 32 * 1024 ** 2;
/**
 * A recording of movement ends with the last whole group of pictures, so that what is held for the next one begins
 * with a key frame and nothing between the two is lost; but some cameras send no key frame for minutes.
 */
const LONGEST_TAIL_MS = 10_000;
/** Movement is told by the analysis, which sees a picture this much later at most, while what is copied is here. */
const TOLD_LATE_MS = 2000;

export function createSegmenter<T extends TimedFragment>(options: SegmenterOptions): Segmenter<T> {
  const segmentMs = options.segmentS * 1000;
  /** Which multiple of the length the open file began in. */
  let openSlot: number | undefined;
  /** Recorded up to here, epoch ms. */
  let wantedUntil = options.mode === 'always' ? Infinity : -Infinity;
  const held = createPreRoll<T>(
    options.preRollS * 1000 + TOLD_LATE_MS,
    options.maxHeldBytes ?? MAX_HELD_BYTES,
  );

  function write(fragment: T): SegmentStep<T>[] {
    const slot = Math.floor(fragment.startAt / segmentMs);
    if (fragment.isKey && slot !== openSlot) {
      openSlot = slot;
      return [{ do: 'open', fragment }];
    }
    return openSlot === undefined ? [] : [{ do: 'append', fragment }];
  }

  function close(): SegmentStep<T>[] {
    if (openSlot === undefined) return [];
    openSlot = undefined;
    return [{ do: 'close' }];
  }

  function isWanted({ startAt, isKey }: T): boolean {
    if (startAt < wantedUntil) return true;
    return openSlot !== undefined && !isKey && startAt < wantedUntil + LONGEST_TAIL_MS;
  }

  function take(fragment: T): SegmentStep<T>[] {
    if (isWanted(fragment)) return write(fragment);
    held.keep(fragment);
    return close();
  }

  return {
    take,
    moved(at) {
      if (options.mode === 'always') return [];
      wantedUntil = Math.max(wantedUntil, at + options.postRollS * 1000);
      return held.from(at - options.preRollS * 1000).flatMap(take);
    },
    broken() {
      held.clear();
      return close();
    },
  };
}

/** The last seconds of a stream in whole groups of pictures, bounded by time and bytes. */
function createPreRoll<T extends TimedFragment>(lengthMs: number, maxBytes: number) {
  let groups: T[][] = [];
  let bytes = 0;

  function dropFirst(): void {
    for (const fragment of groups.shift() ?? []) bytes -= fragment.bytes.length;
  }

  return {
    keep(fragment: T): void {
      if (fragment.isKey) groups.push([]);
      const group = groups.at(-1);
      if (!group) return;
      group.push(fragment);
      bytes += fragment.bytes.length;
      const neededFrom = fragment.endAt - lengthMs;
      while ((groups[1]?.[0]?.startAt ?? Infinity) <= neededFrom || bytes > maxBytes) dropFirst();
    },
    /** Gives away what is held, from the group of pictures that shows this time, or from the first. */
    from(at: number): T[] {
      while ((groups[1]?.[0]?.startAt ?? Infinity) <= at) dropFirst();
      const all = groups.flat();
      this.clear();
      return all;
    },
    clear(): void {
      groups = [];
      bytes = 0;
    },
  };
}
