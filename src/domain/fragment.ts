/**
 * The compressed pictures of a stream as fragmented MP4 (ISO/IEC 14496-12): one piece of setup, then fragments that can
 * be appended to it. Setup and any run of fragments that begins with a key frame are a playable file.
 */
export interface FragmentSink {
  /** A reading begins (each connection again): what fragments from here on are appended to. */
  begin(stream: FragmentStream): void;
  take(fragment: Fragment): void;
}

export interface FragmentStream {
  /** The `ftyp` and `moov` boxes. */
  readonly init: Uint8Array;
  /** For browsers (RFC 6381), for example `avc1.64001f`, `hvc1.1.6.L93.B0`, `mp4v.6C` (MJPEG). */
  readonly codec: string;
  readonly width: number;
  readonly height: number;
  /** Units a second of the fragments' own times (`tfdt`). */
  readonly timescale: number;
}

/** A `moof` and its `mdat`; at most about a second of pictures. */
export interface Fragment {
  /** Begins with a key frame: a file may begin here. */
  readonly isKey: boolean;
  /** Decode time of its first picture after the first one of this reading, ms. */
  readonly mediaMs: number;
  readonly durationMs: number;
  readonly frames: number;
  /** Wall clock when its last byte was there, epoch ms. */
  readonly arrivedAt: number;
  readonly bytes: Uint8Array;
}
