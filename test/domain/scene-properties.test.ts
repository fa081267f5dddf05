import * as fc from 'fast-check';
import { unitBox } from '../../src/domain/geometry.js';
import type { TracePoint } from '../../src/domain/events.js';
import {
  newScene,
  sceneCounters,
  step,
  type Observation,
  type SceneConfig,
  type SceneEvent,
} from '../../src/domain/scene.js';
import { crossings, play, render, scene, walker, type Actor, type Story } from '../support/scenes.js';

const config: SceneConfig = scene({
  lines: [
    { id: 'across', from: [0, 0.5], to: [1, 0.5] },
    { id: 'slanted', from: [0.3, 0.9], to: [0.6, 0.2] },
  ],
  zones: [
    {
      id: 'yard',
      polygon: [
        [0.4, 0.5],
        [0.9, 0.5],
        [0.9, 1],
        [0.4, 1],
      ],
      kind: 'watch',
      minDwellMs: 500,
    },
  ],
});

const place = fc.double({ min: 0.1, max: 0.9, noNaN: true });
const actor: fc.Arbitrary<Actor> = fc
  .tuple(
    place,
    place,
    place,
    place,
    fc.integer({ min: 0, max: 2000 }),
    fc.constantFrom('person', 'car', 'motorcycle'),
  )
  .map(([x1, y1, x2, y2, atMs, label]) => ({
    ...walker({ atMs, x: x1, y: y1 }, { atMs: atMs + 4000, x: x2, y: y2 }),
    label,
  }));
const story: fc.Arbitrary<Story> = fc
  .array(actor, { minLength: 1, maxLength: 5 })
  .map((actors) => ({ actors, lengthMs: 7000 }));
const frames = fc
  .tuple(story, fc.integer({ min: 1, max: 1e6 }), fc.constantFrom(5, 10, 25))
  .map(([told, seed, fps]) => render(told, { fps, lookMs: 200, missRate: 0.15, noise: 0.04, seed }));
const RUNS = { numRuns: 40 };

const shifted = (all: readonly Observation[], ms: number): Observation[] =>
  all.map((o) => ({ ...o, at: o.at + ms }));

const later = (event: SceneEvent, ms: number): SceneEvent => ({
  ...event,
  at: event.at + ms,
  ...(event.type === 'crossing' &&
    event.trace && { trace: event.trace.map(([x, y, at]): TracePoint => [x, y, at + ms]) }),
});

test('the hour of the day changes nothing', () => {
  fc.assert(
    fc.property(frames, fc.integer({ min: -1e10, max: 1e10 }), (all, ms) => {
      // Minutes of traffic are of the clock, and begin where it says.
      const seen = (frames: readonly Observation[]) =>
        play(frames, config).events.filter(({ type }) => type !== 'flow');
      expect(seen(shifted(all, ms))).toEqual(seen(all).map((event) => later(event, ms)));
    }),
    RUNS,
  );
});

test('a state that went through JSON goes on as if it had not, wherever the run is cut', () => {
  fc.assert(
    fc.property(frames, fc.array(fc.nat(200), { maxLength: 4 }), (all, cuts) => {
      const whole = play(all, config);
      let state = newScene();
      const events = [];
      const ends = [...cuts.map((cut) => cut % all.length), all.length].sort((a, b) => a - b);
      let from = 0;
      for (const to of ends) {
        const part = play(all.slice(from, to), config, JSON.parse(JSON.stringify(state)) as typeof state);
        events.push(...part.events);
        state = part.state;
        from = to;
      }
      expect(events).toEqual(whole.events);
      expect(JSON.stringify(state)).toBe(JSON.stringify(whole.state));
    }),
    RUNS,
  );
});

test('a mirrored picture counts the same things the other way', () => {
  const mirror = (o: Observation): Observation => ({
    ...o,
    detections: o.detections.map((d) => ({
      ...d,
      box: unitBox(1 - d.box.x - d.box.width, d.box.y, d.box.width, d.box.height),
    })),
  });
  // The line keeps its ends where they are on screen, so that left hand and right hand change places.
  const upright = scene({ lines: [{ id: 'line', from: [0.5, 1], to: [0.5, 0] }] });
  fc.assert(
    fc.property(frames, (all) => {
      const seen = crossings(play(all, upright).events).map((c) => [c.trackId, c.direction, c.class]);
      const inMirror = crossings(play(all.map(mirror), upright).events).map((c) => [
        c.trackId,
        c.direction === 'in' ? 'out' : 'in',
        c.class,
      ]);
      expect(inMirror).toEqual(seen);
    }),
    RUNS,
  );
});

test('a thing crosses a line to and fro in turns, and a line that nobody comes near not at all', () => {
  const lines = scene({
    lines: [
      { id: 'across', from: [0, 0.5], to: [1, 0.5] },
      { id: 'sky', from: [0, 0.03], to: [1, 0.03] },
    ],
  });
  fc.assert(
    fc.property(frames, (all) => {
      const seen = crossings(play(all, lines).events);
      expect(seen.filter(({ line }) => line === 'sky')).toEqual([]);
      const last = new Map<number, string>();
      for (const { trackId = 0, direction } of seen) {
        expect(direction).not.toBe(last.get(trackId));
        last.set(trackId, direction);
      }
    }),
    RUNS,
  );
});

test('ids grow and are never used again; counters are the sum of the events', () => {
  fc.assert(
    fc.property(frames, (all) => {
      let state = newScene();
      const gone = new Set<number>();
      let known = new Set<number>();
      const events = [];
      // The same film twice: the second reading begins earlier than the first ended.
      for (const observation of [...all, ...all]) {
        const next = step(state, observation, config);
        events.push(...next.events);
        const ids = new Set(next.state.tracks.map(({ id }) => id).filter((id) => id > 0));
        for (const id of ids) {
          expect(gone.has(id)).toBe(false);
          expect(id).toBeLessThanOrEqual(next.state.lastTrackId);
        }
        for (const id of known) if (!ids.has(id)) gone.add(id);
        expect(next.state.lastTrackId).toBeGreaterThanOrEqual(state.lastTrackId);
        known = ids;
        state = next.state;
      }
      for (const line of sceneCounters(state).lines) {
        const mine = crossings(events).filter((c) => c.line === line.id);
        expect([line.in, line.out]).toEqual([
          mine.filter((c) => c.direction === 'in').length,
          mine.filter((c) => c.direction === 'out').length,
        ]);
        const classes = Object.values(line.byClass);
        expect(classes.reduce((sum, c) => sum + c.in + c.out, 0)).toBe(mine.length);
      }
    }),
    RUNS,
  );
});

test('a state with 30 tracks, each with its way, is a checkpoint of less than 32 KB', () => {
  const crowd = Array.from({ length: 30 }, (_, i) =>
    walker(
      { atMs: 0, x: 0.05 + 0.03 * i, y: 0.3 + 0.02 * (i % 7) },
      { atMs: 6000, x: 0.06 + 0.03 * i, y: 0.6 + 0.05 * (i % 7) },
    ),
  );
  const { state } = play(
    render(
      { actors: crowd.map((a) => ({ ...a, width: 0.025, height: 0.1 })), lengthMs: 5000 },
      { fps: 10, lookMs: 200, missRate: 0.1, noise: 0.03, seed: 3 },
    ),
    scene(),
  );
  expect(state.tracks.length).toBeGreaterThanOrEqual(28);
  expect(JSON.stringify(state).length).toBeLessThan(32_000);
});
