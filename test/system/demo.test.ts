import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { writeFileSync, mkdirSync } from 'node:fs';
import { cutClip, describeWithSample, SAMPLE } from '../support/plaza.js';
import { cli, needFreshBuild, newFolder, processesOf, startCli, until, type Cli } from '../support/system.js';

describeWithSample('camqueue demo', () => {
  const folder = newFolder();
  const data = join(folder, 'demo');
  let demo: Cli | undefined;

  beforeAll(needFreshBuild);
  afterEach(async () => {
    demo?.signal('SIGTERM');
    await demo?.ended;
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  const expectNothingLeft = (): Promise<unknown> =>
    until(
      'the end of all processes',
      () => processesOf(folder),
      (found) => found.length === 0,
    );

  it('shows what it counted, in frames that add up, and leaves nothing running', async () => {
    const clip = cutClip(folder, 'clip.mp4', { from: 170, to: 220, still: 0 });
    demo = startCli(['demo', '--data', data, '--seconds', '60', clip]);
    expect(await demo.ended).toBe(0);
    const row = /^source-1 +(\d+) +(\d+) +(\d+) +(\d+) +(\d+) +finished$/m.exec(demo.stdout());
    const [captured = NaN, ...ends] = (row ?? []).slice(1).map(Number);
    expect(captured).toBe(50);
    expect(ends.reduce((sum, count) => sum + count, 0)).toBe(captured);
    // Workers built as they are run: each handler has the ports it needs.
    const jobs = [...demo.stdout().matchAll(/^([a-z-]+) +(\d+) +(\d+)$/gm)];
    expect(jobs.map(([, queue]) => queue)).toEqual(expect.arrayContaining(['motion', 'cleanup']));
    expect(jobs.filter(([, , , failed]) => failed !== '0').map(([line]) => line)).toEqual([]);
    await expectNothingLeft();
  });

  it('is stopped by Ctrl-C in the middle, and leaves nothing running', async () => {
    demo = startCli(['demo', '--data', data, SAMPLE]);
    const { stdout } = demo;
    await until('frames', stdout, (said) => /source-1 ok .* analysed [1-9]/.test(said));
    demo.signalGroup('SIGINT');
    expect(await demo.ended).toBe(0);
    await expectNothingLeft();
  });

  it('does not empty a folder that holds something else', async () => {
    mkdirSync(join(folder, 'mine'));
    writeFileSync(join(folder, 'mine/thesis.txt'), '');
    const clip = cutClip(folder, 'clip.mp4', { from: 0, to: 10, still: 0 });
    const ended = await cli(['demo', '--data', join(folder, 'mine'), clip]);
    expect([ended.code, ended.stdout]).toEqual([2, '']);
    expect(ended.stderr).toContain(`${join(folder, 'mine')} is not empty`);
  });
});
