import * as fc from 'fast-check';
import { Camera } from '../../../src/domain/camera.js';
import { unitBox, type UnitBox } from '../../../src/domain/geometry.js';
import {
  endPlates,
  planPlates,
  withoutLooks,
  type PlateConfig,
  type PlatePlan,
} from '../../../src/domain/plates/look-plan.js';
import { newTrack, tidy, type Track } from '../../../src/domain/track.js';
import { newScene, step, type SceneState } from '../../../src/domain/scene.js';
import { CLEAR, render, scene, walker } from '../../support/scenes.js';

const AT = 1_795_251_600_000;
const HEIGHT = 720;
const YARD = {
  id: 'yard',
  polygon: [
    [0.5, 0],
    [1, 0],
    [1, 1],
    [0.5, 1],
  ] as [number, number][],
};

function config(plates: object = {}): PlateConfig {
  const camera = Camera.parse({ id: 'gate', source: 'x', zones: [YARD], plates });
  return { ...camera.plates!, zoneList: camera.zones };
}

function vehicle(box: UnitBox, over: Partial<Track> = {}, label = 'car', at = AT): Track {
  const track = newTrack({ label, score: 0.9, box }, 2, at, 0);
  return tidy({ ...track, id: 1, ...over });
}
const CAR = unitBox(0.3, 0.3, 0.25, 0.35);

const plan = (track: Track, plates: object = {}, heightPx: number | undefined = HEIGHT, at = AT): PlatePlan =>
  planPlates([track], [track], { at, heightPx }, config(plates));

describe('which vehicles get a look', () => {
  it.each<[what: string, looks: number, planned: () => PlatePlan]>([
    ['a car that is seen well', 1, () => plan(vehicle(CAR))],
    ['a motorcycle', 1, () => plan(vehicle(CAR, {}, 'motorcycle'))],
    ['a person', 0, () => plan(vehicle(CAR, {}, 'person'))],
    ['a class that was not asked for', 0, () => plan(vehicle(CAR), { classes: ['motorcycle'] })],
    ['what may be nothing', 0, () => plan(vehicle(CAR, { id: 0 }))],
    ['a car the detector did not see in this frame', 0, () => plan(vehicle(CAR, { seenAt: AT - 200 }))],
    [
      'a frame without a picture',
      0,
      () => planPlates([], [vehicle(CAR)], { at: AT, heightPx: undefined }, config()),
    ],
    ['a camera that reads no plates', 0, () => plan(vehicle(CAR), { enabled: false })],
    ['a car that is too small', 0, () => plan(vehicle(unitBox(0.3, 0.3, 0.12, 0.15)))],
    ['the same in a larger picture', 1, () => plan(vehicle(unitBox(0.3, 0.3, 0.12, 0.15)), {}, 1080)],
    [
      'the same where the camera wants it',
      1,
      () => plan(vehicle(unitBox(0.3, 0.3, 0.12, 0.15)), { minVehiclePx: 80 }),
    ],
    ['a car cut by the left border', 0, () => plan(vehicle(unitBox(0, 0.3, 0.25, 0.35)))],
    ['a car cut by the right border', 0, () => plan(vehicle(unitBox(0.75, 0.3, 0.25, 0.35)))],
    ['a car cut by the lower border', 0, () => plan(vehicle(unitBox(0.3, 0.65, 0.25, 0.35)))],
    ['a car whose top is cut', 1, () => plan(vehicle(unitBox(0.3, 0, 0.25, 0.35)))],
    ['a car that fills the picture', 1, () => plan(vehicle(unitBox(0, 0, 1, 1)))],
    ['a car outside the zone', 0, () => plan(vehicle(CAR), { zones: ['yard'] })],
    ['a car in the zone', 1, () => plan(vehicle(unitBox(0.6, 0.3, 0.25, 0.35)), { zones: ['yard'] })],
  ])('%s: %i', (_what, looks, planned) => {
    expect(planned().looks).toHaveLength(looks);
  });

  it('a plan names the track and where the vehicle is', () => {
    const [look] = plan(vehicle(CAR, { id: 7, bornAt: AT - 900 })).looks;
    expect(look).toMatchObject({ trackId: 7, bornAt: AT - 900, class: 'car' });
    expect(look!.box.x).toBeCloseTo(CAR.x, 3);
    expect(look!.box.height).toBeCloseTo(CAR.height, 3);
  });
});

/** Boxes one after the other, `everyMs` apart; which of them got a look, and what was finished. */
function drive(boxes: readonly UnitBox[], everyMs: number, plates: object = {}) {
  const looked: number[] = [];
  const finished: string[] = [];
  let before: readonly Track[] = [];
  boxes.forEach((box, i) => {
    const at = AT + i * everyMs;
    const earlier = before[0];
    const now = vehicle(box, { bornAt: AT, ...(earlier?.plate && { plate: earlier.plate }) }, 'car', at);
    const planned = planPlates(before, [{ ...now, seenAt: at }], { at, heightPx: HEIGHT }, config(plates));
    if (planned.looks.length > 0) looked.push(i * everyMs);
    finished.push(...planned.finishes.map(({ why, looks }) => `${why} ${looks}`));
    before = planned.tracks;
  });
  return { looked, finished, tracks: before };
}
const approach = (n: number): UnitBox[] =>
  Array.from({ length: n }, (_, i) => {
    const height = 0.2 + (0.5 * i) / n;
    return unitBox(0.3, 0.1, height * 0.7, height);
  });
const pass = (n: number): UnitBox[] =>
  Array.from({ length: n }, (_, i) => unitBox(0.05 + (0.6 * i) / n, 0.3, 0.25, 0.35));

describe('how often', () => {
  it('a vehicle that comes nearer is looked at every 250 ms, 12 times at most; then it is finished', () => {
    const { looked, finished } = drive(approach(40), 125);
    expect(looked.slice(0, 6)).toEqual([0, 250, 500, 750, 1000, 1250]);
    expect(looked).toHaveLength(12);
    expect(finished).toEqual(['looks 12']);
  });

  it('half of the looks are saved for a better view', () => {
    const { looked } = drive(pass(40), 125);
    expect(looked.slice(0, 6)).toEqual([0, 250, 500, 750, 1000, 1250]);
    expect(looked.slice(6, 9)).toEqual([1750, 2250, 2750]);
  });

  it('a view that is getting worse waits', () => {
    const { looked } = drive([...approach(40)].reverse(), 125);
    expect(looked[0]).toBe(0);
    expect(looked.slice(1).some((at, i) => at - looked[i]! >= 1000)).toBe(true);
    expect(looked.length).toBeLessThan(10);
  });

  it('what stands is looked at three times, then told once to be still', () => {
    const { looked, finished } = drive(
      Array.from({ length: 60 }, () => CAR),
      250,
    );
    expect(looked).toEqual([0, 1000, 2000]);
    expect(finished).toEqual(['still 3']);
  });

  it('what drives on after standing is looked at again, and told again when it stands', () => {
    const there = unitBox(0.35, 0.4, 0.3, 0.4);
    const still = (box: UnitBox, n: number): UnitBox[] => Array.from({ length: n }, () => box);
    const { looked, finished } = drive([...still(CAR, 20), ...still(there, 20)], 250);
    expect(looked).toEqual([0, 1000, 2000, 5000]);
    expect(finished).toEqual(['still 3', 'still 4']);
  });
});

describe('the end', () => {
  const looked = plan(vehicle(CAR)).tracks[0]!;

  it('a track that is gone finishes its passage, one that was never looked at does not', () => {
    const never = vehicle(CAR, { id: 2 });
    const { finishes } = planPlates([looked, never], [], { at: AT + 200, heightPx: undefined }, config());
    expect(finishes).toEqual([{ trackId: 1, bornAt: AT, why: 'gone', looks: 1 }]);
  });

  it('also when the camera reads no plates any more', () => {
    const { finishes } = planPlates([looked], [], { at: AT + 200, heightPx: HEIGHT }, undefined);
    expect(finishes).toHaveLength(1);
  });

  it('the end of a source finishes all, and nothing is looked at after it', () => {
    const ended = endPlates([looked, vehicle(CAR, { id: 2 })]);
    expect(ended.finishes.map(({ trackId }) => trackId)).toEqual([1]);
    const later = { ...ended.tracks[0]!, seenAt: AT + 5000 };
    expect(plan(later, {}, HEIGHT, AT + 5000).looks).toEqual([]);
  });

  it('a settled passage gets no more looks, and is finished when the track ends', () => {
    const settled = { ...withoutLooks(looked), seenAt: AT + 5000 };
    expect(plan(settled, {}, HEIGHT, AT + 5000)).toMatchObject({ looks: [], finishes: [] });
    expect(planPlates([settled], [], { at: AT + 5200, heightPx: HEIGHT }, config()).finishes).toHaveLength(1);
  });
});

/** The road of the handler: step, then plan, then the scene with what its tracks remember. */
function ride(frames: ReturnType<typeof render>) {
  const all = config({ minVehiclePx: 20 });
  let state: SceneState = newScene();
  const plans: { frame: number; looks: PlatePlan['looks']; finishes: PlatePlan['finishes'] }[] = [];
  for (const observation of frames) {
    const before = state;
    const stepped = step(state, observation, scene()).state;
    const frame = { at: observation.at, heightPx: observation.looked ? HEIGHT : undefined };
    const planned = planPlates(before.tracks, stepped.tracks, frame, all);
    const again = planPlates(before.tracks, stepped.tracks, frame, all);
    expect(again).toEqual(planned);
    // What a checkpoint does to it.
    state = JSON.parse(JSON.stringify({ ...stepped, tracks: planned.tracks })) as SceneState;
    plans.push({ frame: observation.frame, looks: planned.looks, finishes: planned.finishes });
  }
  return { plans, state };
}

test('the same frames give the same plan; looks are counted, spaced and finished', () => {
  const place = fc.record({
    x: fc.double({ min: 0.2, max: 0.8, noNaN: true }),
    y: fc.double({ min: 0.5, max: 0.9, noNaN: true }),
  });
  fc.assert(
    fc.property(place, place, fc.integer({ min: 1, max: 1e6 }), (from, to, seed) => {
      const actor = {
        ...walker({ atMs: 0, ...from }, { atMs: 5000, ...to }),
        label: 'car',
        width: 0.2,
        height: 0.3,
      };
      const frames = render(
        { actors: [actor], lengthMs: 9000 },
        { ...CLEAR, noise: 0.02, missRate: 0.1, seed },
      );
      const { plans } = ride(frames);
      expect(ride(frames).plans).toEqual(plans);
      const byTrack = new Map<string, number[]>();
      for (const { frame, looks } of plans)
        for (const { trackId, bornAt } of looks) {
          const key = `${trackId}-${bornAt}`;
          byTrack.set(key, [...(byTrack.get(key) ?? []), frames[frame]!.at]);
        }
      for (const [key, times] of byTrack) {
        expect(times.length).toBeLessThanOrEqual(12);
        times.slice(1).forEach((at, i) => expect(at - times[i]!).toBeGreaterThanOrEqual(250));
        const gone = plans.flatMap(({ finishes }) => finishes).filter(({ why }) => why === 'gone');
        const mine = gone.filter(({ trackId, bornAt }) => `${trackId}-${bornAt}` === key);
        expect(mine.length).toBeLessThanOrEqual(1);
        for (const { looks } of mine) expect(looks).toBe(times.length);
      }
    }),
    { numRuns: 12 },
  );
});
