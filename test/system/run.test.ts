import { rm } from 'node:fs/promises';
import {
  CLIP,
  cutClip,
  describeWithSample,
  expectAllFrames,
  expectCrossings,
  plaza,
  truth,
} from '../support/plaza.js';
import { Installation, needFreshBuild, newFolder, processesOf, type Cli } from '../support/system.js';

describeWithSample('camqueue run', () => {
  const folder = newFolder();
  let installation: Installation;

  beforeAll(() => {
    needFreshBuild();
    installation = new Installation({ cameras: [plaza(cutClip(folder))] });
  });
  afterAll(async () => {
    await installation?.remove();
    await rm(folder, { recursive: true, force: true });
  });

  it('leaves nothing running after SIGTERM, Ctrl-C and kill -9, goes on from there, and then only waits', async () => {
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

    const run = installation.run();
    const source = await installation.untilStatus('plaza', 'finished');
    expect(source.reason).toBeUndefined();
    const counts = await installation.counts('plaza');
    expectAllFrames(counts);
    expect(counts).toMatchObject({ dropped: 0, failed: 0 });
    // Uninterrupted it counts what replay counts, frame for frame: kill.test.ts has that, with a worker killed.
    expectCrossings(await installation.crossings('plaza'), truth(CLIP.from, CLIP.to), 3);

    // It stays for the cameras that may come.
    expect(processesOf(installation.folder).some(({ command }) => / sampler$/.test(command))).toBe(true);
    expect(run.stderr()).not.toContain('is started again');
    run.signal('SIGTERM');
    expect(await run.ended).toBe(0);
    await installation.untilGone();
  }, 400_000);
});
