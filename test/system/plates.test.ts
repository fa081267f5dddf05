import { execFileSync } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import sharp from 'sharp';
import type { PlateLookPayload } from '../../jobs/license-plate/job.js';
import { createInspector } from '../../queues/inspector.js';
import { passageId } from '../../src/domain/plates/passage-id.js';
import { createIncidentStore } from '../../src/io/sql/incident-store.js';
import { openDatabase } from '../../src/io/sql/open.js';
import { createPassageStore } from '../../src/io/sql/passage-store.js';
import { createPlateLists } from '../../src/io/sql/plate-lists.js';
import { Installation, needFreshBuild, newFolder, until } from '../support/system.js';
import { needs, testData } from '../support/test-data.js';
import { silentLog } from '../support/test-queue.js';
import { textsOf } from '../support/texts.js';

const PICTURE = testData('plates/mxt_12.jpg');
const KEY = '30S9568';
const MODELS = resolve(__dirname, '../../models');

needs(
  [PICTURE, join(MODELS, 'nanodet-g-416/nanodet-g-416.onnx'), join(MODELS, 'ppocr-v4/recognition.onnx')],
  'run scripts/fetch-models.sh; for real pictures set CAMQUEUE_TEST_DATA',
)('plates on video', () => {
  const folder = newFolder();
  let clip: string;
  let installation: Installation;
  beforeAll(async () => {
    needFreshBuild();
    clip = await carPasses(folder);
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));
  beforeEach(() => {
    const camera = { id: 'gate', source: clip, fps: 10, motion: { enabled: false }, plates: {} };
    installation = new Installation({ cameras: [camera] });
  });
  afterEach(() => installation.remove());

  it('kill -9 of the worker: no look is lost, one passage, one alert', async () => {
    await inDatabase(installation, async (database) => {
      const lists = createPlateLists(database);
      await lists.putList({ id: 'stolen', kind: 'deny', alertUnknown: false });
      await lists.addEntries([{ list: 'stolen', pattern: KEY, key: KEY, createdAt: 1, createdBy: 'test' }]);
    });
    installation.run({ PLATE_WORKERS: '1' });
    await until(
      'a look under way',
      () => jobs(installation),
      ({ active }) => active > 0,
    );
    await installation.kill9(/ worker license-plate/);
    await installation.untilStatus('gate', 'finished');
    const ended = await until(
      'the end of all looks',
      () => jobs(installation),
      ({ active, waiting, finishes }) => active + waiting === 0 && finishes > 0,
    );
    expect(ended.failed).toBe(0);

    await inDatabase(installation, async (database) => {
      const passages = createPassageStore(database);
      const { passages: found } = await passages.search({ limit: 10 });
      expect(found.map(({ reading, state }) => [reading.key, reading.verdict, state])).toEqual([
        [KEY, 'accepted', 'final'],
      ]);
      expect(found[0]!.hits).toEqual([expect.objectContaining({ list: 'stolen', match: 'exact' })]);
      // Each look was taken and is kept, or was not needed any more.
      expect(ended.looks.length).toBeGreaterThan(0);
      for (const { passage, at, outcome, why } of ended.looks) {
        const reads = (await passages.reads(passage)).map((read) => read.at);
        if (outcome === 'done') expect(reads).toContain(at);
        else expect(why).toBe('the passage is final');
      }
      const told = await until(
        'the alert',
        () => createIncidentStore(database).alerts({ limit: 10 }),
        ({ length }) => length > 0,
      );
      expect(told).toEqual([expect.objectContaining({ kind: 'plate-deny', cameraId: 'gate' })]);
      expect(textsOf([told, ended])).not.toMatch(/30S|9568/);
    });
  });
});

/** A car before a hand-held camera, five seconds. */
async function carPasses(folder: string): Promise<string> {
  const [still, clip] = [join(folder, 'still.jpg'), join(folder, 'car.mp4')];
  await sharp(PICTURE).autoOrient().resize(1680).jpeg({ quality: 92 }).toFile(still);
  const filter = "crop=1280:960:x='200-15*t+10*sin(t*3)':y='40*t'";
  const input = ['-v', 'error', '-loop', '1', '-framerate', '10', '-i', still, '-vf', filter, '-t', '5'];
  execFileSync('ffmpeg', [...input, '-c:v', 'libx264', '-preset', 'veryfast', '-pix_fmt', 'yuv420p', clip]);
  return clip;
}

async function inDatabase(
  { data }: Installation,
  work: (database: Awaited<ReturnType<typeof openDatabase>>) => Promise<void>,
): Promise<void> {
  const database = await openDatabase({ dataDir: data });
  try {
    await work(database);
  } finally {
    await database.close();
  }
}

interface Jobs {
  readonly active: number;
  readonly waiting: number;
  readonly failed: number;
  readonly finishes: number;
  readonly looks: readonly {
    readonly passage: string;
    /** Capture time, epoch ms. */
    readonly at: number;
    readonly outcome?: string;
    readonly why?: string;
  }[];
}

async function jobs({ data }: Installation): Promise<Jobs> {
  const address = { path: join(data, 'redis/jobs.sock') };
  const inspector = createInspector({ address, prefix: 'camqueue', log: silentLog });
  try {
    const { active, waiting, delayed, failed } = await inspector.counts('license-plate');
    const done = await inspector.list('license-plate', 'completed', 200);
    const of = (kind: string) =>
      done.filter(({ payload }) => (payload as { kind?: string } | undefined)?.kind === kind);
    return {
      ...{ active, waiting: waiting + delayed, failed },
      finishes: of('finish').length,
      looks: of('look').map(({ payload, outcome, reason }) => {
        const { cameraId, trackId, bornAt, at } = payload as PlateLookPayload;
        const passage = passageId(cameraId, trackId, bornAt);
        return { passage, at, ...(outcome && { outcome }), ...(reason && { why: reason }) };
      }),
    };
  } finally {
    await inspector.close();
  }
}
