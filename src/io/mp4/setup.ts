import type { FragmentStream } from '../../domain/fragment.js';
import { type Box, boxAt, boxesIn, viewOf } from './boxes.js';
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
  readonly defaults: SampleDefaults;
}

/**
 * Reads the setup of a stream with one track of pictures. H.265 under the name `hev1` is renamed to `hvc1`, in place:
 * Apple's players take no other, and the parameter sets are in the setup in either case.
 * @param init the `ftyp` and `moov` boxes
 * @throws Error when it is no such setup.
 */
export function readSetup(init: Uint8Array): Setup {
  const view = viewOf(init);
  const moov = boxAt(view, { from: 0, to: init.length }, 'moov');
  const mdia = pictureMedia(view, moov);
  const mdhd = boxAt(view, mdia, 'mdhd');
  const entry = sampleEntry(view, boxAt(view, mdia, 'minf', 'stbl', 'stsd'));
  const trex = boxAt(view, moov, 'mvex', 'trex').from + 4;
  if (entry.type === 'hev1') init.set(Buffer.from('hvc1', 'latin1'), entry.from - 4);
  return {
    stream: {
      init,
      codec: codecString(view, entry),
      width: view.getUint16(entry.from + 24),
      height: view.getUint16(entry.from + 26),
      timescale: view.getUint32(mdhd.from + (view.getUint8(mdhd.from) === 1 ? 20 : 12)),
    },
    defaults: {
      duration: view.getUint32(trex + 8),
      bytes: view.getUint32(trex + 12),
      flags: view.getUint32(trex + 16),
    },
  };
}

function pictureMedia(view: DataView, moov: Box): Box {
  for (const { type, from, to } of boxesIn(view, moov.from, moov.to)) {
    if (type !== 'trak') continue;
    const mdia = boxAt(view, { from, to }, 'mdia');
    const handler = boxAt(view, mdia, 'hdlr').from + 8;
    if (view.getUint32(handler) === VIDE) return mdia;
  }
  throw new Error('the MP4 stream holds no pictures');
}

/** `vide` */
const VIDE = 0x76696465;
