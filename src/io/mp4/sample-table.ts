/**
 * What a movie's index says of one track, gathered sample by sample. A day of 25 pictures a second are two million:
 * lengths of runs and plain numbers, nothing for each sample.
 */
export interface SampleTable {
  /**
   * The next sample in the order of decoding.
   * @param decodeAt units; grows from sample to sample
   * @param shownAfter units between decoding and showing; below 0 too
   */
  add(sample: { bytes: number; decodeAt: number; shownAfter: number; isKey: boolean }): void;
  /** The samples added since the last call lie together from there on, counted from the first sample of all. */
  chunk(at: number): void;
  /** @param lastDuration how long the last sample is shown, units */
  end(lastDuration: number): TableEnd;
}

export interface TableEnd {
  readonly count: number;
  /** Decode time of the first sample, units. */
  readonly startAt: number;
  /** From the first sample on, units. */
  readonly duration: number;
  /** Lengths of runs: so many, then the value. */
  readonly durations: readonly number[];
  readonly shownAfter: readonly number[];
  readonly sizes: readonly Uint32Array[];
  /** Numbers of key samples, from 1; `undefined`: all are. */
  readonly keys: readonly number[] | undefined;
  readonly chunks: readonly { readonly at: number; readonly samples: number }[];
}

const BLOCK = 65_536;

export function createSampleTable(): SampleTable {
  const sizes = createNumbers();
  const durations: number[] = [];
  const offsets: number[] = [];
  const keys: number[] = [];
  const chunks: { at: number; samples: number }[] = [];
  let count = 0;
  let inChunks = 0;
  let startAt = 0;
  let lastAt = 0;

  const run = (runs: number[], value: number): void => {
    if (runs.at(-1) === value) runs[runs.length - 2]! += 1;
    else runs.push(1, value);
  };
  return {
    add: ({ bytes, decodeAt, shownAfter, isKey }) => {
      if (count === 0) startAt = decodeAt;
      else run(durations, decodeAt - lastAt);
      lastAt = decodeAt;
      count += 1;
      sizes.push(bytes);
      run(offsets, shownAfter);
      if (isKey) keys.push(count);
    },
    chunk: (at) => {
      if (count > inChunks) chunks.push({ at, samples: count - inChunks });
      inChunks = count;
    },
    end: (lastDuration) => {
      if (count > 0) run(durations, lastDuration);
      return {
        ...{ count, startAt, duration: count === 0 ? 0 : lastAt - startAt + lastDuration, durations },
        ...{ shownAfter: offsets, sizes: sizes.blocks(), chunks },
        keys: keys.length === count ? undefined : keys,
      };
    },
  };
}

function createNumbers(): { push(value: number): void; blocks(): Uint32Array[] } {
  const full: Uint32Array[] = [];
  let block = new Uint32Array(BLOCK);
  let filled = 0;
  return {
    push: (value) => {
      if (filled === BLOCK) {
        full.push(block);
        block = new Uint32Array(BLOCK);
        filled = 0;
      }
      block[filled++] = value;
    },
    blocks: () => [...full, block.subarray(0, filled)],
  };
}
