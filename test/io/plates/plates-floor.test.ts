import { join, resolve } from 'node:path';
import { ppocrDetection, ppocrRecognition } from '../../../models/ppocr-v4/model.js';
import { SHIPPED } from '../../../models/shipped.js';
import { nanodetG416 } from '../../../models/nanodet-g-416/model.js';
import { readPlates } from '../../../src/domain/plates/read-plate.js';
import { createDetectors } from '../../../src/io/onnx/detectors.js';
import { readPicture } from '../../../src/io/pictures/read-picture.js';
import { createPlateReader } from '../../../src/io/plates/plate-reader.js';
import {
  picturesWithoutPlates,
  platePictures,
  type PlatePicture,
} from '../../../src/main/bench/plate-pictures.js';
import { acceptedOf, scoreOf, type PictureRead } from '../../../src/main/bench/plate-score.js';
import { grammars } from '../../support/plate-sights.js';
import { needs, TEST_DATA } from '../../support/test-data.js';

const MODELS = resolve(__dirname, '../../../models');
const files = [ppocrDetection, ppocrRecognition, nanodetG416].map(({ file }) => join(MODELS, file));
/** Every how manieth picture is read: this has to stay short. `npm run bench -- --only plates` reads all. */
const EVERY = 3;

needs([...files, join(TEST_DATA, 'truth.json')], 'run scripts/fetch-models.sh and set CAMQUEUE_TEST_DATA')(
  'real plates',
  () => {
    const detectors = createDetectors({ modelsDir: MODELS, networks: SHIPPED });
    const reader = createPlateReader({ modelsDir: MODELS, detectors, engine: 'ppocr' });
    afterAll(() => reader.close());

    const read = async (path: string) =>
      readPlates(await reader.read(await readPicture(path)), grammars).map(({ reading }) => ({
        key: reading.key,
        verdict: reading.verdict,
      }));

    async function readAll(pictures: readonly PlatePicture[]): Promise<PictureRead[]> {
      const reads: PictureRead[] = [];
      for (const picture of pictures) reads.push({ picture, reads: await read(picture.path), ms: 0 });
      return reads;
    }

    it('are read exactly: 95 % of one line, 90 % of two lines, 98 % of what is accepted', async () => {
      const pictures = (await platePictures(TEST_DATA, 'plates')).filter(
        ({ isLegible }, i) => isLegible && i % EVERY === 0,
      );
      const reads = await readAll(pictures);
      const scenes = reads.filter(({ picture }) => picture.view === 'scene');
      expect(scoreOf(scenes, 1).exact).toBeGreaterThanOrEqual(0.95);
      expect(scoreOf(scenes, 2).exact).toBeGreaterThanOrEqual(0.9);
      const { accepted, right } = acceptedOf(reads);
      expect(accepted).toBeGreaterThan(0.7 * pictures.length);
      expect(right / accepted).toBeGreaterThanOrEqual(0.98);
    }, 120_000);

    it('are not seen where there are none', async () => {
      const paths = (await picturesWithoutPlates(TEST_DATA)).filter((_path, i) => i % 2 === 0);
      expect(paths.length).toBeGreaterThan(0);
      for (const path of paths) {
        expect((await read(path)).filter(({ verdict }) => verdict === 'accepted')).toEqual([]);
      }
    }, 60_000);
  },
);
