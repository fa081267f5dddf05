import { z } from 'zod';
import { CameraId } from '../domain/ids.js';
import type { Maintenance } from '../ports/alerting.js';
import type { ApiDeps } from './deps.js';
import { iso, limitOf, Time } from './fields.js';
import { HttpError } from './http-error.js';
import { jsonBody } from './json-body.js';
import { parse } from './parse.js';
import { asker, param, type Route } from './route.js';

const MAX_BODY_BYTES = 4 * 1024;
/** Nobody is told of anything meanwhile: what is forgotten must not last. */
const LONGEST_MS = 30 * 86_400_000;

const MaintenanceQuery = z.strictObject({
  current: z.enum(['true', 'false']).default('false').describe('true: only what lasts, or is still to come'),
  limit: limitOf(1000, 100),
});
const MaintenanceBody = z.strictObject({
  camera: CameraId.optional().describe('default: the whole site'),
  from: Time.optional().describe('default: now'),
  to: Time.describe('at most 30 days after from'),
  reason: z.string().trim().min(1).max(300).optional(),
});

/** Times in which alerts are kept but tell nobody, because people work on a camera. */
export function maintenanceRoutes({ ports, now = Date.now }: ApiDeps): Route[] {
  const { maintenances, audit, cameras } = ports;
  return [
    {
      method: 'get',
      path: '/api/v1/maintenance',
      role: 'viewer',
      summary: 'maintenance, newest first',
      query: MaintenanceQuery,
      handle: async (req, res) => {
        const { current, limit } = parse(MaintenanceQuery, req.query);
        const at = now();
        const found = await maintenances.list({ ...(current === 'true' && { endsAfter: at }), limit });
        res.json({ maintenance: found.map((one) => publicMaintenance(one, at)) });
      },
    },
    {
      method: 'post',
      path: '/api/v1/maintenance',
      role: 'operator',
      summary: 'alerts of a camera, or of the whole site, tell nobody in this time; they are kept',
      body: MaintenanceBody,
      status: 201,
      before: jsonBody('the maintenance', MAX_BODY_BYTES),
      handle: async (req, res) => {
        const { camera, reason, ...given } = parse(MaintenanceBody, req.body);
        if (camera !== undefined && !cameras.all().some(({ id }) => id === camera))
          throw new HttpError(422, 'no-such-camera', `camera: there is no camera "${camera}"`, 'camera');
        const { from, to } = timesOf(given, now());
        const by = asker(res).actor;
        const about = {
          ...(camera !== undefined && { cameraId: camera }),
          ...(reason !== undefined && { reason }),
        };
        const begun = await maintenances.begin({ ...about, from, to, by });
        await audit.append({
          ...{ at: now(), actor: by, action: 'maintenance.begin', subject: `maintenance/${begun.id}` },
          detail: { ...about, from: iso(from), to: iso(to) },
          onceKey: `maintenance.begin/${begun.id}`,
        });
        res.status(201).json(publicMaintenance(begun, now()));
      },
    },
    {
      method: 'delete',
      path: '/api/v1/maintenance/:id',
      role: 'operator',
      summary: 'end a maintenance now',
      status: 204,
      handle: async (req, res) => {
        const id = parse(z.coerce.number().int().min(1), param(req, 'id'), 'id');
        const at = now();
        if (!(await maintenances.end(id, at)))
          throw new HttpError(
            404,
            'no-such-maintenance',
            `there is no maintenance ${id}, or it is over`,
            'id',
          );
        await audit.append({
          ...{ at, actor: asker(res).actor, action: 'maintenance.end', subject: `maintenance/${id}` },
          onceKey: `maintenance.end/${id}`,
        });
        res.status(204).end();
      },
    },
  ];
}

export function timesOf(
  given: { from?: string | undefined; to: string },
  now: number,
): { from: number; to: number } {
  const from = given.from === undefined ? now : Date.parse(given.from);
  const to = Date.parse(given.to);
  if (to <= from || to <= now)
    throw new HttpError(422, 'invalid', `to: ${iso(to)} must come after ${iso(Math.max(from, now))}`, 'to');
  if (to - from > LONGEST_MS)
    throw new HttpError(422, 'invalid', 'to: a maintenance may last 30 days at most', 'to');
  return { from, to };
}

export function publicMaintenance(one: Maintenance, now: number): object {
  const { id, cameraId, from, to, reason, by, endedAt } = one;
  return {
    id,
    ...(cameraId !== undefined && { camera: cameraId }),
    from: iso(from),
    to: iso(to),
    ...(reason !== undefined && { reason }),
    by,
    ...(endedAt !== undefined && { endedAt: iso(endedAt) }),
    isOn: endedAt === undefined && from <= now && now < to,
  };
}
