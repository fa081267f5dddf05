import type { Sample } from '../mp4/samples.js';
import type { Track } from '../mp4/tracks.js';
import type { Assembly, PictureRun, PlacedPicture, SoundRun } from './assembly.js';
import type { EncodePiece } from './parts.js';
import type { Picture, RecordingContents } from './recording-file.js';
import { damaged } from './sources.js';
import { contentsOf, type FoundItem, type FoundStretch, piecesOf, type Survey } from './survey.js';

/** Which stretch of the clip shows what. */
export interface PlacedStretch {
  readonly atMs: number;
  readonly durationMs: number;
  /** Capture time of its first picture, epoch ms. */
  readonly from: number;
  readonly segmentId?: string;
}

export interface PlaceOptions {
  /** Units a second of the clip's pictures. */
  readonly timescale: number;
  readonly soundTimescale: number | undefined;
  /** The parts that were made. */
  readonly partOf: (stretch: FoundStretch, piece: EncodePiece) => Promise<RecordingContents>;
  /** Where the sound of a stretch is taken from: its recording, or a copy with the clip's kind of sound. */
  readonly soundOf: (stretch: FoundStretch, contents: RecordingContents) => Promise<RecordingContents>;
  readonly gapOf: (item: Extract<FoundItem, { kind: 'gap' }>) => Promise<RecordingContents>;
}

export interface Placed {
  readonly stretches: readonly PlacedStretch[];
  /** Capture times of the first and the last picture of a recording, epoch ms. */
  readonly firstAt: number;
  readonly lastAt: number;
  /** How long the last picture is shown, units of the clip. */
  readonly lastUnits: number;
}

/**
 * Puts all pictures and their sound where they belong in time: a stretch lies at its capture time after the start, less
 * what was left out before it.
 */
export async function placeItems(found: Survey, into: Assembly, options: PlaceOptions): Promise<Placed> {
  const { timescale } = options;
  const stretches: PlacedStretch[] = [];
  const put = (stretch: PlacedStretch): void => {
    const before = stretches.at(-1);
    // A picture is shown until the next one comes.
    if (before && before.atMs + before.durationMs > stretch.atMs)
      stretches[stretches.length - 1] = { ...before, durationMs: stretch.atMs - before.atMs };
    stretches.push(stretch);
  };
  /** Where in the clip the next picture comes that follows nothing, units; and what is shown there last. */
  let end = 0;
  let last = -1;
  /** What is taken off capture times, ms. */
  let offsetMs = 0;
  let [firstAt, lastAt] = [Infinity, -Infinity];
  let lastUnits = 1;
  let lastSound = -Infinity;

  const placeGap = async (item: Extract<FoundItem, { kind: 'gap' }>): Promise<void> => {
    const { path, track, pictures } = await options.gapOf(item);
    const from = end;
    end += Math.round((item.shownMs / 1000) * timescale);
    const placed = pictures.map((sample, i) => ({ sample, shownAt: from + i * timescale }));
    const shown = placed.filter(({ shownAt }) => shownAt < end);
    into.add([{ path, entry: track.entry, pictures: shown }], undefined);
    last = shown.at(-1)?.shownAt ?? last;
    lastUnits = Math.max(1, end - last);
    put({ ...span(from, end), from: item.gap.from });
  };

  const placeStretch = async (stretch: FoundStretch): Promise<void> => {
    const { segment, path, track } = stretch;
    const contents = await contentsOf(path, segment);
    const wanted = contents.pictures.filter(({ shownAt }) => shownAt >= stretch.from && shownAt < stretch.to);
    const newest = latest(wanted);
    const first = earliest(wanted).shownAt;
    const captured = (units: number): number => segment.startAt + (units * 1000) / track.timescale;
    if (!stretch.isJoined || stretches.length === 0) offsetMs = captured(first) - (end / timescale) * 1000;
    const at = (units: number): number => ((captured(units) - offsetMs) * timescale) / 1000;
    const times = inOrderFrom(shownTimes(wanted), at, last + 1);
    const place = (units: number): number => times.get(units) ?? Math.round(at(units));
    const runs: PictureRun[] = [];
    for (const piece of piecesOf(found.how, stretch, contents)) {
      if (piece.do === 'copy') {
        const pictures = contents.pictures.slice(piece.first, piece.first + piece.count);
        const placed = pictures.map((sample) => ({ sample, shownAt: place(sample.shownAt) }));
        runs.push({ path, entry: track.entry, pictures: placed });
      } else {
        const part = await options.partOf(stretch, piece);
        runs.push({
          path: part.path,
          entry: part.track.entry,
          pictures: placedLike(part, wanted, piece, stretch, place),
        });
      }
    }
    const from = place(first);
    last = place(newest.shownAt);
    lastUnits = Math.max(1, Math.round((newest.duration * timescale) / track.timescale));
    end = last + lastUnits;
    const heard = await options.soundOf(stretch, contents);
    into.add(runs, soundOf(heard, track, captured, { from: first, to: newest.shownAt + newest.duration }));
    firstAt = Math.min(firstAt, captured(first));
    lastAt = Math.max(lastAt, captured(newest.shownAt));
    put({ ...span(from, end), from: Math.round(captured(first)), segmentId: segment.id });
  };

  const soundOf = (
    { path, sound, soundTrack }: RecordingContents,
    track: Track,
    captured: (units: number) => number,
    shown: { from: number; to: number },
  ): SoundRun | undefined => {
    const target = options.soundTimescale;
    if (!soundTrack || target === undefined) return undefined;
    const samples: { sample: Sample; decodeAt: number }[] = [];
    for (const sample of sound) {
      const at = (sample.decodeAt * track.timescale) / soundTrack.timescale;
      if (at < shown.from || at >= shown.to) continue;
      const decodeAt = Math.round(((captured(at) - offsetMs) * target) / 1000);
      // Where two recordings overlap a little, what is more than half over is left out.
      if (decodeAt < lastSound + sample.duration / 2) continue;
      lastSound = decodeAt;
      samples.push({ sample, decodeAt });
    }
    return samples.length === 0 ? undefined : { path, samples };
  };

  const span = (from: number, to: number): { atMs: number; durationMs: number } => ({
    atMs: Math.round((from / timescale) * 1000),
    durationMs: Math.round(((to - from) / timescale) * 1000),
  });

  for (const item of found.items) await (item.kind === 'gap' ? placeGap(item) : placeStretch(item));
  return { stretches, firstAt: Math.round(firstAt), lastAt: Math.round(lastAt), lastUnits };
}

/** Encoded pictures stand for the recorded ones, one for one, at their times. */
function placedLike(
  part: RecordingContents,
  wanted: readonly Picture[],
  piece: EncodePiece,
  { segment, track }: FoundStretch,
  place: (units: number) => number,
): PlacedPicture[] {
  const times = wanted
    .map(({ shownAt }) => shownAt)
    .filter((at) => at >= piece.from && at < piece.to)
    .sort((a, b) => a - b);
  const shown = [...part.pictures].sort((a, b) => a.shownAt - b.shownAt);
  if (shown.length > times.length) throw damaged(segment, 'holds more pictures than its index says');
  const order = new Map(shown.map((picture, i) => [picture, i]));
  const begin = shown[0]?.shownAt ?? 0;
  return part.pictures.map((sample) => {
    const exact = times[order.get(sample) ?? 0];
    // Pictures that could not be decoded are missing: the others keep their distance.
    const units = piece.from + ((sample.shownAt - begin) * track.timescale) / part.track.timescale;
    return { sample, shownAt: place(shown.length === times.length ? (exact ?? units) : units) };
  });
}

/**
 * When each picture is shown. Two recordings may overlap a little, by what their clocks disagree: then the first pictures
 * of the second one are pushed together, and those after them are where they belong.
 * @param at where it belongs
 * @param from no picture is shown before
 */
function inOrderFrom(
  units: readonly number[],
  at: (units: number) => number,
  from: number,
): ReadonlyMap<number, number> {
  const times = new Map<number, number>();
  let next = from;
  for (const one of [...units].sort((a, b) => a - b)) {
    const time = Math.max(next, Math.round(at(one)));
    times.set(one, time);
    next = time + 1;
  }
  return times;
}

function shownTimes(pictures: readonly Picture[]): number[] {
  return pictures.map(({ shownAt }) => shownAt);
}

function earliest(pictures: readonly Picture[]): Picture {
  return pictures.reduce((found, picture) => (picture.shownAt < found.shownAt ? picture : found));
}

function latest(pictures: readonly Picture[]): Picture {
  return pictures.reduce((found, picture) => (picture.shownAt > found.shownAt ? picture : found));
}
