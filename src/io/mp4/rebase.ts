import { boxesIn, viewOf } from './boxes.js';

/**
 * The times of a fragment (`moof`, ISO/IEC 14496-12 8.8): each `traf` holds one `tfdt` with the decode time of its
 * first sample, in units of the track's timescale since the beginning of the stream. A file that begins in mid-stream
 * is only sure to play from its beginning when these count from 0.
 */

/** @returns the decode time of the fragment's first sample, units; `undefined` when the bytes hold none. */
export function baseTimeOf(fragment: Uint8Array): bigint | undefined {
  for (const { view, at, is64 } of times(fragment)) {
    return is64 ? view.getBigUint64(at) : BigInt(view.getUint32(at));
  }
  return undefined;
}

/**
 * Moves a fragment to an earlier time, in place.
 * @param fragment a `moof`, with or without its `mdat`
 * @param minusUnits taken off each of its decode times, units of the timescale; none goes below 0
 */
export function rebaseFragment(fragment: Uint8Array, minusUnits: number | bigint): void {
  const minus = BigInt(minusUnits);
  for (const { view, at, is64 } of times(fragment)) {
    const before = is64 ? view.getBigUint64(at) : BigInt(view.getUint32(at));
    const after = before > minus ? before - minus : 0n;
    if (is64) view.setBigUint64(at, after);
    else view.setUint32(at, Number(after));
  }
}

interface Time {
  readonly view: DataView;
  /** Where the time is. */
  readonly at: number;
  /** Of 64 bits (version 1), else 32. */
  readonly is64: boolean;
}

function* times(fragment: Uint8Array): Generator<Time> {
  const view = viewOf(fragment);
  for (const { from, to } of within(view, 'moof', 'traf', 'tfdt')) {
    const is64 = to - from >= 12 && view.getUint8(from) === 1;
    if (to - from >= 8) yield { view, at: from + 4, is64 };
  }
}

/** All boxes at the end of that path of types. */
function within(view: DataView, ...path: string[]): { readonly from: number; readonly to: number }[] {
  let found = [{ from: 0, to: view.byteLength }];
  for (const type of path) {
    found = found.flatMap(({ from, to }) => [...boxesIn(view, from, to)].filter((box) => box.type === type));
  }
  return found;
}
