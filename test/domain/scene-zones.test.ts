import { unitBox, WHOLE } from '../../src/domain/geometry.js';
import { newScene, sceneOverlay, step, type SceneConfig, type SceneEvent } from '../../src/domain/scene.js';
import {
  CLEAR,
  crossings,
  play,
  render,
  scene,
  START_AT,
  walker,
  type Seeing,
  type Story,
} from '../support/scenes.js';

type Zone = SceneConfig['zones'][number];
const YARD: Zone = {
  id: 'yard',
  polygon: [
    [0.4, 0.3],
    [0.8, 0.3],
    [0.8, 0.95],
    [0.4, 0.95],
  ],
  kind: 'restricted',
  minDwellMs: 500,
};

function zoneEvents(
  story: Story,
  zones: Zone[],
  seeing: Seeing = CLEAR,
): Extract<SceneEvent, { type: 'zone' }>[] {
  return play(render(story, seeing), scene({ zones })).events.filter((event) => event.type === 'zone');
}
const phases = (story: Story, zone: Zone, seeing?: Seeing): string[] =>
  zoneEvents(story, [zone], seeing).map((e) => e.phase);

const THROUGH: Story = {
  lengthMs: 11_000,
  actors: [walker({ atMs: 0, x: 0.1, y: 0.7 }, { atMs: 10_000, x: 1, y: 0.7 })],
};

test('someone who walks through enters and exits once, with the time inside', () => {
  const [enter, exit, ...rest] = zoneEvents(THROUGH, [YARD]);
  expect(rest).toEqual([]);
  expect(enter).toMatchObject({
    zone: 'yard',
    zoneKind: 'restricted',
    phase: 'enter',
    class: 'person',
    trackId: 1,
  });
  expect(exit).toMatchObject({ phase: 'exit', trackId: 1 });
  // Inside from x = 0.4 (3333 ms) to 0.8 (7778 ms), less and more by the band at the edge and the dwell.
  expect(Math.abs(enter!.at - START_AT - 3333 - 500)).toBeLessThan(500);
  expect(Math.abs(exit!.dwellMs! - 4444)).toBeLessThan(900);
});

test.each<[string, Story, Partial<Zone>, string[]]>([
  ['a corner cut in less than the dwell', { ...THROUGH }, { minDwellMs: 6000 }, []],
  ['no dwell asked', THROUGH, { minDwellMs: 0 }, ['enter', 'exit']],
  ['another class', THROUGH, { classes: ['car'] }, []],
  ['its own class', THROUGH, { classes: ['car', 'person'] }, ['enter', 'exit']],
  ['a zone to be ignored', THROUGH, { kind: 'ignore' }, []],
  [
    'walking along outside',
    { lengthMs: 9000, actors: [walker({ atMs: 0, x: 0.35, y: 0.3 }, { atMs: 8000, x: 0.35, y: 0.95 })] },
    {},
    [],
  ],
  [
    'gone while inside',
    { lengthMs: 12_000, actors: [walker({ atMs: 0, x: 0.1, y: 0.7 }, { atMs: 6000, x: 0.6, y: 0.7 })] },
    {},
    ['enter', 'exit'],
  ],
])('%s', (_, story, parts, expected) => {
  expect(phases(story, { ...YARD, ...parts })).toEqual(expected);
});

test('jitter on the edge for a minute enters at most once and does not flutter', () => {
  const story = {
    lengthMs: 60_000,
    actors: [walker({ atMs: 0, x: 0.402, y: 0.7 }, { atMs: 60_000, x: 0.402, y: 0.7 })],
  };
  for (const seed of [1, 2, 3, 4, 5, 6]) {
    expect(phases(story, YARD, { fps: 10, lookMs: 200, missRate: 0.2, noise: 0.04, seed })).toEqual([
      'enter',
    ]);
  }
});

test("a zone is armed by its schedule in the site's time zone, and lets go when it is disarmed", () => {
  // START_AT is Tuesday 2023-11-14 22:13:20 UTC, Wednesday 05:13:20 in Ho Chi Minh City.
  const inside = {
    lengthMs: 60_000,
    actors: [walker({ atMs: 0, x: 0.5, y: 0.7 }, { atMs: 60_000, x: 0.55, y: 0.7 })],
  };
  const run = (schedule: string): [string, number][] =>
    play(render(inside, CLEAR), scene({ zones: [{ ...YARD, schedule }], timeZone: 'Asia/Ho_Chi_Minh' }))
      .events.filter((e) => e.type === 'zone')
      .map((e) => [e.phase, e.at - START_AT]);
  expect(run('sat,sun')).toEqual([]);
  expect(run('05:00-05:14').map(([phase]) => phase)).toEqual(['enter', 'exit']);
  expect(run('05:00-05:14')[1]![1]).toBe(40_000);
  const [entered, ...rest] = run('05:14-06:00');
  expect(entered![0]).toBe('enter');
  expect(entered![1]).toBeGreaterThanOrEqual(40_500);
  expect(rest).toEqual([]);
});

test('what stands in an ignore zone is not tracked', () => {
  const ignore: Zone = { ...YARD, kind: 'ignore' };
  const { state } = play(
    render(
      { lengthMs: 3000, actors: [walker({ atMs: 0, x: 0.6, y: 0.7 }, { atMs: 3000, x: 0.62, y: 0.7 })] },
      CLEAR,
    ),
    scene({ zones: [ignore] }),
  );
  expect(state.lastTrackId).toBe(0);
});

test('with include zones, only what stands in one of them is tracked', () => {
  const include: Zone = { ...YARD, kind: 'include' };
  const actors = [
    walker({ atMs: 0, x: 0.6, y: 0.7 }, { atMs: 3000, x: 0.62, y: 0.7 }),
    walker({ atMs: 0, x: 0.2, y: 0.7 }, { atMs: 3000, x: 0.22, y: 0.7 }),
  ];
  const { state } = play(render({ lengthMs: 3000, actors }, CLEAR), scene({ zones: [include] }));
  expect(state.tracks.map(({ motion }) => motion.x > 0.5)).toEqual([true]);
});

test('motion begins once, and ends when nothing has moved for ten seconds', () => {
  const story = {
    lengthMs: 30_000,
    actors: [
      walker({ atMs: 0, x: 0.3, y: 0.7 }, { atMs: 4000, x: 0.6, y: 0.7 }, { atMs: 30_000, x: 0.6, y: 0.7 }),
    ],
  };
  const motion = play(render(story, CLEAR), scene()).events.filter((e) => e.type === 'motion');
  expect(motion.map((e) => e.phase)).toEqual(['begin', 'end']);
  expect(Math.abs(motion[1]!.at - START_AT - 14_000)).toBeLessThan(1000);
});

test('a source that is read again ends what was there and keeps ids and counts', () => {
  const story = {
    lengthMs: 6000,
    actors: [walker({ atMs: 0, x: 0.6, y: 0.35 }, { atMs: 6000, x: 0.6, y: 0.8 })],
  };
  const frames = render(story, CLEAR);
  const config = scene({ zones: [YARD] });
  const { state, events } = play([...frames, ...frames], config);
  expect(crossings(events).map((c) => c.trackId)).toEqual([1, 2]);
  expect(state.lines['line']).toMatchObject({ in: 2, out: 0 });
  expect(events.filter((e) => e.type === 'zone').map((e) => [e.phase, e.trackId])).toEqual([
    ['enter', 1],
    ['exit', 1],
    ['enter', 2],
  ]);
});

test('a parked car that the detector does not look at is held, however long', () => {
  const car = {
    label: 'car',
    width: 0.2,
    height: 0.15,
    path: [
      { atMs: 0, x: 0.2, y: 0.8 },
      { atMs: 4000, x: 0.2, y: 0.8 },
    ],
  };
  let { state } = play(render({ lengthMs: 4000, actors: [car] }, CLEAR), scene());
  for (let i = 1; i <= 300; i++) {
    state = step(
      state,
      {
        at: START_AT + 4000 + i * 200,
        frame: 40 + 2 * i,
        regions: [],
        looked: unitBox(0.5, 0, 0.5, 0.6),
        detections: [],
      },
      scene(),
    ).state;
  }
  expect(state.tracks.map(({ id, misses }) => [id, misses])).toEqual([[1, 0]]);
  // Looked at and not there: it is given up.
  for (let i = 1; i <= 60; i++) {
    state = step(
      state,
      { at: START_AT + 64_000 + i * 200, frame: 640 + 2 * i, regions: [], looked: WHOLE, detections: [] },
      scene(),
    ).state;
  }
  expect(state.tracks).toEqual([]);
});

test('the overlay shows tracks by class and id, lines with their counts, zones with who is inside', () => {
  const frames = render(THROUGH, CLEAR).filter(({ at }) => at - START_AT <= 6000);
  const config = scene({ zones: [YARD], lines: [{ id: 'gate', from: [0.3, 1], to: [0.3, 0] }] });
  const { state } = play(frames, config);
  const overlay = sceneOverlay(state, config);
  expect(overlay.boxes).toEqual([expect.objectContaining({ label: 'person #1', kind: 'alert' })]);
  expect(overlay.lines).toEqual([{ from: { x: 0.3, y: 1 }, to: { x: 0.3, y: 0 }, label: 'gate in 1 out 0' }]);
  expect(overlay.polygons).toEqual([expect.objectContaining({ label: 'yard (1)', kind: 'restricted' })]);
  expect(sceneOverlay(newScene(), config).boxes).toEqual([]);
});
