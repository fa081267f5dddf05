import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { H264, makeClip, processesWith } from '../io/ffmpeg/media.js';
import { drainWhile, makeRig, tempFolder, until } from './rig.js';

const folder = tempFolder();
let video: Buffer;
let server: Server;
let url: string;
/** The camera: what it does with each connection. */
let answer: (socket: Socket) => void;

beforeAll(async () => {
  video = readFileSync(
    await makeClip(
      folder.path('live.ts'),
      'testsrc=size=160x120:rate=10:duration=4',
      ...H264,
      '-g',
      '10',
      '-f',
      'mpegts',
    ),
  );
});
afterAll(() => folder.remove());

beforeEach(async () => {
  server = createServer((socket) => {
    socket.on('error', () => undefined);
    answer(socket);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `tcp://127.0.0.1:${(server.address() as { port: number }).port}`;
});
afterEach(() => server.close());

/** Tries that follow each other quickly. */
const reconnect = { firstS: 0.1, maxS: 0.1 };

function start(
  fields: Record<string, unknown> = {},
  options: Parameters<ReturnType<typeof makeRig>['sample']>[1] = {},
) {
  const rig = makeRig();
  const stop = new AbortController();
  const camera = rig.camera({ source: url, fps: 10, detect: { everyMs: 0 }, reconnect, ...fields });
  const sampling = rig.sample([camera], { signal: stop.signal, ...options });
  const draining = drainWhile(rig, sampling);
  const end = async () => {
    stop.abort();
    await draining;
  };
  return { ...rig, end };
}

it('connects anew when the stream ends: one pass, indexes and times go on', async () => {
  let connections = 0;
  answer = (socket) => {
    connections++;
    socket.end(video);
  };
  const camera = start();
  await until(() => camera.read.length >= 60);
  await camera.end();
  expect(connections).toBeGreaterThanOrEqual(2);
  const { read, told } = camera;
  expect(new Set(read.map(({ pass }) => pass))).toEqual(new Set([1]));
  expect(read.map(({ seq }) => seq)).toEqual(read.map((_, i) => i + 1));
  expect(read.map(({ frame }) => frame)).toEqual(read.map((_, i) => i));
  for (const [i, { at }] of read.entries()) expect(at).toBeGreaterThan(read[i - 1]?.at ?? 0);
  expect(told.slice(0, 4).map(({ status }) => status)).toEqual(['connecting', 'ok', 'retrying', 'ok']);
  expect(told[2]?.reason).toBe(`${url} ended the stream`);
  expect(await processesWith(url)).toEqual([]);
});

it('counts as failed after five failures in a row, tries on, and comes back', async () => {
  answer = (socket) => socket.end(video);
  server.close();
  const { port } = new URL(url);
  const camera = start();
  await until(() => camera.told.at(-1)?.status === 'connection_failed');
  expect(camera.told.map(({ status }) => status)).toEqual(['connecting', 'retrying', 'connection_failed']);
  expect(camera.told.at(-1)?.reason).toContain(`${url} refuses connections; check host, port`);
  server.listen(Number(port), '127.0.0.1');
  await until(() => camera.told.at(-1)?.status === 'ok');
  await camera.end();
});

it('says that there is no signal when the camera falls silent, and that it is back', async () => {
  let goOn = (): void => undefined;
  answer = (socket) => {
    socket.write(video.subarray(0, (video.length * 3) / 4));
    goOn = () => void socket.write(video.subarray((video.length * 3) / 4));
  };
  const camera = start({ noSignalAfterS: 1 });
  await until(async () => (await camera.statusOf())?.status === 'no_signal');
  expect((await camera.statusOf())?.reason).toBe(`${url} is connected but sends no picture`);
  goOn();
  await until(async () => (await camera.statusOf())?.status === 'ok');
  await camera.end();
});

it('connects anew when the silence lasts', async () => {
  let connections = 0;
  answer = (socket) => {
    connections++;
    socket.write(video.subarray(0, (video.length * 3) / 4));
  };
  const camera = start({ noSignalAfterS: 1 }, { timing: { giveUpMs: 1000 } });
  await until(() => connections >= 2);
  await camera.end();
  expect(camera.told.map(({ reason }) => reason)).toContain(`${url} sent no picture for 2 s`);
});

it('goes on while the ring does not answer; its frames count as dropped', async () => {
  answer = (socket) => socket.end(video);
  const rig = makeRig();
  let calls = 0;
  const ring = { ...rig.ring };
  ring.append = async (entry) => {
    if (++calls > 5 && calls <= 15) throw new Error('Redis is away');
    return rig.ring.append(entry);
  };
  const stop = new AbortController();
  const sampling = rig.sample([rig.camera({ source: url, fps: 10, reconnect })], {
    ring,
    signal: stop.signal,
  });
  const draining = drainWhile(rig, sampling);
  await until(async () => (await rig.countsOf()).captured >= 30);
  stop.abort();
  await draining;
  expect(await rig.countsOf()).toMatchObject({ dropped: 10, gated: 0, failed: 0 });
});

it('ends at once when told to stop while it waits to try again', async () => {
  answer = (socket) => socket.destroy();
  const camera = start({ reconnect: { firstS: 60, maxS: 60 } });
  await until(() => camera.told.at(-1)?.status === 'retrying');
  await camera.end();
});

it('never tells the password', async () => {
  answer = (socket) => socket.destroy();
  const rig = makeRig();
  const stop = new AbortController();
  const source = `http://viewer:s3cret@${url.slice('tcp://'.length)}/video?token=t0ken`;
  const sampling = rig.sample([rig.camera({ source })], { signal: stop.signal });
  await until(() => rig.told.at(-1)?.status === 'retrying');
  stop.abort();
  await sampling;
  const said = JSON.stringify([rig.told, await rig.statusOf()]);
  expect(said).toContain('/video');
  expect(said).not.toMatch(/s3cret|t0ken/);
});
