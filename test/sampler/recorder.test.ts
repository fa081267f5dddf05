import { createHash } from 'node:crypto';
import { readFileSync, rmSync, statSync, truncateSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { segmentPath } from '../../src/domain/segment-path.js';
import type { RecordingFiles, RecordingIndex, Segment } from '../../src/ports.js';
import { createRecorder, type Recorder } from '../../src/sampler/recorder.js';
import { arriving, type Footage, FOOTAGE_FPS, makeFootage, play } from '../support/fragments.js';
import { mountSmallDisk, needsSmallDisk, type SmallDisk } from '../support/small-disk.js';
import { makeRecordingRig, type RecordingRig, T0 } from './recording-rig.js';
import { until } from './rig.js';

let footage: Footage;
let rig: RecordingRig;
beforeAll(async () => {
  footage = await makeFootage(24);
});
const rigOf = async (...given: Parameters<typeof makeRecordingRig>) => {
  rig = await makeRecordingRig(...given);
  return rig;
};
afterEach(() => rig.remove());

function feed(recorder: Recorder, startAt: number, from = 0, to = footage.fragments.length): void {
  if (from === 0) recorder.begin(footage.stream);
  for (const fragment of arriving(footage, startAt).slice(from, to)) recorder.take(fragment);
}

/** Begin and end in s after T0. */
const spans = (segments: readonly Segment[]) =>
  segments.map(({ startAt, endAt }) => [(startAt - T0) / 1000, (endAt - T0) / 1000]);

async function expectSound(segments: readonly Segment[], frames: number): Promise<void> {
  let played = 0;
  for (const segment of segments) {
    const bytes = readFileSync(rig.file(segment.path));
    expect(segment).toMatchObject({
      ...{ node: 'alpha', cameraId: 'gate-1', state: 'closed', id: `gate-1-${segment.startAt}` },
      ...{ path: segmentPath('gate-1', segment.startAt), bytes: bytes.length },
      ...{ sha256: createHash('sha256').update(bytes).digest('hex'), codec: footage.stream.codec },
      ...{ width: 160, height: 120, tier: 'hot', isProtected: false },
    });
    const found = await play(rig.file(segment.path));
    expect(found.startS).toBe(0);
    expect(found.frames * (1000 / FOOTAGE_FPS)).toBe(segment.endAt - segment.startAt);
    played += found.frames;
  }
  expect(played).toBe(frames);
}

describe('always', () => {
  it('cuts on boundaries of capture time; each file plays and no frame is missing', async () => {
    const { context, segments, gaps } = await rigOf();
    const recorder = createRecorder(context());
    feed(recorder, T0 + 2000);
    await recorder.close();
    const found = await segments();
    expect(spans(found)).toEqual([
      [2, 5],
      [5, 10],
      [10, 15],
      [15, 20],
      [20, 25],
      [25, 26],
    ]);
    expect(found.map(({ why }) => why)).toEqual(found.map(() => 'always'));
    await expectSound(found, 24 * FOOTAGE_FPS);
    // Ended as soon as it began: it is there to end what a killed process left open.
    expect(gaps.map(({ from, to }) => [from - T0, to === undefined ? to : to - T0])).toEqual([
      [2000, undefined],
      [2000, 2000],
    ]);
  });

  it('begins a new file with each connection', async () => {
    const { context, segments } = await rigOf({ record: { segmentS: 3600 } });
    const recorder = createRecorder(context());
    feed(recorder, T0, 0, 4);
    recorder.interrupted();
    feed(recorder, T0 + 10_500, 0, 3);
    await recorder.close();
    const found = await segments();
    expect(spans(found)).toEqual([
      [0, 4],
      [10.5, 13.5],
    ]);
    await expectSound(found, 70);
  });

  it('tells how far an open file has come now and then', async () => {
    const { context, segments } = await rigOf({ record: { segmentS: 3600 } });
    const recorder = createRecorder(context());
    feed(recorder, T0, 0, 1);
    await until(async () => (await segments()).length === 1);
    expect(await segments()).toMatchObject([{ state: 'open', endAt: T0 + 1000 }]);
    feed(recorder, T0, 1, 11);
    await until(async () => (await segments())[0]?.endAt === T0 + 11_000);
    const [open] = await segments();
    expect(open?.bytes).toBe(statSync(rig.file(open?.path ?? '')).size);
    await recorder.close();
    await expectSound(await segments(), 110);
  });

  it('tells why a reader of its own brings no pictures, from the last picture to the next', async () => {
    const { context, segments, gaps } = await rigOf();
    const recorder = createRecorder(context());
    feed(recorder, T0, 0, 3);
    recorder.interrupted({ fault: 'timeout', message: 'cam sent nothing' });
    recorder.interrupted({ fault: 'refused', message: 'cam refuses' });
    feed(recorder, T0 + 60_000, 0, 2);
    await recorder.close();
    expect(gaps.slice(2)).toEqual([
      {
        cameraId: 'gate-1',
        track: 'recording',
        from: T0 + 3000,
        cause: 'network',
        reason: 'cam sent nothing',
      },
      {
        cameraId: 'gate-1',
        track: 'recording',
        from: T0 + 3000,
        cause: 'network',
        reason: 'cam sent nothing',
        to: T0 + 60_000,
      },
    ]);
    expect(await segments()).toHaveLength(2);
  });
});

it('off: nothing is recorded', async () => {
  const { context, segments } = await rigOf({ record: { mode: 'off' } });
  const recorder = createRecorder(context());
  feed(recorder, T0);
  recorder.moved(T0 + 5000);
  await recorder.close();
  expect(await segments()).toEqual([]);
});

it('motion: from before to after it, as one or more files', async () => {
  const { context, segments, gaps } = await rigOf({
    record: { mode: 'motion', segmentS: 10, preRollS: 3, postRollS: 2 },
  });
  const recorder = createRecorder(context());
  feed(recorder, T0, 0, 8);
  recorder.moved(T0 + 7500);
  feed(recorder, T0, 8, 20);
  recorder.moved(T0 + 19_000);
  feed(recorder, T0, 20, 24);
  await recorder.close();
  const found = await segments();
  expect(spans(found)).toEqual([
    [4, 10],
    [16, 20],
    [20, 21],
  ]);
  expect(found.map(({ why }) => why)).toEqual(['motion', 'motion', 'motion']);
  await expectSound(found, 110);
  expect(gaps.filter(({ cause }) => cause !== 'process')).toEqual([]);
});

describe('a database that is away', () => {
  it('keeps no file from being written; its rows come in order when it is back', async () => {
    const { context, index, segments } = await rigOf();
    let isAway = true;
    const calls: string[] = [];
    const away = async <T>(name: string, work: () => Promise<T>): Promise<T> => {
      if (isAway) throw new Error('the database is away');
      calls.push(name);
      return work();
    };
    const distant: RecordingIndex = {
      ...index,
      unclosed: (node) => away('unclosed', () => index.unclosed(node)),
      open: (segment) => away(`open ${segment.startAt - T0}`, () => index.open(segment)),
      close: (id, end) => away(`close ${end.endAt - T0}`, () => index.close(id, end)),
    };
    const recorder = createRecorder(context({ index: distant }));
    feed(recorder, T0, 0, 11);
    await until(async () => (await rig.files.list('gate-1', 9)).length === 3);
    expect(await segments()).toEqual([]);
    isAway = false;
    await until(() => calls.length === 6);
    await recorder.close();
    expect(calls).toEqual([
      'unclosed',
      'open 0',
      'close 5000',
      'open 5000',
      'close 10000',
      'open 10000',
      'close 11000',
    ]);
    await expectSound(await segments(), 110);
  });

  it('does not keep a recorder from closing; the next one makes up for it', async () => {
    const { context, index, segments } = await rigOf();
    const distant = { ...index, unclosed: () => Promise.reject(new Error('the database is away')) };
    const recorder = createRecorder(context({ index: distant }));
    feed(recorder, T0, 0, 7);
    await recorder.close();
    expect(await segments()).toEqual([]);
    await createRecorder(context()).close();
    await expectSound(await segments(), 70);
  });
});

describe('a slow disk', () => {
  it('costs whole groups of pictures and a gap, not memory', async () => {
    const { context, files, segments, gaps } = await rigOf({ record: { segmentS: 3600 } });
    let goOn = (): void => undefined;
    const held = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    const slow: RecordingFiles = {
      ...files,
      create: async (path, init) => {
        const file = await files.create(path, init);
        return { ...file, append: (bytes) => held.then(() => file.append(bytes)) };
      },
    };
    const room = footage.fragments.slice(0, 4).reduce((sum, { bytes }) => sum + bytes.length, 0);
    const recorder = createRecorder(context({ files: slow }), { maxQueuedBytes: room - 1 });
    feed(recorder, T0, 0, 12);
    await until(() => gaps.length === 3);
    goOn();
    await until(async () => (await segments())[0]?.state === 'closed');
    feed(recorder, T0, 12, 15);
    await recorder.close();
    const found = await segments();
    expect(spans(found)).toEqual([
      [0, 4],
      [12, 15],
    ]);
    await expectSound(found, 70);
    const reason = 'the disk is too slow for what is recorded';
    expect(gaps.slice(2)).toEqual([
      { cameraId: 'gate-1', track: 'recording', from: T0 + 4000, cause: 'disk', reason },
      { cameraId: 'gate-1', track: 'recording', from: T0 + 4000, cause: 'disk', reason, to: T0 + 12_000 },
    ]);
  });
});

needsSmallDisk()('a full disk', () => {
  let disk: SmallDisk;
  beforeEach(() => {
    disk = mountSmallDisk(1);
  });
  afterEach(() => disk.remove());

  it.each(['always', 'motion'])(
    'stops recording with a gap, and it goes on when there is room (%s)',
    async (mode) => {
      const { context, files, segments, gaps } = await rigOf({
        folder: disk.folder,
        record: { mode, segmentS: 3600, postRollS: 600 },
      });
      const recorder = createRecorder(context(), { diskRetryMs: 50 });
      feed(recorder, T0, 0, 2);
      recorder.moved(T0 + 1000);
      await until(async () => (await segments()).length === 1);
      const ballast = join(disk.folder, 'ballast');
      writeFileSync(ballast, Buffer.alloc((await files.space()).freeBytes));
      let n = 2;
      await until(() => {
        if (n < 14) feed(recorder, T0, n, ++n);
        return gaps.some(({ cause }) => cause === 'disk');
      });
      await until(async () => (await segments())[0]?.state === 'closed');
      rmSync(ballast);
      await until(() => {
        if (n < 23) feed(recorder, T0, n, ++n);
        return gaps.at(-1)?.to !== undefined;
      });
      feed(recorder, T0, n);
      await recorder.close();
      const found = await segments();
      const [first, second] = found;
      const gap = {
        cameraId: 'gate-1',
        track: 'recording',
        from: first?.endAt,
        cause: 'disk',
        reason: 'the disk is full',
      };
      expect(gaps.filter(({ cause }) => cause === 'disk')).toEqual([gap, { ...gap, to: second?.startAt }]);
      expect(spans(found).at(-1)?.[1]).toBe(24);
      await expectSound(
        found,
        found.reduce((sum, one) => sum + (one.endAt - one.startAt) / 100, 0),
      );
    },
  );
});

describe('what a killed process left', () => {
  async function recordAndForget(): Promise<Segment> {
    const { context, segments, index } = rig;
    const forgetful = { ...index, close: () => Promise.resolve(), grow: () => Promise.resolve() };
    const recorder = createRecorder(context({ index: forgetful }));
    feed(recorder, T0, 0, 4);
    await recorder.close();
    const [segment] = await segments();
    if (!segment) throw new Error('nothing was recorded');
    expect(segment).toMatchObject({ state: 'open', endAt: T0 + 1000 });
    return segment;
  }

  it('is closed by what the file holds, without its torn end', async () => {
    await rigOf();
    const { path, bytes } = await recordAndForget();
    expect(statSync(rig.file(path)).size).toBeGreaterThan(bytes);
    truncateSync(rig.file(path), statSync(rig.file(path)).size - 10);
    await createRecorder(rig.context()).close();
    const found = await rig.segments();
    expect(spans(found)).toEqual([[0, 3]]);
    await expectSound(found, 30);
  });

  it('is a gap where the file is gone', async () => {
    await rigOf();
    const { path } = await recordAndForget();
    unlinkSync(rig.file(path));
    rig.gaps.length = 0;
    await createRecorder(rig.context()).close();
    expect(await rig.segments()).toEqual([]);
    expect(rig.gaps.at(-1)).toEqual({
      ...{ cameraId: 'gate-1', track: 'recording', from: T0, to: T0 + 1000, cause: 'disk' },
      reason: `the recording ${path} is gone`,
    });
  });

  it('is kept where only the row is missing, and removed where nothing plays', async () => {
    await rigOf();
    const { id, path } = await recordAndForget();
    await rig.index.remove(id);
    const empty = segmentPath('gate-1', T0 + 5000);
    writeFileSync(rig.file(empty), footage.stream.init);
    await createRecorder(rig.context()).close();
    const found = await rig.segments();
    expect(found.map((segment) => segment.path)).toEqual([path]);
    await expectSound(found, 40);
    expect(await rig.files.list('gate-1', 9)).toEqual([path]);
    await createRecorder(rig.context()).close();
    expect(await rig.segments()).toEqual(found);
  });

  it('is taken for what the camera records now where only the row is missing', async () => {
    await rigOf({ record: { mode: 'motion' } });
    const path = segmentPath('gate-1', T0);
    const file = await rig.files.create(path, footage.stream.init);
    await file.append(footage.fragments[0]!.bytes);
    await file.close();
    await createRecorder(rig.context()).close();
    expect(await rig.segments()).toMatchObject([{ path, why: 'motion', state: 'closed' }]);
  });

  it('of other cameras and machines is left alone', async () => {
    await rigOf();
    const segment = await recordAndForget();
    await rig.index.open({ ...segment, id: 'a', cameraId: 'gate-2', path: segment.path.replace('1', '2') });
    await rig.index.open({ ...segment, id: 'b', node: 'beta' });
    await createRecorder(rig.context()).close();
    expect(await rig.index.get(segment.id)).toMatchObject({ state: 'closed' });
    expect(await rig.index.get('a')).toMatchObject({ state: 'open' });
    expect(await rig.index.get('b')).toMatchObject({ state: 'open' });
  });
});
