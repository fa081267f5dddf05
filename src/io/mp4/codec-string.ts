import { type Box, boxAt, boxesIn } from './boxes.js';

/** What a VisualSampleEntry holds before its own boxes, bytes (ISO/IEC 14496-12 12.1.3). */
const VISUAL_ENTRY = 78;

/**
 * The codec as browsers want it (RFC 6381; H.264: ISO/IEC 14496-15 Annex E.2, H.265: E.3, MPEG-4 and MJPEG: the object
 * type of MP4RA). Of other codecs the four characters of the entry.
 * @param entry the sample entry in `stsd`
 */
export function codecString(view: DataView, entry: Box): string {
  const inside = { from: entry.from + VISUAL_ENTRY, to: entry.to };
  if (entry.type.startsWith('avc')) {
    const { from } = boxAt(view, inside, 'avcC');
    return `${entry.type}.${hex(view, from + 1)}${hex(view, from + 2)}${hex(view, from + 3)}`;
  }
  if (entry.type === 'hvc1' || entry.type === 'hev1') {
    return `hvc1.${hevcProfile(view, boxAt(view, inside, 'hvcC').from)}`;
  }
  if (entry.type === 'mp4v') return `mp4v.${objectType(view, boxAt(view, inside, 'esds'))}`;
  return entry.type;
}

/** Profile, compatibility, tier and level, constraints, of an HEVCDecoderConfigurationRecord. */
function hevcProfile(view: DataView, at: number): string {
  const first = view.getUint8(at + 1);
  const space = ['', 'A', 'B', 'C'][first >> 6] ?? '';
  const tier = (first & 0x20) === 0 ? 'L' : 'H';
  const constraints = Array.from({ length: 6 }, (_, i) => view.getUint8(at + 6 + i));
  while (constraints.at(-1) === 0) constraints.pop();
  return [
    `${space}${first & 0x1f}`,
    reversed(view.getUint32(at + 2))
      .toString(16)
      .toUpperCase(),
    `${tier}${view.getUint8(at + 12)}`,
    ...constraints.map((byte) => byte.toString(16).toUpperCase()),
  ].join('.');
}

/** The bits of a 32-bit word from the last to the first. */
function reversed(word: number): number {
  let left = word;
  let out = 0;
  for (let i = 0; i < 32; i++, left >>>= 1) out = ((out << 1) | (left & 1)) >>> 0;
  return out;
}

/** Descriptors: a tag, a length in bytes of 7 bits, the contents (ISO/IEC 14496-1 8.3.3). */
function objectType(view: DataView, esds: Box): string {
  const ES = { tag: 0x03, before: 3 };
  const DECODER_CONFIG = 0x04;
  for (let at = esds.from + 4; at + 2 < esds.to;) {
    const tag = view.getUint8(at++);
    while (at < esds.to && (view.getUint8(at++) & 0x80) !== 0);
    if (tag === DECODER_CONFIG) return hex(view, at).toUpperCase();
    if (tag !== ES.tag) break;
    at += ES.before;
  }
  throw new Error('the MP4 stream does not say which codec its pictures are of');
}

function hex(view: DataView, at: number): string {
  return view.getUint8(at).toString(16).padStart(2, '0');
}

/** The first sample entry of a `stsd` box. @throws Error when there is none. */
export function sampleEntry(view: DataView, stsd: Box): Box {
  for (const entry of boxesIn(view, stsd.from + 8, stsd.to)) return entry;
  throw new Error('the MP4 stream describes no pictures');
}
