import type { Box } from './boxes.js';
import type { SampleDefaults } from './setup.js';

/** Flags of `tfhd` and `trun`, and of a sample (ISO/IEC 14496-12 8.8.7, 8.8.8, 8.8.3.1). */
const TFHD = { baseOffset: 0x01, description: 0x02, duration: 0x08, bytes: 0x10, flags: 0x20 };
export const TRUN = {
  dataOffset: 0x01,
  firstFlags: 0x04,
  duration: 0x100,
  bytes: 0x200,
  flags: 0x400,
  shownAfter: 0x800,
};
export const NO_SYNC_SAMPLE = 0x10000;

/**
 * What the head of a track's part of a fragment says of all its samples.
 * @param trex what it says nothing of
 * @returns `base`: where the places of samples count from, when it is said
 */
export function readHead(
  view: DataView,
  tfhd: Box,
  trex: SampleDefaults,
): { readonly defaults: SampleDefaults; readonly base?: number } {
  const has = view.getUint32(tfhd.from) & 0xffffff;
  let at = tfhd.from + 8;
  const base = has & TFHD.baseOffset ? Number(view.getBigUint64(at)) : undefined;
  at += (has & TFHD.baseOffset ? 8 : 0) + (has & TFHD.description ? 4 : 0);
  const next = (flag: number, otherwise: number): number => {
    if ((has & flag) === 0) return otherwise;
    at += 4;
    return view.getUint32(at - 4);
  };
  const defaults = {
    duration: next(TFHD.duration, trex.duration),
    bytes: next(TFHD.bytes, trex.bytes),
    flags: next(TFHD.flags, trex.flags),
  };
  return { defaults, ...(base !== undefined && { base }) };
}
