import fc from 'fast-check';
import { createCaptureClock } from '../../src/domain/capture-clock.js';

const START_AT = 1_764_000_000_000;

/** Capture times of frames as they come. */
function play(frames: { streamS: number; arrivedAt: number }[]): number[] {
  const clock = createCaptureClock();
  return frames.map(({ streamS, arrivedAt }) => clock.capturedAt(streamS, arrivedAt));
}

/** A stream of 25 frames/s; each frame arrives with its own delay. */
function stream(delaysMs: number[], paceOfStream = 1) {
  return delaysMs.map((delayMs, i) => ({
    streamS: (i * 40 * paceOfStream) / 1000,
    arrivedAt: START_AT + i * 40 + delayMs,
  }));
}

const steps = (times: number[]): number[] => times.slice(1).map((at, i) => at - times[i]!);

describe('the capture clock', () => {
  it('gives the first frame its arrival', () => {
    expect(play([{ streamS: 7200.5, arrivedAt: START_AT }])).toEqual([START_AT]);
  });

  it('follows the stream, however the network jitters', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 450 }), { minLength: 2, maxLength: 200 }),
        (delaysMs) => {
          expect(new Set(steps(play(stream(delaysMs))))).toEqual(new Set([40]));
        },
      ),
    );
  });

  it('keeps the pace through a stall of five seconds and the burst that ends it', () => {
    const delaysMs = Array.from({ length: 250 }, (_, i) => (i >= 50 && i < 175 ? (175 - i) * 40 : 0));
    expect(new Set(steps(play(stream(delaysMs))))).toEqual(new Set([40]));
  });

  it('gives whole, strictly increasing times, whatever comes', () => {
    const anything = fc.record({
      streamS: fc.oneof(fc.double({ min: -1e5, max: 1e5 }), fc.constant(3.2)),
      arrivedAt: fc.integer({ min: START_AT - 1e6, max: START_AT + 1e6 }),
    });
    fc.assert(
      fc.property(fc.array(anything, { maxLength: 60 }), (frames) => {
        const times = play(frames);
        expect(times.every(Number.isInteger)).toBe(true);
        expect(steps(times).every((ms) => ms > 0)).toBe(true);
      }),
    );
  });

  it('does not depend on where the stream begins to count', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 90_000 }),
        fc.array(fc.integer({ min: 0, max: 3000 }), { minLength: 1, maxLength: 80 }),
        (originS, delaysMs) => {
          let arrivedAt = START_AT;
          const frames = stream(delaysMs).map((frame) => {
            arrivedAt = Math.max(arrivedAt, frame.arrivedAt);
            return { streamS: frame.streamS, arrivedAt };
          });
          const moved = frames.map(({ streamS, arrivedAt }) => ({ streamS: streamS + originS, arrivedAt }));
          expect(play(moved)).toEqual(play(frames));
        },
      ),
    );
  });

  it('stays within 500 ms of the arrival when the camera counts 5 % too fast', () => {
    const frames = stream(Array<number>(2000).fill(0), 1.05);
    const aheadMs = play(frames).map((at, i) => at - frames[i]!.arrivedAt);
    expect(Math.max(...aheadMs)).toBeGreaterThan(400);
    expect(Math.max(...aheadMs)).toBeLessThanOrEqual(500);
  });

  it('comes back to the arrival when the camera counts too slowly', () => {
    const frames = stream(Array<number>(6000).fill(0), 0.95);
    const behindMs = play(frames).map((at, i) => frames[i]!.arrivedAt - at);
    expect(Math.max(...behindMs)).toBeGreaterThan(500);
    // 500 ms, and what 5 % lose in the ten seconds it waits for a burst.
    expect(Math.max(...behindMs)).toBeLessThanOrEqual(1100);
  });

  it.each([
    ['back to zero', -3],
    ['an hour back', -3600],
    ['an hour on', 3600],
  ])('begins again at the arrival when the timestamps jump %s', (_, jumpS) => {
    const frames = stream(Array<number>(100).fill(0)).map(({ streamS, arrivedAt }, i) => ({
      streamS: 3 + streamS + (i >= 75 ? jumpS : 0),
      arrivedAt,
    }));
    expect(play(frames)).toEqual(frames.map(({ arrivedAt }) => arrivedAt));
  });

  it('goes on at its pace when the wall clock is set back', () => {
    const frames = stream(Array<number>(100).fill(0)).map(({ streamS, arrivedAt }, i) => ({
      streamS,
      arrivedAt: arrivedAt - (i >= 50 ? 60_000 : 0),
    }));
    const between = steps(play(frames));
    expect(between.filter((ms) => ms !== 40)).toEqual([]);
  });

  it('finds back to the wall clock when that was set back and right again', () => {
    const frames = stream(Array<number>(1000).fill(0)).map(({ streamS, arrivedAt }, i) => ({
      streamS,
      arrivedAt: arrivedAt - (i >= 50 && i < 150 ? 60_000 : 0),
    }));
    const times = play(frames);
    expect(new Set(steps(times))).toEqual(new Set([40]));
    const after = play([...frames, { streamS: 3, arrivedAt: frames.at(-1)!.arrivedAt + 40 }]).at(-1)!;
    expect(after - frames.at(-1)!.arrivedAt).toBe(40);
  });

  it('uses the arrivals of a stream without timestamps', () => {
    const frames = [0, 41, 79, 79, 130].map((ms) => ({ streamS: NaN, arrivedAt: START_AT + ms }));
    expect(play(frames).map((at) => at - START_AT)).toEqual([0, 41, 79, 80, 130]);
  });
});
