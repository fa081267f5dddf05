import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { Redis } from 'ioredis';
import { createLiveHub } from '../../src/api/live-hub.js';
import type { Camera } from '../../src/domain/camera.js';
import { judgeRestream } from '../../src/domain/health/judge-restream.js';
import { parseCameraFile } from '../../src/io/camera-file.js';
import { createPictures } from '../../src/io/pictures.js';
import { connectRedis, untilReady } from '../../src/io/redis/connection.js';
import { createRedisLiveView } from '../../src/io/redis/live-view.js';
import { createRestreamStatuses, type RestreamStatus } from '../../src/io/redis/restream-status.js';
import { createLog } from '../../src/log.js';
import { restreamCamera } from '../../src/main/restream-camera.js';
import { greyFrame } from '../support/live.js';
import { startTestRedis, type TestRedis } from '../support/redis.js';
import { startRtmp } from '../support/rtmp.js';
import { startRtspRecorder } from '../support/rtsp-recorder.js';

/** Redis, ffmpeg and both media servers are real; the drawn pictures are published here. */
const KEY = 's3cretKey';
jest.setTimeout(60_000);

let redis: TestRedis;
const connections: Redis[] = [];
const open = async (): Promise<Redis> => {
  const connection = connectRedis(redis.address, 'frames');
  connections.push(connection);
  await untilReady(connection, 'frames', 60_000);
  return connection;
};
beforeAll(async () => {
  redis = await startTestRedis();
});
afterAll(async () => {
  connections.forEach((connection) => connection.disconnect());
  await redis.stop();
});

interface Play {
  status(): Promise<RestreamStatus | undefined>;
  /** Resolves with it when it is so. */
  until(holds: (status: RestreamStatus) => boolean): Promise<RestreamStatus>;
  readonly logged: () => string;
  stop(): Promise<void>;
}

/** Publishes a camera that gives ten pictures a second. */
async function play(url: string, timing: { timeoutMs?: number } = {}): Promise<Play> {
  const camera = cameraTo(url);
  const prefix = `test-${randomUUID().slice(0, 8)}`;
  const [commands, subscriber] = [await open(), await open()];
  const live = createRedisLiveView({ redis: commands, subscriber: () => subscriber }, { prefix });
  const statuses = createRestreamStatuses(commands, prefix);
  let logged = '';
  const log = createLog('test', 'debug', (line) => (logged += line));
  const stop = new AbortController();
  const pictures = createPictures();
  const publishing = restreamCamera(
    camera,
    {
      ...{ pictures, statuses, log, timing: { firstS: 0.2, maxS: 0.4, beatMs: 200, ...timing } },
      hub: createLiveHub({ live, log, ring: async () => undefined }),
    },
    stop.signal,
  );
  const jpeg = await pictures.jpeg(greyFrame(90).picture);
  const filming = (async () => {
    for (let at = 1; !stop.signal.aborted; at++) {
      await live.publish(camera.id, { at, jpeg });
      await delay(100);
    }
  })();
  const status = async (): Promise<RestreamStatus | undefined> =>
    (await statuses.read([camera.id])).get(camera.id);
  return {
    status,
    async until(holds) {
      for (;;) {
        const now = await status();
        if (now && holds(now)) return now;
        await delay(25);
      }
    },
    logged: () => logged,
    async stop() {
      stop.abort();
      await Promise.all([publishing, filming]);
    },
  };
}

function cameraTo(url: string): Camera {
  const text = JSON.stringify({
    cameras: [{ id: 'gate', source: 'x', restream: { url, fps: 10, bitrateKbps: 300 } }],
  });
  const [camera] = parseCameraFile(text, 'test', {}).cameras;
  if (!camera) throw new Error('no camera');
  return camera;
}

const isLive = ({ state }: RestreamStatus): boolean => state === 'live';

/** What `ps` would show everybody of our ffmpegs that publish. */
function publishers(): { readonly pid: number; readonly line: string }[] {
  return readdirSync('/proc').flatMap((name) => {
    try {
      const line = readFileSync(`/proc/${name}/cmdline`, 'utf8').replaceAll('\0', ' ');
      const parent = /^PPid:\s*(\d+)/m.exec(readFileSync(`/proc/${name}/status`, 'utf8'))?.[1];
      return line.includes('image2pipe') && Number(parent) === process.pid
        ? [{ pid: Number(name), line }]
        : [];
    } catch {
      return []; // It ended while we looked, or is no process.
    }
  });
}

test('RTMP: what is published can be read; server and ffmpeg may die; the key is nowhere to be seen', async () => {
  const server = await startRtmp();
  const url = `rtmp://127.0.0.1:${server.port}/live/${KEY}`;
  const stage = await play(url);
  try {
    await stage.until(isLive);
    const shown = ['-show_entries', 'stream=codec_name,width,height,avg_frame_rate', '-of', 'csv=p=0'];
    const { stdout } = await promisify(execFile)('ffprobe', ['-v', 'error', ...shown, url], {
      timeout: 30_000,
    });
    expect(stdout.trim()).toBe('h264,320,180,10/1');
    const [first] = publishers();
    expect(first?.line).toContain('rtmp://127.0.0.1:');
    expect(first?.line).not.toContain(KEY);

    process.kill(first?.pid ?? 0, 'SIGKILL');
    await stage.until(({ failures }) => failures > 0);
    await stage.until(isLive);
    expect(publishers().map(({ pid }) => pid)).not.toContain(first?.pid);

    await server.kill('SIGKILL');
    const down = await stage.until(({ state, failures }) => state === 'retrying' && failures > 1);
    expect(down.reason).toMatch(/rtmp:\/\/127\.0\.0\.1:\d+\/live\/\*\*\* (refuses connections|ended|closed)/);
    await server.restart();
    await stage.until(isLive);
    expect(server.said()).toContain(`start push /live/${KEY}`);
  } finally {
    await stage.stop();
    await server.stop();
  }
  expect(stage.logged()).toContain('the processed stream is published');
  expect(stage.logged()).not.toContain(KEY);
  expect(publishers()).toEqual([]);
});

test('RTSP: recorded by a server that wants a password, which is nowhere to be seen', async () => {
  const server = await startRtspRecorder('/cam', ['viewer', 'p@ss:w0rd']);
  const stage = await play(`rtsp://viewer:p%40ss%3Aw0rd@127.0.0.1:${server.port}/cam`);
  try {
    await stage.until(isLive);
    while (server.pictures().length < 5) await delay(25);
    expect(new Set(server.pictures())).toEqual(new Set(['320x180']));
    expect(
      publishers()
        .map(({ line }) => line)
        .join(),
    ).not.toMatch(/viewer|w0rd/);
  } finally {
    await stage.stop();
    await server.stop();
  }
  expect(stage.logged()).not.toMatch(/w0rd/);
});

test('RTSP: a wrong password is said', async () => {
  const server = await startRtspRecorder('/cam', ['viewer', 'right']);
  const stage = await play(`rtsp://viewer:wr0ng@127.0.0.1:${server.port}/cam`);
  try {
    const { reason } = await stage.until(({ state }) => state === 'retrying');
    expect(reason).toContain('refuses the user name or password; check restream.url');
  } finally {
    await stage.stop();
    await server.stop();
  }
});

test('a server that hangs is given up, and says so', async () => {
  const sockets = new Set<{ destroy(): void }>();
  const server = createServer((socket) => void sockets.add(socket)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const stage = await play(`rtsp://127.0.0.1:${(server.address() as AddressInfo).port}/cam`, {
    timeoutMs: 300,
  });
  try {
    const { reason } = await stage.until(({ state }) => state === 'retrying');
    expect(reason).toContain('takes nothing, or does not answer, for 0.3 s');
  } finally {
    await stage.stop();
    sockets.forEach((socket) => socket.destroy());
    server.close();
  }
});

test.each([
  ['rtmp://u:p@host/app/key', 'names a user'],
  ['rtmp://host/app', 'names no stream'],
  ['http://host/app/key', 'must be rtmp'],
  ['rtsp://host/a b', 'must be rtmp'],
])('%s is refused, and not repeated', (url, why) => {
  expect(() => cameraTo(url)).toThrow(why);
  expect(() => cameraTo(url)).not.toThrow(JSON.stringify(url));
});

describe('health', () => {
  const NOW = 1_000_000_000;
  test.each([
    [undefined, 'warn', 'start "camqueue restream"'],
    [{ state: 'live', since: NOW - 5, failures: 0 }, 'ok', 'it is published'],
    [
      { state: 'retrying', since: NOW - 50_000, reason: 'x refuses', failures: 3 },
      'ok',
      'not published for 50 s: x refuses',
    ],
    [
      { state: 'retrying', since: NOW - 61_000, reason: 'x refuses', failures: 9 },
      'warn',
      'not published for 61 s',
    ],
  ])('%j is %s', (status, state, detail) => {
    const found = judgeRestream('gate', status, NOW);
    expect([found.subject, found.state]).toEqual(['restream/gate', state]);
    expect(found.detail).toContain(detail);
  });
});
