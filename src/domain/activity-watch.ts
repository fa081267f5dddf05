/**
 * Tells from the sizes of a stream's compressed pictures whether something moves in it, without decoding any. An
 * encoder spends next to nothing on what has not changed since the picture before; where people enter a still scene
 * its pictures grow to several times the size within two or three frames.
 *
 * It is blind where sizes say nothing: every picture is a key frame (MJPEG), heavy noise (a dark night) costs more than
 * people do, or the encoder keeps to a constant rate whatever it shows. There movement shows in the key frames only.
 */
export interface ActivityWatch {
  /** The next compressed picture. @returns something moves */
  take(picture: CompressedPicture): boolean;
  /** Nothing moves, as somebody knows who has seen the pictures: what came last is what stillness looks like now. */
  settle(): void;
}

export interface CompressedPicture {
  readonly isKey: boolean;
  readonly bytes: number;
  /** Time in the stream, ms. */
  readonly mediaMs: number;
}

/** Pictures of different kinds (P, B) take turns: sizes are compared as means over this time, and at least so many. */
const WINDOW_MS = 300;
const WINDOW_LEAST = 3;
/** What stillness looks like is known from this much of it. */
const LEARN_MS = 2000;
const LEARN_LEAST = 10;
const REMEMBERED = 400;
/** Whoever says that all is still has looked on for a while: as much of the past counts as stillness, ms. */
const SETTLED_MS = 8000;
/** Movement is clearly more than nearly all of what was, and than the usual. */
const HIGH_QUANTILE = 0.98;
const ABOVE_HIGH = 1.25;
const ABOVE_MEDIAN = 1.5;
/** Pictures that hold nothing vary by this much, bytes. */
const ABOVE_BYTES = 64;

interface Mean {
  readonly mediaMs: number;
  readonly bytes: number;
}

export function createActivityWatch(): ActivityWatch {
  /** The pictures between key frames of the last moment. */
  let window: CompressedPicture[] = [];
  /** Their mean size as time went by, oldest first; the newest ones are what is judged. */
  let means: Mean[] = [];

  function meanAt(mediaMs: number): Mean | undefined {
    if (window.length < WINDOW_LEAST) return undefined;
    return { mediaMs, bytes: window.reduce((sum, { bytes }) => sum + bytes, 0) / window.length };
  }

  function isMore(mean: Mean): boolean {
    const known = means.filter(({ mediaMs }) => mediaMs <= mean.mediaMs - WINDOW_MS);
    const [oldest] = known;
    if (!oldest || known.length < LEARN_LEAST || mean.mediaMs - oldest.mediaMs < LEARN_MS) return false;
    const sizes = Float64Array.from(known, ({ bytes }) => bytes).sort();
    const at = (share: number): number => sizes[Math.floor(share * (sizes.length - 1))] ?? Infinity;
    return mean.bytes > Math.max(at(HIGH_QUANTILE) * ABOVE_HIGH, at(0.5) * ABOVE_MEDIAN) + ABOVE_BYTES;
  }

  return {
    take(picture) {
      if (picture.isKey) return false;
      window.push(picture);
      const isOld = (index: number): boolean =>
        (window[index]?.mediaMs ?? Infinity) < picture.mediaMs - WINDOW_MS;
      while (window.length > WINDOW_LEAST && isOld(0)) window.shift();
      const mean = meanAt(picture.mediaMs);
      if (!mean) return false;
      const moves = isMore(mean);
      means.push(mean);
      if (means.length > REMEMBERED) means = means.slice(means.length - REMEMBERED);
      return moves;
    },

    settle() {
      const last = means.at(-1)?.mediaMs ?? 0;
      means = means.filter(({ mediaMs }) => mediaMs >= last - SETTLED_MS);
      window = [];
    },
  };
}
