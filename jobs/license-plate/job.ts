import { z } from 'zod';
import { CameraId } from '../../src/domain/ids.js';
import { defineJob } from '../define.js';

const unit = z.number().min(0).max(1);
const UnitBox = z
  .strictObject({ x: unit, y: unit, width: unit, height: unit })
  .brand<'unit'>()
  .describe('unit coordinates of the whole picture');
const time = z.number().int().positive();
const track = { cameraId: CameraId, trackId: z.number().int().positive(), bornAt: time };

/** One look at one followed vehicle. */
const Look = z.strictObject({
  kind: z.literal('look'),
  ...track,
  /** Capture time, epoch ms. */
  at: time,
  frame: z.number().int().nonnegative(),
  /** Key of the pinned picture: the vehicle with some room around it. */
  pin: z.string().min(1).max(300),
  /** What the pinned picture shows, and where the vehicle is. */
  crop: UnitBox,
  box: UnitBox,
  class: z.string().min(1).max(40),
});

/** No more looks at a vehicle: it is gone, it stands, or its looks are used up. */
const Finish = z.strictObject({
  kind: z.literal('finish'),
  ...track,
  at: time,
  why: z.enum(['gone', 'still', 'looks', 'left-open']),
  /** How many looks were asked for: they are waited for … */
  looks: z.number().int().nonnegative(),
  /** … until then (wall clock, epoch ms): what has not been looked at by then has expired. */
  until: time,
});

const visit = { cameraId: CameraId, bornAt: time };

/** One look at what a camera shows as a whole, while something moves there (a visit). */
const GlanceAtPicture = z.strictObject({
  kind: z.literal('glance'),
  ...visit,
  at: time,
  frame: z.number().int().nonnegative(),
  /** Key of the pinned picture, and what it shows of the whole one. */
  pin: z.string().min(1).max(300),
  crop: UnitBox,
  /** Vehicles that are looked at by themselves: plates on them are left to those looks. */
  vehicles: z.array(UnitBox).max(50),
});

/** What a visit has shown until `at` is over: nothing moves any more, it has left, or nobody else has ended it. */
const VisitEnd = z.strictObject({
  kind: z.literal('visit-end'),
  ...visit,
  at: time,
  why: z.enum(['quiet', 'left', 'left-open']),
  looks: z.number().int().nonnegative(),
  until: time,
});

/** A whole picture handed in by another backend, or the newest one of a camera. */
const PictureGiven = z.strictObject({
  kind: z.literal('picture').default('picture'),
  picture: z
    .string()
    .regex(/^uploads\/\d{4}-\d{2}-\d{2}\/[a-z0-9]{16,64}$/, 'must be a key that POST /api/v1/pictures gave')
    .describe('key that POST /api/v1/pictures gave'),
  at: time.optional().describe('when it was taken, epoch ms; default: when it is read'),
});
const Latest = z.strictObject({
  kind: z.literal('latest').default('latest'),
  camera: CameraId.describe('read the newest picture of this camera'),
});

export type PlateLookPayload = z.output<typeof Look>;
export type PlateFinishPayload = z.output<typeof Finish>;
export type PlateGlancePayload = z.output<typeof GlanceAtPicture>;
export type PlateVisitEndPayload = z.output<typeof VisitEnd>;
export type PlatePicturePayload = z.output<typeof PictureGiven> | z.output<typeof Latest>;

/** Ids, keys, boxes and times: the text of a plate is in SQL only. */
export const licensePlate = defineJob({
  name: 'license-plate',
  summary: 'find and read plates on a vehicle or a picture, fuse what was seen of a vehicle, check lists',
  payload: z.union([Look, Finish, GlanceAtPicture, VisitEnd, PictureGiven, Latest], {
    error: 'must be {"picture": key of an upload}, {"camera": id}, or a look or finish of the system',
  }),
  externalPayload: z.union([PictureGiven, Latest], {
    error: 'must be {"picture": key that POST /api/v1/pictures gave} or {"camera": id}',
  }),
  jobId: (payload) => {
    if (payload.kind === 'picture') return payload.picture.replaceAll('/', '-');
    if (payload.kind === 'latest') return undefined;
    if (payload.kind === 'glance') return `${payload.cameraId}-visit-${payload.bornAt}-${payload.at}`;
    if (payload.kind === 'visit-end') {
      const { cameraId, bornAt, why, looks, at } = payload;
      return `${cameraId}-visit-${bornAt}-${why}-${why === 'quiet' ? looks : at}`;
    }
    const { cameraId, trackId, bornAt } = payload;
    const passage = `${cameraId}-${trackId}-${bornAt}`;
    return payload.kind === 'look'
      ? `${passage}-${payload.at}`
      : `${passage}-${payload.why}-${payload.looks}`;
  },
  timeoutMs: 30_000,
  attempts: 5,
  backoff: { firstMs: 500, maxMs: 10_000 },
  concurrency: 2,
  optional: true,
  example: { picture: 'uploads/2026-11-21/0123456789abcdef0123456789abcdef' },
});
