/**
 * One decoded picture in memory. `i420` is what ffmpeg decodes video to: a full luma plane, then U and V at
 * half width and height (both rounded up), 8 bits, limited range (16..235) BT.601. `rgb24` is R, G, B interleaved.
 */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly format: 'i420' | 'rgb24';
  readonly data: Uint8Array;
}

/** Bytes of one picture of that size and format. */
export function pictureBytes(width: number, height: number, format: Picture['format']): number {
  if (format === 'rgb24') return width * height * 3;
  const chroma = Math.ceil(width / 2) * Math.ceil(height / 2);
  return width * height + 2 * chroma;
}
