import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { readPlates } from '../../domain/plates/read-plate.js';
import { keyOf } from '../../domain/plates/characters.js';
import { WHOLE } from '../../domain/geometry.js';
import type { Grammar } from '../../domain/plates/grammar.js';
import { InputError } from '../../errors.js';
import { createDetectors } from '../../io/onnx/detectors.js';
import { networksOf } from '../../io/onnx/networks.js';
import { readPicture } from '../../io/pictures/read-picture.js';
import { loadGrammars } from '../../io/plate-grammars.js';
import { openPlainText } from '../../io/plates/plain-text.js';
import { createPlateReader } from '../../io/plates/plate-reader.js';
import type { Detectors, PlateReader } from '../../ports.js';
import { GRAMMARS_DIR, ROOT } from '../installation.js';
import { median, type Figure } from './figure.js';
import type { BenchContext } from './parts.js';
import { picturesWithoutPlates, platePictures, type PlatePicture } from './plate-pictures.js';
import { acceptedOf, scoreOf, type PictureRead, type ReadPlate } from './plate-score.js';

/** Pictures of CAMQUEUE_TEST_DATA, or of the data folder beside the installation. */
const DATA = resolve(process.env['CAMQUEUE_TEST_DATA'] ?? join(ROOT, '../shared/data'));
const MODELS = resolve(process.env['MODELS_DIR'] || join(ROOT, 'models'));

/** Floors of the issue: shares of the legible plates in scenes, and of what was accepted. */
const AIM = { oneLine: 0.95, twoLines: 0.9, accepted: 0.98 };

type Read = (path: string) => Promise<ReadPlate[]>;

/**
 * Reads the pictures whose plates are known: ours, the same with Tesseract alone, and plain OCR of the whole picture.
 * @throws InputError when there are no such pictures.
 */
export async function measurePlates({ signal }: Pick<BenchContext, 'signal'>): Promise<Figure[]> {
  if (!existsSync(join(DATA, 'truth.json')))
    throw new InputError(
      `${DATA} has no truth.json: set CAMQUEUE_TEST_DATA to a folder with pictures of plates and their texts`,
    );
  const pictures = await platePictures(DATA, 'plates');
  const grammars = loadGrammars({ shippedDir: GRAMMARS_DIR });
  const detectors = createDetectors({ modelsDir: MODELS, networks: networksOf([], MODELS) });
  const figures: Figure[] = [];
  for (const engine of ['ppocr', 'tesseract'] as const) {
    const reader = createPlateReader({ modelsDir: MODELS, detectors, engine });
    const read = withGrammar(reader, grammars);
    try {
      const part = engine === 'ppocr' ? 'plates' : 'tesseract';
      const reads = await readAll(pictures, read, signal);
      figures.push(...figuresOf(part, reads));
      if (engine === 'ppocr')
        figures.push(
          ...(await falseReads(read, signal)),
          await perVehicle(reader, detectors, pictures, signal),
        );
    } finally {
      await reader.close();
    }
  }
  const plain = await openPlainText(MODELS);
  const plainRead: Read = async (path) =>
    (await plain(await readPicture(path))).map((text) => ({ key: keyOf(text), verdict: 'needs-review' }));
  figures.push(...figuresOf('plain OCR', await readAll(pictures, plainRead, signal)));
  return figures;
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
  const paths = await picturesWithoutPlates(DATA);
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

/** Time of one look at one vehicle, as a worker does it: the box is known. */
async function perVehicle(
  reader: PlateReader,
  detectors: Detectors,
  pictures: readonly PlatePicture[],
  signal: AbortSignal,
): Promise<Figure> {
  const detector = await detectors.get('nanodet-g-416');
  const times: number[] = [];
  for (const { path, view } of pictures) {
    signal.throwIfAborted();
    if (view === 'crop') continue;
    const picture = await readPicture(path);
    const classes = ['car', 'motorcycle', 'bus', 'truck'];
    for (const { box } of (await detector.detect(picture, WHOLE, { classes, minScore: 0.4 })).slice(0, 3)) {
      const startedAt = performance.now();
      await reader.read(picture, { vehicle: box });
      times.push(performance.now() - startedAt);
    }
  }
  return {
    part: 'plates',
    what: 'time per vehicle, one thread',
    value: mean(times),
    unit: 'ms',
    aim: { most: 80 },
  };
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
}
