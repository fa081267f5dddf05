import { z } from 'zod';
import { CameraId } from '../domain/ids.js';
import type { ApiDeps } from './deps.js';
import { limitOf, rangeOf, Time } from './fields.js';
import { addHold, holdOfIncident, publicHold, releaseHold } from './hold-changes.js';
import { HttpError } from './http-error.js';
import { incidentOf } from './incidents.js';
import { jsonBody } from './json-body.js';
import { parse } from './parse.js';
import { asker, param, type Route } from './route.js';

const MAX_BODY_BYTES = 4 * 1024;
const Reason = z.string().trim().min(1).max(500);

const HoldsQuery = z.strictObject({
  camera: CameraId.optional(),
  active: z.enum(['true', 'false']).optional().describe('true: only those that hold; false: released ones'),
  from: Time.optional().describe('that touch the time from then'),
  to: Time.optional().describe('to then'),
  limit: limitOf(500, 100),
});
const HoldBody = z.strictObject({
  camera: CameraId,
  from: Time.describe('capture time'),
  to: Time.describe('may lie ahead'),
  reason: Reason,
});
const IncidentHoldBody = z.strictObject({ reason: Reason.optional().describe('default: the incident') });

/** Recordings that must not go: nothing deletes them, moves them or encodes them anew until somebody releases them. */
export function holdRoutes({ ports, now = Date.now }: ApiDeps): Route[] {
  return [
    {
      method: 'get',
      path: '/api/v1/holds',
      role: 'viewer',
      summary: 'holds on recordings, newest first',
      query: HoldsQuery,
      handle: async (req, res) => {
        const { camera, active, limit, ...given } = parse(HoldsQuery, req.query);
        const found = await ports.holds.list({
          ...(camera !== undefined && { cameraId: camera }),
          ...(active !== undefined && { active: active === 'true' }),
          ...rangeOf(given),
          limit,
        });
        res.json({ holds: found.map(publicHold) });
      },
    },
    {
      method: 'post',
      path: '/api/v1/holds',
      role: 'operator',
      summary: 'keep what is recorded in a stretch of time until the hold is released',
      body: HoldBody,
      status: 201,
      before: jsonBody('the hold', MAX_BODY_BYTES),
      handle: async (req, res) => {
        const { camera, from, to, reason } = parse(HoldBody, req.body);
        if (!ports.cameras.all().some(({ id }) => id === camera) && !(await hasRecorded(ports, camera)))
          throw new HttpError(422, 'no-such-camera', `camera: there is no camera "${camera}"`, 'camera');
        const wanted = { cameraId: camera, from: Date.parse(from), to: Date.parse(to), reason };
        const { hold, isNew } = await addHold(ports, wanted, asker(res).actor, now());
        res.status(isNew ? 201 : 200).json({ ...publicHold(hold), isNew });
      },
    },
    {
      method: 'delete',
      path: '/api/v1/holds/:id',
      role: 'admin',
      summary: 'release a hold: what it held goes its way again',
      handle: async (req, res) =>
        void res.json(publicHold(await releaseHold(ports, param(req, 'id'), asker(res).actor, now()))),
    },
    {
      method: 'post',
      path: '/api/v1/incidents/:number/hold',
      role: 'operator',
      summary: 'keep what was recorded of an incident, from a minute before it to a minute after it',
      body: IncidentHoldBody,
      status: 201,
      before: jsonBody('the hold', MAX_BODY_BYTES),
      handle: async (req, res) => {
        const { reason } = parse(IncidentHoldBody, req.body);
        const wanted = holdOfIncident(await incidentOf(ports, req), reason);
        const { hold, isNew } = await addHold(ports, wanted, asker(res).actor, now());
        res.status(isNew ? 201 : 200).json({ ...publicHold(hold), isNew });
      },
    },
  ];
}

/** A camera that was removed may have left recordings. */
async function hasRecorded({ recordings }: ApiDeps['ports'], cameraId: string): Promise<boolean> {
  return (await recordings.oldest()).some((one) => one.cameraId === cameraId);
}
