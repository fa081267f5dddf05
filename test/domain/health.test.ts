import fc from 'fast-check';
import { follow } from '../../src/domain/health/follow.js';
import { judgeCamera, judgeStream, type CameraSeen } from '../../src/domain/health/judge-camera.js';
import { judgeClock, judgeDisk, judgeRedis } from '../../src/domain/health/judge-stores.js';
import { judgeCertificate, judgeQueue } from '../../src/domain/health/judge-work.js';
import {
  type HealthAlert,
  type HealthFinding,
  type HealthReport,
  publicReport,
} from '../../src/domain/health/report.js';
import { tlsHosts } from '../../src/domain/tls-hosts.js';

const AT = 1_795_251_600_000;
const S = 1000;
const MINUTE = 60 * S;
const gate = { id: 'gate-1', name: 'Cổng chính', alerts: { cooldownS: 60, downAfterS: 30 } };

const finding = (subject: string, state: HealthFinding['state'], since?: number): HealthFinding => ({
  ...{ subject, state, detail: `is ${state}`, measures: {} },
  ...(since !== undefined && { since }),
});

/** One slot after the other; `undefined` in a slot: no check ran. */
function play(
  slots: readonly (readonly HealthFinding[] | undefined)[],
  camera = gate,
): { told: HealthAlert[][]; report: HealthReport | undefined } {
  let report: HealthReport | undefined;
  const told = slots.map((findings, i) => {
    if (!findings) return [];
    const at = AT + i * MINUTE;
    const next = follow(report, findings, { at, now: at + 500 }, [camera]);
    report = next.report;
    return [...next.alerts];
  });
  return { told, report };
}
/** The kinds; an end is marked by `/`. */
const kinds = (told: HealthAlert[][]): string[] =>
  told.map((alerts) => alerts.map(({ kind, phase }) => (phase === 'end' ? `/${kind}` : kind)).join());

describe('what people are told', () => {
  it('is told once when a camera stays down, and once when it is back', () => {
    const since = AT + 20 * S;
    const down = [finding('camera/gate-1', 'fail', since)];
    const ok = [finding('camera/gate-1', 'ok', AT + 3 * MINUTE - 40 * S)];
    const { told, report } = play([[finding('camera/gate-1', 'ok')], down, down, ok, ok]);
    expect(kinds(told)).toEqual(['', 'camera-down', '', '/camera-down', '']);
    expect(told[1]).toEqual([
      {
        id: `health-camera-gate-1-${since}`,
        cameraId: 'gate-1',
        kind: 'camera-down',
        severity: 'critical',
        phase: 'begin',
        at: AT + MINUTE,
        summary: 'Cổng chính: is fail',
      },
    ]);
    expect(told[3]).toMatchObject([
      { severity: 'info', cameraId: 'gate-1', summary: 'Cổng chính: gives pictures again' },
    ]);
    expect(report?.entries[0]).toMatchObject({ state: 'ok', isAlerted: false, since: AT + 140 * S });
  });

  it('waits for the delay of the camera, from the moment the picture was lost', () => {
    const down = (ageS: number) => finding('camera/gate-1', 'fail', AT - ageS * S);
    const patient = { ...gate, alerts: { cooldownS: 60, downAfterS: 90 } };
    expect(kinds(play([[down(29)]]).told)).toEqual(['']);
    expect(kinds(play([[down(30)]]).told)).toEqual(['camera-down']);
    expect(kinds(play([[down(29)], [down(29)], [down(29)]], patient).told)).toEqual(['', '', 'camera-down']);
  });

  it('counts an outage from its first failure, though each try begins a status of its own', () => {
    const slots = [10, 70, 130].map((s, i) => [
      finding('camera/gate-1', i === 1 ? 'warn' : 'fail', AT + s * S - 15 * S),
    ]);
    const { told, report } = play(slots, { ...gate, alerts: { cooldownS: 60, downAfterS: 110 } });
    expect(kinds(told)).toEqual(['', '', 'camera-down']);
    expect(report?.entries[0]?.since).toBe(AT - 5 * S);
  });

  it('does not flood when something flaps: not recovered before it was ok for half a minute', () => {
    const flapping = Array.from({ length: 20 }, (_, i) => [
      i % 2 === 0
        ? finding('camera/gate-1', 'fail', AT + i * MINUTE - 31 * S)
        : finding('camera/gate-1', 'ok', AT + i * MINUTE - 29 * S),
    ]);
    expect(kinds(play(flapping).told).filter((kind) => kind !== '')).toEqual(['camera-down']);
  });

  it('tells a second outage within the cooldown when the cooldown is over, if it still lasts', () => {
    const slow = { ...gate, alerts: { cooldownS: 300, downAfterS: 30 } };
    const ok = [finding('camera/gate-1', 'ok', AT)];
    const first = [finding('camera/gate-1', 'fail', AT - MINUTE)];
    const second = [finding('camera/gate-1', 'fail', AT + 2 * MINUTE)];
    const { told } = play([first, ok, ok, second, second, second, second], slow);
    expect(kinds(told)).toEqual(['camera-down', '/camera-down', '', '', '', 'camera-down', '']);
  });

  it('ends what a camera had that is switched off, and is quiet about it', () => {
    const off = { ...finding('camera/gate-1', 'ok', AT), measures: { isOff: true } };
    const { told, report } = play([[finding('camera/gate-1', 'fail', AT - MINUTE)], [off], [off]]);
    expect(kinds(told)).toEqual(['camera-down', '/camera-down', '']);
    expect(report?.entries[0]?.isAlerted).toBe(false);
    expect(kinds(play([[off], [off]]).told)).toEqual(['', '']);
  });

  it('tells about the system without a camera, each thing for itself', () => {
    const both = [
      finding('disk/data', 'fail'),
      finding('model/nanodet-g-416', 'fail'),
      finding('sql', 'fail'),
    ];
    const { told } = play([both]);
    expect(told[0]?.map(({ cameraId, kind }) => [cameraId, kind])).toEqual([
      ['system', 'disk-low-data'],
      ['system', 'model-missing-nanodet-g-416'],
      ['system', 'database-trouble'],
    ]);
  });

  it.each([
    ['worker/motion', 'fail', ['', 'worker-missing-motion']],
    ['queue/motion', 'fail', ['queue-stuck-motion', '']],
    ['queue/motion', 'warn', ['', '']],
    ['stream/gate-1', 'fail', ['', '']],
    ['redis/jobs', 'warn', ['', '']],
  ] as const)('%s %s', (subject, state, wanted) => {
    expect(kinds(play([[finding(subject, state)], [finding(subject, state)]]).told)).toEqual(wanted);
  });

  it('tells of a certificate a month before its end and again a week before', () => {
    const ending = (days: number): HealthFinding[] => [
      judgeCertificate('cam.example.org:443', AT + days * 86_400_000, AT),
    ];
    const { told } = play([ending(40), ending(29), ending(20), ending(6), ending(5), ending(90), ending(90)]);
    expect(told.flat().map(({ severity }) => severity)).toEqual(['warning', 'critical', 'info']);
    expect(kinds(told)).toEqual([
      '',
      'certificate-expiring-cam-example-org-443',
      '',
      'certificate-expiring-cam-example-org-443',
      '',
      '',
      '/certificate-expiring-cam-example-org-443',
    ]);
    expect(new Set(told.flat().map(({ id }) => id)).size).toBe(3);
  });

  it('keeps what it knew of things it could not look at', () => {
    const down = finding('camera/gate-1', 'fail', AT - MINUTE);
    const blind = { ...finding('probe/cameras', 'fail'), measures: { kinds: 'camera stream' } };
    const { told, report } = play([[down], [blind], [down]]);
    expect(kinds(told)).toEqual(['camera-down', '', '']);
    expect(report?.entries).toHaveLength(1);
  });

  it('ends and forgets things that are there no more', () => {
    const there = [
      finding('camera/old', 'fail', AT - MINUTE),
      finding('disk/data', 'ok'),
      finding('sql', 'fail'),
    ];
    const { told, report } = play([there, [], []]);
    expect(kinds(told)).toEqual(['camera-down,database-trouble', '/camera-down,/database-trouble', '']);
    expect(told[1]?.map(({ cameraId, summary }) => [cameraId, summary])).toEqual([
      ['old', 'old: is there no more'],
      ['system', 'sql is there no more'],
    ]);
    expect(report).toMatchObject({ state: 'ok', entries: [] });
  });

  it('a missed slot loses nothing', () => {
    const down = [finding('camera/gate-1', 'fail', AT + 20 * S)];
    expect(kinds(play([[], undefined, undefined, down]).told)).toEqual(['', '', '', 'camera-down']);
  });

  const anySlots = fc.array(
    fc.constantFrom('ok', 'warn', 'fail', 'missed', 'blind').map((what) => {
      if (what === 'missed') return undefined;
      if (what === 'blind')
        return [{ ...finding('probe/cameras', 'fail' as const), measures: { kinds: 'camera' } }];
      return [finding('camera/gate-1', what)];
    }),
    { maxLength: 30 },
  );

  it('down and its end take turns, each a cooldown apart, whatever happens', () => {
    fc.assert(
      fc.property(anySlots, fc.constantFrom(1, 60, 150, 600), (slots, cooldownS) => {
        const camera = { ...gate, alerts: { ...gate.alerts, cooldownS } };
        const told = play(slots, camera)
          .told.flat()
          .filter(({ cameraId }) => cameraId === 'gate-1');
        told.forEach(({ kind, phase }, i) => {
          expect([kind, phase]).toEqual(['camera-down', i % 2 === 0 ? 'begin' : 'end']);
        });
        for (const phase of ['begin', 'end']) {
          const ats = told.filter((alert) => alert.phase === phase).map(({ at }) => at);
          ats.slice(1).forEach((at, i) => expect(at - (ats[i] ?? 0)).toBeGreaterThanOrEqual(cooldownS * S));
        }
        expect(new Set(told.map(({ id }) => id)).size).toBe(told.length);
      }),
    );
  });

  it('what lasts is told in the end, whatever happened before', () => {
    fc.assert(
      fc.property(anySlots, fc.constantFrom('ok' as const, 'fail' as const), (slots, end) => {
        const lasting = Array.from({ length: 13 }, () => [finding('camera/gate-1', end)]);
        const { told } = play([...slots, ...lasting], {
          ...gate,
          alerts: { downAfterS: 30, cooldownS: 600 },
        });
        const last = told.flat().findLast(({ cameraId }) => cameraId === 'gate-1')?.phase;
        expect(last ?? 'end').toBe(end === 'ok' ? 'end' : 'begin');
      }),
    );
  });
});

describe('what is found', () => {
  const seen = (status: CameraSeen['status'], more: Partial<CameraSeen> = {}): CameraSeen => ({
    ...{ status, since: AT - 10 * S },
    ...more,
  });
  it.each([
    [seen('ok'), 'ok', 'gives pictures', AT - 10 * S],
    [seen('no_signal'), 'fail', 'no signal for 10 s', AT - 10 * S],
    [seen('frozen', { lastFrameAt: AT }), 'fail', 'frozen picture for 10 s', AT - 10 * S],
    [
      seen('retrying', { lastFrameAt: AT - 40 * S, retries: 3, nextTryAt: AT + 5 * S, reason: 'refused' }),
      'fail',
      'no connection, retrying for 40 s: refused; try 4 in 5 s',
      AT - 40 * S,
    ],
    // The last frame is of yesterday's run.
    [
      seen('retrying', { lastFrameAt: AT - 86_400_000 }),
      'fail',
      'no connection, retrying for 10 s',
      AT - 10 * S,
    ],
    [seen('connection_failed'), 'fail', 'connection failed for 10 s', AT - 10 * S],
    [seen('connecting'), 'warn', 'connecting for 10 s', AT - 10 * S],
    [seen('connecting', { retries: 2 }), 'fail', 'connecting for 10 s', AT - 10 * S],
    [seen('connecting', { since: AT - 31 * S }), 'fail', 'connecting for 31 s', AT - 31 * S],
    [{ status: 'connecting' as const, reason: 'no sampler' }, 'fail', 'connecting: no sampler', undefined],
    [seen('disabled'), 'ok', 'disabled', AT - 10 * S],
    [seen('finished'), 'ok', 'finished', AT - 10 * S],
  ])('of a camera that is %j: %s', (source, state, detail, since) => {
    expect(judgeCamera(gate, source, AT)).toMatchObject({
      state,
      detail,
      ...(since !== undefined && { since }),
    });
  });

  it('hides credentials that a reason repeats', () => {
    const { detail } = judgeCamera(
      gate,
      seen('retrying', { reason: 'rtsp://u:geheim@10.0.0.5/ refused' }),
      AT,
    );
    expect(detail).not.toContain('geheim');
  });

  const counts = (dropped: number) => ({
    captured: 100,
    analysed: 100 - dropped,
    gated: 0,
    dropped,
    failed: 0,
  });
  const good = { decodeErrorsPerMin: 0 };
  it.each([
    [{ fps: 10 }, ''],
    [{ fps: 4.9 }, 'arrive'],
    [{ fps: 4.9, isIdle: true }, ''],
    [{ fps: 4.9, degraded: 2 }, 'step 2'],
    [{ fps: 3, quality: { ...good, sourceFps: 3 } }, 'the camera sends 3.0'],
    [{ fps: 5, quality: { ...good, sourceFps: 5 } }, ''],
    [{ fps: 10, quality: { decodeErrorsPerMin: 11 } }, 'decoder errors'],
    [{ fps: 10, quality: { ...good, latencyMs: 2100 } }, '2.1 s late'],
    [{ fps: 10, quality: { ...good, driftMs: -2100 } }, 'drifted -2.1 s'],
    [{ fps: 10, counts: counts(6) }, '6 % of its frames'],
    [{ fps: 10, counts: counts(5) }, ''],
    [{ fps: 10, counts: { ...counts(0), captured: 49, dropped: 49 } }, ''],
  ])('of a stream that gives %j: "%s"', (stream, complaint) => {
    const { state, detail } = judgeStream({ id: 'gate-1', fps: 10 }, stream);
    expect(state).toBe(complaint === '' ? 'ok' : 'warn');
    expect(detail).toContain(complaint);
  });

  const healthy = {
    ...{ version: '7.0', usedBytes: 10, maxBytes: 0, policy: 'noeviction', evictedKeys: 0, latencyMs: 1 },
    ...{ isAofOn: true, isAofWriteOk: true, isSaveOk: true },
  };
  it.each([
    ['jobs', {}, 'ok', 'answers'],
    ['jobs', { policy: 'allkeys-lru' }, 'fail', 'noeviction'],
    ['jobs', { isAofWriteOk: false }, 'fail', 'append-only file cannot be written'],
    ['jobs', { isAofOn: false }, 'warn', 'appendonly yes'],
    ['jobs', { maxBytes: 100, usedBytes: 90 }, 'fail', '90 %'],
    ['jobs', { maxBytes: 100, usedBytes: 75 }, 'warn', '75 %'],
    ['jobs', { evictedKeys: 3 }, 'warn', '3 keys'],
    ['jobs', { latencyMs: 300 }, 'warn', '300 ms'],
    ['frames', { maxBytes: 100, usedBytes: 99, policy: 'allkeys-lru', isAofOn: false }, 'ok', 'answers'],
    ['frames', {}, 'warn', 'maxmemory'],
  ] as const)('of the Redis of %s with %j: %s', (which, seenThere, state, words) => {
    const found = judgeRedis(which, { ...healthy, ...seenThere });
    expect(found.state).toBe(state);
    expect(found.detail).toContain(words);
  });

  it.each([
    [1999, 'fail'],
    [2000, 'warn'],
    [2999, 'warn'],
    [3000, 'ok'],
  ])('of a disk with %d MB free where 2000 are wanted: %s', (freeMb, state) => {
    const space = { path: '/data', freeBytes: freeMb * 1024 ** 2, totalBytes: 1e12 };
    expect(judgeDisk('data', space, 2000).state).toBe(state);
  });

  const idle = { waiting: 0, active: 0, delayed: 0, failed: 9, failedLately: 0, oldestWaitingMs: 0 };
  it.each([
    [{}, 'ok'],
    [{ failedLately: 1 }, 'warn'],
    [{ waiting: 1, oldestWaitingMs: 80_000 }, 'warn'],
    [{ waiting: 1, oldestWaitingMs: 330_000 }, 'fail'],
    [{ waiting: 1000 }, 'warn'],
    [{ waiting: 10_000 }, 'fail'],
  ])('of a queue with %j: %s', (queue, state) => {
    expect(judgeQueue('alert', { ...idle, ...queue }, 10_000).state).toBe(state);
  });

  it.each([
    [{ redis: -1000 }, 'ok'],
    [{ redis: 10, database: -2500 }, 'warn'],
    [{ redis: 31_000 }, 'fail'],
  ])('of clocks that differ by %j ms: %s', (offsets, state) => {
    expect(judgeClock(offsets).state).toBe(state);
  });
});

it('a report is worst first, and not believed when it is old', () => {
  const entry = (subject: string, state: 'ok' | 'warn' | 'fail') => ({
    ...finding(subject, state),
    ...{ since: AT, isAlerted: false, alertedAt: AT },
  });
  const report: HealthReport = {
    at: AT,
    state: 'warn',
    entries: [entry('b', 'ok'), entry('c', 'warn'), entry('a', 'ok')],
  };
  const shown = publicReport(report, AT + 180_000);
  expect(shown).toMatchObject({ state: 'warn', isStale: false, ageS: 180 });
  expect(shown.entries.map(({ subject }) => subject)).toEqual(['c', 'a', 'b']);
  expect(shown.entries[0]).not.toHaveProperty('alertedAt');
  expect(publicReport(report, AT + 180_001)).toMatchObject({ state: 'fail', isStale: true });
});

it('hosts with a certificate are found in addresses, each once', () => {
  const addresses = [
    'https://cam.example.org/mjpeg',
    'https://cam.example.org:443/other',
    'rtsps://u:p@10.0.0.5/main',
    'rtsp://10.0.0.6/main',
    'smtps://mail.example.org',
    'rediss://[::1]:6390/0',
    'video.mp4',
    undefined,
  ];
  expect(tlsHosts(addresses)).toEqual([
    { host: 'cam.example.org', port: 443 },
    { host: '10.0.0.5', port: 322 },
    { host: 'mail.example.org', port: 465 },
    { host: '::1', port: 6390 },
  ]);
});
