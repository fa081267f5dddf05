import { readFileSync, writeFileSync } from 'node:fs';
import { H264, makeClip, processesWith } from '../io/ffmpeg/media.js';
import { drainWhile, makeRig, tempFolder, until } from './rig.js';

const folder = tempFolder();
let clip: string;
let long: string;

beforeAll(async () => {
  clip = await makeClip(folder.path('clip.mkv'), 'testsrc=size=320x240:rate=25:duration=6', ...H264);
  long = await makeClip(folder.path('long.mkv'), 'testsrc=size=64x48:rate=25:duration=20', ...H264);
});
afterAll(() => folder.remove());

describe('a file read to its end', () => {
  it('gives every sampled frame once, in order, with its time, and then the end', async () => {
    const rig = makeRig();
    const fileStart = Date.UTC(2026, 10, 21);
    await drainWhile(rig, rig.sample([rig.camera({ source: clip })], { fileStart }));
    expect(rig.read.map(({ kind, seq, frame, at }) => [kind === 'end', seq, frame, at - fileStart])).toEqual([
      ...Array.from({ length: 30 }, (_, i) => [false, i + 1, i * 5, i * 200]),
      [true, 31, 145, 5800],
    ]);
    expect(rig.read.at(-1)?.picture).toBeUndefined();
    expect(await rig.countsOf()).toEqual({ captured: 30, analysed: 30, gated: 0, dropped: 0, failed: 0 });
    expect(await rig.statusOf()).toMatchObject({
      status: 'finished',
      progress: 1,
      pass: 1,
      width: 320,
      height: 240,
    });
    expect(rig.told.map(({ status }) => status)).toEqual(['connecting', 'ok', 'finished']);
    expect(await rig.ring.latest('cam-1')).toMatchObject({ picture: { width: 320, height: 240 } });
  });

  it('accounts for the frames that the motion gate holds back, also those after the last entry', async () => {
    const still = await makeClip(
      folder.path('still.mkv'),
      'color=gray:size=320x240:rate=10:duration=7',
      ...H264,
    );
    const rig = makeRig();
    await drainWhile(
      rig,
      rig.sample([rig.camera({ source: still, fps: 10, motion: { heartbeatMs: 5000 } })]),
    );
    const { captured, analysed, gated, dropped } = await rig.countsOf();
    expect([captured, dropped]).toEqual([70, 0]);
    expect(analysed + gated).toBe(70);
    expect(rig.read.filter(({ kind }) => kind === 'heartbeat').length).toBeLessThanOrEqual(3);
    expect(rig.read.every(({ kind, picture }) => (kind === 'end') === (picture === undefined))).toBe(true);
  });

  it('carries a picture only every detect.everyMs', async () => {
    const rig = makeRig();
    await drainWhile(rig, rig.sample([rig.camera({ source: clip, fps: 25, detect: { everyMs: 200 } })]));
    const carried = rig.read.filter(({ picture }) => picture).map(({ frame }) => frame);
    expect(carried).toEqual(Array.from({ length: 30 }, (_, i) => i * 5));
    expect(rig.read).toHaveLength(151);
  });

  it('is not finished before its end has been analysed, also when the ring has lost it', async () => {
    const rig = makeRig();
    let isLost = false;
    const ring = { ...rig.ring };
    ring.append = async (entry) => {
      if (entry.kind !== 'end' || isLost) return rig.ring.append(entry);
      isLost = true; // the memory of the ring went just after the end was written
      return 0;
    };
    const sampling = rig.sample([rig.camera({ source: clip })], { ring });
    await drainWhile(rig, sampling);
    expect(isLost).toBe(true);
    expect(rig.read.at(-1)?.kind).toBe('end');
    expect((await rig.statusOf())?.status).toBe('finished');
  });

  it('is not read again, unless asked; then with a new start', async () => {
    const rig = makeRig();
    let wall = 1_000_000;
    const now = () => wall;
    await drainWhile(rig, rig.sample([rig.camera({ source: clip })], { now }));
    const first = await rig.statusOf();
    wall = 2_000_000;
    await rig.sample([rig.camera({ source: clip })], { now });
    expect(await rig.statusOf()).toEqual(first);
    expect(rig.read).toHaveLength(31);
    await drainWhile(rig, rig.sample([rig.camera({ source: clip })], { now, again: true }));
    expect(rig.read).toHaveLength(62);
    expect(rig.read[31]).toMatchObject({ pass: 2, seq: 1, frame: 0, at: 2_000_000 });
    expect((await rig.statusOf())?.file).toMatchObject({ startedAt: 2_000_000, firstPass: 2 });
  });

  it('that was replaced is another file: nothing of it is skipped', async () => {
    const changing = folder.path('changing.mkv');
    writeFileSync(changing, readFileSync(clip));
    const rig = makeRig();
    await drainWhile(rig, rig.sample([rig.camera({ source: changing })]));
    writeFileSync(changing, readFileSync(long));
    await drainWhile(rig, rig.sample([rig.camera({ source: changing })]));
    expect(rig.read[31]).toMatchObject({ pass: 2, frame: 0 });
    expect(rig.read).toHaveLength(31 + 101);
  });

  it('that is begun anew and interrupted at once goes on at its start, not where the earlier reading stood', async () => {
    const rig = makeRig();
    const camera = rig.camera({ source: clip });
    await drainWhile(rig, rig.sample([camera]));
    const stop = new AbortController();
    const ring = { ...rig.ring };
    ring.append = async () => {
      stop.abort(); // before anything of the second reading is stored
      throw new Error('Redis is away');
    };
    await rig.sample([camera], { ring, signal: stop.signal, again: true });
    expect((await rig.statusOf())?.pass).toBe(2);
    await drainWhile(rig, rig.sample([camera]));
    expect(rig.read[31]).toMatchObject({ pass: 3, frame: 0 });
    expect(rig.read).toHaveLength(62);
  });
});

describe('pace: fast', () => {
  it('waits for room: nothing is pushed out of the ring however slow the analysis is', async () => {
    const rig = makeRig();
    let most = 0;
    const sampling = rig.sample([rig.camera({ source: long, fps: 25, detect: { everyMs: 0 } })], {
      ringRoom: () => 10,
    });
    await until(async () => (await rig.ring.length('cam-1')) >= 10);
    const watched = {
      ...rig,
      drain: async () => ((most = Math.max(most, await rig.ring.length('cam-1'))), rig.drain()),
    };
    await drainWhile(watched, sampling);
    expect(most).toBeLessThanOrEqual(10 + 1); // the end needs no room
    expect(await rig.countsOf()).toMatchObject({ captured: 500, analysed: 500, dropped: 0 });
  });

  it('loses nothing while the ring does not answer', async () => {
    const rig = makeRig();
    let calls = 0;
    const ring = { ...rig.ring };
    ring.append = async (entry) => {
      if (++calls % 10 === 3) throw new Error('Redis is away');
      return rig.ring.append(entry);
    };
    await drainWhile(rig, rig.sample([rig.camera({ source: clip })], { ring }));
    expect(await rig.countsOf()).toMatchObject({ captured: 30, analysed: 30, dropped: 0 });
  });
});

describe('pace: realtime', () => {
  it('delivers frames as time goes, and counts those the ring refuses as dropped', async () => {
    const rig = makeRig();
    let calls = 0;
    const ring = { ...rig.ring };
    ring.append = async (entry) => {
      if (++calls % 3 === 0 && entry.kind !== 'end') throw new Error('Redis is away');
      return rig.ring.append(entry);
    };
    const begun = Date.now();
    const short = await makeClip(folder.path('short.mkv'), 'testsrc=size=64x48:rate=10:duration=2', ...H264);
    await drainWhile(rig, rig.sample([rig.camera({ source: short, fps: 10, pace: 'realtime' })], { ring }));
    expect(Date.now() - begun).toBeGreaterThanOrEqual(1900);
    expect(await rig.countsOf()).toEqual({ captured: 20, analysed: 14, gated: 0, dropped: 6, failed: 0 });
  });
});

describe('an interrupted file', () => {
  it.each([1, 2, 3])('goes on where it was: no frame missing, none twice (%i)', async (round) => {
    const rig = makeRig();
    const camera = rig.camera({ source: long, fps: 7, motion: { enabled: false } });
    let wall = 1_000_000;
    for (let stops = 0; stops < 3; stops++) {
      const stop = new AbortController();
      const sampling = rig.sample([camera], { signal: stop.signal, now: () => wall });
      const goal = (stops + 1) * 30 + round * 7;
      await until(async () => (await rig.drain(), rig.read.length >= goal));
      stop.abort();
      await sampling;
      wall += 100_000;
    }
    await drainWhile(rig, rig.sample([camera], { now: () => wall }));
    const whole = makeRig();
    await drainWhile(whole, whole.sample([camera], { now: () => 1_000_000 }));
    const places = (of: typeof rig) =>
      of.read.filter(({ kind }) => kind !== 'end').map(({ frame, at }) => [frame, at]);
    expect(places(rig)).toEqual(places(whole));
    expect(rig.read.at(-1)).toMatchObject({ kind: 'end', pass: 4 });
    expect(await rig.countsOf()).toEqual(await whole.countsOf());
  });

  it('counts every frame once also with a gate, and the gate is warm when it goes on', async () => {
    const still = await makeClip(
      folder.path('still-long.mkv'),
      'color=gray:size=64x48:rate=10:duration=30',
      ...H264,
    );
    const rig = makeRig();
    const camera = rig.camera({ source: still, fps: 10, motion: { heartbeatMs: 5000 } });
    const stop = new AbortController();
    const sampling = rig.sample([camera], { signal: stop.signal });
    await until(async () => (await rig.drain(), rig.read.length >= 2));
    stop.abort();
    await sampling;
    const before = rig.read.length;
    await drainWhile(rig, rig.sample([camera]));
    expect(await rig.countsOf()).toMatchObject({ captured: 300, dropped: 0 });
    // A cold gate would give its first frame as a heartbeat, right after the last one.
    const [last, next] = rig.read.slice(before - 1);
    expect((next?.at ?? 0) - (last?.at ?? 0)).toBeGreaterThan(1000);
  });

  it('goes on by itself when ffmpeg is killed', async () => {
    const rig = makeRig();
    const sampling = rig.sample([rig.camera({ source: long, fps: 25, detect: { everyMs: 0 } })]);
    await until(async () => (await rig.ring.length('cam-1')) >= 6);
    for (const pid of await processesWith(long)) process.kill(pid, 'SIGKILL');
    await drainWhile(rig, sampling);
    expect(await rig.countsOf()).toEqual({ captured: 500, analysed: 500, gated: 0, dropped: 0, failed: 0 });
    expect(new Set(rig.read.map(({ frame, kind }) => `${frame} ${kind}`)).size).toBe(501);
  });

  it('leaves no ffmpeg behind when it is stopped', async () => {
    const rig = makeRig();
    const stop = new AbortController();
    const sampling = rig.sample([rig.camera({ source: long })], { signal: stop.signal });
    await until(async () => (await rig.ring.length('cam-1')) >= 6);
    expect(await processesWith(long)).toHaveLength(1);
    stop.abort();
    await sampling;
    expect(await processesWith(long)).toEqual([]);
    expect((await rig.statusOf())?.status).toBe('ok');
  });
});
