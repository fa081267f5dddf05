import fc from 'fast-check';
import { unitBox, WHOLE } from '../../../src/domain/geometry.js';
import {
  needsKnown,
  planVisit,
  type Known,
  type VisitConfig,
  type VisitFrame,
  type VisitMemory,
  type VisitPlan,
} from '../../../src/domain/plates/visit-plan.js';

const AT = 1_795_251_600_000;
const GATE: VisitConfig = { enabled: true, view: 'gate', everyMs: 250, maxLooks: 12, passageWindowS: 60 };
const LARGE = unitBox(0.3, 0.3, 0.4, 0.6);
const SMALL = unitBox(0.3, 0.3, 0.05, 0.1);

interface Story {
  readonly memory: VisitMemory | undefined;
  /** Capture times of the looks, after AT. */
  readonly looks: number[];
  readonly ends: VisitPlan['end'][];
  readonly plans: VisitPlan[];
}

/** @param known what has been read by then, by ms after AT */
function tell(
  frames: readonly VisitFrame[],
  config: VisitConfig | undefined = GATE,
  known: (afterMs: number) => readonly Known[] = () => [],
  vehicles = [] as ReturnType<typeof unitBox>[],
): Story {
  const story: Story = { memory: undefined, looks: [], ends: [], plans: [] };
  let memory: VisitMemory | undefined;
  for (const frame of frames) {
    const read = config && needsKnown(memory, frame, config) ? known(frame.at - AT) : [];
    const plan = planVisit(memory, frame, config, vehicles, read);
    memory = plan.memory;
    story.plans.push(plan);
    if (plan.glance) story.looks.push(frame.at - AT);
    if (plan.end) story.ends.push(plan.end);
  }
  return { ...story, memory };
}

/** Moved frames, five a second. */
const moved = (fromMs: number, toMs: number, region = LARGE): VisitFrame[] =>
  Array.from({ length: Math.floor((toMs - fromMs) / 200) }, (_, i) => ({
    ...{ at: AT + fromMs + i * 200, kind: 'moved', regions: [region], hasPicture: true },
  }));
/** Heartbeats, one every five seconds. */
const still = (fromMs: number, toMs: number): VisitFrame[] =>
  Array.from({ length: Math.floor((toMs - fromMs) / 5000) }, (_, i) => ({
    ...{ at: AT + fromMs + i * 5000, kind: 'heartbeat', regions: [], hasPicture: true },
  }));
const read = (firstMs: number, lastMs: number, state: Known['state']): Known => ({
  ...{ firstAt: AT + firstMs, lastAt: AT + lastMs, state },
});
const between = (looks: readonly number[], from: number, to: number): number =>
  looks.filter((at) => at >= from && at < to).length;

describe('a visit', () => {
  it('begins with the first movement, ends some seconds after the last one, and says how many looks it had', () => {
    const { looks, ends, memory } = tell([...moved(0, 2000), ...still(5000, 20_000)]);
    expect(looks[0]).toBe(0);
    expect(ends).toEqual([{ bornAt: AT, looks: looks.length }]);
    expect(memory?.over).toBe(true);
  });

  it('a second one is another one', () => {
    const { ends } = tell([
      ...moved(0, 2000),
      ...still(7000, 17_000),
      ...moved(20_000, 22_000),
      ...still(27_000, 33_000),
    ]);
    expect(ends.map((end) => end!.bornAt - AT)).toEqual([0, 20_000]);
  });

  it.each<[what: string, frames: VisitFrame[], config: VisitConfig | undefined]>([
    [
      'the source ends',
      [...moved(0, 1000), { at: AT + 1000, kind: 'end', regions: [], hasPicture: false }],
      GATE,
    ],
    ['it is read from its beginning again', [...moved(60_000, 61_000), ...moved(0, 200)], GATE],
  ])('ends when %s', (_what, frames, config) => {
    expect(tell(frames, config).ends).toHaveLength(1);
  });

  it('read again from its beginning, a source is looked at again', () => {
    const { looks } = tell([...moved(60_000, 61_000), ...moved(0, 1000)]);
    expect(between(looks, 0, 1000)).toBe(between(looks, 60_000, 61_000));
  });

  it('ends when the camera is to read no plates any more, once', () => {
    const { memory } = tell(moved(0, 1000));
    const next = moved(1000, 1200)[0]!;
    for (const config of [undefined, { ...GATE, enabled: false }, { ...GATE, view: 'street' as const }]) {
      const plan = planVisit(memory, next, config, [], []);
      expect(plan).toEqual({ memory: undefined, end: { bornAt: AT, looks: memory!.looks } });
      expect(planVisit(plan.memory, next, config, [], [])).toEqual({ memory: undefined });
    }
  });

  it('that never ends is cut into pieces, and goes on', () => {
    const { ends, looks } = tell(moved(0, 900_000));
    expect(ends.length).toBeGreaterThanOrEqual(2);
    expect(between(looks, 300_000, 330_000)).toBe(between(looks, 200_000, 230_000));
  });
});

describe('how often it looks', () => {
  it('often at first, then less, and never not at all while something moves', () => {
    const { looks } = tell(moved(0, 60_000));
    expect(between(looks, 0, 1500)).toBeGreaterThanOrEqual(4);
    expect(between(looks, 0, 8000)).toBeLessThanOrEqual(12 + 2);
    expect(between(looks, 30_000, 40_000)).toBeGreaterThanOrEqual(4);
    expect(between(looks, 30_000, 40_000)).toBeLessThanOrEqual(6);
  });

  it('once everything is read, seldom; as soon as something new is seen, often again', () => {
    const { looks } = tell(moved(0, 30_000), GATE, (ms) =>
      ms < 600
        ? []
        : ms < 20_000
          ? [read(0, ms, 'final')]
          : [read(0, 20_000, 'final'), read(20_000, ms, 'open')],
    );
    expect(between(looks, 5000, 15_000)).toBeLessThanOrEqual(7);
    expect(between(looks, 5000, 15_000)).toBeGreaterThanOrEqual(5);
    expect(between(looks, 20_500, 23_500)).toBeGreaterThanOrEqual(6);
  });

  it('what stands still and has been read is seen again within the passage window, for as long as it stands', () => {
    const hour = 3_600_000;
    const there = (ms: number) => [read(0, Math.min(ms, hour / 2), 'final')];
    const { looks } = tell([...moved(0, 2000), ...still(5000, hour)], GATE, there);
    const gaps = looks.filter((at) => at <= hour / 2).map((at, i, all) => at - (all[i - 1] ?? 0));
    expect(Math.max(...gaps)).toBeLessThan(60_000 / 2);
    expect(between(looks, 10_000, hour / 2)).toBeLessThan(100);
    // It has gone unnoticed: a minute later nobody looks any more.
    expect(between(looks, hour / 2 + 70_000, hour)).toBe(0);
  });

  it('nothing was read: nothing is looked at while nothing moves', () => {
    expect(between(tell([...moved(0, 2000), ...still(7000, 600_000)]).looks, 7000, 600_000)).toBe(0);
  });

  it('frames without a picture get no look', () => {
    const frames = moved(0, 4000).map((frame) => ({ ...frame, hasPicture: false }));
    expect(tell(frames).looks).toEqual([]);
  });
});

describe('what it looks at', () => {
  it('by turns the whole picture and what moves, with some room', () => {
    const region = unitBox(0.4, 0.4, 0.2, 0.3);
    const boxes = tell(moved(0, 2000, region)).plans.flatMap(({ glance }) => (glance ? [glance.box] : []));
    expect(boxes[0]).toEqual(WHOLE);
    expect(boxes[1]!.x).toBeLessThan(0.4);
    expect(boxes[1]!.x + boxes[1]!.width).toBeGreaterThan(0.6);
    expect(boxes[2]).toEqual(WHOLE);
  });

  it('what moves is the whole picture when it fills most of it', () => {
    const boxes = tell(moved(0, 2000, unitBox(0.1, 0.1, 0.8, 0.8))).plans.flatMap(
      ({ glance }) => glance ?? [],
    );
    expect(boxes.every(({ box }) => box === WHOLE)).toBe(true);
  });
});

describe('which cameras', () => {
  const AUTO: VisitConfig = { ...GATE, view: 'auto' };
  it.each<
    [
      what: string,
      config: VisitConfig,
      region: typeof LARGE,
      vehicle: typeof LARGE | undefined,
      looks: boolean,
    ]
  >([
    ['street: never', { ...GATE, view: 'street' }, LARGE, undefined, false],
    ['gate: whatever moves', GATE, SMALL, undefined, true],
    ['auto: something large', AUTO, LARGE, undefined, true],
    ['auto: something small is too far away', AUTO, SMALL, undefined, false],
    [
      'auto: a vehicle that is followed is looked at by itself',
      AUTO,
      LARGE,
      unitBox(0.2, 0.2, 0.6, 0.7),
      false,
    ],
    ['auto: beside a vehicle that is followed', AUTO, LARGE, unitBox(0.8, 0.2, 0.2, 0.7), true],
  ])('%s', (_what, config, region, vehicle, looks) => {
    const told = tell(moved(0, 2000, region), config, () => [], vehicle ? [vehicle] : []);
    expect(told.looks.length > 0).toBe(looks);
    if (vehicle && looks)
      expect(told.plans.find(({ glance }) => glance)?.glance?.vehicles).toEqual([vehicle]);
  });

  it('a gate where something stands when the camera begins is looked at', () => {
    expect(tell(still(0, 5000)).looks).toEqual([0]);
  });
});

it('the same frames give the same plan, looks are never nearer than everyMs, and the memory stays small', () => {
  const frame = fc.record({
    ms: fc.integer({ min: 20, max: 6000 }),
    kind: fc.constantFrom<VisitFrame['kind']>('moved', 'moved', 'moved', 'heartbeat'),
    region: fc.constantFrom(LARGE, SMALL),
    hasPicture: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(frame, { maxLength: 60 }), fc.constantFrom('auto', 'gate'), (steps, view) => {
      let at = AT;
      const frames = steps.map(({ ms, kind, region, hasPicture }) => ({
        ...{ at: (at += ms), kind, hasPicture, regions: kind === 'moved' ? [region] : [] },
      }));
      const config = { ...GATE, view: view as 'auto' };
      const story = tell(frames, config, (ms) => [read(0, ms, ms % 2 ? 'open' : 'final')]);
      expect(tell(frames, config, (ms) => [read(0, ms, ms % 2 ? 'open' : 'final')])).toEqual(story);
      story.looks
        .slice(1)
        .forEach((ms, i) => expect(ms - story.looks[i]!).toBeGreaterThanOrEqual(config.everyMs));
      expect(JSON.stringify(story.memory ?? {}).length).toBeLessThan(200);
      // Each visit ends once.
      expect(new Set(story.ends.map((end) => end!.bornAt)).size).toBe(story.ends.length);
    }),
    { numRuns: 200 },
  );
});
