import type { SourceState } from '../../src/ports.js';
import { startRtsp, type RtspServer } from '../support/rtsp.js';
import { Installation, needFreshBuild, until } from '../support/system.js';

/** The promise for a quiet machine, where a healthy camera is read after a second or two. */
const KNOWN_WITHIN_MS = 10_000;
const HEALTHY_WITHIN_MS = 2000;
const CONNECTING = /"time":"([^"]+)"[^\n]*"status":"connecting"/;
const HEALTHY = ['h264', 'h265', 'mjpeg'] as const;
const NONE: Pick<SourceState, 'status' | 'reason' | 'since' | 'pass'> = {
  status: 'connecting',
  since: 0,
  pass: 0,
};

describe('eight RTSP cameras, half of them in trouble', () => {
  let server: RtspServer;
  let returning: RtspServer;
  let installation: Installation;

  beforeAll(async () => {
    needFreshBuild();
    server = await startRtsp([
      ...HEALTHY.map((codec) => ({ path: `/${codec}`, codec })),
      { path: '/frozen' },
      { path: '/locked', user: 'viewer', password: 'right' },
    ]);
    returning = await startRtsp([{ path: '/gate' }]);
  });
  afterAll(() => Promise.all([server?.stop(), returning?.stop()]));
  afterEach(() => installation.remove());

  it('each has its status within ten seconds, the one that returns resumes, the healthy are read on', async () => {
    installation = new Installation({
      defaults: { fps: 2, noSignalAfterS: 30, reconnect: { firstS: 0.5, maxS: 2 } },
      cameras: [
        ...HEALTHY.map((codec) => ({ id: codec, source: server.url(`/${codec}`) })),
        { id: 'frozen', source: server.url('/frozen'), frozenAfterS: 3 },
        { id: 'locked', source: server.url('/locked', 'viewer:wrong') },
        { id: 'gate', source: returning.url('/gate') },
        { id: 'dead-1', source: 'rtsp://127.0.0.1:1/a' },
        { id: 'dead-2', source: 'rtsp://127.0.0.1:1/b' },
      ],
    });
    server.set('/frozen', 'freeze');
    const run = installation.run();
    const said = await until('the sampler', run.stderr, (text) => CONNECTING.test(text));
    const startedAt = Date.parse(CONNECTING.exec(said)?.[1] ?? '');
    const healthy = await Promise.all(HEALTHY.map((id) => untilState(id, ({ status }) => status === 'ok')));
    const healthyAt = Math.max(...healthy.map(({ since }) => since));
    const troubles = [
      ['frozen', /frozen/, /same picture/],
      ['locked', /retrying|connection_failed/, /password/],
      ['dead-1', /retrying|connection_failed/, /refuses connections/],
      ['dead-2', /retrying|connection_failed/, /refuses connections/],
    ] as const;
    for (const [id, status, reason] of troubles) {
      const seen = await untilState(id, (state) => status.test(state.status));
      expect(seen.reason).toMatch(reason);
      // A busy machine is late with the healthy ones too.
      const slowness = Math.max(1, (healthyAt - startedAt) / HEALTHY_WITHIN_MS);
      expect(seen.since - startedAt).toBeLessThan(KNOWN_WITHIN_MS * slowness);
    }
    await untilState('gate', ({ status }) => status === 'ok');

    await returning.stop();
    const lost = await untilState('gate', ({ status }) => status !== 'ok');
    await returning.restart();
    const back = await untilState('gate', ({ status }) => status === 'ok');
    expect(back.since).toBeGreaterThan(lost.since);

    for (const [i, id] of HEALTHY.entries()) {
      const { captured, analysed, gated, dropped, failed } = await installation.untilCaptured(id, 10);
      // They are live: what a busy machine cannot read in time is dropped, and counted.
      expect([captured, failed]).toEqual([analysed + gated + dropped, 0]);
      expect(analysed).toBeGreaterThan(0);
      // The trouble of the others did not cost them their connection.
      expect((await installation.states.source(id))?.pass).toBe(healthy[i]!.pass);
    }
    expect(run.stderr()).not.toContain('wrong');
  });

  const untilState = (id: string, isSo: (state: typeof NONE) => boolean) =>
    until(`the state of ${id}`, async () => (await installation.states.source(id)) ?? NONE, isSo);
});
