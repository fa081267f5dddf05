import { runMainRecording } from '../../src/sampler/main-recording.js';
import { createRecorder } from '../../src/sampler/recorder.js';
import { parseSource } from '../../src/domain/source-address.js';
import { play } from '../support/fragments.js';
import { RTSP_FPS, type RtspServer, startRtsp } from '../support/rtsp.js';
import { makeRecordingRig, type RecordingRig } from './recording-rig.js';
import { until } from './rig.js';

let server: RtspServer;
let rig: RecordingRig;
beforeAll(async () => {
  server = await startRtsp([{ path: '/main' }]);
  rig = await makeRecordingRig();
});
afterAll(async () => {
  await server.stop();
  await rig.remove();
});

it('records a stream that is not analysed, and names the gap while it is away', async () => {
  const stopping = new AbortController();
  const made = rig.context();
  const context = {
    ...made,
    signal: stopping.signal,
    now: Date.now,
    camera: { ...made.camera, reconnect: { maxRetries: 5, firstS: 0.1, maxS: 0.2, giveUp: false } },
  };
  const recorder = createRecorder(context);
  const running = runMainRecording(context, parseSource(server.url('/main')), recorder);
  const segments = () =>
    rig.index.list({ cameraId: 'gate-1', from: Date.now() - 60_000, to: Date.now(), limit: 99 });
  await until(async () => (await segments()).length > 0);
  await server.stop();
  const away = () => rig.gaps.filter(({ cause }) => cause !== 'process');
  await until(() => away().length > 0);
  const before = (await segments()).length;
  await server.restart();
  await until(async () => (await segments()).length > before);
  await until(() => away().at(-1)?.to !== undefined);
  stopping.abort();
  await running;
  await recorder.close();

  const found = await segments();
  expect(found.every(({ state }) => state === 'closed')).toBe(true);
  const frames = await Promise.all(found.map(async ({ path }) => (await play(rig.file(path))).frames));
  expect(frames.every((count) => count > 0)).toBe(true);
  const recordedS = found.reduce((sum, { startAt, endAt }) => sum + endAt - startAt, 0) / 1000;
  // The duration of a connection's last frame is a guess.
  expect(Math.abs(frames.reduce((a, b) => a + b, 0) / RTSP_FPS - recordedS)).toBeLessThan(1);
  const [begun, ended] = away();
  expect(begun).toMatchObject({ track: 'recording', cameraId: 'gate-1' });
  expect(begun?.reason).toContain('/main');
  expect(found.map(({ endAt }) => endAt)).toContain(begun?.from);
  expect(found.map(({ startAt }) => startAt)).toContain(ended?.to);
});
