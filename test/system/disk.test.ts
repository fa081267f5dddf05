import { execFileSync } from 'node:child_process';
import { appendFileSync, mkdirSync, rmSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import {
  CLIP,
  cutClip,
  describeWithSample,
  expectAllFrames,
  expectCrossings,
  plaza,
  truth,
} from '../support/plaza.js';
import { Installation, needFreshBuild, newFolder, until } from '../support/system.js';

/** Only root may mount a small disk. */
const describeAsRoot = canMount() ? describeWithSample : describe.skip;

describeAsRoot('a full disk', () => {
  const folder = newFolder();
  let installation: Installation;

  beforeAll(needFreshBuild);
  beforeEach(() => {
    installation = new Installation({ cameras: [plaza(cutClip(folder))] });
    mkdirSync(installation.data);
    mount(installation.data);
  });
  afterEach(async () => {
    await installation.stop();
    execFileSync('umount', [installation.data]);
    await installation.remove();
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('is said, and when there is space again the rest is counted', async () => {
    const run = installation.run();
    await installation.untilCaptured('plaza', 30);
    const ballast = join(installation.data, 'ballast');
    fill(ballast);
    await until('a word about the disk', run.stderr, (said) => /No space left on device/.test(said));
    rmSync(ballast);

    await installation.untilStatus('plaza', 'finished');
    expectAllFrames(await installation.counts('plaza'));
    expectCrossings(await installation.crossings('plaza'), truth(CLIP.from, CLIP.to), 3);
    expect(run.stderr()).not.toContain('is started again');
  });
});

function mount(folder: string): void {
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=24m', 'tmpfs', folder], { stdio: 'pipe' });
}

function canMount(): boolean {
  const folder = newFolder();
  try {
    mount(folder);
    execFileSync('umount', [folder]);
    return true;
  } catch {
    process.stderr.write('skipped: a full disk (no tmpfs can be mounted here; root may)\n');
    return false;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function fill(path: string): void {
  for (let bytes = 1 << 20; bytes >= 1; bytes /= 2) {
    try {
      for (;;) appendFileSync(path, Buffer.alloc(bytes));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
    }
  }
}
