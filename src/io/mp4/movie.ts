import type { TableEnd } from './sample-table.js';

/** One track of a movie, with its index. */
export interface MovieTrack {
  readonly kind: 'pictures' | 'sound';
  readonly timescale: number;
  /** The sample entry, a whole box. */
  readonly entry: Uint8Array;
  readonly width: number;
  readonly height: number;
  readonly table: TableEnd;
}

/** Units a second of the movie's own times: ms. */
const MOVIE_TIMESCALE = 1000;
/** Of a VisualSampleEntry's and nobody's rotation: 1, 0, 0, 0, 1, 0, 0, 0, 1 in fixed point. */
const NO_ROTATION = [0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000];
const UNDETERMINED_LANGUAGE = 0x55c4;

/**
 * Everything of an MP4 file before its samples (ISO/IEC 14496-12): players find the index in front, so that it plays
 * while it is still coming ("fast start"). Written here and not by ffmpeg because a clip is made of parts of several
 * encoders, cut within fragments: its concat demuxer takes one part's parameter sets for all, and cuts by time stamps
 * only, where it should by picture.
 * @param dataBytes of all samples together
 * @returns `ftyp`, `moov` and the header of `mdat`; the samples follow in the order of the tables' chunks
 */
export function movieHead(tracks: readonly MovieTrack[], dataBytes: number): Buffer {
  const dataHeader = Buffer.alloc(16);
  dataHeader.writeUInt32BE(1);
  dataHeader.write('mdat', 4, 'latin1');
  dataHeader.writeBigUInt64BE(BigInt(dataBytes + 16), 8);
  const head = [
    box('ftyp', text('isom'), u32(0x200), text('isomiso2avc1mp41')),
    movieBox(tracks),
    dataHeader,
  ];
  const pieces = head.flatMap(piecesOf);
  const bytes = pieces.reduce((sum, { length }) => sum + length, 0);
  for (const piece of pieces) if (piece instanceof Places) piece.beginAt(bytes);
  return Buffer.concat(
    pieces.map((piece) => (piece instanceof Places ? piece.bytes : piece)),
    bytes,
  );
}

function movieBox(tracks: readonly MovieTrack[]): Box {
  const durationMs = Math.max(0, ...tracks.map(lengthMs));
  const mvhd = full(
    ...(['mvhd', 1, 0] as const),
    ...[u64(0), u64(0), u32(MOVIE_TIMESCALE), u64(durationMs), u32(0x10000), u32(0x01000000), zeros(8)],
    ...[...NO_ROTATION.map(u32), zeros(24), u32(tracks.length + 1)],
  );
  return box('moov', mvhd, ...tracks.map((track, i) => trackBox(track, i + 1)));
}

/** With what is before its first sample, ms. */
function lengthMs({ table, timescale }: MovieTrack): number {
  return Math.round(((table.startAt + table.duration) / timescale) * MOVIE_TIMESCALE);
}

function trackBox(track: MovieTrack, id: number): Box {
  const { kind, table, timescale } = track;
  const isSound = kind === 'sound';
  const tkhd = full(
    ...(['tkhd', 1, 3] as const),
    ...[u64(0), u64(0), u32(id), u32(0), u64(lengthMs(track)), zeros(8), u16(0), u16(isSound ? 1 : 0)],
    ...[u16(isSound ? 0x100 : 0), u16(0), ...NO_ROTATION.map(u32)],
    ...[u32(track.width * 0x10000), u32(track.height * 0x10000)],
  );
  const mdhd = full(
    ...(['mdhd', 1, 0] as const),
    ...[u64(0), u64(0), u32(timescale), u64(table.duration), u16(UNDETERMINED_LANGUAGE), u16(0)],
  );
  const name = isSound ? 'SoundHandler' : 'VideoHandler';
  const hdlr = full('hdlr', 0, 0, u32(0), text(isSound ? 'soun' : 'vide'), zeros(12), text(`${name}\0`));
  const header = isSound ? full('smhd', 0, 0, u32(0)) : full('vmhd', 0, 1, zeros(8));
  const dinf = box('dinf', full('dref', 0, 0, u32(1), full('url ', 0, 1)));
  const minf = box('minf', header, dinf, sampleBoxes(track));
  return box('trak', tkhd, ...editBoxes(track), box('mdia', mdhd, hdlr, minf));
}

/** Nothing is shown before the first sample. */
function editBoxes({ table, timescale }: MovieTrack): Box[] {
  const waitMs = Math.round((table.startAt / timescale) * MOVIE_TIMESCALE);
  if (waitMs === 0) return [];
  const durationMs = Math.round((table.duration / timescale) * MOVIE_TIMESCALE);
  const rate = u32(0x10000);
  const edits = [u64(waitMs), u64(-1), rate, u64(durationMs), u64(0), rate];
  return [box('edts', full('elst', 1, 0, u32(2), ...edits))];
}

function sampleBoxes({ entry, table }: MovieTrack): Box {
  const { durations, shownAfter, keys, chunks, sizes, count } = table;
  const isReordered = shownAfter.some((value, i) => i % 2 === 1 && value !== 0);
  // With version 1, a picture may be shown before the nominal time it is decoded at.
  return box(
    'stbl',
    full('stsd', 0, 0, u32(1), entry),
    full('stts', 0, 0, u32(durations.length / 2), numbers(durations)),
    ...(isReordered ? [full('ctts', 1, 0, u32(shownAfter.length / 2), numbers(shownAfter))] : []),
    ...(keys ? [full('stss', 0, 0, u32(keys.length), numbers(keys))] : []),
    full('stsc', 0, 0, ...chunkRuns(chunks)),
    full('stsz', 0, 0, u32(0), u32(count), ...sizes.map(numbers)),
    full('co64', 0, 0, u32(chunks.length), new Places(chunks)),
  );
}

/** From which chunk on there are how many samples in each. */
function chunkRuns(chunks: TableEnd['chunks']): Buffer[] {
  const runs: number[] = [];
  for (const [i, { samples }] of chunks.entries()) {
    if (samples !== chunks[i - 1]?.samples) runs.push(i + 1, samples, 1);
  }
  return [u32(runs.length / 3), numbers(runs)];
}

/** A box in pieces: the index of a day is many megabytes, and is put together once. */
interface Box {
  readonly size: number;
  readonly pieces: readonly Piece[];
}

type Piece = Uint8Array | Places;

/** Where chunks are; known when all that is before them is. */
class Places {
  readonly length: number;
  readonly bytes: Buffer;
  constructor(private readonly chunks: TableEnd['chunks']) {
    this.length = chunks.length * 8;
    this.bytes = Buffer.alloc(this.length);
  }
  beginAt(base: number): void {
    for (const [i, { at }] of this.chunks.entries()) this.bytes.writeBigUInt64BE(BigInt(base + at), i * 8);
  }
}

function piecesOf(contents: Piece | Box): readonly Piece[] {
  return 'pieces' in contents ? contents.pieces : [contents];
}

function box(type: string, ...contents: readonly (Piece | Box)[]): Box {
  const pieces = contents.flatMap(piecesOf);
  const size = pieces.reduce((sum, { length }) => sum + length, 8);
  return { size, pieces: [u32(size), text(type), ...pieces] };
}

function full(type: string, version: number, flags: number, ...contents: readonly (Piece | Box)[]): Box {
  return box(type, u32(version * 0x1000000 + flags), ...contents);
}

function text(value: string): Buffer {
  return Buffer.from(value, 'latin1');
}

function zeros(count: number): Buffer {
  return Buffer.alloc(count);
}

function u16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16BE(value);
  return bytes;
}

function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value >>> 0);
  return bytes;
}

function u64(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64BE(BigInt(value));
  return bytes;
}

function numbers(values: readonly number[] | Uint32Array): Buffer {
  const bytes = Buffer.alloc(values.length * 4);
  for (let i = 0; i < values.length; i++) bytes.writeUInt32BE((values[i] ?? 0) >>> 0, i * 4);
  return bytes;
}
