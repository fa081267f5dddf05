import { execFileSync } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { clipMakerOf, orderOf } from '../../support/clips.js';
import { makeRecordings, type RecordingSpec, type TestRecordings } from '../../support/recordings.js';
import { mountSmallDisk, needsSmallDisk, type SmallDisk } from '../../support/small-disk.js';

needsSmallDisk()('a disk that becomes full while a clip is made', () => {
  let dataDir: string;
  let disk: SmallDisk;
  let recordings: TestRecordings;
  /** A hundred KB a picture. */
  const noisy: RecordingSpec = {
    ...{ seconds: 1, codec: 'mjpeg', size: [640, 480] },
    encoder: ['-vf', 'scale=640:480,noise=alls=90:allf=t', '-q:v', '2'],
  };
  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'camqueue-clip-'));
    recordings = await makeRecordings(dataDir, [noisy, noisy, { seconds: 1 }]);
    disk = mountSmallDisk(1);
  });
  afterAll(async () => {
    disk.remove();
    await recordings.close();
    await rm(dataDir, { recursive: true, force: true });
  });

  it.each([
    ['written', 2000],
    ['encoded', 3000],
  ])('is told by its code while it is %s, and the clip goes on when there is room', async (how, to) => {
    execFileSync('mount', ['-o', 'remount,size=1m', disk.folder]);
    const maker = clipMakerOf(recordings, dataDir, { workDir: disk.folder });
    const order = orderOf(recordings, [0, to], { id: how });
    const options = { signal: AbortSignal.timeout(30_000) };
    await expect(maker.make(order, options)).rejects.toMatchObject({ code: 'ENOSPC' });
    expect((await readdir(join(disk.folder, how))).filter((name) => name.startsWith('draft-'))).toEqual([]);
    execFileSync('mount', ['-o', 'remount,size=32m', disk.folder]);
    expect(await maker.make(order, options)).toMatchObject({ frames: to / 100 });
    await maker.remove(how);
  });
});
