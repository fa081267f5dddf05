import fc from 'fast-check';
import { createDoorbell } from '../../src/sampler/doorbell.js';
import { nextDue, wantsPicture } from '../../src/sampler/picture-rule.js';
import { until } from './rig.js';

describe('wantsPicture', () => {
  it.each([
    ['moved', 1000, undefined, 200, true],
    ['moved', 1000, 900, 0, true],
    ['moved', 1000, 900, 200, false],
    ['moved', 1100, 900, 200, true],
    ['moved', 1099, 900, 200, true],
    ['moved', 1070, 900, 200, false],
    ['heartbeat', 901, 900, 10_000, true],
    ['moved', 901, 900, 1, true],
  ] as const)('%s at %p, last picture at %p, every %p ms: %p', (kind, at, last, everyMs, expected) => {
    const dueAt = last === undefined ? undefined : nextDue(last, undefined, everyMs);
    expect(wantsPicture(kind, at, dueAt, everyMs)).toBe(expected);
  });

  it('gives every fourth of 20 frames/s at 200 ms although times jitter by 1 ms', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -1, max: 1 }), { minLength: 40, maxLength: 40 }), (jitter) => {
        let dueAt: number | undefined;
        const carried = jitter.flatMap((ms, i) => {
          const at = 1000 + i * 50 + ms;
          if (!wantsPicture('moved', at, dueAt, 200)) return [];
          dueAt = nextDue(at, dueAt, 200);
          return [i];
        });
        expect(carried).toEqual(Array.from({ length: 10 }, (_, i) => i * 4));
      }),
    );
  });

  it.each([24, 25, 30])('gives 10 pictures a second of %d frames/s sampled at 10', (fps) => {
    const times = Array.from({ length: 10 * fps }, (_, i) => Math.round((i * 1000) / fps));
    // The first frame of each slot of 100 ms, as a source delivers them.
    const sampled = times.filter((at, i) => Math.floor(at / 100) !== Math.floor((times[i - 1] ?? -1) / 100));
    let dueAt: number | undefined;
    const carried = sampled.filter((at) => {
      const carries = wantsPicture('moved', at, dueAt, 100);
      if (carries) dueAt = nextDue(at, dueAt, 100);
      return carries;
    });
    expect(carried.length).toBeGreaterThan(0.97 * sampled.length);
  });

  it('begins a new beat after a pause', () => {
    const late = nextDue(1450, 1000, 200);
    expect(late).toBe(1650);
  });
});
describe('the doorbell', () => {
  it('rings at once, then not more often than allowed, and never forgets the last press', async () => {
    const rungAt: number[] = [];
    let pressed = 0;
    let heard = 0;
    const doorbell = createDoorbell(
      async () => void (rungAt.push(performance.now()), (heard = pressed)),
      50,
      fail,
    );
    for (; pressed < 20;) {
      pressed++;
      doorbell.press();
      await new Promise((resolve) => setTimeout(resolve, 7));
    }
    await until(() => heard === 20);
    await doorbell.close();
    for (const [i, at] of rungAt.entries())
      expect(at - (rungAt[i - 1] ?? -Infinity)).toBeGreaterThanOrEqual(48);
    expect(rungAt.length).toBeLessThan(15);
  });

  it('tries again when ringing fails, and rings what is due when it is closed', async () => {
    let calls = 0;
    const failures: unknown[] = [];
    const ring = async () => {
      if (++calls === 1) throw new Error('Redis is away');
    };
    const doorbell = createDoorbell(ring, 10, (error) => failures.push(error));
    doorbell.press();
    await until(() => failures.length === 1);
    await doorbell.close();
    expect([calls, failures.length]).toEqual([2, 1]);
  });
});

function fail(error: unknown): void {
  throw error;
}
