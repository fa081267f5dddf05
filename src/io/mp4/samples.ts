import { type Box, boxAt, boxesIn, viewOf } from './boxes.js';
import { NO_SYNC_SAMPLE, readHead, TRUN } from './fragment-head.js';
import type { SampleDefaults } from './setup.js';
import type { Track } from './tracks.js';

/** One compressed picture, or a little sound. Times in units of its track. */
export interface Sample {
  /** Where its bytes begin in the file. */
  readonly at: number;
  readonly bytes: number;
  readonly decodeAt: number;
  readonly shownAt: number;
  readonly duration: number;
  /** Decoding may begin here. */
  readonly isKey: boolean;
}

/** A fragment is about a second; more is nonsense. */
const MOST_SAMPLES = 100_000;

/**
 * The samples of one fragment, by track, in the order they are decoded.
 * @param moof the whole box
 * @param moofAt where it begins in the file
 * @throws Error when it makes no sense
 */
export function readSamples(
  moof: Uint8Array,
  moofAt: number,
  tracks: readonly Track[],
): ReadonlyMap<number, readonly Sample[]> {
  const view = viewOf(moof);
  const root = boxAt(view, { from: 0, to: moof.length }, 'moof');
  const found = new Map<number, readonly Sample[]>();
  // Where a run does not say so, its bytes follow those of the run before.
  let next = moofAt;
  for (const traf of boxesIn(view, root.from, root.to)) {
    if (traf.type !== 'traf') continue;
    const tfhd = boxAt(view, traf, 'tfhd');
    const id = view.getUint32(tfhd.from + 4);
    const track = tracks.find((one) => one.id === id);
    const { defaults, base = moofAt } = readHead(view, tfhd, track?.defaults ?? NONE);
    const tfdt = boxAt(view, traf, 'tfdt').from;
    const decodeAt =
      view.getUint8(tfdt) === 1 ? Number(view.getBigUint64(tfdt + 4)) : view.getUint32(tfdt + 4);
    const samples: Sample[] = [];
    let time = decodeAt;
    for (const run of boxesIn(view, traf.from, traf.to)) {
      if (run.type !== 'trun') continue;
      for (const sample of readRun(view, run, { defaults, base, next, time })) {
        samples.push(sample);
        time = sample.decodeAt + sample.duration;
        next = sample.at + sample.bytes;
      }
    }
    if (track) found.set(id, samples);
  }
  return found;
}

const NONE: SampleDefaults = { duration: 0, bytes: 0, flags: 0 };

function* readRun(
  view: DataView,
  trun: Box,
  start: { defaults: SampleDefaults; base: number; next: number; time: number },
): Generator<Sample> {
  const { defaults } = start;
  const has = view.getUint32(trun.from) & 0xffffff;
  const count = view.getUint32(trun.from + 4);
  if (count > MOST_SAMPLES) throw new Error('the MP4 file holds a broken trun box');
  let at = trun.from + 8;
  let place = start.next;
  if (has & TRUN.dataOffset) {
    place = start.base + view.getInt32(at);
    at += 4;
  }
  const firstFlags = has & TRUN.firstFlags ? view.getUint32(at) : undefined;
  if (firstFlags !== undefined) at += 4;
  let decodeAt = start.time;
  const read = (flag: number, otherwise: number): number => {
    if ((has & flag) === 0) return otherwise;
    at += 4;
    return view.getUint32(at - 4);
  };
  for (let i = 0; i < count; i++) {
    const duration = read(TRUN.duration, defaults.duration);
    const bytes = read(TRUN.bytes, defaults.bytes);
    const ownFlags = read(TRUN.flags, defaults.flags);
    const flags = i === 0 ? (firstFlags ?? ownFlags) : ownFlags;
    const shownAfter = read(TRUN.shownAfter, 0) | 0;
    const isKey = (flags & NO_SYNC_SAMPLE) === 0;
    yield { at: place, bytes, decodeAt, shownAt: decodeAt + shownAfter, duration, isKey };
    place += bytes;
    decodeAt += duration;
  }
}
