import { createCaptureClock } from '../../src/domain/capture-clock.js';
import type { FrameSource, SourceStats } from '../../src/domain/frame-source.js';
import { createFrameRoad } from '../../src/sampler/frame-road.js';
import { createIdleControl } from '../../src/sampler/idle-control.js';
import { contextOf } from '../../src/sampler/options.js';
import { createQualityMeter } from '../../src/sampler/stream-quality.js';
import { makeRig, SILENT } from './rig.js';

const AT = 1_795_251_600_000;

/** A source that is only asked how it is, and told to idle. */
function source(stats: Partial<SourceStats> = {}): FrameSource & { told: boolean[] } {
  const told: boolean[] = [];
  return {
    told,
    setIdle: (isIdle) => void told.push(isIdle),
    stats: () => ({ heardAt: AT, decodeErrors: 0, ...stats }),
    next: () => Promise.resolve(undefined),
    ending: () => ({}),
    close: () => Promise.resolve(),
  };
}

describe('idling', () => {
  type Seen = readonly [atMs: number, hasMoved: boolean, skippedBefore?: number];
  const still = (fromMs: number, toMs: number, skippedBefore = 0): Seen[] =>
    Array.from({ length: (toMs - fromMs) / 1000 }, (_, i) => [fromMs + i * 1000, false, skippedBefore]);

  it.each<[string, readonly Seen[], boolean[]]>([
    ['not before ten seconds without movement', still(0, 10_000), []],
    ['then', still(0, 11_000), [true]],
    ['is over with the first frame that moved', [...still(0, 15_000, 4), [15_000, true, 4]], [true, false]],
    [
      'and begins again ten seconds after the last one',
      [...still(0, 15_000, 4), [15_000, true, 4], ...still(16_000, 26_000), [26_000, false]],
      [true, false, true],
    ],
    [
      'a source that has woken by itself is told again, but not at once',
      [...still(0, 15_000, 4), ...still(15_000, 26_000, 0)],
      [true, true],
    ],
    ['what was under way is no waking', [...still(0, 12_000, 0), ...still(12_000, 40_000, 4)], [true]],
  ])('%s', (_, frames, told) => {
    const reader = source();
    const control = createIdleControl(reader, 10_000);
    for (const [atMs, hasMoved, skippedBefore = 0] of frames)
      control.seen({ skippedBefore }, AT + atMs, hasMoved);
    expect(reader.told).toEqual(told);
    expect(control.isIdle()).toBe(told.at(-1) === true);
  });

  it('never where it is not wanted', () => {
    const reader = source();
    const control = createIdleControl(reader, undefined);
    for (const [atMs] of still(0, 60_000)) control.seen({}, AT + atMs, false);
    expect(reader.told).toEqual([]);
  });
});

describe('the quality of a stream', () => {
  /** A stream of 10 frames/s over `seconds`, of whose own clock a second lasts `pace` seconds. */
  function play(seconds: number, { pace = 1, delayMs = (_: number): number => 0, stats = {} } = {}) {
    let now = AT;
    let copiedBytes = 0;
    let decodeErrors = 0;
    const reader = { ...source(), stats: () => ({ heardAt: now, decodeErrors, copiedBytes, ...stats }) };
    const meter = createQualityMeter(reader, () => now);
    const clock = createCaptureClock();
    let quality = meter.read();
    for (let frame = 0; frame < seconds * 10; frame++) {
      now = AT + frame * 100;
      copiedBytes += 25_000;
      if (frame % 100 === 50) decodeErrors++;
      clock.capturedAt((frame * pace) / 10, now + delayMs(frame));
      meter.frame(frame, clock.aheadMs());
      if (frame % 10 === 0) quality = meter.read();
    }
    return quality;
  }

  it('is measured over the last seconds', () => {
    const quality = play(120);
    expect(quality).toMatchObject({ sourceFps: 10, latencyMs: 0, driftMs: 0 });
    expect(quality.bitrateKbps).toBe(2000);
    // One in ten seconds.
    expect(quality.decodeErrorsPerMin).toBe(6);
  });

  it.each([
    [1.001, 110],
    [0.999, -110],
  ])('a clock that runs %f times as fast has drifted %d ms after two minutes', (pace, driftMs) => {
    // The measure is the furthest ahead of ten seconds: up to ten seconds late.
    expect(Math.abs((play(121, { pace }).driftMs ?? 0) - driftMs)).toBeLessThanOrEqual(12);
  });

  it('frames that are under way longer than the fastest show as latency, not as drift', () => {
    const quality = play(60, { delayMs: (frame) => (frame % 2) * 80 });
    expect(quality).toMatchObject({ latencyMs: 40, driftMs: 0 });
  });
});

describe('the way into the ring', () => {
  const picture = { width: 160, height: 120, format: 'i420' as const, data: new Uint8Array(28_800).fill(90) };

  function road(fields: object, level = 0) {
    const rig = makeRig();
    const options = {
      ...{ cameras: [], sources: {} as never, ring: rig.ring, states: rig.states, log: SILENT },
      ...{ doorbell: async () => undefined, onStatus: () => undefined, degraded: () => level },
      signal: new AbortController().signal,
    };
    const camera = rig.camera({ source: 'rtsp://a', ...fields });
    return { rig, way: createFrameRoad(contextOf(camera, options), 1, false) };
  }

  it('counts the frames that were not decoded as gated', async () => {
    const { rig, way } = road({ motion: { enabled: true, heartbeatMs: 2000 } });
    const skipped = [0, 0, 4, 9, 0, 9, 9, 2];
    for (const [i, skippedBefore] of skipped.entries())
      await way.offer({ frame: i, at: AT + i * 1000, picture, skippedBefore });
    await way.flush();
    await way.flush();
    await way.close();
    await rig.drain();
    const captured = skipped.length + skipped.reduce((a, b) => a + b);
    const analysed = rig.read.length;
    expect(await rig.countsOf()).toEqual({
      ...{ captured, analysed, gated: captured - analysed, dropped: 0, failed: 0 },
    });
    expect(rig.read.at(-1)).toMatchObject({ seq: captured, at: AT + 7000 });
  });

  it('flushing between frames keeps the counts exact, also where the ring did not take it', async () => {
    const { rig, way } = road({ motion: { enabled: true, heartbeatMs: 600_000 } });
    const { ring } = rig;
    const append = ring.append.bind(ring);
    for (let i = 0; i < 30; i++) {
      await way.offer({ frame: i, at: AT + i * 100, picture });
      if (i % 7 !== 3) continue;
      if (i === 17) rig.ring.append = () => Promise.reject(new Error('away'));
      await way.flush();
      rig.ring.append = append;
    }
    await way.flush();
    await way.close();
    await rig.drain();
    // The warm-up, and what was flushed after frames 3, 10, 24 and 29; the flush after frame 17 was lost.
    expect(await rig.countsOf()).toEqual({ captured: 30, analysed: 5, gated: 24, dropped: 1, failed: 0 });
  });

  it.each([
    [0, 200, [0, 2, 4, 6, 8]],
    [1, 200, [0, 4, 8]],
    [3, 0, [0, 2, 4, 6, 8]],
  ])(
    'on step %d of the ladder, with a look every %d ms, the detector looks at %j',
    async (level, everyMs, looks) => {
      const { rig, way } = road({ detect: { everyMs } }, level);
      for (let i = 0; i < 10; i++) await way.offer({ frame: i, at: AT + i * 100, picture });
      await way.close();
      await rig.drain();
      expect(rig.read.filter((entry) => entry.picture).map(({ frame }) => frame)).toEqual(looks);
      expect(new Set(rig.read.map(({ degraded }) => degraded))).toEqual(new Set([level || undefined]));
    },
  );
});
