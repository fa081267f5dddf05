/** What a recording's file is, where it is read: in the recordings folder or in the cold store. */
export interface RecordingFile {
  readonly bytes: number;
  /** `undefined`: it is still being written. */
  readonly sha256?: string;
  readonly codec: string;
}

/**
 * The file of a recording that is read now. One that was moved and restored is the copy from the cold store, which may have
 * been encoded anew: then it is not the file that was recorded.
 */
export function fileOf(
  segment: RecordingFile & { readonly cold?: RecordingFile & { readonly sha256: string } },
): RecordingFile {
  const { bytes, sha256, codec } = segment.cold ?? segment;
  return { bytes, codec, ...(sha256 !== undefined && { sha256 }) };
}
