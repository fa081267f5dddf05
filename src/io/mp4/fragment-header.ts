import { type Box, boxAt, boxesIn } from './boxes.js';
import { NO_SYNC_SAMPLE, readHead, TRUN } from './fragment-head.js';
import type { SampleDefaults, Setup } from './setup.js';

/** What a `moof` says of the pictures in its `mdat`. */
export interface FragmentHeader {
  /** Decode time of the first picture, units of the timescale from an origin of the writer's. */
  readonly decodeAt: number;
  /** The first picture is shown this much after it is decoded, units; more than 0: pictures are reordered (B-frames). */
  readonly shownAfter: number;
  /** Of all pictures together, units. */
  readonly duration: number;
  readonly samples: number;
  /** The first picture is a key frame. */
  readonly isKey: boolean;
}

/**
 * @param view bytes that hold the `moof` box from 0 on
 * @returns `undefined` when it holds no pictures, only sound
 * @throws Error when it is no fragment of such a stream.
 */
export function readFragmentHeader(
  view: DataView,
  { defaults: trex, pictures }: Pick<Setup, 'defaults' | 'pictures'>,
): FragmentHeader | undefined {
  const traf = trafOf(view, pictures);
  if (!traf) return undefined;
  const tfdt = boxAt(view, traf, 'tfdt').from;
  const is64 = view.getUint8(tfdt) === 1;
  const defaults = readHead(view, boxAt(view, traf, 'tfhd'), trex).defaults;
  const header = {
    decodeAt: is64 ? Number(view.getBigUint64(tfdt + 4)) : view.getUint32(tfdt + 4),
    ...{ shownAfter: 0, duration: 0, samples: 0, isKey: false },
  };
  for (const box of boxesIn(view, traf.from, traf.to)) {
    if (box.type !== 'trun') continue;
    const run = readRun(view, box, defaults);
    if (header.samples === 0) Object.assign(header, { shownAfter: run.shownAfter, isKey: run.isKey });
    header.samples += run.samples;
    header.duration += run.duration;
  }
  return header;
}

/** What a fragment holds of one track. */
function trafOf(view: DataView, track: number): Box | undefined {
  const moof = boxAt(view, { from: 0, to: view.byteLength }, 'moof');
  for (const box of boxesIn(view, moof.from, moof.to))
    if (box.type === 'traf' && view.getUint32(boxAt(view, box, 'tfhd').from + 4) === track) return box;
  return undefined;
}

function readRun(view: DataView, trun: Box, defaults: SampleDefaults): Omit<FragmentHeader, 'decodeAt'> {
  const has = view.getUint32(trun.from) & 0xffffff;
  const samples = view.getUint32(trun.from + 4);
  let at = trun.from + 8 + (has & TRUN.dataOffset ? 4 : 0);
  let firstFlags = has & TRUN.firstFlags ? view.getUint32(at) : undefined;
  if (firstFlags !== undefined) at += 4;
  // Each sample: duration, size, flags, offset; those that are there.
  const place = (flag: number): number =>
    4 * [TRUN.duration, TRUN.bytes, TRUN.flags].filter((other) => other < flag && has & other).length;
  const length = place(TRUN.shownAfter) + (has & TRUN.shownAfter ? 4 : 0);
  if (at + samples * length > trun.to) throw new Error('the MP4 stream holds a broken trun box');
  if (samples > 0 && has & TRUN.flags) firstFlags ??= view.getUint32(at + place(TRUN.flags));
  const shownAfter = samples > 0 && has & TRUN.shownAfter ? view.getInt32(at + place(TRUN.shownAfter)) : 0;
  let duration = has & TRUN.duration ? 0 : samples * defaults.duration;
  if (has & TRUN.duration) for (let i = 0; i < samples; i++) duration += view.getUint32(at + i * length);
  return { samples, duration, shownAfter, isKey: ((firstFlags ?? defaults.flags) & NO_SYNC_SAMPLE) === 0 };
}
