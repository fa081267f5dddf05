import type { CutFragment } from '../mp4/fragment-cutter.js';

/** Groups of pictures longer than this are not kept: no stream with such is idled. 10 s and a little. */
const LONGEST_MS = 12_000;
/** 10 s of 12 Mbit/s. */
const MOST_BYTES = 16 * 1024 ** 2;

/** What came since the last key frame, so that it can be decoded later. */
export interface Tail {
  add(fragment: CutFragment): void;
  fragments(): readonly CutFragment[];
  /** Groups of pictures are short enough to be kept: the last whole one was, and this one is. */
  isBounded(): boolean;
  /** It has outgrown what is to be kept. */
  isTooLong(): boolean;
  /** Keeps nothing until the next key frame. */
  drop(): void;
}

export function createTail(): Tail {
  let kept: CutFragment[] = [];
  let bytes = 0;
  let isTooLong = false;
  /** `undefined`: no whole group of pictures was seen yet. */
  let wasBounded: boolean | undefined;

  function startGroup(): void {
    if (kept.length > 0 || isTooLong) wasBounded = !isTooLong;
    kept = [];
    bytes = 0;
    isTooLong = false;
  }

  return {
    add(fragment) {
      if (fragment.isKey) startGroup();
      else if (kept.length === 0) return;
      kept.push(fragment);
      bytes += fragment.bytes.length;
      const first = kept[0] ?? fragment;
      isTooLong ||= fragment.mediaMs - first.mediaMs > LONGEST_MS || bytes > MOST_BYTES;
    },
    fragments: () => kept,
    isTooLong: () => isTooLong && kept.length > 0,
    drop() {
      kept = [];
      bytes = 0;
    },
    isBounded: () => wasBounded === true && !isTooLong,
  };
}
