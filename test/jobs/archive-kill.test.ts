import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as timer } from 'node:timers/promises';
import { handle } from '../../jobs/archive/handler.js';
import { archive } from '../../jobs/archive/job.js';
import { openDatabase } from '../../src/io/sql/open.js';
import { type ArchiveRig, makeArchiveRig, NOW, sha256Of, treeOf } from '../support/archive-rig.js';
import { runJob, testContext } from '../support/job-context.js';

const KILLS = 20;
const FILES = 30;

let folder: string;
const children = new Set<ChildProcess>();
beforeAll(() => {
  // Nobody pulls the plug here, so no disk is waited for.
  const memory = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();
  folder = mkdtempSync(join(memory, 'camqueue-archive-kill-'));
});
afterAll(() => {
  for (const child of children) child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

/** Starts while the one before it runs: starting takes longer than what it does. */
async function startChild(): Promise<ChildProcess> {
  const child = fork(join(__dirname, '../support/archive-child.ts'), {
    execArgv: ['-r', join(__dirname, '../support/register-ts.cjs')],
  });
  children.add(child);
  child.once('exit', () => children.delete(child));
  const [message] = (await once(child, 'message')) as [unknown];
  expect(message).toBe('ready');
  return child;
}

/** Recordings to move, a few of them to delete, and two that stay. */
async function haveRecordings(name: string) {
  const dataDir = join(folder, name);
  const rig = await makeArchiveRig(dataDir);
  const moving = [];
  for (let i = 0; i < FILES; i++) moving.push(await rig.record(30 - i / 2));
  const staying = [await rig.record(1), await rig.record(2)];
  for (let i = 0; i < 3; i++) await rig.record(40 + i);
  await rig.close();
  return { dataDir, moving, staying };
}

type Given = Awaited<ReturnType<typeof haveRecordings>>;

/** Every byte is at the source, or in the cold store where the index says it is. */
async function expectNothingLost(rig: ArchiveRig, { moving, staying }: Given): Promise<void> {
  for (const segment of [...moving, ...staying]) {
    const row = await rig.get(segment);
    const place = row?.tier === 'cold' ? rig.cold(segment) : rig.hot(segment);
    expect(existsSync(place) && sha256Of(readFileSync(place))).toBe(segment.sha256);
  }
}

/** All moved, everything in one place only, nothing left over. */
async function expectClean(rig: ArchiveRig, { moving, staying }: Given): Promise<void> {
  for (const segment of moving) expect(await rig.get(segment)).toMatchObject({ tier: 'cold' });
  expect(await rig.index.leftovers({ node: 'alpha', before: NOW, limit: 9 })).toEqual([]);
  expect(await rig.index.list({ from: 0, to: NOW, limit: 99 })).toHaveLength(moving.length + staying.length);
  const expected = (some: Given['moving'], prefix: string) =>
    some.map(({ path }) => `${prefix}${path}`).sort();
  const hot = Object.keys(treeOf(rig.recordingsDir)).filter((path) => !path.startsWith('.'));
  expect(hot.sort()).toEqual(expected(staying, ''));
  const cold = Object.keys(treeOf(rig.coldDir)).filter((path) => path.startsWith('recordings/'));
  expect(cold.filter((path) => !path.endsWith('.tmp')).sort()).toEqual(expected(moving, 'recordings/'));
}

it('killed at any moment it loses nothing, and the next run ends what it began', async () => {
  let next = startChild();
  /** How long a run takes, ms: the first one is not killed. */
  let wholeMs = 0;
  const moments: string[] = [];
  for (let i = 0; i <= KILLS; i++) {
    const given = await haveRecordings(`run-${i}`);
    const child = await next;
    if (i < KILLS) next = startChild();
    const begins = once(child, 'message');
    const exit = once(child, 'exit');
    child.send(given.dataDir);
    await begins;
    const from = performance.now();
    if (i > 0) {
      // The first run was the slowest.
      await timer(Math.random() * wholeMs * 0.7);
      child.kill('SIGKILL');
    } else {
      await once(child, 'message');
      wholeMs = performance.now() - from;
    }
    await exit;
    const database = await openDatabase({ dataDir: given.dataDir });
    const rig = await makeArchiveRig(given.dataDir, { database });
    try {
      await expectNothingLost(rig, given);
      const rows = await rig.index.list({ from: 0, to: NOW, limit: 99 });
      moments.push(`${rows.filter(({ tier }) => tier === 'cold').length}`);
      const at = NOW + 1;
      await runJob(archive, handle, { action: 'move', at }, testContext(rig.ports, { now: () => at }));
      await expectNothingLost(rig, given);
      await expectClean(rig, given);
    } finally {
      await rig.close();
    }
  }
  // Otherwise it was the starting that was killed.
  expect(moments.slice(1).some((count) => Number(count) > 0 && Number(count) < FILES)).toBe(true);
  process.stderr.write(`killed with so many of ${FILES} moved: ${moments.slice(1).join(' ')}\n`);
}, 120_000);
