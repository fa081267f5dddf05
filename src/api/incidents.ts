import type { Request } from 'express';
import { z } from 'zod';
import { Severity } from '../domain/alerting/config.js';
import { STORM, type Incident } from '../domain/alerting/incident.js';
import { CameraId } from '../domain/ids.js';
import type { IncidentFilter } from '../ports/alerting.js';
import type { ApiDeps } from './deps.js';
import { publicExport } from './export-view.js';
import { IncidentNumber, limitOf, rangeOf, Time } from './fields.js';
import { HttpError } from './http-error.js';
import {
  publicAlert,
  publicAuditEntry,
  publicDelivery,
  publicIncident,
  publicNote,
  publicPlan,
} from './incident-view.js';
import { parse } from './parse.js';
import { param, type Route } from './route.js';

const STATES = ['open', 'notified', 'acknowledged', 'resolved', 'expired'] as const;
/** Most alerts, messages and audit entries that come with one incident. */
const MOST_PARTS = 500;

const IncidentsQuery = z.strictObject({
  state: z
    .string()
    .transform((text) => text.split(','))
    .pipe(z.array(z.enum(STATES)).max(STATES.length))
    .optional()
    .describe('open, notified, acknowledged, resolved, expired; several with commas between'),
  camera: CameraId.optional(),
  kind: z.string().max(63).optional(),
  severity: Severity.optional(),
  from: Time.optional().describe('from this time on, by capture time of the first alert'),
  to: Time.optional().describe('before this time'),
  storm: z
    .union([z.literal('none'), IncidentNumber], 'must be the number of a storm, or none')
    .optional()
    .describe(
      'number of a storm: those gathered in it; none: without those gathered in storms, but for critical ones',
    ),
  before: IncidentNumber.optional().describe('number of the last incident of the page before'),
  limit: limitOf(200, 50),
});

/** What happened and wants somebody to react: looking at it. */
export function incidentRoutes({ ports }: ApiDeps): Route[] {
  const { incidents, snapshots } = ports;
  return [
    {
      method: 'get',
      path: '/api/v1/incidents',
      role: 'viewer',
      summary: 'incidents, newest first',
      query: IncidentsQuery,
      handle: async (req, res) => {
        const query = parse(IncidentsQuery, req.query);
        const found = await incidents.list(await filterOf(ports, query));
        const views = await publicIncidents(ports, found);
        res.json({ incidents: views, ...(found.length === query.limit && { next: found.at(-1)?.number }) });
      },
    },
    {
      method: 'get',
      path: '/api/v1/incidents/counts',
      role: 'viewer',
      summary: 'how many incidents are in each state, without those gathered in storms',
      handle: async (_req, res) => void res.json({ counts: await incidents.counts() }),
    },
    {
      method: 'get',
      path: '/api/v1/incidents/:number',
      role: 'viewer',
      summary: 'one incident with its alerts, messages, notes, plan and history; of a storm also its cameras',
      handle: async (req, res) => void res.json(await details(ports, await incidentOf(ports, req))),
    },
    {
      method: 'get',
      path: '/api/v1/incidents/:number/snapshot.jpg',
      role: 'viewer',
      summary: 'the picture of an incident',
      produces: 'image/jpeg',
      handle: async (req, res) => {
        const { number, snapshot } = await incidentOf(ports, req);
        const jpeg = snapshot === undefined ? undefined : await snapshots.get(snapshot);
        if (!jpeg)
          throw new HttpError(
            404,
            'no-picture',
            `incident #${number} has no picture, or it is no longer kept`,
          );
        res.type('image/jpeg').send(jpeg);
      },
    },
  ];
}

/** @throws HttpError 400 when the path names no number, 404 when there is no such incident */
export async function incidentOf(
  { incidents }: Pick<ApiDeps['ports'], 'incidents'>,
  req: Request,
): Promise<Incident> {
  const number = parse(IncidentNumber, param(req, 'number'), 'number');
  const incident = await incidents.byNumber(number);
  if (!incident) throw new HttpError(404, 'no-such-incident', `there is no incident #${number}`, 'number');
  return incident;
}

/** Several incidents as they leave the system, each with the number of the storm it was gathered in. */
export async function publicIncidents(
  { cameras, incidents }: Pick<ApiDeps['ports'], 'cameras' | 'incidents'>,
  found: readonly Incident[],
): Promise<object[]> {
  const stormIds = new Set(found.flatMap(({ stormId }) => stormId ?? []));
  const storms = await Promise.all(
    [...stormIds].map(async (id) => [id, (await incidents.get(id))?.number] as const),
  );
  const numbers = new Map(storms);
  const all = cameras.all();
  return found.map((one) => publicIncident(one, all, numbers.get(one.stormId ?? '')));
}

async function filterOf(
  { incidents }: Pick<ApiDeps['ports'], 'incidents'>,
  query: z.output<typeof IncidentsQuery>,
): Promise<IncidentFilter> {
  const { state, camera, kind, severity, storm, before, limit } = query;
  const gatherer = typeof storm === 'number' ? await incidents.byNumber(storm) : undefined;
  if (typeof storm === 'number' && gatherer?.kind !== STORM)
    throw new HttpError(404, 'no-such-storm', `there is no storm #${storm}`, 'storm');
  return {
    ...(state && { states: state }),
    ...(camera !== undefined && { cameraId: camera }),
    ...(kind !== undefined && { kind }),
    ...(severity !== undefined && { severity }),
    ...rangeOf(query),
    ...(gatherer && { stormId: gatherer.id }),
    ...(storm === 'none' && { isUngathered: true }),
    ...(before !== undefined && { before }),
    limit,
  };
}

async function details(ports: ApiDeps['ports'], incident: Incident): Promise<object> {
  const { incidents, deliveries, audit } = ports;
  const { id, kind } = incident;
  const [[view], alerts, sent, notes, history, clips, storm] = await Promise.all([
    publicIncidents(ports, [incident]),
    incidents.alerts({ incidentId: id, limit: MOST_PARTS }),
    deliveries.list({ incidentId: id, limit: MOST_PARTS }),
    incidents.notes(id),
    audit.list({ subject: `incident/${id}`, limit: MOST_PARTS }),
    ports.exports.list({ incident: incident.number, limit: MOST_PARTS }),
    kind === STORM ? incidents.storm(id) : undefined,
  ]);
  return {
    ...view,
    plan: publicPlan(incident),
    alertList: alerts.map(publicAlert),
    deliveries: sent.map(publicDelivery),
    notes: notes.map(publicNote),
    history: history.map(publicAuditEntry),
    exports: clips.map((row) => publicExport({ row })),
    ...(storm && {
      gathered: {
        incidents: storm.incidents,
        cameras: storm.cameras.map(({ cameraId, alerts: count }) => ({ camera: cameraId, alerts: count })),
      },
    }),
  };
}
