import type { Request, Response } from 'express';
import { z } from 'zod';
import { archive } from '../../jobs/archive/job.js';
import { Language } from '../domain/alerting/config.js';
import { archivePage } from '../domain/archive/render-page.js';
import type { ArchiveReport } from '../domain/archive/report.js';
import { CameraId } from '../domain/ids.js';
import { archiveReportLine, publicArchiveReport } from './archive-view.js';
import type { ApiDeps } from './deps.js';
import { limitOf, Time } from './fields.js';
import { HttpError } from './http-error.js';
import { jsonBody } from './json-body.js';
import { parse } from './parse.js';
import { asker, param, type Route } from './route.js';

const MAX_BODY_BYTES = 4 * 1024;

const ReportsQuery = z.strictObject({ limit: limitOf(200, 30) });
const PageQuery = z.strictObject({ language: Language.optional().describe('default: the site’s') });
const RunBody = z.strictObject({
  dryRun: z.boolean().default(false).describe('true: only say what would happen'),
  camera: CameraId.optional().describe('default: all'),
});
const RestoreBody = z.strictObject({
  camera: CameraId,
  from: Time,
  to: Time,
  days: z
    .number()
    .int()
    .min(1)
    .max(365)
    .default(7)
    .describe('so long they stay on the recordings’ disk; then they are only in cold storage again'),
});
const ScrubBody = z.strictObject({
  maxGb: z.number().positive().max(1e6).default(50).describe('so much is read at most'),
});

/** Old recordings in cold storage: what was done with them, and doing it now. */
export function archiveRoutes(deps: ApiDeps): Route[] {
  const { ports, now = Date.now } = deps;
  return [
    {
      method: 'get',
      path: '/api/v1/archive/reports',
      role: 'viewer',
      summary: 'what the archive did, newest first',
      query: ReportsQuery,
      handle: async (req, res) => {
        const found = await ports.archiveReports.list(parse(ReportsQuery, req.query));
        res.json({ reports: found.map(archiveReportLine) });
      },
    },
    {
      method: 'get',
      path: '/api/v1/archive/reports/:id',
      role: 'viewer',
      summary: 'one report: by camera, what failed and why, the oldest recording kept',
      handle: async (req, res) => void res.json(publicArchiveReport(await reportOf(deps, req))),
    },
    {
      method: 'get',
      path: '/api/v1/archive/reports/:id/report.html',
      role: 'viewer',
      summary: 'a report as a page to read and print',
      query: PageQuery,
      produces: 'text/html',
      handle: async (req, res) => {
        const { site } = ports.cameras;
        const { language = site.language } = parse(PageQuery, req.query);
        const about = { site, language, cameras: ports.cameras.all() };
        res.type('html').send(archivePage(await reportOf(deps, req), about));
      },
    },
    {
      method: 'post',
      path: '/api/v1/archive/run',
      role: 'operator',
      summary: 'move old recordings to cold storage and delete what is older than it is kept, now',
      body: RunBody,
      before: jsonBody('what is to be done', MAX_BODY_BYTES),
      handle: async (req, res) => {
        const { dryRun, camera } = parse(RunBody, req.body);
        const cameraId = camera !== undefined && { cameraId: camera };
        await enqueue(deps, res, { action: 'move', at: now(), dryRun, ...cameraId });
      },
    },
    {
      method: 'post',
      path: '/api/v1/archive/restore',
      role: 'operator',
      summary: 'bring recordings back from cold storage for some days',
      body: RestoreBody,
      before: jsonBody('what is to be restored', MAX_BODY_BYTES),
      handle: async (req, res) => {
        const { camera, days, ...given } = parse(RestoreBody, req.body);
        const [from, to] = [Date.parse(given.from), Date.parse(given.to)];
        if (to <= from) throw new HttpError(422, 'invalid', 'to: must come after from', 'to');
        await enqueue(deps, res, { action: 'restore', cameraId: camera, from, to, keepDays: days });
      },
    },
    {
      method: 'post',
      path: '/api/v1/archive/scrub',
      role: 'operator',
      summary: 'compare recordings with their hashes, those longest not looked at first, now',
      body: ScrubBody,
      before: jsonBody('what is to be looked at', MAX_BODY_BYTES),
      handle: async (req, res) => {
        const { maxGb } = parse(ScrubBody, req.body);
        await enqueue(deps, res, { action: 'scrub', at: now(), maxBytes: Math.round(maxGb * 1e9) });
      },
    },
  ];
}

async function reportOf({ ports }: ApiDeps, req: Request): Promise<ArchiveReport> {
  const id = param(req, 'id');
  const report = await ports.archiveReports.get(id);
  if (!report)
    throw new HttpError(404, 'no-such-report', `there is no report ${id}, or it is no longer kept`, 'id');
  return report;
}

/** The same wish while it is worked on is the same job; afterwards it is a new one. */
async function enqueue(
  { producer, ports, now = Date.now }: ApiDeps,
  res: Response,
  payload: z.input<(typeof archive)['payload']> & { readonly action: 'move' | 'restore' | 'scrub' },
): Promise<void> {
  const { actor } = asker(res);
  const { id, created } = await producer.enqueue(archive, payload, { origin: actor, again: true });
  const { action, ...detail } = payload;
  await ports.audit.append({
    ...{ at: now(), actor, action: `archive.${action}`, subject: `archive/${id}`, detail },
  });
  const href = `/api/v1/jobs/archive/${encodeURIComponent(id)}`;
  res.status(202).location(href).json({ id, queue: 'archive', created, href });
}
