import type { ClipFormat } from './request.js';

/** What decides whether the pictures of a recording can be copied. */
export interface RecordedPictures {
  readonly codec: 'h264' | 'hevc' | 'mjpeg' | 'other';
  readonly width: number;
  readonly height: number;
  /** Pictures are decoded in another order than they are shown (B-frames). */
  readonly isReordered: boolean;
}

/**
 * Copying is quick and loses nothing, but a file has one codec and one size. AVI has no place for H.265, nor for the
 * times of reordered pictures.
 */
export function howToMake(
  recordings: readonly RecordedPictures[],
  { format, hasLook }: { readonly format: ClipFormat; readonly hasLook: boolean },
): 'copy' | 'encode' {
  const [first] = recordings;
  if (hasLook || !first || first.codec === 'other') return 'encode';
  const isUniform = recordings.every(
    ({ codec, width, height }) => codec === first.codec && width === first.width && height === first.height,
  );
  if (!isUniform) return 'encode';
  if (format === 'avi' && (first.codec === 'hevc' || recordings.some(({ isReordered }) => isReordered)))
    return 'encode';
  return 'copy';
}
