import { Calibration } from '../../../src/domain/camera-fields/calibration.js';
import { Flow } from '../../../src/domain/camera-fields/counting.js';
import { judgeMinute, meanSpeed, settled } from '../../../src/domain/flow/judge.js';
import type { CongestionLevel } from '../../../src/domain/flow/minute.js';
import type { FlowSums } from '../../../src/domain/flow/moment.js';
import { type Observation, step, type SceneConfig, type SceneEvent } from '../../../src/domain/scene.js';
import {
  type Actor,
  boxOfActor,
  play,
  render,
  scene,
  type Seeing,
  START_AT,
  type Story,
} from '../../support/scenes.js';

const MINUTE = 60_000;
/** On a full minute. */
const startAt = Math.floor(START_AT / MINUTE) * MINUTE;
const SEEING: Seeing = { fps: 4, lookMs: 250, missRate: 0, noise: 0.01, seed: 7, startAt };
const flow = Flow.parse({ minutes: 2, vehicles: 3 });
const road = scene({ flow });

/** A car on its way from left to right in one of four lanes; it stands in the middle from one time to another. */
function car(lane: number, atMs: number, stands?: { readonly fromMs: number; readonly toMs: number }): Actor {
  const y = 0.3 + 0.17 * lane;
  const [x, fromMs, toMs] = [0.35 + 0.1 * lane, stands?.fromMs ?? 0, stands?.toMs ?? 0];
  return {
    ...{ label: 'car', width: 0.1, height: 0.1 },
    path: stands
      ? [
          { atMs, x: 0.06, y },
          { atMs: fromMs, x, y },
          { atMs: toMs, x, y },
          { atMs: toMs + 3000, x: 0.94, y },
        ]
      : [
          { atMs, x: 0.06, y },
          { atMs: atMs + 3000, x: 0.94, y },
        ],
  };
}

/** Cars that follow each other every four seconds in each lane. */
function stream(fromMs: number, toMs: number): Actor[] {
  const times = Array.from({ length: Math.floor((toMs - fromMs) / 4000) }, (_, i) => fromMs + i * 4000);
  return times.flatMap((atMs) => [0, 1, 2, 3].map((lane) => car(lane, atMs)));
}

/** Four cars that drive up, stand and drive on. */
function queue(fromMs: number, toMs: number): Actor[] {
  return [0, 1, 2, 3].map((lane) => car(lane, fromMs, { fromMs: fromMs + 3000, toMs }));
}

function congestion(events: readonly SceneEvent[]): string[] {
  return events.flatMap((e) =>
    e.type === 'congestion' ? [`${e.phase} ${e.level} after ${(e.at - startAt) / MINUTE} min`] : [],
  );
}

function minutes(events: readonly SceneEvent[]) {
  return events.flatMap((e) => (e.type === 'flow' ? [e] : []));
}

/** The frames of a story that a motion gate lets through: those in which something moves, and a heartbeat every 5 s. */
function filmed(story: Story): Observation[] {
  const placesAt = (ms: number): string =>
    JSON.stringify(story.actors.map((actor) => boxOfActor(actor, ms) ?? null));
  return render(story, SEEING).filter(({ at }) => {
    const ms = at - startAt;
    return ms % 5000 === 0 || placesAt(ms) !== placesAt(ms - 250);
  });
}

const playStory = (actors: readonly Actor[], lengthMs: number, config: SceneConfig = road) =>
  play(filmed({ actors, lengthMs }), config);

test('a queue builds, stands and dissolves: congestion begins once and ends once', () => {
  const actors = [
    ...stream(0, 2 * MINUTE),
    ...queue(2 * MINUTE, 6.1 * MINUTE),
    ...stream(6.2 * MINUTE, 9 * MINUTE),
  ];
  const { events, state } = playStory(actors, 9.2 * MINUTE);
  expect(congestion(events)).toEqual(['begin standstill after 4 min', 'end free after 8 min']);
  expect(minutes(events).map(({ level }) => level)).toEqual([
    ...['free', 'free', 'free', 'standstill', 'standstill', 'standstill', 'standstill', 'free', 'free'],
  ]);
  expect(JSON.parse(JSON.stringify(state))).toEqual(state);
  expect(JSON.stringify(state.flow).length).toBeLessThan(400);
});

it.each<[what: string, actors: Actor[], config: SceneConfig]>([
  [
    'a short stop',
    [...stream(0, MINUTE), ...queue(MINUTE, 2 * MINUTE), ...stream(2.1 * MINUTE, 5 * MINUTE)],
    road,
  ],
  ['a queue nobody asked about', queue(1000, 5 * MINUTE), scene()],
  [
    'a queue of which no alert is wanted',
    queue(1000, 5 * MINUTE),
    scene({ flow: { ...flow, alert: 'never' } }),
  ],
  ['fewer than it takes', queue(1000, 5 * MINUTE).slice(0, 2), road],
  [
    'a queue beside the zone that is judged',
    queue(1000, 5 * MINUTE),
    scene({
      flow: { ...flow, zone: 'bridge' },
      zones: [
        {
          id: 'bridge',
          polygon: [
            [0, 0],
            [1, 0],
            [1, 0.15],
          ],
          kind: 'watch',
          minDwellMs: 500,
        },
      ],
    }),
  ],
])('%s is no congestion', (_what, actors, config) => {
  expect(congestion(playStory(actors, 5.2 * MINUTE, config).events)).toEqual([]);
});

test('parked cars are no traffic, however many', () => {
  const parked = [0, 1, 2, 3].map((lane): Actor => {
    const [y, x] = [0.3 + 0.17 * lane, 0.2 + 0.1 * lane];
    return {
      label: 'car',
      width: 0.1,
      height: 0.1,
      path: [
        { atMs: 0, x, y },
        { atMs: 6 * MINUTE, x, y },
      ],
    };
  });
  const { events, state } = playStory(parked, 5.2 * MINUTE);
  expect(state.tracks).toHaveLength(4);
  expect([congestion(events), minutes(events)]).toEqual([[], []]);
});

test('a minute says how many were in view for how long, also where congestion is not judged', () => {
  const { events } = playStory(queue(0, 2 * MINUTE), 3.1 * MINUTE, scene());
  const [first, second, ...more] = minutes(events);
  expect(more.length).toBeLessThan(2);
  expect(first).toMatchObject({ at: startAt, watchedMs: MINUTE, level: 'free', metres: 0, measuredMs: 0 });
  expect(first!.presentMs['car']! / MINUTE).toBeGreaterThan(3.9);
  // Drove up for three seconds, then stood: some three lengths each.
  expect(first!.lengths).toBeGreaterThan(6);
  expect(second).toMatchObject({ watchedMs: MINUTE, presentMs: { car: 4 * MINUTE }, standingMs: 4 * MINUTE });
  expect(second!.lengths).toBe(0);
});

test('a camera without lines and flow sums nothing, and nothing in view makes no minute', () => {
  const quiet = playStory(stream(0, MINUTE), 2 * MINUTE, scene({ lines: [] }));
  expect([minutes(quiet.events), quiet.state.flow]).toEqual([[], undefined]);
  const empty = playStory([], 3 * MINUTE);
  expect([minutes(empty.events), empty.state.flow?.minuteAt]).toEqual([[], startAt + 3 * MINUTE]);
});

it.each([
  ['default heartbeats', undefined, 6000],
  ['heartbeats every half minute', { heartbeatMs: 30_000 }, 31_000],
])('blind time is not watched: %s', (_what, motion, mostMs) => {
  const config = { ...road, ...(motion && { motion: { ...motion } as SceneConfig['motion'] & object }) };
  const frames = filmed({ actors: queue(0, 30 * MINUTE), lengthMs: 12 * MINUTE });
  const seen = frames.filter(({ at }) => at - startAt < 90_000 || at - startAt >= 10 * MINUTE + 30_000);
  const { events } = play(seen, config);
  const watchedMs = minutes(events).reduce((sum, minute) => sum + minute.watchedMs, 0);
  // Up to 11:00 or 12:00 minutes are over; ten minutes of them were blind.
  expect(watchedMs - 90_000 - 90_000).toBeLessThanOrEqual(mostMs);
  expect(watchedMs).toBeGreaterThanOrEqual(90_000 + 30_000 + mostMs - 1000);
  expect(minutes(events).every((minute) => minute.watchedMs <= MINUTE)).toBe(true);
});

test('a source read again goes on: what was begun is ended once, minutes before the jump are kept', () => {
  const first = playStory(queue(0, 4.5 * MINUTE), 4.5 * MINUTE);
  expect(congestion(first.events)).toHaveLength(1);
  const again = filmed({ actors: stream(0, 4 * MINUTE), lengthMs: 4 * MINUTE });
  const second = play(again, road, first.state);
  expect(congestion(second.events)).toEqual(['end free after 2 min']);
  expect(minutes(second.events)[0]).toMatchObject({ at: startAt + 4 * MINUTE });
});

test('a clock put back by seconds loses no minute', () => {
  const frames = filmed({ actors: stream(0, 3.2 * MINUTE), lengthMs: 3.2 * MINUTE });
  const late = frames.map((frame) =>
    frame.at >= startAt + 61_000 ? { ...frame, at: frame.at - 5000 } : frame,
  );
  const { events } = play(late, road);
  expect(minutes(events).map(({ at }) => (at - startAt) / MINUTE)).toEqual([0, 1, 2]);
});

test('what was begun is ended when the camera is not asked about congestion any more', () => {
  const { state } = playStory(queue(0, 5 * MINUTE), 4 * MINUTE);
  const next = { at: startAt + 5 * MINUTE, frame: 9999, regions: [], detections: [] };
  for (const config of [scene(), scene({ lines: [] })])
    expect(step(state, next, config).events).toContainEqual(
      expect.objectContaining({ type: 'congestion', phase: 'end' }),
    );
});

const sums = (parts: Partial<FlowSums>): FlowSums => ({
  ...{
    watchedMs: MINUTE,
    presentMs: { car: 6 * MINUTE },
    standingMs: 0,
    lengths: 0,
    metres: 0,
    measuredMs: 0,
  },
  ...parts,
});
/** Six cars at so many lengths a second. */
const at = (lengthsASecond: number): FlowSums => sums({ lengths: 360 * lengthsASecond });
/** Six cars, all measured. */
const kmh = (speed: number): FlowSums => sums({ measuredMs: 6 * MINUTE, metres: speed * 100 });

it.each<[string, FlowSums, CongestionLevel, CongestionLevel]>([
  ['fast', at(3), 'free', 'free'],
  ['slower', at(1.9), 'free', 'dense'],
  ['slow', at(0.7), 'free', 'congested'],
  ['standing', at(0.1), 'free', 'standstill'],
  ['a little faster than slow', at(0.9), 'congested', 'congested'],
  ['a fifth faster than slow', at(0.97), 'congested', 'dense'],
  ['a little faster than dense', at(2.3), 'dense', 'dense'],
  ['much faster', at(2.5), 'congested', 'free'],
  ['40 km/h', kmh(40), 'free', 'free'],
  ['25 km/h', kmh(25), 'free', 'dense'],
  ['10 km/h', kmh(10), 'free', 'congested'],
  ['3 km/h', kmh(3), 'free', 'standstill'],
  ['few', sums({ presentMs: { car: 2 * MINUTE, person: 9 * MINUTE } }), 'free', 'free'],
  ['nothing in view', sums({ presentMs: {} }), 'standstill', 'free'],
])('%s: judged alone', (_what, minute, current, expected) => {
  expect(judgeMinute(minute, current, Flow.parse({}))).toBe(expected);
});

test('vehicles of unknown speed are taken to move like the others; where most are unknown there are no km/h', () => {
  // One stands, two of the five others are not measured: 100 m in three minutes, twice that for all.
  const some = sums({ standingMs: MINUTE, measuredMs: 4 * MINUTE, metres: 1500 });
  expect(meanSpeed(some).kmh).toBeCloseTo(30 * (5 / 6));
  expect(meanSpeed({ ...some, measuredMs: 3 * MINUTE }).kmh).toBeUndefined();
});

it.each<[CongestionLevel, CongestionLevel[], CongestionLevel]>([
  ['free', ['dense', 'dense'], 'dense'],
  ['free', ['congested', 'standstill', 'dense'], 'dense'],
  ['free', ['standstill', 'free'], 'free'],
  ['congested', ['free', 'dense'], 'dense'],
  ['congested', ['free', 'congested'], 'congested'],
  ['congested', ['standstill', 'free'], 'congested'],
])('from %s, minutes %j make it %s', (current, recent, expected) => {
  expect(settled(current, recent)).toBe(expected);
});

test('metres of a calibrated camera come from the speeds of its tracks', () => {
  // The picture is 40 m wide and 22.5 m high, seen from above.
  const calibration = Calibration.parse({
    points: [
      { at: [0, 0], ground: [0, 0] },
      { at: [1, 0], ground: [40, 0] },
      { at: [1, 1], ground: [40, 22.5] },
      { at: [0, 1], ground: [0, 22.5] },
    ],
  });
  // 35.2 m in 3 s: 42 km/h.
  const { events } = playStory(stream(0, 2 * MINUTE), 2.2 * MINUTE, { ...road, calibration });
  const [minute] = minutes(events);
  expect(minute!.measuredMs).toBeGreaterThan(MINUTE);
  expect((3600 * minute!.metres) / (minute!.measuredMs - minute!.standingMs)).toBeCloseTo(42.2, -1);
  expect(minute!.level).toBe('free');
});
