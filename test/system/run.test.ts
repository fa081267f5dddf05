import { rm } from 'node:fs/promises';
import {
  CLIP,
  cutClip,
  describeWithSample,
  expectAllFrames,
  expectCrossings,
  plaza,
  replayed,
  truth,
} from '../support/plaza.js';
import {
  Installation,
  needFreshBuild,
  newFolder,
  processesOf,
  type Cli,
  type Crossing,
} from '../support/system.js';

describeWithSample('camqueue run', () => {
  const folder = newFolder();
  let clip: string;
  let wanted: Crossing[];
  let installation: Installation;

  beforeAll(async () => {
    needFreshBuild();
    clip = cutClip(folder);
    wanted = await replayed(clip);
    expectCrossings(wanted, truth(CLIP.from, CLIP.to), 3);
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));
  beforeEach(() => {
    installation = new Installation({ cameras: [plaza(clip)] });
  });
  afterEach(() => installation.remove());

  it('counts what replay counts, in every frame of the file, and then only waits', async () => {
    const run = installation.run();
    const source = await installation.untilStatus('plaza', 'finished');
    expect(source.reason).toBeUndefined();
    const counts = await installation.counts('plaza');
    expectAllFrames(counts);
    expect(counts).toMatchObject({ dropped: 0, failed: 0 });
    expect(await installation.crossings('plaza')).toEqual(wanted);

    // It stays for the cameras that may come.
    expect(processesOf(installation.folder).some(({ command }) => / sampler$/.test(command))).toBe(true);
    expect(run.stderr()).not.toContain('is started again');
    run.signal('SIGTERM');
    expect(await run.ended).toBe(0);
    await installation.untilGone();
  });

  it('leaves nothing running after SIGTERM, Ctrl-C and kill -9, and goes on from there', async () => {
    // One after the other in the same clip.
    const ways: readonly [frames: number, stop: (run: Cli) => void, end: number | string][] = [
      [30, (run) => run.signal('SIGTERM'), 0],
      [70, (run) => run.signalGroup('SIGINT'), 0],
      [110, (run) => run.signal('SIGKILL'), 'SIGKILL'],
    ];
    for (const [frames, stop, end] of ways) {
      const stopped = installation.run();
      await installation.untilCaptured('plaza', frames);
      stop(stopped);
      expect(await stopped.ended).toBe(end);
      await installation.untilGone();
    }

    installation.run();
    await installation.untilStatus('plaza', 'finished');
    const counts = await installation.counts('plaza');
    expectAllFrames(counts);
    expect(counts).toMatchObject({ dropped: 0, failed: 0 });
    expectCrossings(await installation.crossings('plaza'), wanted, 3);
  }, 180_000);
});
