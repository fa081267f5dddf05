import sharp from 'sharp';
import type { Picture } from '../../../src/domain/picture.js';
import { driftBetween, structureOf, type Drift } from '../../../src/domain/speed/drift.js';
import { driftEffect } from '../../../src/domain/speed/drift-effect.js';
import { homographyOf } from '../../../src/domain/speed/homography.js';
import { viewKind } from '../../../src/domain/speed/still-view.js';
import { clipFrame, CLIP_SIZE, greyPicture, movedPicture, PLAZA } from '../../support/clip-frames.js';

const first = clipFrame(3);
/** Other people, half a minute later. */
const later = clipFrame(40);

const seenBy = (move: Parameters<typeof movedPicture>[1]): Picture => movedPicture(later, move);
const edited = async (work: (image: sharp.Sharp) => sharp.Sharp, from = later): Promise<Picture> => ({
  ...CLIP_SIZE,
  format: 'rgb24',
  data: await work(sharp(from.data, { raw: { ...CLIP_SIZE, channels: 3 } }))
    .removeAlpha()
    .raw()
    .toBuffer(),
});

const effectOf = (drift: Drift) => driftEffect(homographyOf(PLAZA, 4 / 3), drift);

it.each([
  ['nothing', {}],
  ['a shift of 1.5 %', { x: 0.015, y: -0.004 }],
  ['a shift of 6 %', { x: -0.05, y: 0.035 }],
  ['a shift of a fifth of the picture', { x: 0.2, y: 0.06 }],
  ['a turn', { turnDeg: 1.5, y: 0.01 }],
  ['a zoom', { zoom: 1.04 }],
])('sees %s in a picture with other people', (_, move) => {
  const drift = driftBetween(first, seenBy(move), [])!;
  const {
    x = 0,
    y = 0,
    turnDeg = 0,
    zoom = 1,
  } = move as { x?: number; y?: number; turnDeg?: number; zoom?: number };
  expect(Math.hypot(drift.shift.x - x, drift.shift.y - y)).toBeLessThan(0.003);
  expect(Math.abs(drift.turnDeg - turnDeg)).toBeLessThan(0.2);
  expect(Math.abs(drift.zoom - zoom)).toBeLessThan(0.004);
  expect(effectOf(drift).isMoved).toBe(Object.keys(move).length > 0);
});

it.each<[string, (image: sharp.Sharp) => sharp.Sharp]>([
  ['darker', (image) => image.linear(0.45, 5)],
  ['brighter and flatter', (image) => image.linear(0.6, 90)],
  ['noisy and blurred', (image) => image.blur(1.2)],
  [
    'a lorry before a third of it',
    (image) =>
      image.composite([
        {
          input: { create: { width: 300, height: 420, channels: 3, background: '#b33' } },
          left: 100,
          top: 120,
        },
      ]),
  ],
])('is not misled: %s', async (_, work) => {
  const drift = driftBetween(first, await edited(work), [])!;
  expect(drift).toBeDefined();
  expect(effectOf(drift)).toMatchObject({ isMoved: false });
});

it('a busy scene over its whole length stays where it is', () => {
  for (const seconds of [25, 75]) {
    const drift = driftBetween(first, clipFrame(seconds), [])!;
    expect(effectOf(drift)).toMatchObject({ isMoved: false });
  }
});

it('another scene is no drift, and a dark picture no scene', async () => {
  const turned = await edited((image) => image.flip().flop());
  expect(driftBetween(first, turned, [])).toBeUndefined();
  const dark = await edited((image) => image.linear(0.01, 0));
  expect(structureOf(dark, []).isEnough).toBe(false);
  expect(structureOf(later, []).isEnough).toBe(true);
  expect(
    structureOf(later, [
      [
        [0, 0],
        [1, 0],
        [1, 1],
        [0, 1],
      ],
    ]).blocks,
  ).toBe(0);
});

it('in infrared it is the same scene, of another kind', () => {
  expect(effectOf(driftBetween(first, greyPicture(later), [])!)).toMatchObject({ isMoved: false });
  expect([viewKind(first), viewKind(greyPicture(first)), viewKind(greyPicture(first, 0.3))]).toEqual([
    'light-colour',
    'light-grey',
    'dark-grey',
  ]);
});

it('what a move does to speeds: a shift along the road nothing where all is alike, near the horizon much', () => {
  const still = { zoom: 1, turnDeg: 0, sd: 0 };
  const none = driftEffect(homographyOf(PLAZA, 4 / 3), { ...still, shift: { x: 0, y: 0 } });
  expect(none).toMatchObject({ shift: expect.closeTo(0, 9) as number, isMoved: false });
  expect(none.speedShare).toBeLessThan(1e-9);
  const zoomed = driftEffect(homographyOf(PLAZA, 4 / 3), { ...still, zoom: 1.05, shift: { x: 0, y: 0 } });
  expect(zoomed.speedShare).toBeGreaterThan(0.05);
  expect(zoomed.isMoved).toBe(true);
  // A move that could be the measurement's own error is none.
  expect(
    driftEffect(homographyOf(PLAZA, 4 / 3), { ...still, sd: 0.01, shift: { x: 0.02, y: 0 } }).isMoved,
  ).toBe(false);
});
