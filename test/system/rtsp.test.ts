import type { SourceState } from '../../src/ports.js';
import { startRtsp, type RtspServer } from '../support/rtsp.js';
import { Installation, needFreshBuild, until } from '../support/system.js';

/** A quiet machine needs a second or two for each; the promise is ten. */
const KNOWN_WITHIN_MS = 10_000;
const HEALTHY = ['h264', 'h265', 'mjpeg'] as const;
const NONE: Pick<SourceState, 'status' | 'reason' | 'since'> = { status: 'connecting', since: 0 };

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

  it('each has its status within ten seconds, the one that returns resumes, the healthy lose no frame', async () => {
    installation = new Installation({
      defaults: { fps: 2, noSignalAfterS: 2, reconnect: { firstS: 0.5, maxS: 2 } },
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
    await until('the sampler', run.stderr, (said) => said.includes('"status":"connecting"'));
    const startedAt = Date.now();
    const troubles = [
      ['frozen', /frozen/, /same picture/],
      ['locked', /retrying|connection_failed/, /password/],
      ['dead-1', /retrying|connection_failed/, /refuses connections/],
      ['dead-2', /retrying|connection_failed/, /refuses connections/],
    ] as const;
    for (const [id, status, reason] of troubles) {
      const seen = await untilState(id, (state) => status.test(state.status));
      expect(seen.reason).toMatch(reason);
    }
    for (const id of [...HEALTHY, 'gate']) await untilState(id, ({ status }) => status === 'ok');
    expect(Date.now() - startedAt).toBeLessThan(KNOWN_WITHIN_MS);

    await returning.stop();
    const lost = await untilState('gate', ({ status }) => status !== 'ok');
    await returning.restart();
    const back = await untilState('gate', ({ status }) => status === 'ok');
    expect(back.since).toBeGreaterThan(lost.since);

    for (const id of HEALTHY) {
      const counts = await installation.untilCaptured(id, 10);
      expect(counts).toMatchObject({ dropped: 0, failed: 0 });
      expect(counts.captured).toBe(counts.analysed + counts.gated);
    }
    expect(run.stderr()).not.toContain('wrong');
  });

  const untilState = (id: string, isSo: (state: typeof NONE) => boolean) =>
    until(`the state of ${id}`, async () => (await installation.states.source(id)) ?? NONE, isSo);
});
