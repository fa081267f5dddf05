import { type ClipItem, clipItems } from '../../domain/export/clip-order.js';
import { type CutPiece, cutPieces, encodePieces } from '../../domain/export/cut-pieces.js';
import { howToMake } from '../../domain/export/how-to-make.js';
import type { ClipGap, ClipStretch } from '../../domain/export/plan-clip.js';
import { PermanentError } from '../../errors.js';
import type { ClipOrder } from '../../ports/clips.js';
import type { Segment } from '../../ports.js';
import { parameterSetsOf } from '../mp4/parameter-sets.js';
import type { Track } from '../mp4/tracks.js';
import { type CodecFamily, familyOf, readRecording, type RecordingContents } from './recording-file.js';
import { damaged, type Source, UnusableRecording } from './sources.js';

/** Parts that are encoded are about this long: a crash costs no more, ms. */
const PART_MS = 60_000;
/** Length fields of NAL units as ffmpeg writes them, bytes; others are encoded anew. */
const LENGTH_SIZE = 4;

/** A stretch of a recording whose file was found and is sound. Its pictures are looked up again when they are needed. */
export interface FoundStretch {
  readonly kind: 'stretch';
  readonly segment: Segment;
  readonly path: string;
  readonly track: Track;
  readonly soundTrack: Track | undefined;
  readonly family: CodecFamily;
  readonly isReordered: boolean;
  /** Presentation times, units of its track; `to` is not included. */
  readonly from: number;
  readonly to: number;
  readonly isJoined: boolean;
  /** Something of it has to be encoded when the rest is copied. */
  readonly hasEdges: boolean;
}

export type FoundItem = FoundStretch | Extract<ClipItem, { kind: 'gap' }>;

export interface Survey {
  readonly how: 'copy' | 'encode';
  readonly items: readonly FoundItem[];
  readonly stretches: readonly FoundStretch[];
  readonly gaps: readonly ClipGap[];
}

/**
 * Finds the recordings of an order and says how its clip is made.
 * @param fetch see `fetchSource`
 * @throws PermanentError when a recording cannot be used (left out and listed as a gap where `partial` is asked), or when
 * nothing at all was recorded
 */
export async function survey(
  order: ClipOrder,
  fetch: (segmentId: string) => Promise<Source | undefined>,
): Promise<Survey> {
  const found = new Map<string, FoundSource>();
  const gaps = [...order.plan.gaps];
  const stretches: ClipStretch[] = [];
  for (const stretch of order.plan.stretches) {
    const { segmentId, from, to } = stretch;
    try {
      const source = found.get(segmentId) ?? (await look(segmentId, fetch));
      if (!source) continue;
      found.set(segmentId, source);
      stretches.push(stretch);
    } catch (error) {
      if (order.partial !== true || !(error instanceof UnusableRecording)) throw error;
      gaps.push({ from, to, cause: 'disk', reason: error.what });
    }
  }
  gaps.sort((a, b) => a.from - b.from);
  const isWhole = ({ segmentId, to }: ClipStretch): boolean => {
    const segment = found.get(segmentId)?.segment;
    return segment?.state === 'closed' && to >= segment.endAt;
  };
  const planned = clipItems({ ...order.plan, stretches, gaps }, { showGaps: order.showGaps, isWhole });
  const items: FoundItem[] = [];
  for (const item of planned) {
    const one = item.kind === 'gap' ? item : await foundStretch(item, found.get(item.stretch.segmentId)!);
    if (one) items.push(one);
  }
  const all = items.filter((item) => item.kind === 'stretch');
  if (all.length === 0) throw nothingRecorded(order);
  const hasLook =
    order.look.watermark !== undefined || order.look.overlay === true || order.look.blurFaces === true;
  const how = howToMake(
    all.map(({ family, track: { width, height }, isReordered }) => ({
      codec: family,
      width,
      height,
      isReordered,
    })),
    { format: order.format, hasLook },
  );
  return { how, items, stretches: all, gaps };
}

interface FoundSource {
  readonly segment: Segment;
  readonly path: string;
}

async function look(
  segmentId: string,
  fetch: (segmentId: string) => Promise<Source | undefined>,
): Promise<FoundSource | undefined> {
  const source = await fetch(segmentId);
  return source && { segment: source.segment, path: source.contents.path };
}

async function foundStretch(
  { stretch, isJoined, until }: Extract<ClipItem, { kind: 'stretch' }>,
  { segment, path }: FoundSource,
): Promise<FoundStretch | undefined> {
  const contents = await contentsOf(path, segment);
  const { track, soundTrack, pictures } = contents;
  const units = (at: number): number => ((at - segment.startAt) * track.timescale) / 1000;
  const [from, to] = [units(stretch.from), units(until)];
  const pieces = cutPieces(pictures, { from, to });
  if (pieces.length === 0) return undefined;
  const isReordered = pictures.some(({ shownAt }, i) => shownAt < (pictures[i - 1]?.shownAt ?? -Infinity));
  const sets = parameterSetsOf(track.entry);
  const family = sets && sets.lengthSize !== LENGTH_SIZE ? 'other' : familyOf(track);
  const hasEdges = pieces.some((piece) => piece.do === 'encode');
  return {
    kind: 'stretch',
    segment,
    path,
    track,
    soundTrack,
    family,
    isReordered,
    from,
    to,
    isJoined,
    hasEdges,
  };
}

/** What of a stretch is copied and what is encoded, in parts that a crash may cost. */
export function piecesOf(
  how: Survey['how'],
  { from, to, track }: FoundStretch,
  { pictures }: RecordingContents,
): CutPiece[] {
  const partUnits = (PART_MS / 1000) * track.timescale;
  if (how === 'encode') return encodePieces(pictures, { from, to }, partUnits);
  return cutPieces(pictures, { from, to }).flatMap((piece) =>
    piece.do === 'copy' ? [piece] : encodePieces(pictures, piece, partUnits),
  );
}

/** @throws UnusableRecording when it could be read before and cannot any more */
export async function contentsOf(path: string, segment: Segment): Promise<RecordingContents> {
  const contents = await readRecording(path);
  if (!contents) throw damaged(segment, 'cannot be read any more');
  return contents;
}

function nothingRecorded({ camera, plan: { from, to } }: ClipOrder): PermanentError {
  const [first, last] = [from, to].map((at) => new Date(at).toISOString());
  return new PermanentError(
    `camera ${camera.id} has no recorded picture from ${first} to ${last}; see its coverage, and ask for a time that was recorded`,
  );
}
