import { z } from 'zod';
import { CameraEvent, publicEvent } from '../domain/events.js';
import { CameraId } from '../domain/ids.js';
import type { ApiDeps } from './deps.js';
import { limitOf, Time } from './fields.js';
import { HttpError } from './http-error.js';
import { publicAlert } from './incident-view.js';
import { parse } from './parse.js';
import { param, type Route } from './route.js';

const TYPES = CameraEvent.options.map((option) => option.shape.type.value);
const limit = limitOf(1000, 100);
const time = Time.optional();

const EventsQuery = z.strictObject({
  camera: CameraId.optional(),
  type: z.enum(TYPES).optional(),
  from: time.describe('from this time on, by capture time'),
  to: time.describe('before this time'),
  limit,
});
const AlertsQuery = z.strictObject({ camera: CameraId.optional(), limit });

/** What happened (events), and what of it people should know (alerts). */
export function eventRoutes({ ports }: ApiDeps): Route[] {
  return [
    {
      method: 'get',
      path: '/api/v1/events',
      role: 'viewer',
      summary: 'events, newest first',
      query: EventsQuery,
      handle: async (req, res) => {
        const { camera, type, from, to, limit: most } = parse(EventsQuery, req.query);
        const events = await ports.events.list({
          ...(camera !== undefined && { cameraId: camera }),
          ...(type !== undefined && { type }),
          ...(from !== undefined && { from: Date.parse(from) }),
          ...(to !== undefined && { to: Date.parse(to) }),
          limit: most,
        });
        res.json({ events: events.map(publicEvent) });
      },
    },
    {
      method: 'get',
      path: '/api/v1/events/:id/snapshot.jpg',
      role: 'viewer',
      summary: 'the picture kept with an event',
      produces: 'image/jpeg',
      handle: async (req, res) => {
        const id = param(req, 'id');
        const event = await ports.events.get(id);
        if (!event) throw new HttpError(404, 'no-such-event', `there is no event "${id}"`, 'id');
        const jpeg = event.snapshot === undefined ? undefined : await ports.snapshots.get(event.snapshot);
        if (!jpeg)
          throw new HttpError(404, 'no-picture', `event "${id}" has no picture, or it is no longer kept`);
        res.type('image/jpeg').send(jpeg);
      },
    },
    {
      method: 'get',
      path: '/api/v1/alerts',
      role: 'viewer',
      summary:
        'alerts, newest first, each with its incident; with those suppressed by maintenance and the like, and why',
      query: AlertsQuery,
      handle: async (req, res) => {
        const { camera, limit: most } = parse(AlertsQuery, req.query);
        const alerts = await ports.incidents.alerts({
          ...(camera !== undefined && { cameraId: camera }),
          limit: most,
        });
        res.json({ alerts: alerts.map(publicAlert) });
      },
    },
  ];
}
