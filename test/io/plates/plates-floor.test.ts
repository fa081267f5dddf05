import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join, resolve } from 'node:path';
import { ppocrDetection, ppocrRecognition } from '../../../models/ppocr-v4/model.js';
import { nanodetG416 } from '../../../models/nanodet-g-416/model.js';
import {
  picturesWithoutPlates,
  platePictures,
  type PlatePicture,
} from '../../../src/main/bench/plate-pictures.js';
import { acceptedOf, scoreOf, type PictureRead } from '../../../src/main/bench/plate-score.js';
import { needs, TEST_DATA } from '../../support/test-data.js';

const MODELS = resolve(__dirname, '../../../models');
const files = [ppocrDetection, ppocrRecognition, nanodetG416].map(({ file }) => join(MODELS, file));
/** Every how manieth picture is read: this has to stay short. `npm run bench -- --only plates` reads all. */
const EVERY = 3;

needs([...files, join(TEST_DATA, 'truth.json')], 'run scripts/fetch-models.sh and set CAMQUEUE_TEST_DATA')(
  'real plates',
  () => {
    let reader: ChildProcess;
    beforeAll(() => {
      const support = resolve(__dirname, '../../support');
      reader = fork(join(support, 'read-plates-child.ts'), {
        execArgv: ['-r', join(support, 'register-ts.cjs')],
      });
    });
    afterAll(() => reader.disconnect());

    async function read(path: string): Promise<PictureRead['reads']> {
      const answer = once(reader, 'message', { signal: AbortSignal.timeout(100_000) });
      reader.send(path);
      return ((await answer) as [PictureRead['reads']])[0];
    }

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
    });

    it('are not seen where there are none', async () => {
      const paths = (await picturesWithoutPlates(TEST_DATA)).filter((_path, i) => i % 2 === 0);
      expect(paths.length).toBeGreaterThan(0);
      for (const path of paths) {
        expect((await read(path)).filter(({ verdict }) => verdict === 'accepted')).toEqual([]);
      }
    });
  },
);
