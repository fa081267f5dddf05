import { existsSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { handle } from '../../jobs/archive/handler.js';
import { archive } from '../../jobs/archive/job.js';
import { NotReadyError, PermanentError } from '../../src/errors.js';
import type { Segment } from '../../src/ports.js';
import { type ArchiveRig, DAY_MS, makeArchiveRig, NOW } from '../support/archive-rig.js';
import { runJob, testContext } from '../support/job-context.js';
import { makeNumbered, picturesOf } from '../support/recordings.js';

let dataDir: string;
let rig: ArchiveRig;
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'camqueue-archive-'));
});
afterEach(async () => {
  await rig.close();
  rmSync(dataDir, { recursive: true, force: true });
});

type Context = ReturnType<typeof context>;
const context = (options: Parameters<typeof testContext>[1] = {}) =>
  testContext(rig.ports, { now: () => NOW, ...options });
const run = (payload: object, ctx: Context = context()) =>
  runJob(archive, handle, payload as { action: 'scrub'; at: number }, ctx);
const move = (at = NOW, ctx?: Context) => run({ action: 'move', at }, ctx);
const scrub = (ctx?: Context, at = NOW, given: object = {}) => run({ action: 'scrub', at, ...given }, ctx);
const restore = (segment: Segment, given: object = {}, ctx?: Context) =>
  run({ action: 'restore', cameraId: 'gate-1', from: segment.startAt, to: segment.endAt, ...given }, ctx);
const flip = (file: string): void => {
  const contents = readFileSync(file);
  contents[1000] = (contents[1000] ?? 0) ^ 4;
  writeFileSync(file, contents);
};
const atDay = (days: number) => context({ now: () => NOW + days * DAY_MS });

describe('restoring', () => {
  it('brings a stretch back for a while, verified; it goes cold again without copying', async () => {
    rig = await makeArchiveRig(dataDir);
    const [one, other] = [await rig.record(9), await rig.record(8)];
    const contents = readFileSync(rig.hot(one));
    await move();
    expect(await restore(one, { keepDays: 2 })).toMatchObject({
      outcome: 'done',
      result: { restored: { count: 1, bytes: 2000 } },
    });
    expect(readFileSync(rig.hot(one))).toEqual(contents);
    expect(await rig.get(one)).toMatchObject({
      ...{ tier: 'hot', restoredUntil: NOW + 2 * DAY_MS, cold: { sha256: one.sha256 } },
    });
    expect((await rig.get(other))?.tier).toBe('cold');
    // Asked for again it stays longer, never shorter.
    await restore(one, { keepDays: 5 });
    await restore(one, { keepDays: 1 });
    await move(NOW + 1, atDay(4.9));
    expect(existsSync(rig.hot(one))).toBe(true);
    await move(NOW + 2, atDay(5.1));
    expect(existsSync(rig.hot(one))).toBe(false);
    expect(await rig.get(one)).toMatchObject({ tier: 'cold', cold: { movedAt: NOW } });
    expect(await rig.get(one)).not.toHaveProperty('restoredUntil');
  });

  it('of what is not there is skipped, of what is too much is refused', async () => {
    rig = await makeArchiveRig(dataDir);
    const one = await rig.record(9);
    expect(await restore(one)).toMatchObject({ outcome: 'skipped' });
    await move();
    const ports = { ...rig.ports, cold: { ...rig.ports.cold, minFreeBytes: 1e18 } };
    const ctx = testContext(ports, { now: () => NOW });
    await expect(restore(one, {}, ctx)).rejects.toThrow(/shorter time/);
    expect(existsSync(rig.hot(one))).toBe(false);
    await expect(restore(one, { to: one.startAt })).rejects.toThrow(/after from/);
  });

  it('a bad copy is not brought back: it is marked, told once, and stays', async () => {
    rig = await makeArchiveRig(dataDir);
    const one = await rig.record(9);
    await move();
    flip(rig.cold(one));
    const ctx = context();
    await restore(one, {}, ctx);
    expect(await rig.get(one)).toMatchObject({ tier: 'cold', damagedAt: NOW });
    expect(existsSync(rig.hot(one)) || existsSync(`${rig.hot(one)}.part`)).toBe(false);
    expect(existsSync(rig.cold(one))).toBe(true);
    expect(ctx.followUps).toHaveLength(1);
    expect(await rig.index.leftovers({ node: 'alpha', before: Infinity, limit: 9 })).toEqual([]);
  });

  it('what a crash left of it goes when its time is over', async () => {
    rig = await makeArchiveRig(dataDir);
    const one = await rig.record(9);
    const contents = readFileSync(rig.hot(one));
    await move();
    // As it is after the note, and in the middle of the file.
    await rig.index.restoring(one.id, NOW + DAY_MS);
    await rig.record(0, { ...one, id: 'unused', startAt: one.startAt });
    await rig.index.remove('unused');
    renameSync(rig.hot(one), `${rig.hot(one)}.part`);
    await move(NOW + 1, atDay(0.5));
    expect(existsSync(`${rig.hot(one)}.part`)).toBe(true);
    await restore(one);
    expect(readFileSync(rig.hot(one))).toEqual(contents);
    expect(existsSync(`${rig.hot(one)}.part`)).toBe(false);
    writeFileSync(`${rig.hot(one)}.part`, 'x');
    await move(NOW + 2, atDay(8));
    expect(existsSync(`${rig.hot(one)}.part`)).toBe(false);
  });

  it('a restored one whose copy went bad meanwhile is put back before it goes', async () => {
    rig = await makeArchiveRig(dataDir);
    const one = await rig.record(9);
    await move();
    await restore(one, { keepDays: 1 });
    flip(rig.cold(one));
    await move(NOW + 1, atDay(2));
    expect(existsSync(rig.hot(one))).toBe(true);
    await move(NOW + 2, atDay(2));
    expect(existsSync(rig.hot(one))).toBe(false);
    await scrub(undefined, NOW + 3 * DAY_MS);
    expect(await rig.get(one)).not.toHaveProperty('damagedAt');
  });
});

describe('looking for damage', () => {
  it('finds a flipped bit and a missing file, hot and cold, and tells each once', async () => {
    rig = await makeArchiveRig(dataDir);
    const cold = [await rig.record(9), await rig.record(8.9), await rig.record(8.8)];
    await move(NOW - 1);
    const hot = [await rig.record(3), await rig.record(2), await rig.record(1)];
    const [rotten, gone] = [cold[0], cold[1]] as [Segment, Segment];
    const [bad, lost] = [hot[0], hot[1]] as [Segment, Segment];
    flip(rig.cold(rotten));
    rmSync(rig.cold(gone));
    flip(rig.hot(bad));
    rmSync(rig.hot(lost));
    const ctx = atDay(1);
    await scrub(ctx, NOW + DAY_MS);
    const damaged = [rotten, gone, bad, lost].map(({ id }) => id);
    const report = (await rig.ports.archiveReports.list({ limit: 1 }))[0];
    expect(report?.failed.map(({ segmentId }) => segmentId).sort()).toEqual([...damaged].sort());
    expect(report).toMatchObject({ action: 'scrub', checked: { count: 2, bytes: 4000 } });
    expect(ctx.followUps.map(({ id }) => id).sort()).toEqual(
      damaged.map((id) => `alert-damaged-${id}`).sort(),
    );
    for (const one of [...cold, ...hot])
      expect((await rig.get(one))?.damagedAt !== undefined).toBe(damaged.includes(one.id));
    const again = atDay(2);
    await scrub(again, NOW + 2 * DAY_MS);
    expect(again.followUps).toEqual([]);
  });

  it('looks at no more than it may, and goes on there the next time', async () => {
    rig = await makeArchiveRig(dataDir);
    const all = [await rig.record(3), await rig.record(2), await rig.record(1)];
    const looked = async () => (await Promise.all(all.map(rig.get))).map((row) => row?.checkedAt);
    await scrub(context(), NOW, { maxBytes: 3000 });
    expect(await looked()).toEqual([NOW, NOW, undefined]);
    await scrub(context({ now: () => NOW + 1 }), NOW + 1, { maxBytes: 2000 });
    expect(await looked()).toEqual([NOW, NOW, NOW + 1]);
  });

  it('a cold store that is not mounted has lost nothing', async () => {
    rig = await makeArchiveRig(dataDir);
    const one = await rig.record(9);
    await move();
    rmSync(rig.coldDir, { recursive: true });
    const hot = await rig.record(1);
    const ctx = atDay(1);
    await expect(scrub(ctx, NOW + DAY_MS)).rejects.toThrow(/mount/);
    expect(await rig.get(one)).not.toHaveProperty('damagedAt');
    expect(ctx.followUps).toEqual([]);
    expect(await rig.get(hot)).toMatchObject({ checkedAt: NOW + DAY_MS });
  });

  it('a copy of a restored one that is bad is made again', async () => {
    rig = await makeArchiveRig(dataDir);
    const one = await rig.record(9);
    await move();
    await restore(one);
    flip(rig.cold(one));
    await scrub(atDay(1), NOW + DAY_MS);
    expect(readFileSync(rig.cold(one))).toEqual(readFileSync(rig.hot(one)));
    expect(await rig.get(one)).toMatchObject({ tier: 'hot', checkedAt: NOW + DAY_MS });
  });

  it('a restored file that is bad is read in cold storage again', async () => {
    rig = await makeArchiveRig(dataDir);
    const one = await rig.record(9);
    await move();
    await restore(one);
    flip(rig.hot(one));
    await scrub(atDay(1), NOW + DAY_MS);
    expect(await rig.get(one)).toMatchObject({ tier: 'cold' });
    expect(await rig.get(one)).not.toHaveProperty('damagedAt');
    expect(existsSync(rig.hot(one))).toBe(false);
  });
});

describe('encoding anew', () => {
  const settings = {
    retention: [{ hotDays: 7, coldDays: 30, encode: { codec: 'h264', crf: 40, maxHeight: 144, fps: 10 } }],
  };

  it('makes a smaller copy with the same times; the hash of what was recorded stays; it comes back as it is', async () => {
    rig = await makeArchiveRig(dataDir, { settings });
    const file = join(dataDir, 'clip.mp4');
    await makeNumbered(file, 1, { seconds: 1, fps: 20, size: [320, 240], encoder: ['-crf', '4'] });
    const clip = await rig.record(9, {}, readFileSync(file));
    const junk = await rig.record(8);
    await move();
    const [report] = await rig.ports.archiveReports.list({ limit: 1 });
    const row = await rig.get(clip);
    expect(row).toMatchObject({ tier: 'cold', sha256: clip.sha256, bytes: clip.bytes, codec: clip.codec });
    expect(row?.cold?.bytes).toBeLessThan(clip.bytes);
    expect(row?.cold?.sha256).not.toBe(clip.sha256);
    const pictures = await picturesOf(rig.cold(clip));
    expect(pictures.map(({ at }) => at)).toEqual(Array.from({ length: 10 }, (_, i) => i * 100));
    expect(pictures.map(({ number }) => number)).toEqual(Array.from({ length: 10 }, (_, i) => 1 + 2 * i));
    // What cannot be encoded is moved as it is.
    expect(await rig.get(junk)).toMatchObject({ tier: 'cold', cold: { sha256: junk.sha256 } });
    expect(report).toMatchObject({
      ...{ moved: { count: 2 }, compressed: { count: 1, bytes: clip.bytes } },
      failed: [{ segmentId: junk.id, step: 'encode' }],
    });
    expect(report?.compressed.savedBytes).toBe(clip.bytes - (row?.cold?.bytes ?? 0));
    await restore(clip);
    expect(await picturesOf(rig.hot(clip))).toHaveLength(10);
    await scrub(atDay(1), NOW + DAY_MS);
    expect(await rig.get(clip)).toMatchObject({ tier: 'hot', checkedAt: NOW + DAY_MS });
  });
});

it('of two processes one works on a recordings folder', async () => {
  rig = await makeArchiveRig(dataDir);
  await rig.record(9);
  await rig.ports.recordingFiles.exclusively(async () => {
    await expect(move()).rejects.toThrow(NotReadyError);
  });
  expect(await move()).toMatchObject({ result: { moved: { count: 1 } } });
});

describe('several machines', () => {
  it('each does its own; a job for another waits, a day at most', async () => {
    rig = await makeArchiveRig(dataDir);
    const beta = await makeArchiveRig(dataDir, { node: 'beta', database: rig.database });
    const [here, there] = [await rig.record(9), await beta.record(8)];
    const ctx = context();
    expect(await move(NOW, ctx)).toMatchObject({ outcome: 'done', result: { nodes: ['alpha', 'beta'] } });
    expect(ctx.followUps.map(({ id }) => id)).toEqual([`move-${NOW}-alpha`, `move-${NOW}-beta`]);
    const payloads = ctx.followUps.map(({ payload }) => payload as object);
    await run(payloads[0] ?? {});
    expect([(await rig.get(here))?.tier, (await rig.get(there))?.tier]).toEqual(['cold', 'hot']);
    await expect(run(payloads[1] ?? {})).rejects.toThrow(NotReadyError);
    await expect(run(payloads[1] ?? {}, atDay(1.1))).rejects.toThrow(PermanentError);
    await expect(run(payloads[1] ?? {}, atDay(1.1))).rejects.toThrow(/beta/);
    const elsewhere = testContext(beta.ports, { now: () => NOW });
    await run(payloads[1] ?? {}, elsewhere);
    expect((await rig.get(there))?.tier).toBe('cold');
    const wanted = context();
    await restore(there, {}, wanted);
    expect(wanted.followUps).toMatchObject([{ payload: { action: 'restore', node: 'beta' }, again: true }]);
  });
});

describe('the report', () => {
  const settings = {
    archive: { reportTo: ['chief'] },
    recipients: [{ id: 'chief', email: 'chief@example.org', language: 'en' }],
  };

  it('is mailed once to those who want it, with a Message-ID of its own', async () => {
    rig = await makeArchiveRig(dataDir, { settings });
    await rig.record(9);
    const ctx = context();
    await move(NOW, ctx);
    const mails = ctx.followUps.filter(({ queue }) => queue === 'archive');
    expect(mails).toMatchObject([{ id: `report-move-${NOW}-alpha-chief` }]);
    await run(mails[0]?.payload as object);
    await run(mails[0]?.payload as object);
    expect(new Set(rig.mails.map(({ id }) => id))).toEqual(new Set([`report-move-${NOW}-alpha-chief`]));
    expect(rig.mails[0]).toMatchObject({ to: 'chief@example.org' });
    expect(rig.mails[0]?.text).toMatch(/Moved to cold storage: 2\.0 kB \(1 recordings\)/);
    const quiet = context();
    await scrub(quiet);
    expect(quiet.followUps).toEqual([]);
  });

  it('of a run that is stopped tells what was done, and goes on after it', async () => {
    rig = await makeArchiveRig(dataDir, { settings });
    for (let i = 0; i < 6; i++) await rig.record(20 - i);
    const stopping = new AbortController();
    const { store } = rig.ports.cold;
    let copies = 0;
    const ports = {
      ...rig.ports,
      cold: {
        ...rig.ports.cold,
        store: {
          ...store,
          putFile: (...args: Parameters<typeof store.putFile>) => {
            if (++copies === 3) stopping.abort(new Error('the worker shuts down'));
            return store.putFile(...args);
          },
        },
      },
    };
    const ctx = testContext(ports, { now: () => NOW, signal: stopping.signal });
    await expect(move(NOW, ctx as Context)).rejects.toThrow('the worker shuts down');
    const first = await rig.ports.archiveReports.get(`move-${NOW}-alpha`);
    expect(first?.moved.count).toBeLessThan(3);
    await move(NOW);
    const second = await rig.ports.archiveReports.get(`move-${NOW}-alpha`);
    expect(second).toMatchObject({ moved: { count: 6 }, failedCount: 0 });
    expect(second).not.toHaveProperty('problem');
  });
});
