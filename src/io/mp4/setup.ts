import type { FragmentStream } from '../../domain/fragment.js';
import { type Box, boxAt, boxesIn, typeAt, viewOf } from './boxes.js';
import { codecString, sampleEntry } from './codec-string.js';

/** What a fragment does not say of its pictures itself (`trex`). */
export interface SampleDefaults {
  /** Units of the timescale. */
  readonly duration: number;
  readonly bytes: number;
  readonly flags: number;
}

export interface Setup {
  readonly stream: FragmentStream;
  /** Of the pictures. */
  readonly defaults: SampleDefaults;
  /** Number of the track of pictures. */
  readonly pictures: number;
  /** Units a second of each track's times. */
  readonly timescales: ReadonlyMap<number, number>;
}

/**
 * Reads the setup of a stream with one track of pictures, and perhaps others (sound). H.265 under the name `hev1` is renamed to `hvc1`, in place:
 * Apple's players take no other, and the parameter sets are in the setup in either case.
 * @param init the `ftyp` and `moov` boxes
 * @throws Error when it is no such setup.
 */
export function readSetup(init: Uint8Array): Setup {
  const view = viewOf(init);
  const moov = boxAt(view, { from: 0, to: init.length }, 'moov');
  const tracks = mediaOf(view, moov);
  const found = tracks.find(({ handler }) => handler === 'vide');
  if (!found) throw new Error('the MP4 stream holds no pictures');
  const { id, mdia, timescale } = found;
  const entry = sampleEntry(view, boxAt(view, mdia, 'minf', 'stbl', 'stsd'));
  const trex = trexOf(view, moov, id);
  if (entry.type === 'hev1') init.set(Buffer.from('hvc1', 'latin1'), entry.from - 4);
  return {
    stream: {
      init,
      codec: codecString(view, entry),
      width: view.getUint16(entry.from + 24),
      height: view.getUint16(entry.from + 26),
      timescale,
    },
    defaults: {
      duration: view.getUint32(trex + 8),
      bytes: view.getUint32(trex + 12),
      flags: view.getUint32(trex + 16),
    },
    pictures: id,
    timescales: new Map(tracks.map((track) => [track.id, track.timescale])),
  };
}

interface Media {
  readonly id: number;
  /** `vide`, `soun` … */
  readonly handler: string;
  readonly timescale: number;
  readonly mdia: Box;
}

function mediaOf(view: DataView, moov: Box): Media[] {
  return [...boxesIn(view, moov.from, moov.to)]
    .filter(({ type }) => type === 'trak')
    .map((trak) => {
      const mdia = boxAt(view, trak, 'mdia');
      return {
        id: view.getUint32(afterTimes(view, boxAt(view, trak, 'tkhd'))),
        handler: typeAt(view, boxAt(view, mdia, 'hdlr').from + 8),
        timescale: view.getUint32(afterTimes(view, boxAt(view, mdia, 'mdhd'))),
        mdia,
      };
    });
}

/** `tkhd` and `mdhd` begin with two times, of 64 bits in version 1. */
function afterTimes(view: DataView, { from }: Box): number {
  return from + (view.getUint8(from) === 1 ? 20 : 12);
}

/** Where the defaults of a track begin: at its number. */
function trexOf(view: DataView, moov: Box, track: number): number {
  const mvex = boxAt(view, moov, 'mvex');
  for (const { type, from } of boxesIn(view, mvex.from, mvex.to))
    if (type === 'trex' && view.getUint32(from + 4) === track) return from + 4;
  throw new Error('the MP4 stream says nothing of how its pictures come');
}
