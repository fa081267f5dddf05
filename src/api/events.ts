import { z } from 'zod';
import { CameraEvent, publicEvent } from '../domain/events.js';
import { CameraId } from '../domain/ids.js';
import type { ApiDeps } from './deps.js';
import { HttpError } from './http-error.js';
import { parse } from './parse.js';
import { param, type Route } from './route.js';

const TYPES = CameraEvent.options.map((option) => option.shape.type.value);
const limit = z.coerce.number().int().min(1).max(1000).default(100);
const time = z.iso
  .datetime({
    offset: true,
    error: 'is no time; write ISO 8601 with a zone, for example 2026-11-21T08:30:00Z',
  })
  .optional();

const EventsQuery = z.strictObject({
  camera: CameraId.optional(),
  type: z.enum(TYPES).optional(),
  from: time.describe('from this time on, by capture time'),
  to: time.describe('before this time'),
  limit,
});
const AlertsQuery = z.strictObject({ camera: CameraId.optional(), limit });
const AuditQuery = z.strictObject({ subject: z.string().max(300).optional(), limit });

/** What happened (events), whom we told about it (alerts), and who did what here (audit trail). */
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
      summary: 'alerts, newest first, with those the cooldown suppressed',
      query: AlertsQuery,
      handle: async (req, res) => {
        const { camera, limit: most } = parse(AlertsQuery, req.query);
        const alerts = await ports.alerts.list({
          ...(camera !== undefined && { cameraId: camera }),
          limit: most,
        });
        res.json({
          alerts: alerts.map((alert) => ({
            ...publicEvent(alert),
            createdAt: new Date(alert.createdAt).toISOString(),
          })),
        });
      },
    },
    {
      method: 'get',
      path: '/api/v1/audit',
      role: 'admin',
      summary: 'who changed what, newest first',
      query: AuditQuery,
      handle: async (req, res) => {
        const { subject, limit: most } = parse(AuditQuery, req.query);
        const entries = await ports.audit.list({ ...(subject !== undefined && { subject }), limit: most });
        res.json({ entries: entries.map(publicEvent) });
      },
    },
  ];
}
