import fc from 'fast-check';
import type { SourceFault } from '../../src/domain/frame-source.js';
import { planRetry } from '../../src/domain/retry-plan.js';

const reconnect = { maxRetries: 5, firstS: 1, maxS: 60, giveUp: false };
const plan = (failures: number, fault: SourceFault = 'refused', random = 1) =>
  planRetry(failures, fault, reconnect, random);

it.each([
  [1, 'retrying', 1000],
  [2, 'retrying', 2000],
  [4, 'retrying', 8000],
  [5, 'connection_failed', 16_000],
  [6, 'connection_failed', 32_000],
  [7, 'connection_failed', 60_000],
  [500, 'connection_failed', 60_000],
])('after failure %d: %s, and a wait of %d ms at most', (failures, status, waitMs) => {
  expect(plan(failures)).toEqual({ status, waitMs });
});

it('waits between half and all of that', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 20 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (failures, random) => {
        const { waitMs = 0 } = plan(failures, 'timeout', random);
        const most = plan(failures, 'timeout', 1).waitMs ?? 0;
        expect(waitMs).toBeGreaterThanOrEqual(Math.floor(most / 2));
        expect(waitMs).toBeLessThanOrEqual(most);
      },
    ),
  );
});

it('does not hammer a camera with a wrong password: from the second refusal on it waits the longest time', () => {
  expect([1, 2, 3, 9].map((failures) => plan(failures, 'unauthorised', 0).waitMs)).toEqual([
    500, 60_000, 60_000, 60_000,
  ]);
});

it('gives up when asked to, with the last failure that counts', () => {
  const giveUp = (failures: number) => planRetry(failures, 'refused', { ...reconnect, giveUp: true }, 1);
  expect(giveUp(4)).toEqual({ status: 'retrying', waitMs: 8000 });
  expect(giveUp(5)).toEqual({ status: 'connection_failed', waitMs: undefined });
});
