import { existsSync, mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Camera } from '../../src/domain/camera.js';
import { RetentionRule } from '../../src/domain/camera-fields/retention.js';
import { segmentId, segmentPath } from '../../src/domain/segment-path.js';
import { createHolds } from '../../src/io/sql/holds.js';
import { type DiskGuardOptions, type DiskState, startDiskGuard } from '../../src/main/disk-guard.js';
import type { Gap, Segment } from '../../src/ports.js';
import { makeRecordingRig, type RecordingRig } from '../sampler/recording-rig.js';
import { SILENT, until } from '../sampler/rig.js';
import { makeFootage } from '../support/fragments.js';
import { mountSmallDisk, needsSmallDisk, type SmallDisk } from '../support/small-disk.js';

const NOW = 1_795_251_600_000;
const DAY_MS = 86_400_000;
const KB = 1024;
const COPY = { key: 'recordings/x', bytes: 200 * KB, sha256: 'aa', codec: 'avc1', movedAt: NOW };

let rig: RecordingRig;
let guards: { stop: () => Promise<void> }[] = [];
afterEach(async () => {
  await Promise.all(guards.map((one) => one.stop()));
  guards = [];
  await rig.remove();
});

/** A recording of a camera that began so many days ago; contents as given, else zeros. */
async function have(cameraId: string, daysAgo: number, given: Partial<Segment> = {}, contents?: Uint8Array) {
  const startAt = NOW - daysAgo * DAY_MS;
  const path = segmentPath(cameraId, startAt);
  const bytes = contents ?? Buffer.alloc(200 * KB);
  const segment: Segment = {
    ...{ id: segmentId(cameraId, startAt), cameraId, node: 'alpha', path, startAt, endAt: startAt + 60_000 },
    ...{ bytes: bytes.length, codec: 'avc1', width: 1, height: 1, why: 'always', state: 'closed' },
    ...{ sha256: 'aa', tier: 'hot', isProtected: false },
    ...given,
  };
  mkdirSync(dirname(rig.file(path)), { recursive: true });
  writeFileSync(rig.file(path), bytes);
  await rig.index.open(segment);
  return { id: segment.id, file: rig.file(path), path };
}

/** Holds what `have` made so many days ago. */
const hold = (cameraId: string, daysAgo: number) =>
  createHolds(rig.database).add({
    ...{ id: `hold-${cameraId}`, cameraId, from: NOW - daysAgo * DAY_MS, to: NOW - daysAgo * DAY_MS + 1 },
    ...{ reason: 'a theft', by: 'person:lan', createdAt: NOW },
  });

const camera = (id: string, retentionDays: number): Camera =>
  Camera.parse({ id, source: 'rtsp://127.0.0.1:1/x', record: { mode: 'always', retentionDays } });

function guard(given: Partial<DiskGuardOptions> = {}) {
  const stopping = new AbortController();
  const told: string[] = [];
  const states: DiskState[] = [];
  const gaps: Gap[] = [];
  const tell = (what: string) => (state: DiskState) => {
    told.push(what);
    states.push(state);
  };
  const ended = startDiskGuard({
    ...{ files: rig.files, index: rig.index, cameras: () => [], minFreeBytes: 0 },
    ...{ lockPath: join(rig.dataDir, 'guard.lock'), onLow: tell('low'), onRecovered: tell('recovered') },
    ...{ onGap: (gap) => void gaps.push(gap), log: SILENT, signal: stopping.signal, now: () => NOW },
    ...{ everyMs: 20, retentionEveryMs: 20 },
    ...given,
  });
  const stop = () => {
    stopping.abort();
    return ended;
  };
  guards.push({ stop });
  return { told, states, gaps, stop };
}

const left = async (): Promise<string[]> =>
  (await rig.index.removable({ node: 'alpha', limit: 99 })).map(({ id }) => id);

needsSmallDisk()('a disk that runs full', () => {
  let disk: SmallDisk;
  beforeEach(async () => {
    disk = mountSmallDisk(4);
    rig = await makeRecordingRig({ folder: disk.folder });
  });
  afterEach(() => disk.remove());

  it('loses the oldest unprotected recordings, of whatever camera, until there is room; people are told', async () => {
    const young = await have('gate-1', 1);
    const oldest = await have('gate-2', 5);
    const older = await have('gate-1', 4);
    const kept = await have('gate-2', 6);
    await hold('gate-2', 6);
    const elsewhere = await have('gate-1', 7, { node: 'beta' });
    const open = await have('gate-1', 8, { state: 'open', sha256: undefined as never, endAt: NOW });
    const { freeBytes } = await rig.files.space();
    const audited: object[] = [];
    const audit = { append: async (entry: object) => void audited.push(entry) };
    // Two recordings (400 KB) make up for what is missing, one does not.
    const minFreeBytes = Math.round((freeBytes + 300 * KB) / 1.1);
    const { told, states } = guard({ minFreeBytes, audit });
    await until(() => told.length === 2);
    expect(told).toEqual(['low', 'recovered']);
    expect(states[0]).toEqual({ freeBytes, totalBytes: 4 * KB * KB, minFreeBytes });
    expect([oldest, older].map(({ file }) => existsSync(file))).toEqual([false, false]);
    expect([young, kept, elsewhere, open].map(({ file }) => existsSync(file))).toEqual([
      true,
      true,
      true,
      true,
    ]);
    expect(await left()).toEqual([young.id]);
    expect(audited).toEqual([
      expect.objectContaining({
        ...{ actor: 'disk-guard', action: 'recordings.remove', subject: 'alpha', at: NOW },
        detail: expect.objectContaining({
          count: 2,
          bytes: 400 * KB,
          cameras: ['gate-2', 'gate-1'],
        }) as object,
      }),
    ]);
  });

  it('loses restored recordings first: they stay in cold storage', async () => {
    writeFileSync(join(disk.folder, 'ballast'), Buffer.alloc(3000 * KB));
    const oldest = await have('gate-1', 5);
    const restored = await have('gate-1', 1);
    await rig.index.moved(restored.id, COPY);
    await rig.index.restoring(restored.id, NOW + DAY_MS);
    await rig.index.restored(restored.id);
    const { freeBytes } = await rig.files.space();
    const { told } = guard({ minFreeBytes: Math.round((freeBytes + 100 * KB) / 1.1) });
    await until(() => told.length === 2);
    expect([oldest, restored].map(({ file }) => existsSync(file))).toEqual([true, false]);
    expect(await rig.index.get(restored.id)).toMatchObject({ tier: 'cold', cold: COPY });
  });

  it('is told once while it lasts, and again when it comes back', async () => {
    const ballast = join(disk.folder, 'ballast');
    writeFileSync(ballast, Buffer.alloc(3000 * KB));
    const { told } = guard({ minFreeBytes: 2000 * KB });
    await until(() => told.length === 1);
    await have('gate-1', 1);
    await until(async () => (await left()).length === 0);
    writeFileSync(ballast, '');
    await until(() => told.length === 2);
    writeFileSync(ballast, Buffer.alloc(3000 * KB));
    await until(() => told.length === 3);
    expect(told).toEqual(['low', 'recovered', 'low']);
  });

  it('is told again when it could not be, and makes room all the same', async () => {
    const { id } = await have('gate-1', 1);
    let tries = 0;
    const onLow = () => (++tries < 3 ? Promise.reject(new Error('Redis is away')) : undefined);
    guard({ minFreeBytes: 8000 * KB, onLow });
    await until(() => tries === 3);
    expect(await rig.index.get(id)).toBeUndefined();
  });
});

describe('the age of recordings', () => {
  beforeEach(async () => {
    rig = await makeRecordingRig();
  });

  it('is what each camera says; a removed camera has the longest', async () => {
    const young = await have('gate-1', 1.9);
    const old = await have('gate-1', 2.1);
    const oldest = await have('gate-1', 30);
    const kept = await have('gate-1', 40);
    await hold('gate-1', 40);
    const other = await have('gate-2', 19);
    const gone = await have('gone', 19);
    const longGone = await have('gone', 21);
    guard({ cameras: () => [camera('gate-1', 2), camera('gate-2', 20)] });
    await until(() => !existsSync(longGone.file));
    expect([old, oldest].map(({ file }) => existsSync(file))).toEqual([false, false]);
    expect([young, kept, other, gone].map(({ file }) => existsSync(file))).toEqual([true, true, true, true]);
    await until(async () => (await left()).length === 3);
    expect(new Set(await left())).toEqual(new Set([young.id, other.id, gone.id]));
  });

  it('is what the rules say, hot and cold together: moving is tried until then; restored ones are left alone', async () => {
    const [young, old] = [await have('gate-1', 11.9), await have('gate-1', 12.1)];
    const moving = await have('gate-1', 5, { why: 'motion' });
    const other = await have('gate-2', 13);
    const restored = await have('gate-1', 30);
    await rig.index.moved(restored.id, COPY);
    await rig.index.restoring(restored.id, NOW + DAY_MS);
    await rig.index.restored(restored.id);
    const rules = [
      { cameras: ['gate-1'], why: 'motion', hotDays: 1, coldDays: 3 },
      { cameras: ['gate-1'], hotDays: 2, coldDays: 10 },
    ];
    guard({
      cameras: () => [camera('gate-1', 1), camera('gate-2', 20)],
      retention: () => rules.map((rule) => RetentionRule.parse(rule)),
    });
    await until(async () => (await left()).length === 3);
    expect(new Set(await left())).toEqual(new Set([young.id, other.id, restored.id]));
    expect([young, old, moving, other, restored].map(({ file }) => existsSync(file))).toEqual([
      ...[true, false, false, true, true],
    ]);
  });

  it('ends also for a recording whose file went before its row (a crash between the two)', async () => {
    const { id, path } = await have('gate-1', 3);
    await rig.files.remove(path);
    guard({ cameras: () => [camera('gate-1', 2)] });
    await until(async () => (await rig.index.get(id)) === undefined);
  });
});

describe('a recording left open', () => {
  beforeEach(async () => {
    rig = await makeRecordingRig();
  });

  it('is closed when nobody has written to it for minutes, and left alone before', async () => {
    const { stream, fragments } = await makeFootage(2);
    const contents = Buffer.concat([stream.init, ...fragments.map(({ bytes }) => bytes)]);
    const open = { state: 'open', sha256: undefined as never } as const;
    const left = await have('gate-1', 1, open, contents);
    // Older, so it is looked at first.
    const written = await have('gate-2', 1.1, open, contents);
    utimesSync(left.file, NOW / 1000 - 301, NOW / 1000 - 301);
    utimesSync(written.file, NOW / 1000 - 200, NOW / 1000 - 200);
    guard();
    await until(async () => (await rig.index.get(left.id))?.state === 'closed');
    expect(await rig.index.get(left.id)).toMatchObject({
      endAt: NOW - DAY_MS + 2000,
      bytes: contents.length,
    });
    expect(await rig.index.get(written.id)).toMatchObject({ state: 'open' });
  });
});

it('of two guards one works, and the other takes over at its end', async () => {
  rig = await makeRecordingRig();
  const looks = { first: 0, second: 0 };
  const counting = (which: keyof typeof looks) => ({
    files: { ...rig.files, space: () => (looks[which]++, rig.files.space()) },
  });
  const first = guard(counting('first'));
  await until(() => looks.first > 0);
  guard(counting('second'));
  const seen = looks.first;
  await until(() => looks.first > seen + 5);
  expect(looks.second).toBe(0);
  await first.stop();
  await until(() => looks.second > 0);
});
