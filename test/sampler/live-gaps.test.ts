import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import type { RingEntry } from '../../src/domain/frame.js';
import type { CameraId } from '../../src/domain/ids.js';
import type { Gap, GapCause, SourceState } from '../../src/ports.js';
import { createGapWatch, type GapWatch, type Unwatched } from '../../src/sampler/gap-watch.js';
import { contextOf } from '../../src/sampler/options.js';
import { unwatchedBefore } from '../../src/sampler/unwatched.js';
import { H264, makeClip } from '../io/ffmpeg/media.js';
import { drainWhile, makeRig, SILENT, tempFolder, until } from './rig.js';

const NOW = 1_795_251_600_000;

describe('what nobody watched before', () => {
  const base: SourceState = {
    status: 'ok',
    since: NOW - 90_000,
    pass: 3,
    beatAt: NOW - 10_000,
    sampler: 's',
  };
  const stopped: SourceState = { status: 'ok', since: NOW - 90_000, pass: 3, beatAt: NOW - 10_000 };
  const accounted = NOW - 11_000;
  it.each<[string, SourceState | undefined, number | undefined, Unwatched | undefined]>([
    ['nothing, the first time', undefined, undefined, undefined],
    [
      'all since the last frame that counts, when the sampler died',
      base,
      accounted,
      { from: accounted, reason: 'its sampler died', endsAnother: false },
    ],
    [
      'or was stopped',
      stopped,
      accounted,
      { from: accounted, reason: 'its sampler was stopped', endsAnother: false },
    ],
    [
      'the gap of a trouble keeps its cause for as long as somebody looked',
      { ...base, status: 'retrying', nextTryAt: NOW - 5000 },
      NOW - 80_000,
      { from: NOW - 10_000, reason: 'its sampler died', endsAnother: true },
    ],
    [
      'and so does that of a camera given up, until now',
      { ...base, status: 'connection_failed' },
      NOW - 80_000,
      { from: NOW, reason: 'it is tried again after it was given up', endsAnother: true },
    ],
    [
      'and that of one switched off',
      { ...base, status: 'disabled' },
      NOW - 80_000,
      { from: NOW, reason: 'it was switched on and is being connected', endsAnother: true },
    ],
    [
      'nothing of the file it read before',
      { ...base, file: { fingerprint: 'f', startedAt: 1 } },
      5,
      undefined,
    ],
  ])('%s', (_, previous, at, unwatched) => {
    expect(unwatchedBefore(previous, at, NOW)).toEqual(unwatched);
  });
});

describe('the gaps that are told', () => {
  function play(
    story: (watch: GapWatch, at: (now: number) => void) => void,
    unwatched?: Unwatched,
    onGap: (gap: Gap) => void = () => undefined,
  ) {
    const rig = makeRig();
    const told: Gap[] = [];
    let now = NOW;
    const options = {
      ...{ cameras: [], sources: {} as never, ring: rig.ring, states: rig.states, log: SILENT },
      ...{ doorbell: async () => undefined, onStatus: () => undefined, now: () => now },
      signal: new AbortController().signal,
      onGap: (gap: Gap) => {
        onGap(gap);
        told.push(gap);
      },
    };
    const watch = createGapWatch(contextOf(rig.camera({ source: 'rtsp://a', fps: 5 }), options), unwatched);
    story(watch, (ms) => (now = NOW + ms));
    return watch
      .close()
      .then(() =>
        told.map(({ from, to, cause }) => [cause, from - NOW, to === undefined ? undefined : to - NOW]),
      );
  }
  type Row = [GapCause, number, number | undefined];

  it('from the last good frame to the next', async () => {
    const rows = await play((watch, at) => {
      watch.good(NOW + 100);
      at(5000);
      watch.lost('camera', 'no picture');
      watch.lost('camera', 'still none');
      watch.good(NOW + 7000);
      watch.good(NOW + 7200);
    });
    expect(rows).toEqual<Row[]>([
      ['camera', 100, undefined],
      ['camera', 100, 7000],
    ]);
  });

  it('a new cause begins a new one where the other ends', async () => {
    const rows = await play((watch, at) => {
      watch.good(NOW + 100);
      watch.lost('camera', 'no picture');
      at(20_000);
      watch.lost('network', 'timeout');
      watch.good(NOW + 30_000);
    });
    expect(rows).toEqual<Row[]>([
      ['camera', 100, undefined],
      ['camera', 100, 20_000],
      ['network', 20_000, undefined],
      ['network', 20_000, 30_000],
    ]);
  });

  it('one never read begins with the reading', async () => {
    const rows = await play((watch, at) => {
      at(900);
      watch.lost('camera', 'refused');
    });
    expect(rows).toEqual<Row[]>([['camera', 0, undefined]]);
  });

  it('a picture that froze before the last gap ended does not overlap it', async () => {
    const rows = await play((watch) => {
      watch.good(NOW + 100);
      watch.lost('network', 'cut');
      watch.good(NOW + 5000);
      watch.lost('camera', 'frozen', NOW + 100);
    });
    expect(rows.at(-1)).toEqual(['camera', 5000, undefined]);
  });

  const died: Unwatched = { from: NOW - 9000, reason: 'its sampler died', endsAnother: false };
  it('the time before is told with the first frame', async () => {
    expect(await play((watch) => watch.good(NOW + 600), died)).toEqual<Row[]>([
      ['process', -9000, undefined],
      ['process', -9000, 600],
    ]);
  });
  it('or with the first trouble, which ends it', async () => {
    const rows = await play((watch, at) => {
      at(1500);
      watch.lost('network', 'timeout');
    }, died);
    expect(rows).toEqual<Row[]>([
      ['process', -9000, undefined],
      ['process', -9000, 1500],
      ['network', 1500, undefined],
    ]);
  });
  it('two frame times are no gap, unless it ends one that lasts', async () => {
    const from = NOW + 100;
    expect(await play((watch) => watch.good(NOW + 500), { ...died, from })).toEqual([]);
    expect(await play((watch) => watch.good(NOW + 501), { ...died, from })).toHaveLength(2);
    const ending = { ...died, from, endsAnother: true };
    expect(await play((watch) => watch.good(NOW + 101), ending)).toHaveLength(2);
  });

  it('are told in order when the store comes back', async () => {
    let isAway = 1;
    const rows = await play(
      (watch) => {
        watch.good(NOW);
        watch.lost('camera', 'no picture');
        watch.good(NOW + 900);
      },
      undefined,
      () => {
        if (isAway-- > 0) throw new Error('SQL is away');
      },
    );
    expect(rows.map(([, , to]) => to)).toEqual([undefined, 900]);
  });
});

describe('a stream over samplers', () => {
  const folder = tempFolder();
  let server: Server;
  let url: string;
  const sockets = new Set<Socket>();

  beforeAll(async () => {
    // Nothing moves in it: after the first frame the gate holds everything back.
    const still = await makeClip(
      folder.path('still.ts'),
      'color=gray:size=160x120:rate=10:duration=60',
      ...[...H264, '-g', '10', '-f', 'mpegts'],
    );
    const video = readFileSync(still);
    // At its own pace: a burst would get capture times ahead of the clock.
    server = createServer((socket) => {
      sockets.add(socket);
      let sent = 0;
      const pace = setInterval(() => {
        socket.write(video.subarray(sent, (sent += Math.ceil(video.length / 600))));
      }, 100);
      socket.on('error', () => undefined).on('close', () => clearInterval(pace));
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    url = `tcp://127.0.0.1:${(server.address() as { port: number }).port}`;
  });
  afterAll(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
    folder.remove();
  });

  const slow = { motion: { enabled: true, heartbeatMs: 600_000 }, fps: 10, frozenAfterS: 0 };

  function start(rig: ReturnType<typeof makeRig>, fields: object = {}) {
    const gaps: Gap[] = [];
    const stop = new AbortController();
    let isDead = false;
    /** What a dead process writes is never written. */
    const unlessDead =
      <A extends unknown[], R>(write: (...args: A) => Promise<R>) =>
      (...args: A): Promise<R> =>
        isDead ? Promise.reject(new Error('dead')) : write(...args);
    const camera = rig.camera({ source: url, ...slow, ...fields });
    const sampling = rig.sample([camera], {
      signal: stop.signal,
      ring: { ...rig.ring, append: unlessDead((entry: RingEntry) => rig.ring.append(entry)) },
      states: {
        ...rig.states,
        putSource: unlessDead((id: CameraId, state: SourceState) => rig.states.putSource(id, state)),
      },
      onGap: (gap) => void gaps.push(gap),
      timing: { statusMs: 100 },
    });
    const draining = drainWhile(rig, sampling);
    const end = async (): Promise<void> => {
      stop.abort();
      await draining;
    };
    const die = (): Promise<void> => {
      isDead = true;
      return end();
    };
    return { gaps, end, die };
  }
  const seen = (rig: ReturnType<typeof makeRig>, after = 0) =>
    until(async () => {
      const { status, lastFrameAt = 0, fps = 0 } = (await rig.statusOf()) ?? {};
      return status === 'ok' && fps > 0 && lastFrameAt > after + 500;
    });

  it('a clean stop loses no count, and the next reading begins its gap there', async () => {
    const rig = makeRig();
    const first = start(rig);
    await seen(rig);
    await first.end();
    const { lastFrameAt = 0, sampler } = (await rig.statusOf())!;
    expect(sampler).toBeUndefined();
    const last = rig.read.at(-1)!;
    expect([last.at, last.kind, last.picture]).toEqual([lastFrameAt, 'heartbeat', undefined]);
    const counts = await rig.countsOf();
    expect(counts).toEqual({ captured: last.seq, analysed: 2, gated: last.seq - 2, dropped: 0, failed: 0 });
    expect(first.gaps).toEqual([]);

    const second = start(rig);
    await seen(rig, lastFrameAt);
    await second.end();
    expect(second.gaps).toMatchObject([
      { from: lastFrameAt, cause: 'process', reason: 'its sampler was stopped' },
      { from: lastFrameAt, to: rig.read.find(({ pass }) => pass === 2)?.at },
    ]);
  });

  it('after a death the gap begins with the last frame that was told: the count of those after it is gone', async () => {
    const rig = makeRig();
    const first = start(rig);
    await seen(rig);
    await until(async () => ((await rig.statusOf())?.lastFrameAt ?? 0) > rig.read.at(-1)!.at);
    await first.die();
    const accounted = rig.read.at(-1)!.at;
    const second = start(rig);
    await seen(rig, (await rig.statusOf())?.lastFrameAt);
    await second.end();
    expect(second.gaps).toMatchObject([
      { from: accounted, cause: 'process', reason: 'its sampler died' },
      { from: accounted, to: rig.read.find(({ pass }) => pass === 2)?.at },
    ]);
  });

  it('one that is switched off has a gap of that name, which ends with its first frame', async () => {
    const rig = makeRig();
    const first = start(rig);
    await seen(rig);
    await first.end();
    const { lastFrameAt } = (await rig.statusOf())!;
    const off = start(rig, { enabled: false });
    await until(() => off.gaps.length > 0);
    await off.end();
    expect((await rig.statusOf())?.status).toBe('disabled');
    expect(off.gaps).toMatchObject([{ from: lastFrameAt, cause: 'disabled' }]);
    const on = start(rig);
    await seen(rig, lastFrameAt);
    await on.end();
    expect(on.gaps).toMatchObject([{ cause: 'process' }, { to: expect.any(Number) as number }]);
    expect(on.gaps[0]?.from).toBeGreaterThanOrEqual(lastFrameAt!);
  });

  it('one that is given up ends, and says so for ever', async () => {
    const rig = makeRig();
    const reconnect = { firstS: 0.1, maxS: 0.1, maxRetries: 2, giveUp: true };
    await rig.sample([rig.camera({ source: 'tcp://127.0.0.1:9', reconnect })]);
    const state = (await rig.statusOf())!;
    expect(state).toMatchObject({ status: 'connection_failed', retries: 2 });
    expect(state.reason).toContain('given up after 2 tries');
    expect([state.nextTryAt, state.sampler]).toEqual([undefined, undefined]);
    expect(rig.told.map(({ status }) => status)).toEqual(['connecting', 'retrying', 'connection_failed']);
  });
});
