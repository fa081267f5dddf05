import type { FrameSources } from '../../src/domain/frame-source.js';
import { createFfmpegSources } from '../../src/io/ffmpeg/sources.js';
import type { Gap, SourceState } from '../../src/ports.js';
import { type FaultProxy, startFaultProxy } from '../support/fault-proxy.js';
import { type RtspServer, startRtsp } from '../support/rtsp.js';
import { processesWith } from '../io/ffmpeg/media.js';
import { drainWhile, makeRig, until } from './rig.js';

/** Real cameras, each with a fate of its own, read by one sampler. */
const IDS = ['well', 'freezing', 'silent', 'ending', 'locked', 'cut', 'hanging', 'dead'];
const rig = makeRig();
const told = new Map<string, SourceState[]>(IDS.map((id) => [id, []]));
const gaps: Gap[] = [];
const delivered = new Map<string, number>();
const stop = new AbortController();
let server: RtspServer;
let proxy: FaultProxy;
let hanging: FaultProxy;
let running: Promise<void>;

const state = async (id: string): Promise<SourceState> => (await rig.statusOf(id))!;
const statuses = (id: string): string[] => told.get(id)!.map(({ status }) => status);
const is = (id: string, status: string) => until(async () => (await rig.statusOf(id))?.status === status);
const gapsOf = (id: string): Gap[] => gaps.filter(({ cameraId }) => cameraId === id);

/** Each is watched closely for its own trouble only: on a busy machine pictures come late from all of them. */
const watched = (id: string): object => ({
  noSignalAfterS: id === 'silent' ? 1 : id === 'hanging' ? 3 : 30,
  frozenAfterS: id === 'freezing' ? 2 : 30,
});

/** Counts what comes out of the source. */
function counting(sources: FrameSources): FrameSources {
  return {
    ...sources,
    open(address, options) {
      const source = sources.open(address, options);
      const id = IDS.find((one) => address.location.endsWith(`/${one}`)) ?? '';
      const next = source.next.bind(source);
      source.next = async () => {
        const frame = await next();
        if (frame) delivered.set(id, (delivered.get(id) ?? 0) + 1);
        return frame;
      };
      return source;
    },
  };
}

beforeAll(async () => {
  server = await startRtsp([
    ...['well', 'freezing', 'silent', 'ending', 'cut', 'hanging'].map((id) => ({ path: `/${id}` })),
    { path: '/locked', user: 'viewer', password: 'right' },
  ]);
  [proxy, hanging] = await Promise.all([startFaultProxy(server.port), startFaultProxy(server.port)]);
  const sources: Record<string, string> = {
    locked: server.url('/locked', 'viewer:wrong'),
    cut: `rtsp://127.0.0.1:${proxy.port}/cut`,
    hanging: `rtsp://127.0.0.1:${hanging.port}/hanging`,
    dead: 'rtsp://127.0.0.1:9/dead',
  };
  const cameras = IDS.map((id) =>
    rig.camera({
      ...{ id, source: sources[id] ?? server.url(`/${id}`), motion: { enabled: true } },
      ...{ fps: 10, maxWidth: 320, ...watched(id) },
      reconnect: { firstS: 0.2, maxS: id === 'locked' ? 3000 : 0.4, maxRetries: 3 },
    }),
  );
  const sampling = rig.sample(cameras, {
    ...{ signal: stop.signal, sampler: 'sampler-1' },
    sources: counting(createFfmpegSources()),
    onStatus: (id, about) => void told.get(id)?.push(about),
    onGap: (gap) => void gaps.push(gap),
    timing: { statusMs: 200 },
  });
  running = drainWhile(rig, sampling, IDS);
  // It takes seconds until that is believed: it begins now, and the others are looked at meanwhile.
  await is('hanging', 'ok');
  hanging.hang();
});
afterAll(async () => {
  stop.abort();
  await running;
  await Promise.all([proxy.close(), hanging.close()]);
  await server.stop();
});

it('a healthy one is ok, with its quality and a sign of life', async () => {
  await is('well', 'ok');
  await until(async () => ((await state('well')).fps ?? 0) > 5);
  expect(await state('well')).toMatchObject({ sampler: 'sampler-1', width: 320, height: 240 });
  expect((await state('well')).quality).toMatchObject({ decodeErrorsPerMin: 0 });
  const { beatAt = 0 } = await state('well');
  await until(async () => ((await state('well')).beatAt ?? 0) > beatAt);
});

it('one that refuses connections has failed after three tries, and is tried on', async () => {
  await is('dead', 'connection_failed');
  expect(statuses('dead')).toEqual(['connecting', 'retrying', 'connection_failed']);
  const { reason, retries = 0, nextTryAt, beatAt = 0 } = await state('dead');
  expect(reason).toContain('rtsp://127.0.0.1:9/dead refuses connections');
  expect(nextTryAt).toBeGreaterThan(0);
  await until(async () => ((await state('dead')).retries ?? 0) > Math.max(3, retries));
  expect((await state('dead')).beatAt).toBeGreaterThan(beatAt);
  expect(statuses('dead')).toHaveLength(3);
  expect(gapsOf('dead')).toMatchObject([{ track: 'analysis', cause: 'camera' }]);
});

it('one with a wrong password says so, and is not hammered', async () => {
  await until(async () => ((await state('locked')).nextTryAt ?? 0) > Date.now() + 1_000_000);
  const { reason, retries } = await state('locked');
  expect(reason).toContain('refuses the user name or password');
  expect(retries).toBeGreaterThanOrEqual(2);
});

it('one whose picture stands still is frozen until it moves again', async () => {
  await is('freezing', 'ok');
  server.set('/freezing', 'freeze');
  const frozenAt = Date.now();
  await is('freezing', 'frozen');
  const { reason, lastFrameAt = 0 } = await state('freezing');
  expect(reason).toContain('sends the same picture again and again since 20');
  await until(async () => ((await state('freezing')).lastFrameAt ?? 0) > lastFrameAt);
  server.set('/freezing', 'play');
  await is('freezing', 'ok');
  const [begun, ended] = gapsOf('freezing');
  expect(begun).toMatchObject({ cause: 'camera', reason });
  expect(begun?.to).toBeUndefined();
  expect(begun?.from).toBeGreaterThan(frozenAt - 2000);
  expect(ended).toMatchObject({ ...begun, to: expect.any(Number) as number });
});

it('one that sends nothing any more has no signal until it sends again', async () => {
  await is('silent', 'ok');
  server.set('/silent', 'silence');
  await is('silent', 'no_signal');
  expect((await state('silent')).reason).toContain('is connected but sends no picture');
  const { lastFrameAt } = await state('silent');
  server.set('/silent', 'play');
  await is('silent', 'ok');
  expect(gapsOf('silent').find(({ from }) => from === lastFrameAt)?.cause).toBe('camera');
});

it('one that ends its stream is connected anew', async () => {
  await is('ending', 'ok');
  server.set('/ending', 'end');
  await until(() => statuses('ending').includes('retrying'));
  expect(told.get('ending')?.find(({ status }) => status === 'retrying')?.reason).toMatch(
    /ended the stream|closed the connection/,
  );
  server.set('/ending', 'play');
  await is('ending', 'ok');
});

it('one whose network is cut comes back within its backoff, and the gap says since when', async () => {
  await is('cut', 'ok');
  proxy.cut();
  await is('cut', 'connection_failed');
  const { lastFrameAt, reason } = await state('cut');
  expect(reason).toMatch(/^rtsp:\S+\/cut closed the connection/);
  proxy.heal();
  await is('cut', 'ok');
  const mine = gapsOf('cut');
  expect(mine[0]?.from).toBe(lastFrameAt);
  expect(mine.at(-1)?.to).toBeGreaterThan(lastFrameAt ?? Infinity);
});

it('one whose network swallows everything has no signal, then is tried again, and comes back', async () => {
  const reasons = () => told.get('hanging')!.map(({ reason }) => reason ?? '');
  // As a rule it is noticed in the middle of a stream; on a busy machine perhaps while it is being connected.
  const isNoticed =
    /(sent nothing for \d+ s; |without an answer; |did not answer in time; )check the network/;
  await until(() => reasons().some((reason) => isNoticed.test(reason)));
  expect(statuses('hanging')).toEqual(expect.arrayContaining(['retrying']));
  hanging.heal();
  await is('hanging', 'ok');
  await until(() => gapsOf('hanging').at(-1)?.to !== undefined);
  expect(gapsOf('hanging').map(({ cause }) => cause)).toContain('network');
});

it('nothing of that disturbs the healthy one; every frame is accounted for after a clean stop', async () => {
  stop.abort();
  await running;
  expect(statuses('well')).toEqual(['connecting', 'ok']);
  expect(gapsOf('well')).toEqual([]);
  for (const id of IDS) {
    const { captured, analysed, gated, dropped, failed } = await rig.countsOf(id);
    expect([id, captured]).toEqual([id, analysed + gated + dropped + failed]);
    // What a busy machine did not read in time never came out of the source.
    expect(delivered.get(id) ?? 0).toBeGreaterThanOrEqual(captured - dropped);
    expect(delivered.get(id) ?? 0).toBeLessThanOrEqual(captured);
  }
  expect(delivered.get('well')).toBeGreaterThan(30);
  expect((await state('well')).sampler).toBeUndefined();
  expect(await processesWith(`127.0.0.1:${server.port}/`)).toEqual([]);
});
