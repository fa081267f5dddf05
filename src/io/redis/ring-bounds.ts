/** Entries of one ring, with or without picture; about 0.5 KB each, two minutes at 15 frames a second. */
export const MAX_ENTRIES = 2048;

/** Pictures a ring holds at least, whatever `ringBytes` says: fewer would stutter at every hiccup. */
export const MIN_PICTURES = 8;

/**
 * How many pictures a ring of `ringBytes` holds. It is bounded by pictures, because they are what costs: an entry
 * without one does not push out an entry with one.
 * @param pictureBytes bytes of the picture now being added; the bound follows a camera that changes its size.
 */
export function maxPictures(ringBytes: number, pictureBytes: number): number {
  const fitting = Math.floor(ringBytes / allocatedBytes(pictureBytes));
  return Math.min(MAX_ENTRIES, Math.max(MIN_PICTURES, fitting));
}

/**
 * Memory that Redis takes for one picture: jemalloc has four size classes between two powers of two and rounds up
 * (measured on 7.0: 663,552 bytes of picture take 786,707).
 */
export function allocatedBytes(pictureBytes: number): number {
  const needed = pictureBytes + ENTRY_OVERHEAD_BYTES;
  const step = 2 ** (Math.ceil(Math.log2(needed)) - 3);
  return Math.ceil(needed / step) * step;
}

/** Stream node, ids and field name around a picture, rounded up. */
const ENTRY_OVERHEAD_BYTES = 512;
