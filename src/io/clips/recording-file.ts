import { type FileHandle, open } from 'node:fs/promises';
import type { CutPicture } from '../../domain/export/cut-pieces.js';
import { boxesOf, type Place, readBox } from '../mp4/file-boxes.js';
import { readSamples, type Sample } from '../mp4/samples.js';
import { readTracks, type Track } from '../mp4/tracks.js';

export type Picture = Sample & CutPicture;

/** What a recording holds, without its pictures themselves. */
export interface RecordingContents {
  readonly path: string;
  readonly track: Track;
  /** In the order of decoding. */
  readonly pictures: readonly Picture[];
  readonly soundTrack: Track | undefined;
  readonly sound: readonly Sample[];
  /** Its setup (`ftyp`, `moov`) ends there. */
  readonly setupTo: number;
  /** Its whole fragments, `moof` and `mdat` together. */
  readonly fragments: readonly Pick<Place, 'from' | 'to'>[];
}

export type CodecFamily = 'h264' | 'hevc' | 'mjpeg' | 'other';

/** H.264 and H.265 NAL units (ISO/IEC 14496-10 table 7-1, 23008-2 table 7-1). */
const H264 = { lastSlice: 5, idr: 5 };
const HEVC = { lastSlice: 31, firstEntry: 16, lastEntry: 21 };
/** So many units (parameter sets, messages) may stand before a picture's own. */
const MOST_UNITS = 32;

/**
 * Reads the index of a fragmented MP4, up to its last whole fragment.
 * @returns `undefined` when it holds no whole fragment, or is no fragmented MP4.
 * @throws Error of the file system.
 */
export async function readRecording(path: string): Promise<RecordingContents | undefined> {
  const handle = await open(path, 'r');
  try {
    const { size } = await handle.stat();
    const found = await readIndex(handle, size);
    return found && { path, ...found, pictures: await withEntries(handle, found) };
  } finally {
    await handle.close();
  }
}

type Index = Omit<RecordingContents, 'path' | 'pictures'> & { readonly pictures: Sample[] };

async function readIndex(handle: FileHandle, size: number): Promise<Index | undefined> {
  const pictures: Sample[] = [];
  const sound: Sample[] = [];
  const fragments: { from: number; to: number }[] = [];
  let tracks: Track[] | undefined;
  let setupTo = 0;
  let moof: { from: number; samples: ReturnType<typeof readSamples> } | undefined;
  for await (const box of boxesOf(handle, size)) {
    if (box.type === 'moov') {
      tracks = await readBox(handle, box, readTracks);
      setupTo = box.to;
      if (!tracks) break;
    } else if (box.type === 'moof' && tracks) {
      const known = tracks;
      const samples = await readBox(handle, box, (bytes) => readSamples(bytes, box.from, known));
      if (!samples) break;
      moof = { from: box.from, samples };
    } else if (box.type === 'mdat' && moof && tracks) {
      fragments.push({ from: moof.from, to: box.to });
      for (const track of tracks) {
        const into = track.kind === 'pictures' ? pictures : sound;
        for (const sample of moof.samples.get(track.id) ?? []) into.push(sample);
      }
      moof = undefined;
    }
  }
  const track = tracks?.find(({ kind }) => kind === 'pictures');
  const soundTrack = tracks?.find(({ kind }) => kind === 'sound');
  if (!track || pictures.length === 0) return undefined;
  return { track, soundTrack, pictures, sound, setupTo, fragments };
}

export function familyOf({ codec, entry }: Track): CodecFamily {
  if (codec === 'avc1' || codec === 'avc3') return 'h264';
  if (codec === 'hvc1' || codec === 'hev1') return 'hevc';
  if (codec === 'jpeg' || codec === 'mjpa') return 'mjpeg';
  // MPEG-4's own entry says which codec it is in an object type: 0x6C is JPEG (ISO/IEC 14496-1 table 5).
  const isJpeg = codec === 'mp4v' && Buffer.from(entry).includes(Buffer.from([0x6c, 0x11]));
  return isJpeg ? 'mjpeg' : 'other';
}

/** Which key pictures the decoder can really begin at: some encoders call pictures so that only clean up in time. */
async function withEntries(handle: FileHandle, { track, pictures }: Index): Promise<Picture[]> {
  const family = familyOf(track);
  const isNal = family === 'h264' || family === 'hevc';
  const all: Picture[] = [];
  for (const picture of pictures) {
    const isEntry = picture.isKey && (!isNal || (await isIdr(handle, picture, family)));
    all.push({ ...picture, isEntry });
  }
  return all;
}

async function isIdr(handle: FileHandle, { at, bytes }: Sample, family: 'h264' | 'hevc'): Promise<boolean> {
  const head = Buffer.alloc(5);
  let from = at;
  for (let units = 0; units < MOST_UNITS && from + head.length <= at + bytes; units++) {
    await handle.read(head, 0, head.length, from);
    const first = head[4]!;
    if (family === 'h264') {
      const type = first & 0x1f;
      if (type <= H264.lastSlice) return type === H264.idr;
    } else {
      const type = (first >> 1) & 0x3f;
      if (type <= HEVC.lastSlice) return type >= HEVC.firstEntry && type <= HEVC.lastEntry;
    }
    from += 4 + head.readUInt32BE(0);
  }
  return false;
}
