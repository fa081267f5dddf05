import { type Box, boxAt, boxesIn, typeAt, viewOf } from './boxes.js';
import { sampleEntry } from './codec-string.js';
import type { SampleDefaults } from './setup.js';

/** One track of a recording, as its setup describes it. */
export interface Track {
  readonly id: number;
  readonly kind: 'pictures' | 'sound';
  /** Units a second of its times. */
  readonly timescale: number;
  /** Four characters of its sample entry: which codec. */
  readonly codec: string;
  /** The sample entry, a whole box. */
  readonly entry: Uint8Array;
  /** Of pictures, pixels; 0 of sound. */
  readonly width: number;
  readonly height: number;
  readonly defaults: SampleDefaults;
}

/**
 * The tracks of pictures and of sound of a fragmented MP4; others are passed over.
 * @param moov the whole box
 * @throws Error when it is no setup of a fragmented MP4 with pictures
 */
export function readTracks(moov: Uint8Array): Track[] {
  const view = viewOf(moov);
  const root = boxAt(view, { from: 0, to: moov.length }, 'moov');
  const defaults = defaultsById(view, root);
  const tracks: Track[] = [];
  for (const box of boxesIn(view, root.from, root.to)) {
    if (box.type === 'trak') tracks.push(...readTrack(view, box, defaults));
  }
  if (!tracks.some(({ kind }) => kind === 'pictures')) throw new Error('the MP4 file holds no pictures');
  return tracks;
}

function readTrack(view: DataView, trak: Box, defaults: ReadonlyMap<number, SampleDefaults>): Track[] {
  const mdia = boxAt(view, trak, 'mdia');
  const handler = typeAt(view, boxAt(view, mdia, 'hdlr').from + 8);
  if (handler !== 'vide' && handler !== 'soun') return [];
  const tkhd = boxAt(view, trak, 'tkhd').from;
  const mdhd = boxAt(view, mdia, 'mdhd').from;
  const id = view.getUint32(tkhd + (view.getUint8(tkhd) === 1 ? 20 : 12));
  const entry = sampleEntry(view, boxAt(view, mdia, 'minf', 'stbl', 'stsd'));
  const isPictures = handler === 'vide';
  return [
    {
      id,
      kind: isPictures ? 'pictures' : 'sound',
      timescale: view.getUint32(mdhd + (view.getUint8(mdhd) === 1 ? 20 : 12)),
      codec: entry.type,
      entry: new Uint8Array(view.buffer.slice(view.byteOffset + entry.from - 8, view.byteOffset + entry.to)),
      width: isPictures ? view.getUint16(entry.from + 24) : 0,
      height: isPictures ? view.getUint16(entry.from + 26) : 0,
      defaults: defaults.get(id) ?? { duration: 0, bytes: 0, flags: 0 },
    },
  ];
}

function defaultsById(view: DataView, moov: Box): Map<number, SampleDefaults> {
  const found = new Map<number, SampleDefaults>();
  const mvex = boxAt(view, moov, 'mvex');
  for (const { type, from } of boxesIn(view, mvex.from, mvex.to)) {
    if (type !== 'trex') continue;
    found.set(view.getUint32(from + 4), {
      duration: view.getUint32(from + 12),
      bytes: view.getUint32(from + 16),
      flags: view.getUint32(from + 20),
    });
  }
  return found;
}
