import type { Fragment, FragmentStream } from '../../domain/fragment.js';
import { headerAt, viewOf } from './boxes.js';
import { readFragmentHeader } from './fragment-header.js';
import { rebaseFragment } from './rebase.js';
import { readSetup, type Setup } from './setup.js';

/** A fragment with what only a reader beside the decoder wants to know. */
export interface CutFragment extends Fragment {
  /** When its first picture is shown, µs after the first picture of this reading was decoded. */
  readonly shownUs: number;
  /** Pictures are reordered (B-frames): they are shown this much later than they are decoded, µs. */
  readonly reorderUs: number;
}

export interface CutterEvents {
  /** Once, before the first fragment. */
  onStream(stream: FragmentStream): void;
  onFragment(fragment: CutFragment): void;
}

/** Larger boxes are no second of pictures: 64 MiB. */
const LARGEST_BOX = 64 * 1024 ** 2;
const LARGEST_HEADER = 1024 ** 2;

/**
 * Cuts the bytes of a fragmented MP4 stream (`empty_moov`, `default_base_moof`) of pictures, perhaps with sound, into its setup and its
 * fragments, each in memory of its own: pictures are copied once, to where they belong. The decode times (`tfdt`) are
 * moved so that the first one is 0. The returned function takes the stream's next bytes, in pieces of any size.
 * @throws Error (the returned function) when the bytes are no such stream.
 */
export function createFragmentCutter(
  events: CutterEvents,
  now: () => number = Date.now,
): (chunk: Uint8Array) => void {
  const header = new Uint8Array(16);
  /** The box that is being filled, and what of it is there. */
  let box: { readonly type: string; readonly bytes: Uint8Array; readonly lead: number } | undefined;
  let filled = 0;
  let ftyp: Uint8Array = new Uint8Array(0);
  let moof: Uint8Array | undefined;
  let setup: Setup | undefined;
  let firstUnits: number | undefined;

  function takeHeader(chunk: Uint8Array, from: number): number {
    // 8 bytes say whether there are 16.
    const wanted = filled >= 8 && header[3] === 1 ? 16 : 8;
    const count = Math.min(wanted - filled, chunk.length - from);
    header.set(chunk.subarray(from, from + count), filled);
    filled += count;
    const about = filled < 8 ? undefined : headerAt(viewOf(header), 0, filled);
    if (about) beginBox(about);
    else if (filled === 16 || (filled === 8 && header[3] !== 1))
      throw new Error('ffmpeg wrote no MP4 stream');
    return count;
  }

  function beginBox({ type, size, length }: { type: string; size: number; length: number }): void {
    if (size > (type === 'mdat' ? LARGEST_BOX : LARGEST_HEADER)) {
      throw new Error(`the MP4 stream holds a ${type} box of ${size} bytes`);
    }
    const lead = type === 'mdat' && moof ? moof.length : 0;
    const bytes = Buffer.allocUnsafeSlow(lead + size);
    if (lead > 0 && moof) bytes.set(moof);
    bytes.set(header.subarray(0, length), lead);
    box = { type, bytes, lead };
    filled = lead + length;
  }

  function takeContents(chunk: Uint8Array, from: number, { type, bytes }: NonNullable<typeof box>): number {
    const count = Math.min(bytes.length - filled, chunk.length - from);
    bytes.set(chunk.subarray(from, from + count), filled);
    filled += count;
    if (filled === bytes.length) {
      box = undefined;
      filled = 0;
      endBox(type, bytes);
    }
    return count;
  }

  function endBox(type: string, bytes: Uint8Array): void {
    if (type === 'ftyp') ftyp = bytes;
    else if (type === 'moov') {
      setup = readSetup(Buffer.concat([ftyp, bytes]));
      events.onStream(setup.stream);
    } else if (type === 'moof') moof = bytes;
    else if (type === 'mdat' && moof && setup) {
      moof = undefined;
      const fragment = toFragment(bytes, setup);
      // A second of sound without a picture, at the end of a stream.
      if (fragment) events.onFragment(fragment);
    }
  }

  function toFragment(bytes: Uint8Array, setup: Setup): CutFragment | undefined {
    const header = readFragmentHeader(viewOf(bytes), setup);
    if (!header) return undefined;
    const { decodeAt, duration, samples, isKey, shownAfter } = header;
    const { timescale } = setup.stream;
    firstUnits ??= decodeAt;
    if (firstUnits !== 0) rebaseFragment(bytes, { units: BigInt(firstUnits), timescale }, setup.timescales);
    const seconds = (units: number): number => units / timescale;
    return {
      isKey,
      mediaMs: seconds(decodeAt - firstUnits) * 1000,
      durationMs: seconds(duration) * 1000,
      frames: samples,
      arrivedAt: now(),
      bytes,
      shownUs: Math.round(seconds(decodeAt - firstUnits + shownAfter) * 1e6),
      reorderUs: Math.round(seconds(shownAfter) * 1e6),
    };
  }

  return (chunk) => {
    for (let at = 0; at < chunk.length;) {
      at += box ? takeContents(chunk, at, box) : takeHeader(chunk, at);
    }
  };
}
