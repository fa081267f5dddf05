import { type Box, boxesIn, viewOf } from './boxes.js';

/**
 * The times of a fragment (`moof`, ISO/IEC 14496-12 8.8): each `traf` holds one `tfdt` with the decode time of its
 * first sample, in units of the track's timescale since the beginning of the stream. A file that begins in mid-stream
 * is only sure to play from its beginning when these count from 0.
 */

/** A time of one track. */
export interface TrackTime {
  readonly units: bigint;
  /** Units a second. */
  readonly timescale: number;
}

/** @returns the decode time of the track's first sample in the fragment, units; `undefined` when it holds none. */
export function baseTimeOf(fragment: Uint8Array, track: number): bigint | undefined {
  for (const { view, at, is64, track: found } of times(fragment)) {
    if (found === track) return is64 ? view.getBigUint64(at) : BigInt(view.getUint32(at));
  }
  return undefined;
}

/**
 * Moves a fragment to an earlier time, in place: pictures and sound alike.
 * @param fragment a `moof`, with or without its `mdat`
 * @param minus taken off each of its decode times; none goes below 0
 * @param timescales units a second of each track's times
 */
export function rebaseFragment(
  fragment: Uint8Array,
  minus: TrackTime,
  timescales: ReadonlyMap<number, number>,
): void {
  for (const { view, at, is64, track } of times(fragment)) {
    const timescale = BigInt(timescales.get(track) ?? minus.timescale);
    const units = (minus.units * timescale) / BigInt(minus.timescale);
    const before = is64 ? view.getBigUint64(at) : BigInt(view.getUint32(at));
    const after = before > units ? before - units : 0n;
    if (is64) view.setBigUint64(at, after);
    else view.setUint32(at, Number(after));
  }
}

interface Time {
  readonly view: DataView;
  readonly track: number;
  /** Where the time is. */
  readonly at: number;
  /** Of 64 bits (version 1), else 32. */
  readonly is64: boolean;
}

function* times(fragment: Uint8Array): Generator<Time> {
  const view = viewOf(fragment);
  for (const traf of within(view, 'moof', 'traf')) {
    const [tfhd, tfdt] = ['tfhd', 'tfdt'].map((type) => childOf(view, traf, type));
    if (!tfhd || !tfdt || tfhd.to - tfhd.from < 8 || tfdt.to - tfdt.from < 8) continue;
    const is64 = tfdt.to - tfdt.from >= 12 && view.getUint8(tfdt.from) === 1;
    yield { view, track: view.getUint32(tfhd.from + 4), at: tfdt.from + 4, is64 };
  }
}

type Place = Pick<Box, 'from' | 'to'>;

function childOf(view: DataView, { from, to }: Place, type: string): Place | undefined {
  return [...boxesIn(view, from, to)].find((box) => box.type === type);
}

/** All boxes at the end of that path of types. */
function within(view: DataView, ...path: string[]): Place[] {
  let found: Place[] = [{ from: 0, to: view.byteLength }];
  for (const type of path) {
    found = found.flatMap(({ from, to }) => [...boxesIn(view, from, to)].filter((box) => box.type === type));
  }
  return found;
}
