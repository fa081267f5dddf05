import * as fc from 'fast-check';
import { fairShare } from '../../src/domain/fair-share.js';

const EVERY_MS = 1000;
const ids = (count: number): string[] => Array.from({ length: count }, (_, i) => `cam-${i}`);

function view(
  sampler: string,
  samplers: number,
  held: Record<string, string>,
  count: number,
  freeMs: number,
) {
  return {
    ...{ sampler, samplers, cameras: ids(count), everyMs: EVERY_MS },
    holders: new Map(Object.entries(held)),
    freeMs: () => freeMs,
  };
}

test.each<[what: string, of: Parameters<typeof view>, plan: ReturnType<typeof fairShare>]>([
  ['alone: everything at once', ['a', 1, {}, 3, 0], { take: ids(3), give: [] }],
  ['of two: what is surely its own', ['a', 2, {}, 5, 0], { take: ['cam-0', 'cam-1'], give: [] }],
  ['and the odd one when nobody took it', ['a', 2, {}, 5, EVERY_MS], { take: ids(3), give: [] }],
  ['and the rest when nobody does', ['a', 2, {}, 5, 3 * EVERY_MS], { take: ids(5), give: [] }],
  [
    'a new sampler: half is given back',
    ['a', 2, { 'cam-0': 'a', 'cam-1': 'a', 'cam-2': 'a', 'cam-3': 'a' }, 4, 0],
    { take: [], give: ['cam-2', 'cam-3'] },
  ],
  [
    'the odd one moves only to one who has less than all others',
    ['a', 3, { 'cam-0': 'a', 'cam-1': 'a', 'cam-2': 'b', 'cam-3': 'b' }, 4, 0],
    { take: [], give: ['cam-1'] },
  ],
  [
    'one more than another: stays',
    ['a', 2, { 'cam-0': 'a', 'cam-1': 'a', 'cam-2': 'b' }, 3, 0],
    { take: [], give: [] },
  ],
])('%s', (_what, of, plan) => {
  expect(fairShare(view(...of))).toEqual(plan);
});

test('however the cameras lay, they come to lie evenly, none twice, and then stay', () => {
  const story = fc.record({
    cameras: fc.integer({ min: 0, max: 30 }),
    samplers: fc.integer({ min: 1, max: 6 }),
    start: fc.array(fc.integer({ min: 0, max: 6 }), { maxLength: 30 }),
    order: fc.infiniteStream(fc.nat(5)),
  });
  fc.assert(
    fc.property(story, ({ cameras, samplers, start, order }) => {
      const names = Array.from({ length: samplers }, (_, i) => `s-${i}`);
      const holders = new Map<string, string>();
      ids(cameras).forEach((id, i) => {
        const name = names[start[i] ?? 6];
        if (name !== undefined) holders.set(id, name);
      });
      const freeSince = new Map<string, number>();
      /** @returns whether anything moved. */
      const round = (at: number): boolean => {
        let moved = false;
        const first = Number(order.next().value ?? 0);
        for (const sampler of [...names.slice(first % samplers), ...names.slice(0, first % samplers)]) {
          for (const id of ids(cameras)) {
            if (holders.has(id)) freeSince.delete(id);
            else if (!freeSince.has(id)) freeSince.set(id, at);
          }
          const plan = fairShare({
            ...{ sampler, samplers, cameras: ids(cameras), holders: new Map(holders), everyMs: EVERY_MS },
            freeMs: (id) => at - (freeSince.get(id) ?? at),
          });
          for (const id of plan.give) {
            expect(holders.get(id)).toBe(sampler);
            holders.delete(id);
          }
          for (const id of plan.take) {
            expect(holders.has(id)).toBe(false);
            holders.set(id, sampler);
          }
          moved ||= plan.give.length + plan.take.length > 0;
        }
        return moved;
      };
      for (let i = 0; i < 20; i++) round(i * EVERY_MS);
      expect(round(20 * EVERY_MS)).toBe(false);
      expect(holders.size).toBe(cameras);
      const counts = names.map((name) => [...holders.values()].filter((holder) => holder === name).length);
      expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
    }),
  );
});
