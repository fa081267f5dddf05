import { boxesIn, viewOf } from './boxes.js';

/** What an AudioSampleEntry holds before its own boxes, with its header, bytes (ISO/IEC 14496-12 12.2.3). */
const SOUND_ENTRY = 8 + 28;
/** Descriptors of `esds` (ISO/IEC 14496-1 7.2.6.5): how much of each is before the ones within. */
const INSIDE: Readonly<Record<number, number>> = { 0x03: 3, 0x04: 13 };
const DECODER_SPECIFIC = 0x05;

export interface SoundKind {
  /** The same text: one decoder plays both, one after the other. */
  readonly key: string;
  readonly rateHz: number;
  readonly channels: number;
}

/** @param entry the sample entry, a whole box */
export function soundKindOf(entry: Uint8Array): SoundKind {
  const view = viewOf(entry);
  const [channels, rateHz] = [view.getUint16(24), view.getUint16(32)];
  const type = Buffer.from(entry.subarray(4, 8)).toString('latin1');
  const set = Buffer.from(decoderSpecific(entry) ?? []).toString('hex');
  return { key: [type, channels, rateHz, set].join('-'), rateHz, channels };
}

function decoderSpecific(entry: Uint8Array): Uint8Array | undefined {
  const view = viewOf(entry);
  for (const { type, from, to } of boxesIn(view, SOUND_ENTRY)) {
    if (type !== 'esds') continue;
    for (let at = from + 4; at + 2 <= to;) {
      const tag = view.getUint8(at++);
      let length = 0;
      for (let more = true; more && at < to; at++) {
        length = (length << 7) | (view.getUint8(at) & 0x7f);
        more = (view.getUint8(at) & 0x80) !== 0;
      }
      if (tag === DECODER_SPECIFIC) return entry.subarray(at, at + length);
      const before = INSIDE[tag];
      at += before ?? length;
    }
  }
  return undefined;
}
