/** A compressed picture of a recording, in the order of decoding. Times in units of the recording's own timescale. */
export interface CutPicture {
  readonly shownAt: number;
  /** The decoder can begin here without anything before (IDR). */
  readonly isEntry: boolean;
}

/** What of a recording goes into a clip: copied as it is, or decoded and encoded again. */
export type CutPiece =
  /** `count` pictures from index `first` on. */
  | { readonly do: 'copy'; readonly first: number; readonly count: number }
  /** The `count` pictures shown in [from, to); the decoder begins at index `first`. */
  | {
      readonly do: 'encode';
      readonly first: number;
      readonly from: number;
      readonly to: number;
      readonly count: number;
    };

/**
 * Cuts a recording exactly: the pieces hold exactly the pictures shown in [from, to), in order of time. A group of
 * pictures that can be decoded alone is copied when all of it is wanted, or when what is wanted is its beginning in the
 * order of decoding; only what is left at the edges is encoded again.
 */
export function cutPieces(
  pictures: readonly CutPicture[],
  { from, to }: { readonly from: number; readonly to: number },
): CutPiece[] {
  const starts = groupStarts(pictures);
  const pieces: CutPiece[] = [];
  for (const [i, { first, isEntry }] of starts.entries()) {
    const end = starts[i + 1]?.first ?? pictures.length;
    const piece = pieceOf(pictures, { first, end, isEntry }, { from, to });
    if (piece) add(pieces, piece);
  }
  return pieces;
}

interface Group {
  readonly first: number;
  readonly end: number;
  readonly isEntry: boolean;
}

function pieceOf(
  pictures: readonly CutPicture[],
  { first, end, isEntry }: Group,
  { from, to }: { from: number; to: number },
): CutPiece | undefined {
  let count = 0;
  let isBeginning = true;
  let [begin, last] = [Infinity, -Infinity];
  for (let i = first; i < end; i++) {
    const { shownAt } = pictures[i]!;
    if (shownAt < from || shownAt >= to) continue;
    isBeginning &&= i === first + count;
    count += 1;
    begin = Math.min(begin, shownAt);
    last = Math.max(last, shownAt);
  }
  if (count === 0) return undefined;
  if (isEntry && isBeginning) return { do: 'copy', first, count };
  return { do: 'encode', first, from: begin, to: last + 1, count };
}

/** Pieces that touch become one. */
function add(pieces: CutPiece[], piece: CutPiece): void {
  const last = pieces.at(-1);
  if (last?.do === 'copy' && piece.do === 'copy' && last.first + last.count === piece.first)
    pieces[pieces.length - 1] = { ...last, count: last.count + piece.count };
  else if (last?.do === 'encode' && piece.do === 'encode')
    pieces[pieces.length - 1] = { ...last, to: piece.to, count: last.count + piece.count };
  else pieces.push(piece);
}

/**
 * Where groups begin that have nothing to do with each other: at pictures that the decoder can begin at, when everything
 * before is shown before and everything after is shown after. What is before the first such one is a group too.
 */
function groupStarts(pictures: readonly CutPicture[]): { first: number; isEntry: boolean }[] {
  const earliestAfter = new Float64Array(pictures.length + 1).fill(Infinity);
  for (let i = pictures.length - 1; i >= 0; i--)
    earliestAfter[i] = Math.min(earliestAfter[i + 1]!, pictures[i]!.shownAt);
  const starts: { first: number; isEntry: boolean }[] = [];
  let latestBefore = -Infinity;
  for (const [i, { shownAt, isEntry }] of pictures.entries()) {
    const isClean = isEntry && latestBefore < shownAt && earliestAfter[i + 1]! > shownAt;
    if (isClean || i === 0) starts.push({ first: i, isEntry: isClean });
    latestBefore = Math.max(latestBefore, shownAt);
  }
  return starts;
}

/** All wanted pictures are encoded, in pieces of a length that is soon done again after a crash. */
export function encodePieces(
  pictures: readonly CutPicture[],
  { from, to }: { readonly from: number; readonly to: number },
  pieceUnits: number,
): CutPiece[] {
  const starts = groupStarts(pictures);
  const shown = pictures
    .map(({ shownAt }) => shownAt)
    .filter((at) => at >= from && at < to)
    .sort((a, b) => a - b);
  const pieces: CutPiece[] = [];
  for (let i = 0; i < shown.length;) {
    const begin = shown[i]!;
    let end = i;
    while (end < shown.length && shown[end]! < begin + pieceUnits) end++;
    const first = starts.findLast((start) => pictures[start.first]!.shownAt <= begin)?.first ?? 0;
    pieces.push({ do: 'encode', first, from: begin, to: shown[end - 1]! + 1, count: end - i });
    i = end;
  }
  return pieces;
}
