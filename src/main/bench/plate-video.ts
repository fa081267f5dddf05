import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { unitBox, WHOLE, type Size } from '../../domain/geometry.js';
import { cropPicture, type Picture } from '../../domain/picture.js';
import { boxAround } from '../../domain/plates/places.js';
import { fuse, readPlate, readPlates, type SeenAt } from '../../domain/plates/read-plate.js';
import type { PlateReading } from '../../domain/plates/reading.js';
import type { PlateSight } from '../../domain/plates/sight.js';
import { createFfmpegSources } from '../../io/ffmpeg/sources.js';
import { writePicture } from '../../io/pictures.js';
import { readPicture } from '../../io/pictures/read-picture.js';
import type { PlateReader } from '../../ports.js';
import type { Figure } from './figure.js';
import type { BenchContext } from './parts.js';
import { CLIP_FPS, clipArguments, LOOK_EVERY, makeClip, STILL_CHAR_PX } from './plate-clips.js';
import {
  hasPlatePictures,
  PLATE_DATA,
  plateNetworks,
  sayNoPictures,
  type PlateNetworks,
} from './plate-data.js';
import { platePictures, type PlatePicture } from './plate-pictures.js';
import { editDistance } from './plate-score.js';

/** Pictures tried for each second of measuring: 70 by default, of which those with a small plate make no clip. */
const CLIPS_A_SECOND = 7;
/** Lower characters in the picture would be enlarged to make the clip. */
const MIN_CHAR_PX = 16;
/** The vehicle around a plate, in widths of its text: a car is 1.8 m wide and its plate half a metre, a motorcycle 0.7 and 0.2. */
const VEHICLE = { width: 4.4, height: 3.6 };
const PART = 'plates, video';

/** What was read of one clip. */
export interface ClipRead {
  readonly key: string;
  /** By look; undefined: nothing was seen. */
  readonly single: readonly (PlateReading | undefined)[];
  readonly fused: PlateReading | undefined;
}

/** Fusing all looks at a vehicle against single looks, on small and blurred plates: clips made of the real scenes. */
export async function measurePlateVideo({ seconds, signal }: BenchContext): Promise<Figure[]> {
  if (!hasPlatePictures()) {
    sayNoPictures(PART, 'nothing to make clips of, skipped');
    return [];
  }
  const networks = plateNetworks();
  const reader = networks.reader('ppocr');
  const folder = await mkdtemp(join(tmpdir(), 'camqueue-bench-plates-'));
  try {
    const reads: ClipRead[] = [];
    for (const scene of await scenes(seconds * CLIPS_A_SECOND)) {
      signal.throwIfAborted();
      const vehicle = await vehicleOf(scene, reader, networks);
      if (!vehicle) continue;
      const clip = join(folder, 'clip.mkv');
      await recordClip(vehicle, folder, clip, signal);
      reads.push(await readClip(clip, vehicle.key, reader, networks, signal));
    }
    return figuresOf(reads);
  } finally {
    await reader.close();
    await rm(folder, { recursive: true, force: true });
  }
}

/** Spread evenly over all. */
async function scenes(most: number): Promise<PlatePicture[]> {
  const all = (await platePictures(PLATE_DATA, 'plates')).filter(
    ({ view, isLegible }) => view === 'scene' && isLegible,
  );
  const count = Math.min(most, all.length);
  return Array.from({ length: count }, (_, i) => all[Math.floor((i * all.length) / count)]!);
}

interface Vehicle extends Size {
  /** What is written on its plate. */
  readonly key: string;
  readonly charHeightPx: number;
  readonly picture: Picture;
}

/** The vehicle of a scene around a plate that is found, and known; `undefined`: there is none that is large enough. */
async function vehicleOf(
  { path, plates }: PlatePicture,
  reader: PlateReader,
  { grammars }: PlateNetworks,
): Promise<Vehicle | undefined> {
  const whole = await readPicture(path);
  for (const { sight, reading } of readPlates(await reader.read(whole), grammars)) {
    const truth = plates.find(({ key }) => editDistance(key, reading.key) <= key.length / 2);
    if (!truth || sight.charHeightPx < MIN_CHAR_PX) continue;
    const picture = around(whole, sight);
    if (picture) return { key: truth.key, charHeightPx: sight.charHeightPx, picture, ...picture };
  }
  return undefined;
}

function around(whole: Picture, { corners }: PlateSight): Picture | undefined {
  const plate = boxAround(corners);
  const width = plate.width * VEHICLE.width;
  const height = (plate.width * whole.width * VEHICLE.height) / whole.height;
  const [x, y] = [plate.x + plate.width / 2 - width / 2, plate.y + plate.height / 2 - height / 2];
  return cropPicture(whole, unitBox(x, y, width, height))?.picture;
}

async function recordClip(
  { picture, charHeightPx }: Vehicle,
  folder: string,
  clip: string,
  signal: AbortSignal,
): Promise<void> {
  const still = join(folder, 'still.png');
  const scale = STILL_CHAR_PX / charHeightPx;
  const size = { width: Math.round(picture.width * scale), height: Math.round(picture.height * scale) };
  await writePicture(still, picture, { size });
  await makeClip(clipArguments(still, size, clip), signal);
}

async function readClip(
  clip: string,
  key: string,
  reader: PlateReader,
  { grammars }: PlateNetworks,
  signal: AbortSignal,
): Promise<ClipRead> {
  const address = { kind: 'file', location: clip, label: clip } as const;
  const source = createFfmpegSources().open(address, { fps: CLIP_FPS, maxWidth: 1280, signal });
  const seen: SeenAt[] = [];
  const single: (PlateReading | undefined)[] = [];
  try {
    for (let next = await source.next(); next; next = await source.next()) {
      if (next.frame % LOOK_EVERY !== 0) continue;
      // As a job does that looks at one vehicle.
      const [sight] = await reader.read(next.picture, { vehicle: WHOLE });
      single.push(sight && readPlate(sight, grammars));
      if (sight) seen.push({ sight, at: next.mediaMs });
    }
  } finally {
    await source.close();
  }
  return { key, single, fused: fuse(seen, grammars) };
}

/** Shares of single looks and of clips. */
export function figuresOf(reads: readonly ClipRead[]): Figure[] {
  const looks = reads.flatMap(({ key, single }) => single.map((reading) => ({ key, reading })));
  const clips = reads.map(({ key, fused }) => ({ key, reading: fused }));
  const surest = reads.map(({ key, single }) => ({ key, reading: surestOf(single) }));
  const [single, fused] = [rates(looks), rates(clips)];
  const add = (what: string, value: number, unit = 'share', aim?: Figure['aim']): Figure => ({
    ...{ part: PART, what, value, unit },
    ...(aim && { aim }),
  });
  return [
    add('exact, one look', single.exact),
    add('exact, the surest look', rates(surest).exact),
    add(`exact, looks fused (${reads.length} clips)`, fused.exact),
    add('gain by fusion', 100 * (fused.exact - single.exact), 'points', { least: 10 }),
    add('accepted, one look', single.accepted),
    add('accepted, looks fused', fused.accepted),
    add('accepted and exact, one look', single.acceptedRight),
    add('accepted and exact, looks fused', fused.acceptedRight, 'share', { least: 0.98 }),
  ];
}

/** What one would have without fusion: the best of all looks. */
function surestOf(single: ClipRead['single']): PlateReading | undefined {
  return single.reduce((best, reading) => ((reading?.p ?? 0) > (best?.p ?? 0) ? reading : best), undefined);
}

function rates(all: readonly { key: string; reading: PlateReading | undefined }[]): {
  exact: number;
  accepted: number;
  acceptedRight: number;
} {
  const accepted = all.filter(({ reading }) => reading?.verdict === 'accepted');
  const right = ({ key, reading }: (typeof all)[number]): boolean => reading?.key === key;
  return {
    exact: all.filter(right).length / Math.max(1, all.length),
    accepted: accepted.length / Math.max(1, all.length),
    acceptedRight: accepted.length === 0 ? 1 : accepted.filter(right).length / accepted.length,
  };
}
