import type { Request } from 'express';
import { z } from 'zod';
import { countsByLine, totalOf } from '../domain/counts.js';
import { dayAround } from '../domain/day-around.js';
import { publicEvent, type CameraEvent } from '../domain/events.js';
import { LONGEST_TRIP_MS, tripsOf, type TripStep } from '../domain/flow/trips.js';
import { CameraId, PartId } from '../domain/ids.js';
import type { EventStore } from '../ports.js';
import { noSuchCamera } from './camera-changes.js';
import { drawCrossing } from './crossing-svg.js';
import type { ApiDeps } from './deps.js';
import { iso, limitOf, rangeOf, Time } from './fields.js';
import { HttpError } from './http-error.js';
import { parse } from './parse.js';
import { param, type Route } from './route.js';
import { windowOf } from './window.js';

type Crossing = Extract<CameraEvent, { type: 'crossing' }>;
const time = Time.optional();
const window = {
  from: time.describe('from this capture time on; default: midnight of the site'),
  to: time.describe('before this time; default: the midnight to come'),
};

const CountsQuery = z.strictObject({ camera: CameraId.optional(), ...window });
const TripsQuery = z.strictObject({ camera: CameraId, ...window });
const CrossingsQuery = z.strictObject({
  camera: CameraId.optional(),
  line: PartId.optional(),
  direction: z.enum(['in', 'out']).optional(),
  class: z.string().min(1).max(64).optional(),
  from: time.describe('from this capture time on'),
  to: time.describe('before this time'),
  limit: limitOf(500, 50),
  after: z
    .string()
    .regex(/^\d{1,16}\..{1,200}$/, 'is no place in the answer; give the `next` of the page before')
    .optional(),
});

/** What crossed lines: sums, each count with its proof, and ways from line to line. */
export function countingRoutes({ ports, now = Date.now }: ApiDeps): Route[] {
  const { cameras, events, snapshots, pictures } = ports;
  const spanOf = (asked: { from?: string | undefined; to?: string | undefined }) => {
    const at = now();
    return windowOf(asked, { ...dayAround(at, cameras.site.timeZone), now: at });
  };
  const existing = async (req: Request): Promise<Crossing> => {
    const id = param(req, 'id');
    const event = await events.get(id);
    if (event?.type === 'crossing') return event;
    throw new HttpError(
      404,
      'no-such-crossing',
      `there is no crossing "${id}", or it is no longer kept`,
      'id',
    );
  };
  return [
    {
      method: 'get',
      path: '/api/v1/counts',
      role: 'viewer',
      summary: 'in and out by line and class',
      query: CountsQuery,
      handle: async (req, res) => {
        const asked = parse(CountsQuery, req.query);
        const chosen = cameras.all().filter(({ id }) => asked.camera === undefined || id === asked.camera);
        const span = spanOf(asked);
        const sums = await events.crossings({ ...(asked.camera && { cameraId: asked.camera }), ...span });
        // A camera that is gone has counts as long as its events are kept.
        if (asked.camera !== undefined && chosen.length === 0 && sums.length === 0)
          throw noSuchCamera(asked.camera);
        const counts = countsByLine(sums, chosen);
        res.json({ from: iso(span.from), to: iso(span.to), counts, total: totalOf(counts) });
      },
    },
    {
      method: 'get',
      path: '/api/v1/crossings',
      role: 'viewer',
      summary: 'each count, newest first: track, class, time, direction, speed, and the way it came',
      query: CrossingsQuery,
      handle: async (req, res) => {
        const filter = filterOf(parse(CrossingsQuery, req.query));
        const found = await events.list(filter);
        const last = found.at(-1);
        res.json({
          crossings: found.flatMap((event) => (event.type === 'crossing' ? [publicCrossing(event)] : [])),
          ...(found.length === filter.limit && last && { next: `${last.at}.${last.id}` }),
        });
      },
    },
    {
      method: 'get',
      path: '/api/v1/crossings/:id',
      role: 'viewer',
      summary: 'one count',
      handle: async (req, res) => void res.json(publicCrossing(await existing(req))),
    },
    {
      method: 'get',
      path: '/api/v1/crossings/:id/trace.svg',
      role: 'viewer',
      summary: 'its picture with the line and the way it came drawn in; without a picture the drawing alone',
      produces: 'image/svg+xml',
      handle: async (req, res) => {
        const crossing = await existing(req);
        const jpeg = crossing.snapshot === undefined ? undefined : await snapshots.get(crossing.snapshot);
        const line = cameras
          .all()
          .find(({ id }) => id === crossing.cameraId)
          ?.lines.find(({ id }) => id === crossing.line);
        const picture = jpeg && { jpeg, ...(await pictures.inspect(jpeg)) };
        res.type('image/svg+xml').send(drawCrossing(crossing, { line, picture }));
      },
    },
    {
      method: 'get',
      path: '/api/v1/trips',
      role: 'viewer',
      summary: 'ways from one line of a camera to the next (origin and destination), by class',
      query: TripsQuery,
      handle: async (req, res) => {
        const asked = parse(TripsQuery, req.query);
        if (!cameras.all().some(({ id }) => id === asked.camera)) throw noSuchCamera(asked.camera);
        const span = spanOf(asked);
        const early = { ...span, from: span.from - LONGEST_TRIP_MS };
        const trips = tripsOf(await stepsByTrack(events, asked.camera, early), span);
        res.json({ camera: asked.camera, from: iso(span.from), to: iso(span.to), trips });
      },
    },
  ];
}

/** What is searched for, from outside; also the command line's. @throws HttpError 400 for a window that is empty */
export function filterOf(
  asked: Partial<z.output<typeof CrossingsQuery>> & { readonly limit: number },
): Parameters<EventStore['list']>[0] {
  const { camera, line, direction, class: label, limit, after } = asked;
  const range = rangeOf(asked);
  if (range.from !== undefined && range.to !== undefined && range.from >= range.to)
    throw new HttpError(400, 'invalid', 'to: must be after from', 'to');
  const [at = '', ...id] = after?.split('.') ?? [];
  return {
    type: 'crossing',
    ...range,
    ...(camera !== undefined && { cameraId: camera }),
    ...(line !== undefined && { line }),
    ...(direction !== undefined && { direction }),
    ...(label !== undefined && { class: label }),
    ...(after !== undefined && { after: { at: Number(at), id: id.join('.') } }),
    limit,
  };
}

/** The event as it leaves the system, with where its proof is. */
export function publicCrossing(event: Crossing): object {
  return { ...publicEvent(event), drawn: `/api/v1/crossings/${encodeURIComponent(event.id)}/trace.svg` };
}

async function stepsByTrack(
  events: EventStore,
  cameraId: string,
  span: { from: number; to: number },
): Promise<Iterable<TripStep[]>> {
  const tracks = new Map<number, TripStep[]>();
  for await (const rows of events.eachCrossing({ cameraIds: [cameraId], ...span }))
    for (const row of rows) {
      const steps = tracks.get(row.trackId);
      if (steps) steps.push(row);
      else tracks.set(row.trackId, [row]);
    }
  return tracks.values();
}
