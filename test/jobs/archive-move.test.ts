import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { handle } from '../../jobs/archive/handler.js';
import { archive } from '../../jobs/archive/job.js';
import type { Segment } from '../../src/ports.js';
import {
  type ArchiveRig,
  type ArchiveRigOptions,
  makeArchiveRig,
  NOW,
  sha256Of,
  treeOf,
} from '../support/archive-rig.js';
import { runJob, testContext } from '../support/job-context.js';
import { mountSmallDisk, needsSmallDisk } from '../support/small-disk.js';

let dataDir: string;
let rig: ArchiveRig;
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'camqueue-archive-'));
});
afterEach(async () => {
  await rig.close();
  rmSync(dataDir, { recursive: true, force: true });
});

const open = async (options: ArchiveRigOptions = {}) => (rig = await makeArchiveRig(dataDir, options));
const context = (options: Parameters<typeof testContext>[1] = {}) =>
  testContext(rig.ports, { now: () => NOW, ...options });
const move = (given: object = {}, ctx = context()) =>
  runJob(archive, handle, { action: 'move', at: NOW, ...given }, ctx);
const report = async () => (await rig.ports.archiveReports.list({ limit: 1 }))[0];
const places = async (segment: Segment) => ({
  tier: (await rig.get(segment))?.tier,
  hot: existsSync(rig.hot(segment)),
  cold: existsSync(rig.cold(segment)),
});
const MOVED = { tier: 'cold', hot: false, cold: true };
const KEPT = { tier: 'hot', hot: true, cold: false };
const GONE = { tier: undefined, hot: false, cold: false };

it('moves what is old, deletes what is older than it is kept, and leaves the rest', async () => {
  await open();
  const [young, old, older] = [await rig.record(6.9), await rig.record(7.1), await rig.record(36.9)];
  const [over, open1] = [
    await rig.record(37.1),
    await rig.record(8, { state: 'open', sha256: undefined as never }),
  ];
  const contents = readFileSync(rig.hot(old));
  const ctx = context();
  const outcome = await move({}, ctx);
  expect(outcome).toMatchObject({ outcome: 'done', result: { moved: { count: 2, bytes: 4000 } } });
  expect(await Promise.all([young, old, older, over, open1].map(places))).toEqual([
    KEPT,
    MOVED,
    MOVED,
    GONE,
    KEPT,
  ]);
  expect(readFileSync(rig.cold(old))).toEqual(contents);
  expect(await rig.get(old)).toMatchObject({
    sha256: old.sha256,
    cold: { key: `recordings/${old.path}`, bytes: 2000, sha256: old.sha256, codec: old.codec, movedAt: NOW },
    checkedAt: NOW,
  });
  expect(await rig.get(old)).not.toHaveProperty('restoredUntil');
  expect(await report()).toMatchObject({
    ...{ id: `move-${NOW}-alpha`, node: 'alpha', isDryRun: false, failed: [], failedCount: 0 },
    ...{ moved: { count: 2, bytes: 4000 }, deleted: { hot: { count: 1, bytes: 2000 }, cold: { count: 0 } } },
    oldestKept: { 'gate-1': older.startAt },
    byCamera: { 'gate-1': { moved: { count: 2 }, deleted: { count: 1 } } },
  });
  expect(ctx.progressed.length).toBeGreaterThan(0);
  expect(await rig.ports.audit.list({ limit: 9 })).toMatchObject([
    { actor: 'archive', action: 'recordings.move', subject: 'alpha' },
  ]);
  // Once more: nothing is done twice.
  await move({ at: NOW + 1 });
  expect(await report()).toMatchObject({
    moved: { count: 0 },
    deleted: { hot: { count: 0 }, cold: { count: 0 } },
  });
});

it('deletes cold copies whose time is over, but for held ones', async () => {
  await open();
  const [first, second, young] = [await rig.record(20), await rig.record(19.9), await rig.record(10)];
  await move();
  await rig.hold(second);
  const ctx = context({ now: () => NOW + 18 * 86_400_000 });
  await move({ at: NOW + 1 }, ctx);
  expect(await Promise.all([first, second, young].map(places))).toEqual([GONE, MOVED, MOVED]);
  expect(await rig.ports.archiveReports.get(`move-${NOW + 1}-alpha`)).toMatchObject({
    ...{ deleted: { hot: { count: 0 }, cold: { count: 1, bytes: 2000 } }, protected: { count: 1 } },
  });
});

it('leaves held ones where they are, also one that is held while it is copied', async () => {
  await open();
  const [held, late, free] = [await rig.record(10), await rig.record(9), await rig.record(8)];
  await rig.hold(held);
  const { store } = rig.ports.cold;
  const holding = {
    ...store,
    putFile: async (...args: Parameters<typeof store.putFile>) => {
      const put = await store.putFile(...args);
      if (args[0].endsWith(late.path)) await rig.hold(late, 'hold-2');
      return put;
    },
  };
  const ctx = testContext({ ...rig.ports, cold: { ...rig.ports.cold, store: holding } }, { now: () => NOW });
  await runJob(archive, handle, { action: 'move', at: NOW }, ctx);
  expect(await Promise.all([held, late, free].map(places))).toEqual([KEPT, KEPT, MOVED]);
  expect(await report()).toMatchObject({ moved: { count: 1 }, protected: { count: 2 }, failedCount: 0 });
  // Released, it goes its way.
  await rig.holds.release('hold-2', 'person:lan', NOW);
  await move({ at: NOW + 1 });
  expect(await places(late)).toEqual(MOVED);
});

it('a dry run says the same and touches nothing', async () => {
  await open({
    settings: { retention: [{ hotDays: 7, coldDays: 30, maxGb: 4.5e-6 }], archive: { freeGb: 1e9 } },
  });
  for (const days of [1, 2, 3, 8, 9, 40]) await rig.record(days);
  const [before, rows] = [treeOf(dataDir), await rig.index.list({ from: 0, to: NOW, limit: 99 })];
  const withoutSql = (tree: Record<string, string>) =>
    Object.entries(tree).filter(([path]) => !path.includes('sqlite'));
  const ctx = context();
  await move({ dryRun: true }, ctx);
  expect(withoutSql(treeOf(dataDir))).toEqual(withoutSql(before));
  expect(await rig.index.list({ from: 0, to: NOW, limit: 99 })).toEqual(rows);
  const foreseen = await report();
  expect(foreseen).toMatchObject({ isDryRun: true, moved: { count: 5 }, deleted: { hot: { count: 1 } } });
  expect(ctx.followUps).toEqual([]);
  await move();
  const { moved, deleted } = (await rig.ports.archiveReports.get(`move-${NOW}-alpha`)) ?? {};
  expect({ moved, deleted }).toEqual({ moved: foreseen?.moved, deleted: foreseen?.deleted });
});

describe('bad bytes', () => {
  it('of the source: it is marked, told once, a gap, and stays', async () => {
    await open();
    const [bad, good] = [await rig.record(9), await rig.record(8)];
    const contents = readFileSync(rig.hot(bad));
    contents[1000] = (contents[1000] ?? 0) ^ 1;
    writeFileSync(rig.hot(bad), contents);
    const ctx = context();
    await move({}, ctx);
    expect(await Promise.all([bad, good].map(places))).toEqual([KEPT, MOVED]);
    expect(await rig.get(bad)).toMatchObject({ damagedAt: NOW });
    expect(await report()).toMatchObject({ failedCount: 1, failed: [{ segmentId: bad.id, step: 'check' }] });
    expect(ctx.followUps.filter(({ queue }) => queue === 'alert')).toMatchObject([
      { id: `alert-damaged-${bad.id}`, payload: { kind: 'recording-damaged', cameraId: 'gate-1' } },
    ]);
    expect(await rig.ports.gaps.list({ cameraId: 'gate-1', from: bad.startAt, to: bad.endAt })).toMatchObject(
      [{ track: 'recording', from: bad.startAt, to: bad.endAt, cause: 'disk' }],
    );
    const again = context();
    await move({ at: NOW + 1 }, again);
    expect(again.followUps).toEqual([]);
    expect(await places(bad)).toEqual(KEPT);
  });

  it('of the copy: the source stays and is moved the next time', async () => {
    await open();
    const one = await rig.record(9);
    const { store } = rig.ports.cold;
    const tampering = {
      ...store,
      putFile: async (...args: Parameters<typeof store.putFile>) => {
        const put = await store.putFile(...args);
        const contents = readFileSync(rig.cold(one));
        contents[7] = (contents[7] ?? 0) ^ 8;
        writeFileSync(rig.cold(one), contents);
        return put;
      },
    };
    const ctx = testContext(
      { ...rig.ports, cold: { ...rig.ports.cold, store: tampering } },
      { now: () => NOW },
    );
    await runJob(archive, handle, { action: 'move', at: NOW }, ctx);
    expect(await places(one)).toEqual(KEPT);
    expect(await rig.get(one)).not.toHaveProperty('damagedAt');
    expect(await report()).toMatchObject({ failed: [{ segmentId: one.id, step: 'verify' }] });
    await move({ at: NOW + 1 });
    expect(await places(one)).toEqual(MOVED);
  });

  it.each([
    ['right', 1],
    ['other', 0],
  ])('a copy without a row whose bytes are %s is taken or made anew', async (how, copies) => {
    await open();
    const one = await rig.record(9);
    mkdirSync(dirname(rig.cold(one)), { recursive: true });
    const contents = readFileSync(rig.hot(one));
    writeFileSync(rig.cold(one), how === 'right' ? contents : Buffer.alloc(contents.length));
    let puts = 0;
    const { store } = rig.ports.cold;
    const counting = {
      ...store,
      putFile: (...args: Parameters<typeof store.putFile>) => (puts++, store.putFile(...args)),
    };
    const run = (at: number) =>
      runJob(
        archive,
        handle,
        { action: 'move', at },
        testContext({ ...rig.ports, cold: { ...rig.ports.cold, store: counting } }, { now: () => NOW }),
      );
    await run(NOW);
    expect(await places(one)).toEqual(MOVED);
    expect(readFileSync(rig.cold(one))).toEqual(contents);
    expect(puts).toBe(1 - copies);
  });

  it('a file that has vanished is a gap; a folder that is not mounted has lost nothing', async () => {
    await open();
    const one = await rig.record(9);
    rmSync(rig.hot(one));
    rmSync(join(rig.recordingsDir, '.node'));
    await expect(move()).rejects.toThrow(/mount/);
    expect(await rig.get(one)).not.toHaveProperty('damagedAt');
    writeFileSync(join(rig.recordingsDir, '.node'), 'alpha\n');
    const ctx = context();
    await move({ at: NOW + 1 }, ctx);
    expect(await rig.get(one)).toMatchObject({ damagedAt: NOW });
    expect(ctx.followUps).toHaveLength(1);
  });

  it('a file whose row was lost by a power cut after the original had gone is found in the cold store', async () => {
    await open();
    const one = await rig.record(9);
    mkdirSync(dirname(rig.cold(one)), { recursive: true });
    writeFileSync(rig.cold(one), readFileSync(rig.hot(one)));
    rmSync(rig.hot(one));
    await move();
    expect(await places(one)).toEqual(MOVED);
    expect(await rig.get(one)).not.toHaveProperty('damagedAt');
  });
});

describe('a cold store that is not as it should be', () => {
  it('empty although recordings were moved there: nothing is moved or deleted, and the next run goes on', async () => {
    await open();
    const [first, second] = [await rig.record(9), await rig.record(6.5)];
    await move();
    rmSync(rig.coldDir, { recursive: true });
    mkdirSync(rig.coldDir);
    const later = () => NOW + 2 * 86_400_000;
    await expect(move({ at: NOW + 1 }, context({ now: later }))).rejects.toThrow(/mounted/);
    expect(await places(second)).toEqual(KEPT);
    expect(await rig.get(first)).toMatchObject({ tier: 'cold' });
    expect((await rig.ports.archiveReports.get(`move-${NOW + 1}-alpha`))?.problem).toMatch(/mounted/);
  });

  it('none: recordings stay hot for both times', async () => {
    await open({ coldDir: null });
    const [kept, gone] = [await rig.record(36), await rig.record(38)];
    await move();
    expect((await rig.get(kept))?.tier).toBe('hot');
    expect(await rig.get(gone)).toBeUndefined();
  });
});

needsSmallDisk()('a cold store that runs full', () => {
  it('ends with a clear word; what was moved is verified, the rest is where it was', async () => {
    const disk = mountSmallDisk(1);
    try {
      await open({ coldDir: disk.folder });
      const all = [];
      for (const i of [0, 1, 2, 3, 4]) all.push(await rig.record(20 - i, {}, Buffer.alloc(300_000, i)));
      const ctx = context();
      await expect(move({}, ctx)).rejects.toThrow(/full.*next run goes on/s);
      const rows = await Promise.all(all.map(places));
      expect(rows.filter(({ tier }) => tier === 'cold')).toHaveLength(3);
      for (const [i, one] of all.entries()) {
        const { tier } = rows[i] ?? {};
        expect(sha256Of(readFileSync(tier === 'cold' ? rig.cold(one) : rig.hot(one)))).toBe(one.sha256);
      }
      expect((await report())?.problem).toMatch(/full/);
    } finally {
      disk.remove();
    }
  });
});
