import { inBand, parameterSetsOf, type JoinedEntry } from '../mp4/parameter-sets.js';
import { movieHead, type MovieTrack } from '../mp4/movie.js';
import type { Sample } from '../mp4/samples.js';
import { createSampleTable } from '../mp4/sample-table.js';
import type { Track } from '../mp4/tracks.js';

/** Bytes of a clip: those of a file from `from` on, or these. */
export type DataRun =
  | { readonly path: string; readonly from: number; readonly bytes: number }
  | { readonly data: Uint8Array; readonly bytes: number };

/** A picture with the time it is shown at in the clip, units of the clip. */
export interface PlacedPicture {
  readonly sample: Sample;
  readonly shownAt: number;
}

/** Pictures of one file that follow each other, in the order of decoding; none of other runs is shown between them. */
export interface PictureRun {
  readonly path: string;
  readonly entry: Uint8Array;
  readonly pictures: readonly PlacedPicture[];
}

/** Sound of one file. */
export interface SoundRun {
  readonly path: string;
  /** `decodeAt` in units of the clip's sound. */
  readonly samples: readonly { readonly sample: Sample; readonly decodeAt: number }[];
}

/** Where a key picture of the clip is. */
export interface KeyPlace extends PlacedPicture {
  readonly path: string;
  readonly entry: Uint8Array;
}

export interface Assembly {
  /** What lies side by side in time: it is interleaved in the file. */
  add(pictures: readonly PictureRun[], sound: SoundRun | undefined): void;
  /** @param lastUnits how long the last picture is shown */
  end(lastUnits: number): {
    /** Everything of the file before the runs. */
    readonly head: Buffer;
    readonly runs: readonly DataRun[];
    readonly bytes: number;
    readonly frames: number;
    readonly durationMs: number;
    readonly keys: readonly KeyPlace[];
  };
}

/** Samples that follow each other in the file, at most about a second of them. */
interface Block {
  readonly track: 'pictures' | 'sound';
  readonly atMs: number;
  readonly path: string;
  readonly prefix: Uint8Array | undefined;
  readonly samples: { sample: Sample; decodeAt: number; shownAfter: number }[];
}

const BLOCK_MS = 1000;

/** Puts a clip together: the index of an MP4 file, and where its bytes are taken from. */
export function createAssembly(clip: {
  readonly timescale: number;
  readonly width: number;
  readonly height: number;
  readonly entry: JoinedEntry;
  readonly sound: Track | undefined;
}): Assembly {
  const pictureTable = createSampleTable();
  const soundTable = createSampleTable();
  const runs: DataRun[] = [];
  const keys: KeyPlace[] = [];
  let bytes = 0;
  let lastSound: Sample | undefined;

  const put = (run: DataRun): void => {
    const last = runs.at(-1);
    if (
      last &&
      'path' in last &&
      'path' in run &&
      last.path === run.path &&
      last.from + last.bytes === run.from
    )
      runs[runs.length - 1] = { ...last, bytes: last.bytes + run.bytes };
    else runs.push(run);
    bytes += run.bytes;
  };
  const emit = ({ track, path, prefix, samples }: Block): void => {
    const table = track === 'pictures' ? pictureTable : soundTable;
    const at = bytes;
    if (prefix) put({ data: prefix, bytes: prefix.length });
    for (const [i, { sample, decodeAt, shownAfter }] of samples.entries()) {
      const own = sample.bytes + (i === 0 ? (prefix?.length ?? 0) : 0);
      table.add({ bytes: own, decodeAt, shownAfter, isKey: track === 'sound' || sample.isKey });
      put({ path, from: sample.at, bytes: sample.bytes });
      if (track === 'sound') lastSound = sample;
    }
    table.chunk(at);
  };
  return {
    add: (pictures, sound) => {
      const blocks: Block[] = [];
      for (const run of pictures) {
        const prefix = clip.entry.isInBand ? inBandOf(run.entry) : undefined;
        blocks.push(...pictureBlocks(run, prefix, clip.timescale));
        for (const placed of run.pictures)
          if (placed.sample.isKey) keys.push({ ...placed, path: run.path, entry: run.entry });
      }
      if (sound && clip.sound) blocks.push(...soundBlocks(sound, clip.sound.timescale));
      for (const block of blocks.sort((a, b) => a.atMs - b.atMs)) emit(block);
    },
    end: (lastUnits) => {
      const table = pictureTable.end(lastUnits);
      const { timescale, width, height, entry, sound } = clip;
      const tracks: MovieTrack[] = [
        { kind: 'pictures', timescale, entry: entry.entry, width, height, table },
      ];
      const heard = soundTable.end(lastSound?.duration ?? 0);
      if (sound && heard.count > 0)
        tracks.push({ ...sound, kind: 'sound', width: 0, height: 0, table: heard });
      const durationMs = Math.round((table.duration / timescale) * 1000);
      return { head: movieHead(tracks, bytes), runs, bytes, frames: table.count, durationMs, keys };
    },
  };
}

function inBandOf(entry: Uint8Array): Uint8Array | undefined {
  const sets = parameterSetsOf(entry);
  return sets && inBand(sets);
}

/** Decode times are the times of showing in their order: so many pictures are decoded as are shown. */
function pictureBlocks(run: PictureRun, prefix: Uint8Array | undefined, timescale: number): Block[] {
  const inOrder = run.pictures.map(({ shownAt }) => shownAt).sort((a, b) => a - b);
  const samples = run.pictures.map(({ sample, shownAt }, i) => {
    const decodeAt = inOrder[i] ?? shownAt;
    return { sample, decodeAt, shownAfter: shownAt - decodeAt };
  });
  return blocksOf('pictures', run.path, samples, timescale, prefix);
}

function soundBlocks({ path, samples }: SoundRun, timescale: number): Block[] {
  return blocksOf(
    'sound',
    path,
    samples.map((one) => ({ ...one, shownAfter: 0 })),
    timescale,
  );
}

function blocksOf(
  track: Block['track'],
  path: string,
  samples: Block['samples'],
  timescale: number,
  prefix?: Uint8Array,
): Block[] {
  const blocks: Block[] = [];
  let end = -1;
  for (const one of samples) {
    const atMs = (one.decodeAt / timescale) * 1000;
    const block = blocks.at(-1);
    if (block && one.sample.at === end && atMs - block.atMs < BLOCK_MS) block.samples.push(one);
    else blocks.push({ track, atMs, path, prefix: block ? undefined : prefix, samples: [one] });
    end = one.sample.at + one.sample.bytes;
  }
  return blocks;
}
