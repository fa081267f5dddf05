import type { Incident } from '../domain/alerting/incident.js';
import { ExportRequest } from '../domain/export/request.js';
import { SYSTEM } from '../domain/ids.js';
import type { ApiDeps } from './deps.js';
import { askForExport } from './export-request.js';
import { viewOfExport } from './exports.js';
import { HttpError } from './http-error.js';
import { incidentOf } from './incidents.js';
import { asker, type Route } from './route.js';

/** Shown from before the first alert until after the last, ms. */
const AROUND_MS = 10_000;
const LONGEST_MS = 600_000;

/** The recording of what an incident is about. */
export function incidentClipRoutes(deps: ApiDeps): Route[] {
  const { now = Date.now } = deps;
  return [
    {
      method: 'post',
      path: '/api/v1/incidents/:number/clip',
      role: 'operator',
      summary:
        'export what the camera recorded, from 10 s before the first alert to 10 s after the last, at most 10 minutes',
      handle: async (req, res) => {
        const incident = await incidentOf(deps.ports, req);
        const request = clipOfIncident(incident, now());
        const { actor } = asker(res);
        const row = await askForExport(deps, request, { actor, incident: incident.number });
        res
          .status(202)
          .location(`/api/v1/exports/${row.id}`)
          .json(await viewOfExport(deps, row));
      },
    },
  ];
}

function clipOfIncident({ number, cameraId, firstAt, lastAt }: Incident, now: number): ExportRequest {
  if (cameraId === SYSTEM)
    throw new HttpError(409, 'no-camera', `incident #${number} is about no camera: there is nothing to see`);
  const from = Math.round(firstAt - AROUND_MS);
  const to = Math.round(Math.min(lastAt + AROUND_MS, from + LONGEST_MS, Math.max(now, firstAt + 1)));
  // What there is of it: an alarm is often just where a camera is lost.
  return ExportRequest.parse({ cameraId, from, to, partial: true, reason: `incident #${number}` });
}
