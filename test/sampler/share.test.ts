import { fork, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Camera } from '../../src/domain/camera.js';
import { createRedisCameraLeases } from '../../src/io/redis/camera-leases.js';
import { connectRedis, untilReady } from '../../src/io/redis/connection.js';
import type { CameraLeases } from '../../src/ports.js';
import { shareCameras, type ShareOptions, type ShareTiming } from '../../src/sampler/share.js';
import { startTestRedis, type TestRedis } from '../support/redis.js';
import { SILENT, until } from './rig.js';

let server: TestRedis;
let redis: ReturnType<typeof connectRedis>;
beforeAll(async () => {
  server = await startTestRedis();
  redis = connectRedis(server.address, 'jobs');
  await untilReady(redis, 'jobs', 5000);
});
afterAll(async () => {
  redis.disconnect();
  await server.stop();
});

const QUICK: ShareTiming = { everyMs: 50, ttlMs: 5000, giveAfterMs: 0 };
const camera = (id: string, fields: object = {}): Camera =>
  Camera.parse({ id, source: 'rtsp://127.0.0.1/x', ...fields });
const many = (count: number): Camera[] => Array.from({ length: count }, (_, i) => camera(`cam-${i}`));

/** Samplers in this process on one list of cameras; reading a camera is waiting. */
function stage(first: readonly Camera[]) {
  const prefix = `t-${randomUUID().slice(0, 8)}`;
  const real = createRedisCameraLeases(redis, prefix);
  const listeners = new Set<() => void>();
  const stops = new Map<string, { stop: AbortController; ended: Promise<'stopped' | 'through'> }>();
  /** Who reads what now: `cam-1@a`, as often as it is read. */
  const reading: string[] = [];
  const starts: string[] = [];
  let overlaps = 0;
  let cameras = first;

  const read = async (name: string, { id, pace }: Camera, signal: AbortSignal): Promise<void> => {
    if (reading.some((what) => what.startsWith(`${id}@`))) overlaps++;
    const what = `${id}@${name}`;
    starts.push(what);
    reading.push(what);
    // A camera that ends by itself, as files do.
    if (pace !== 'fast') await delay(2 ** 30, undefined, { signal }).catch(() => undefined);
    // ffmpeg takes its time to end.
    await delay(20);
    reading.splice(reading.indexOf(what), 1);
  };
  return {
    leases: real,
    reading,
    starts,
    overlaps: () => overlaps,
    of: (name: string) => reading.filter((what) => what.endsWith(`@${name}`)).length,
    change(next: readonly Camera[]) {
      cameras = next;
      for (const listener of listeners) listener();
    },
    join(name: string, more: Partial<ShareOptions> = {}) {
      const stop = new AbortController();
      const ended = shareCameras({
        cameras: {
          all: () => cameras,
          onChange: (listener) => (listeners.add(listener), () => listeners.delete(listener)),
        },
        ...{ leases: real, sampler: name, log: SILENT, signal: stop.signal, timing: QUICK },
        run: (one, signal) => read(name, one, signal),
        ...more,
      });
      stops.set(name, { stop, ended });
      return ended;
    },
    async leave(name: string) {
      const left = stops.get(name);
      left?.stop.abort();
      await left?.ended;
    },
    async close() {
      for (const { stop } of stops.values()) stop.abort();
      await Promise.all([...stops.values()].map(({ ended }) => ended));
      expect(listeners.size).toBe(0);
    },
  };
}

let open: ReturnType<typeof stage> | undefined;
const newStage = (cameras: readonly Camera[]) => (open = stage(cameras));
afterEach(() => open?.close());

test('alone it reads everything; others that join get their share; of one that leaves they take it', async () => {
  const on = newStage(many(7));
  void on.join('a');
  await until(() => on.of('a') === 7);
  void on.join('b');
  await until(() => on.of('a') === 4 && on.of('b') === 3);
  void on.join('c');
  await until(() => on.reading.length === 7 && on.of('c') === 2);
  await on.leave('a');
  expect(on.of('a')).toBe(0);
  await until(() => on.reading.length === 7);
  expect([on.of('b'), on.of('c')].sort()).toEqual([3, 4]);
  expect(on.overlaps()).toBe(0);
});

test('one that comes for a moment only moves no camera', async () => {
  const on = newStage(many(4));
  for (const name of ['a', 'b']) void on.join(name, { timing: { ...QUICK, giveAfterMs: 60_000 } });
  await until(() => on.reading.length === 4);
  void on.join('c');
  await until(async () => (await on.leases.renew('c', [], 5000)).samplers === 3);
  await delay(4 * QUICK.everyMs);
  await on.leave('c');
  expect(on.starts).toHaveLength(4);
});

test('only a camera that was changed restarts; one that was removed stops and is nobody’s', async () => {
  const [one, two, three] = many(3) as [Camera, Camera, Camera];
  const on = newStage([one, two, three]);
  void on.join('a');
  await until(() => on.reading.length === 3);
  on.change([{ ...one }, { ...two, fps: 9 }]);
  await until(async () => on.starts.length === 4 && (await on.leases.holders(['cam-2'])).size === 0);
  expect(on.starts.slice(3)).toEqual(['cam-1@a']);
  expect([...on.reading].sort()).toEqual(['cam-0@a', 'cam-1@a']);
  on.change([one, two, three]);
  await until(() => on.reading.length === 3 && on.starts.length === 6);
  expect(on.overlaps()).toBe(0);
});

test('changed again while it stops: read by the newest definition, once', async () => {
  const on = newStage(many(1));
  const fps: number[] = [];
  void on.join('a', {
    run: async (one, signal) => {
      fps.push(one.fps);
      await delay(2 ** 30, undefined, { signal }).catch(() => undefined);
      await delay(100);
    },
  });
  await until(() => fps.length === 1);
  on.change([camera('cam-0', { fps: 6 })]);
  await delay(20);
  on.change([camera('cam-0', { fps: 7 })]);
  await until(() => fps.length === 2);
  expect(fps).toEqual([5, 7]);
});

test('one that has ended stays with its sampler and is not read again, until it changes', async () => {
  const file = camera('cam-0', { source: 'a.mp4', pace: 'fast' });
  const on = newStage([file, camera('cam-1')]);
  void on.join('a');
  await until(() => on.starts.length === 2 && on.reading.length === 1);
  void on.join('b');
  // Two looks of both.
  await until(async () => (await on.leases.renew('b', [], 5000)).samplers === 2);
  await delay(4 * QUICK.everyMs);
  expect((await on.leases.holders(['cam-0'])).get('cam-0')).toBeDefined();
  const before = on.starts.filter((what) => what.startsWith('cam-0')).length;
  expect(before).toBe(1);
  on.change([{ ...file, fps: 2 }, camera('cam-1')]);
  await until(() => on.starts.filter((what) => what.startsWith('cam-0')).length === 2);
});

test('a lease that another one took stops the camera; its end gives it back', async () => {
  const on = newStage(many(2));
  void on.join('a');
  await until(() => on.reading.length === 2);
  await on.leases.release('a', 'cam-0');
  expect(await on.leases.take('x', 'cam-0', 60_000)).toBe(true);
  await until(() => on.reading.length === 1);
  expect(on.reading).toEqual(['cam-1@a']);
  await delay(4 * QUICK.everyMs);
  expect(on.starts).toHaveLength(2);
  await on.leases.release('x', 'cam-0');
  await until(() => on.reading.length === 2);
});

test('while Redis is away all is read on; what another one took meanwhile is stopped first of all', async () => {
  const on = newStage(many(2));
  let isAway = false;
  let asked = 0;
  const through = <K extends 'renew' | 'take' | 'holders'>(name: K): CameraLeases[K] =>
    (async (...of: never[]) => {
      asked++;
      if (isAway) throw new Error('not connected');
      return (on.leases[name] as (...args: never[]) => unknown)(...of);
    }) as CameraLeases[K];
  void on.join('a', {
    leases: { ...on.leases, renew: through('renew'), take: through('take'), holders: through('holders') },
  });
  await until(() => on.reading.length === 2);
  isAway = true;
  const before = asked;
  await until(() => asked > before + 3);
  expect(on.reading).toHaveLength(2);
  await on.leases.release('a', 'cam-1');
  await on.leases.take('x', 'cam-1', 60_000);
  isAway = false;
  await until(() => on.reading.length === 1);
  expect(on.reading).toEqual(['cam-0@a']);
});

test('a disabled camera is read once by somebody (who says that it is disabled), and by nobody twice', async () => {
  const on = newStage([camera('cam-0', { enabled: false, pace: 'fast' }), camera('cam-1')]);
  void on.join('a');
  void on.join('b');
  await until(() => on.starts.length === 2 && on.reading.length === 1);
  await delay(4 * QUICK.everyMs);
  expect(on.starts).toHaveLength(2);
});

test('reading that fails unexpectedly is begun anew', async () => {
  const on = newStage(many(1));
  let tries = 0;
  void on.join('a', {
    run: async (_, signal) => {
      if (++tries < 3) throw new Error('unexpected');
      await delay(2 ** 30, undefined, { signal }).catch(() => undefined);
    },
  });
  await until(() => tries === 3);
});

test('a stop ends every camera, gives all leases back and counts no more', async () => {
  const on = newStage(many(3));
  void on.join('a');
  await until(() => on.reading.length === 3);
  await on.leave('a');
  expect(on.reading).toEqual([]);
  expect((await on.leases.holders(['cam-0', 'cam-1', 'cam-2'])).size).toBe(0);
  expect((await on.leases.renew('x', [], 5000)).samplers).toBe(1);
});

test('asked to, they end when every enabled camera is through, also those that others read', async () => {
  const files = [0, 1, 2].map((i) => camera(`cam-${i}`, { source: 'a.mp4', pace: 'fast' }));
  const on = newStage([...files, camera('cam-3', { enabled: false })]);
  const options = {
    isThrough: async ({ id }: Camera) => on.starts.some((what) => what.startsWith(id)),
    // Nothing is handed over here: the second one would read it again.
    timing: { ...QUICK, giveAfterMs: 60_000 },
  };
  expect(await Promise.all([on.join('a', options), on.join('b', options)])).toEqual(['through', 'through']);
  for (const { id } of files) expect(on.starts.filter((what) => what.startsWith(id))).toHaveLength(1);
});

describe('as processes of their own', () => {
  const children = new Set<ChildProcess>();
  /** When each reading of a camera began and ended, epoch ms. */
  let readings: { camera: string; sampler: string; from: number; to: number }[] = [];
  afterEach(async () => {
    for (const child of children) {
      const gone = once(child, 'exit');
      child.kill('SIGKILL');
      await gone;
    }
    readings = [];
  });

  function start(prefix: string, name: string, count: number, timing: Partial<ShareTiming>): ChildProcess {
    const args = [server.address.path, prefix, name, String(count), JSON.stringify(timing)];
    const child = fork(join(__dirname, '../support/share-child.ts'), args, {
      execArgv: ['-r', join(__dirname, '../support/register-ts.cjs')],
    });
    children.add(child);
    child.once('exit', () => children.delete(child));
    child.on('message', ({ sampler, at, started, stopped }: Record<string, string & number>) => {
      if (started) readings.push({ camera: started, sampler: sampler!, from: at!, to: Infinity });
      const reading = readings.find(
        (one) => one.camera === stopped && one.sampler === sampler && one.to === Infinity,
      );
      if (reading) reading.to = at!;
    });
    return child;
  }
  const readNow = (name?: string) =>
    readings.filter((one) => one.to === Infinity && (name === undefined || one.sampler === name));
  const overlaps = () =>
    readings.filter((one) =>
      readings.some(
        (two) => two !== one && two.camera === one.camera && two.from <= one.from && one.from < two.to,
      ),
    );

  test('kill -9 of one: its cameras are read again within 10 s, and none was ever read twice', async () => {
    const prefix = `t-${randomUUID().slice(0, 8)}`;
    const [victim] = ['a', 'b'].map((name) => start(prefix, name, 6, { giveAfterMs: 0 }));
    await until(() => ['a', 'b'].every((name) => readNow(name).length === 3));
    const killedAt = Date.now();
    victim!.kill('SIGKILL');
    for (const one of readNow('a')) one.to = killedAt;
    await until(() => readNow('b').length === 6);
    for (const { from } of readNow()) expect(from - killedAt).toBeLessThan(10_000);
    expect(overlaps()).toEqual([]);
  });

  test('one that was frozen for longer than its leases lets go of what others took, and then gets its share again', async () => {
    const prefix = `t-${randomUUID().slice(0, 8)}`;
    const quick = { everyMs: 200, ttlMs: 1500, giveAfterMs: 0 };
    const [frozen] = ['a', 'b'].map((name) => start(prefix, name, 4, quick));
    await until(() => readNow('a').length === 2 && readNow('b').length === 2);
    frozen!.kill('SIGSTOP');
    await until(() => readNow('b').length === 4);
    const had = readNow('a');
    frozen!.kill('SIGCONT');
    await until(() => had.every(({ to }) => to < Infinity));
    await until(() => readNow('a').length === 2 && readNow('b').length === 2);
    frozen!.kill('SIGTERM');
    await until(() => readNow('a').length === 0 && readNow('b').length === 4);
  });
});
