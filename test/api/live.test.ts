import { setTimeout as delay } from 'node:timers/promises';
import { unitBox } from '../../src/domain/geometry.js';
import { startTestApi, type TestApi } from '../support/api.js';
import { greyFrame, startLiveWorker, watchLive, type LiveWorker } from '../support/live.js';

/** API, queue, worker, pictures and both streams are real; the analysis is played by `put`. */
const SSE = '/api/v1/cameras/gate-1/live';
const MJPEG = `${SSE}.mjpeg`;

jest.setTimeout(30_000);

let api: TestApi;
let worker: LiveWorker;
beforeAll(async () => {
  api = await startTestApi();
  worker = await startLiveWorker(api);
});
afterAll(async () => {
  await worker?.close();
  await api?.stop();
});

/** What the sampler keeps of the camera. */
const seen = (at: number): Promise<void> =>
  api.deps.ports.frames.putLatest('gate-1', { at, frame: 1, picture: greyFrame(at).picture });

/** As analysed frames come: one every 60 ms until told to stop. */
function film(from: number): { stop(): Promise<void> } {
  let isOver = false;
  const filming = (async () => {
    for (let at = from; !isOver; at += 100) {
      await api.deps.ports.live.put('gate-1', greyFrame(at));
      await delay(60);
    }
  })();
  return { stop: async () => ((isOver = true), filming) };
}

async function liveKeys(): Promise<string[]> {
  const keys = await api.metricsAt.redis.keys(`${api.metricsAt.prefix}:{gate-1}:*`);
  return keys.map((key) => key.split(':').at(-1) ?? '').filter((name) => name !== 'latest');
}

describe('before the stream', () => {
  it.each([
    ['an unknown camera', 'nope', 404, 'no-such-camera'],
    ['one that is switched off', 'yard', 409, 'camera-off'],
    ['one that was never seen', 'gate-1', 404, 'no-picture'],
  ])('%s is a clear answer', async (_what, id, status, code) => {
    const answer = await api.fetch(`/api/v1/cameras/${id}/live`, { as: 'viewer' });
    expect([answer.status, (await answer.json()) as object]).toEqual([
      status,
      { error: expect.objectContaining({ code }) as object },
    ]);
  });

  it('nothing is known of anybody watching', async () => {
    expect(await liveKeys()).toEqual([]);
    expect(worker.drawn()).toBe(0);
  });
});

it('a still scene has a picture at once, and about one a second', async () => {
  await seen(1_000_000);
  const viewer = await watchLive(api, SSE);
  expect(viewer.response.headers['content-type']).toBe('text/event-stream; charset=utf-8');
  await viewer.until(() => viewer.got.length === 1);
  await seen(1_001_000);
  await viewer.until(() => viewer.got.length === 2);
  expect(viewer.got.map(({ at }) => at)).toEqual([1_000_000, 1_001_000]);
  viewer.close();
});

it('all who watch get the same bytes, drawn once', async () => {
  await seen(2_000_000);
  const drawnBefore = worker.drawn();
  const viewers = await Promise.all([watchLive(api, SSE), watchLive(api, MJPEG), watchLive(api, MJPEG)]);
  const filming = film(2_000_100);
  await Promise.all(viewers.map((viewer) => viewer.until(() => viewer.got.length >= 12)));
  await filming.stop();
  viewers.forEach((viewer) => viewer.close());
  const [first, ...others] = viewers.map(({ got }) => new Map(got.map(({ at, jpeg }) => [at, jpeg])));
  for (const other of others)
    for (const [at, jpeg] of other) if (first?.has(at)) expect(jpeg).toBe(first.get(at));
  const shown = new Set(viewers.flatMap(({ got }) => got.map(({ at }) => at)));
  expect(first?.size).toBeGreaterThanOrEqual(12);
  // One more or less where one was under way, and one where a job gave over to the next.
  expect(worker.drawn() - drawnBefore).toBeLessThanOrEqual(shown.size + 3);
  const times = viewers[0]?.got.map(({ at }) => at) ?? [];
  expect(times).toEqual([...times].sort((a, b) => a - b));
});

it('a viewer that takes nothing holds up nobody, and comes back to the newest', async () => {
  await seen(3_000_000);
  const [slow, quick] = await Promise.all([watchLive(api, MJPEG), watchLive(api, SSE)]);
  slow.response.pause();
  const filming = film(3_000_100);
  await quick.until(() => quick.got.length >= 15);
  slow.response.resume();
  await slow.until(() => (slow.got.at(-1)?.at ?? 0) >= (quick.got.at(-1)?.at ?? 0));
  await filming.stop();
  [slow, quick].forEach((viewer) => viewer.close());
});

it('nobody is left: the watch ends within seconds, and nothing is drawn or enqueued any more', async () => {
  await seen(4_000_000);
  const viewer = await watchLive(api, SSE);
  await viewer.until(() => viewer.got.length >= 1);
  expect(await liveKeys()).toContain('watched');
  const { inspector } = api;
  viewer.close();
  while ((await liveKeys()).length > 0) await delay(50);
  const left = async (): Promise<number> => {
    const { waiting, active, delayed, prioritized } = await inspector.counts('live-frame');
    return waiting + active + delayed + prioritized;
  };
  while ((await left()) > 0) await delay(50);
  const drawn = worker.drawn();
  await api.deps.ports.live.put('gate-1', greyFrame(9_000_000));
  await delay(300);
  expect(worker.drawn()).toBe(drawn);
});

it('a Redis that was away is followed by pictures again', async () => {
  await seen(5_000_000);
  const viewer = await watchLive(api, MJPEG);
  await viewer.until(() => viewer.got.length >= 1);
  await api.redis.restart();
  const filming = film(5_000_100);
  await viewer.until(() => viewer.got.length >= 5);
  await filming.stop();
  viewer.close();
});

it('what is drawn in holds no more than what is known', async () => {
  const { live } = api.deps.ports;
  const frame = { ...greyFrame(6_000_000), overlay: overlay() };
  await live.put('gate-1', frame);
  const found = await live.newest('gate-1');
  expect(found).toEqual({ ...frame, picture: { ...frame.picture, data: Buffer.from(frame.picture.data) } });
  expect(await live.newest('gate-1', 6_000_000)).toBeUndefined();

  function overlay() {
    const box = unitBox(0.1, 0.1, 0.2, 0.2);
    return {
      title: 'Cổng',
      boxes: [{ box, label: 'car #1', kind: 'track' as const }],
      lines: [],
      polygons: [],
    };
  }
});
