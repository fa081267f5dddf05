import { fork } from 'node:child_process';
import { once } from 'node:events';
import { watch } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { clipMakerOf, orderOf } from '../../support/clips.js';
import { framesOf, makeRecordings, type TestRecordings } from '../../support/recordings.js';

const SUPPORT = resolve(__dirname, '../../support');

describe('a clip whose maker was killed', () => {
  let dataDir: string;
  let recordings: TestRecordings;
  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'camqueue-clip-'));
    const codec = 'mpeg4';
    recordings = await makeRecordings(
      dataDir,
      [1, 2, 3, 4].map(() => ({ seconds: 2, codec })),
    );
  });
  afterAll(async () => {
    await recordings.close();
    await rm(dataDir, { recursive: true, force: true });
  });

  const work = (): string => join(dataDir, 'clips', 'clip');
  const parts = async (): Promise<Map<string, number>> => {
    const names = (await readdir(work())).filter((name) => name.startsWith('part-'));
    return new Map(
      await Promise.all(names.map(async (name) => [name, (await stat(join(work(), name))).mtimeMs] as const)),
    );
  };

  it('goes on with the parts that are whole, and another order under its name begins anew', async () => {
    const order = orderOf(recordings, [300, 7700]);
    await writeFile(join(dataDir, 'order.json'), JSON.stringify({ order, segments: recordings.segments }));
    await mkdir(work(), { recursive: true });
    const child = fork(join(SUPPORT, 'make-clip-child.ts'), [dataDir], {
      execArgv: ['-r', join(SUPPORT, 'register-ts.cjs')],
    });
    const exited = once(child, 'exit');
    await twoParts(work());
    child.kill('SIGKILL');
    await exited;
    const before = await parts();
    expect(before.size).toBeGreaterThanOrEqual(1);

    const maker = clipMakerOf(recordings, dataDir);
    const made = await maker.make(order, { signal: AbortSignal.timeout(60_000) });
    expect(await framesOf(made.path)).toEqual(Array.from({ length: 74 }, (_, i) => i + 4));
    const after = await parts();
    expect(after.size).toBe(4);
    for (const [name, changedAt] of before) expect(after.get(name)).toBe(changedAt);

    // Finished, it is not made again.
    const again = await maker.make(order, { signal: AbortSignal.timeout(60_000) });
    expect(again).toEqual(made);

    const other = orderOf(recordings, [300, 900]);
    const short = await maker.make(other, { signal: AbortSignal.timeout(60_000) });
    expect(await framesOf(short.path)).toEqual([4, 5, 6, 7, 8, 9]);
    expect((await parts()).size).toBe(1);
    expect(await maker.removeBefore(Date.now() + 1000)).toBe(1);
  });

  /** Until the first part is whole and the second one is being made, or there are more. */
  async function twoParts(folder: string): Promise<void> {
    const watcher = watch(folder);
    try {
      for (;;) {
        const names = await readdir(folder).catch(() => []);
        if (names.some((name) => name.startsWith('part-'))) return;
        await Promise.race([once(watcher, 'change'), once(watcher, 'close')]);
      }
    } finally {
      watcher.close();
    }
  }
});
