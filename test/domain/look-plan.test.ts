import * as fc from 'fast-check';
import { intersectionArea, unitBox, WHOLE } from '../../src/domain/geometry.js';
import { inputShare } from '../../src/domain/look-plan.js';
import { newScene, planLook } from '../../src/domain/scene.js';
import { CLEAR, play, render, scene, START_AT, walker } from '../support/scenes.js';

const config = scene();

test('nothing moves: no look', () => {
  expect(planLook(newScene(), { at: START_AT, kind: 'moved', regions: [] }, config)).toBeUndefined();
});

test('a heartbeat looks at the whole picture', () => {
  expect(planLook(newScene(), { at: START_AT, kind: 'heartbeat', regions: [] }, config)).toEqual(WHOLE);
});

test('a small region gets room, and no less than 0.4 of the picture a side', () => {
  const look = planLook(
    newScene(),
    { at: START_AT, kind: 'moved', regions: [unitBox(0.9, 0.9, 0.05, 0.08)] },
    config,
  )!;
  expect(look.width).toBeCloseTo(0.4, 9);
  expect(look.height).toBeGreaterThanOrEqual(0.4);
  expect(look.x + look.width).toBeCloseTo(1, 9);
});

test('regions far apart: the whole picture', () => {
  const regions = [unitBox(0.1, 0.1, 0.1, 0.1), unitBox(0.8, 0.8, 0.1, 0.1)];
  expect(planLook(newScene(), { at: START_AT, kind: 'moved', regions }, config)).toEqual(WHOLE);
});

test('whoever moves is looked for where he must be by now, and no longer once he stands or is gone', () => {
  const story = {
    lengthMs: 4000,
    actors: [walker({ atMs: 0, x: 0.1, y: 0.5 }, { atMs: 4000, x: 0.3, y: 0.5 })],
  };
  const { state } = play(render(story, CLEAR), config);
  const look = planLook(state, { at: START_AT + 4400, kind: 'moved', regions: [] }, config)!;
  expect(intersectionArea(look, unitBox(0.29, 0.25, 0.06, 0.25))).toBeCloseTo(0.06 * 0.25, 9);
  expect(look.width).toBeLessThan(0.9);
  expect(planLook(state, { at: START_AT + 30_000, kind: 'moved', regions: [] }, config)).toBeUndefined();
});

test('every region is inside the look, the look is inside the picture and not narrower than networks like', () => {
  const within = fc.double({ min: 0, max: 1, noNaN: true });
  const region = fc
    .tuple(within, within, within, within)
    .map(([x, y, w, h]) =>
      unitBox(x * 0.95, y * 0.95, 0.01 + w * (0.99 - x * 0.95), 0.01 + h * (0.99 - y * 0.95)),
    );
  fc.assert(
    fc.property(fc.array(region, { minLength: 1, maxLength: 4 }), (regions) => {
      const look = planLook(newScene(), { at: START_AT, kind: 'moved', regions }, config)!;
      for (const box of regions) expect(intersectionArea(box, look)).toBeCloseTo(box.width * box.height, 6);
      for (const side of [look.x, look.y, 1 - look.x - look.width, 1 - look.y - look.height])
        expect(side).toBeGreaterThan(-1e-9);
      const shape = (look.width * 16) / 9 / look.height;
      expect(shape).toBeLessThan(1.81);
      expect(shape).toBeGreaterThan(1 / 1.81);
    }),
  );
});

describe('the degradation ladder', () => {
  const region = fc
    .tuple(fc.double({ min: 0, max: 0.9, noNaN: true }), fc.double({ min: 0, max: 0.9, noNaN: true }))
    .map(([x, y]) => unitBox(x, y, 0.1, 0.1));
  const moved = (regions: ReturnType<typeof unitBox>[], degraded: number) =>
    planLook(newScene(), { at: START_AT, kind: 'moved', regions, degraded }, config)!;
  const cost = (regions: ReturnType<typeof unitBox>[], degraded: number): number =>
    inputShare(moved(regions, degraded), degraded) ** 2;

  test('looks, from its second step on, at no more than before, and still at all that moves', () => {
    fc.assert(
      fc.property(
        fc.array(region, { minLength: 1, maxLength: 4 }),
        fc.constantFrom(1, 2, 3),
        (regions, step) => {
          const [usual, small] = [moved(regions, 0), moved(regions, step)];
          expect(small.width * small.height).toBeLessThanOrEqual(usual.width * usual.height + 1e-9);
          for (const one of regions)
            expect(intersectionArea(small, one)).toBeCloseTo(one.width * one.height, 9);
          if (step === 1) expect(small).toEqual(usual);
        },
      ),
    );
  });

  test('costs no more with any step, and less with the third', () => {
    fc.assert(
      fc.property(fc.array(region, { minLength: 1, maxLength: 4 }), (regions) => {
        const costs = [0, 1, 2, 3].map((step) => cost(regions, step));
        expect(costs[0]).toBe(1);
        expect(costs).toEqual([...costs].sort((a, b) => b - a));
        expect(costs[3]).toBeLessThan(0.6);
      }),
    );
    expect(cost([unitBox(0.4, 0.4, 0.1, 0.1)], 2)).toBeLessThan(0.3);
  });

  test('a heartbeat still looks at everything', () => {
    const look = planLook(newScene(), { at: START_AT, kind: 'heartbeat', regions: [], degraded: 3 }, config);
    expect(look).toEqual(WHOLE);
  });
});
