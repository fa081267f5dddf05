import { boxIn } from '../../domain/plates/places.js';
import { readPlates } from '../../domain/plates/read-plate.js';
import { keyOf } from '../../domain/plates/characters.js';
import type { Grammar } from '../../domain/plates/grammar.js';
import { readPicture } from '../../io/pictures/read-picture.js';
import type { OcrEngine } from '../../io/plates/engines.js';
import { openPlainText } from '../../io/plates/plain-text.js';
import type { PlateReader } from '../../ports.js';
import { median, type Figure } from './figure.js';
import type { BenchContext } from './parts.js';
import {
  hasPlatePictures,
  MODELS,
  PLATE_DATA,
  plateNetworks,
  sayNoPictures,
  type PlateNetworks,
} from './plate-data.js';
import { picturesWithoutPlates, platePictures, type PlatePicture } from './plate-pictures.js';
import { acceptedOf, scoreOf, type PictureRead, type ReadPlate } from './plate-score.js';
import { vehicleCrops } from './vehicle-crops.js';

/** Floors of the issue: shares of the legible plates in scenes, and of what was accepted. */
const AIM = { oneLine: 0.95, twoLines: 0.9, accepted: 0.98 };

type Read = (path: string) => Promise<ReadPlate[]>;

/** Engines, ours first, and what their figures are called. */
const ENGINES = [
  ['ppocr', 'plates'],
  ['both', 'with both engines'],
  ['tesseract', 'tesseract'],
] as const satisfies readonly (readonly [OcrEngine, string])[];
/** Vehicles that the time of one look is measured on. */
const VEHICLES = 60;

/**
 * Reads the pictures whose plates are known: ours, with Tesseract asked as well where ours is unsure, with Tesseract
 * alone, and plain OCR of the whole picture. Without such pictures only the time of a look is measured, on drawn plates.
 */
export async function measurePlates({ signal }: Pick<BenchContext, 'signal'>): Promise<Figure[]> {
  const networks = plateNetworks();
  if (!hasPlatePictures()) {
    sayNoPictures('plates', 'nothing to read, only the time of a look at drawn plates is measured');
    return [await perVehicle(networks, signal)];
  }
  const pictures = await platePictures(PLATE_DATA, 'plates');
  const figures: Figure[] = [];
  for (const [engine, part] of ENGINES) {
    const reader = networks.reader(engine);
    const read = withGrammar(reader, networks.grammars);
    try {
      figures.push(...figuresOf(part, await readAll(pictures, read, signal)));
      if (engine === 'ppocr') figures.push(...(await falseReads(read, signal)));
    } finally {
      await reader.close();
    }
  }
  const plain = await openPlainText(MODELS);
  const plainRead: Read = async (path) =>
    (await plain(await readPicture(path))).map((text) => ({ key: keyOf(text), verdict: 'needs-review' }));
  figures.push(...figuresOf('plain OCR', await readAll(pictures, plainRead, signal)));
  return [...figures, await perVehicle(networks, signal)];
}

function withGrammar(reader: PlateReader, grammars: readonly Grammar[]): Read {
  return async (path) => {
    const sights = await reader.read(await readPicture(path));
    return readPlates(sights, grammars).map(({ reading }) => ({
      key: reading.key,
      verdict: reading.verdict,
    }));
  };
}

async function readAll(
  pictures: readonly PlatePicture[],
  read: Read,
  signal: AbortSignal,
): Promise<PictureRead[]> {
  // The first picture pays for loading the networks.
  const [first] = pictures;
  if (first) await read(first.path);
  const reads: PictureRead[] = [];
  for (const picture of pictures) {
    signal.throwIfAborted();
    const startedAt = performance.now();
    reads.push({ picture, reads: await read(picture.path), ms: performance.now() - startedAt });
  }
  return reads;
}

function figuresOf(part: string, all: readonly PictureRead[]): Figure[] {
  const legible = all.filter(({ picture }) => picture.isLegible);
  const isOurs = part === 'plates';
  const figures: Figure[] = [];
  const add = (what: string, value: number, unit: string, least?: number): void => {
    figures.push({ part, what, value, unit, ...(least !== undefined && isOurs ? { aim: { least } } : {}) });
  };
  for (const view of ['scene', 'crop'] as const) {
    for (const lines of [1, 2] as const) {
      const score = scoreOf(
        legible.filter(({ picture }) => picture.view === view),
        lines,
      );
      if (score.plates === 0) continue;
      const least = view === 'crop' ? undefined : lines === 1 ? AIM.oneLine : AIM.twoLines;
      add(
        `exact, ${lines === 1 ? 'one line' : 'two lines'}, ${view} (${score.plates})`,
        score.exact,
        'share',
        least,
      );
    }
  }
  const score = scoreOf(legible);
  add('found', score.found, 'share');
  add('wrong characters', score.errorRate, 'share');
  add('time per picture', median(all.map(({ ms }) => ms)), 'ms');
  if (part === 'plain OCR') return figures;
  const { accepted, right } = acceptedOf(all);
  add('sent to review', score.review, 'share');
  add(`accepted and exact (of ${accepted})`, right / Math.max(1, accepted), 'share', AIM.accepted);
  return figures;
}

async function falseReads(read: Read, signal: AbortSignal): Promise<Figure[]> {
  const paths = await picturesWithoutPlates(PLATE_DATA);
  let [accepted, review] = [0, 0];
  for (const path of paths) {
    signal.throwIfAborted();
    const reads = await read(path);
    accepted += reads.filter(({ verdict }) => verdict === 'accepted').length;
    review += reads.filter(({ verdict }) => verdict === 'needs-review').length;
  }
  const per = Math.max(1, paths.length);
  const what = `per picture without plates (${paths.length})`;
  return [
    { part: 'plates', what: `accepted ${what}`, value: accepted / per, unit: 'reads', aim: { most: 0 } },
    { part: 'plates', what: `for review ${what}`, value: review / per, unit: 'reads' },
  ];
}

/** Processor time of one look at one vehicle, as a worker does it: the box is known. A busy machine leaves it as it is. */
async function perVehicle(networks: PlateNetworks, signal: AbortSignal): Promise<Figure> {
  const reader = networks.reader('ppocr');
  const times: number[] = [];
  try {
    for (const [i, { picture, crop, box }] of (
      await vehicleCrops(networks.detectors, VEHICLES, signal)
    ).entries()) {
      signal.throwIfAborted();
      // The first look pays for loading the networks.
      if (i === 0) await reader.read(picture);
      const before = process.cpuUsage();
      await reader.read(picture, { vehicle: boxIn(crop, box) });
      const { user, system } = process.cpuUsage(before);
      times.push((user + system) / 1000);
    }
  } finally {
    await reader.close();
  }
  const what = hasPlatePictures() ? 'processor time per vehicle' : 'processor time per drawn vehicle';
  return { part: 'plates', what, value: mean(times), unit: 'ms', aim: { most: 80 } };
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
}
