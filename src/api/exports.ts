import type { Request, Response } from 'express';
import { z } from 'zod';
import { exportClip } from '../../jobs/export-clip/job.js';
import { removeExportFiles } from '../domain/export/remove-export-files.js';
import { CameraId } from '../domain/ids.js';
import type { Export } from '../ports/exports.js';
import type { ApiDeps } from './deps.js';
import { askForExport, estimateExport, ExportBody, requestOf } from './export-request.js';
import { exportNow, publicExport, type ExportNow } from './export-view.js';
import { IncidentNumber, limitOf } from './fields.js';
import { HttpError } from './http-error.js';
import { hasRole } from './identity.js';
import { jsonBody } from './json-body.js';
import { parse } from './parse.js';
import { asker, param, type Route } from './route.js';

const MAX_BODY_BYTES = 16 * 1024;
const REMOVE_MS = 60_000;
/** Nothing else is ever one; some databases refuse to look for anything. */
const EXPORT_ID = /^[a-z0-9-]{1,200}$/;
const STATES = ['waiting', 'running', 'done', 'failed', 'cancelled', 'expired'] as const;

const AskQuery = z.strictObject({
  dryRun: z
    .enum(['0', '1'])
    .default('0')
    .describe('1: only say what it would be: size, how, gaps, free room'),
});
const ListQuery = z.strictObject({
  camera: CameraId.optional(),
  incident: IncidentNumber.optional(),
  state: z.enum(STATES).optional(),
  after: z
    .string()
    .regex(/^\d{1,15}\.[a-z0-9-]{1,200}$/, 'must be the `next` of the page before')
    .optional(),
  limit: limitOf(200, 50),
});

/** Clips cut out of recordings: ask for one, see how far it is, cancel or remove it. */
export function exportRoutes(deps: ApiDeps): Route[] {
  return [
    {
      method: 'post',
      path: '/api/v1/exports',
      role: 'operator',
      summary: 'cut a stretch of time out of a camera’s recordings; the same wish again is the same export',
      query: AskQuery,
      body: ExportBody,
      before: jsonBody('the export', MAX_BODY_BYTES),
      handle: async (req, res) => {
        const { dryRun } = parse(AskQuery, req.query);
        const request = requestOf(parse(ExportBody, req.body));
        if (dryRun === '1') return void res.json(await estimateExport(deps, request));
        const { actor } = asker(res);
        await answer(deps, res, await askForExport(deps, request, { actor }), 202);
      },
    },
    {
      method: 'get',
      path: '/api/v1/exports',
      role: 'viewer',
      summary: 'exports, newest first; progress 0..1 and the time left of those that are being made',
      query: ListQuery,
      handle: (req, res) => list(deps, req, res),
    },
    {
      method: 'get',
      path: '/api/v1/exports/:id',
      role: 'viewer',
      summary: 'one export: state, progress, time left, why it failed, where its files are',
      handle: async (req, res) => answer(deps, res, await exportOf(deps, req), 200),
    },
    {
      method: 'delete',
      path: '/api/v1/exports/:id',
      role: 'operator',
      summary: 'cancel an export, or remove its files; one with evidence is removed by admins only',
      handle: (req, res) => remove(deps, req, res),
    },
  ];
}

/** @throws HttpError 404 */
export async function exportOf({ ports }: Pick<ApiDeps, 'ports'>, req: Request): Promise<Export> {
  const id = param(req, 'id');
  const row = EXPORT_ID.test(id) ? await ports.exports.get(id) : undefined;
  if (!row) throw new HttpError(404, 'no-such-export', 'there is no such export; see /api/v1/exports', 'id');
  return row;
}

/** An export with what its job knows of it. */
export async function viewOfExport(deps: Pick<ApiDeps, 'inspector' | 'now'>, row: Export): Promise<object> {
  return publicExport(await lookAtExport(deps, row));
}

/** The same, before it is written for people. */
export async function lookAtExport(
  { inspector, now = Date.now }: Pick<ApiDeps, 'inspector' | 'now'>,
  row: Export,
): Promise<ExportNow> {
  const isLive = row.state === 'waiting' || row.state === 'running';
  const job = isLive ? await inspector.job(exportClip.name, row.id) : undefined;
  return exportNow(row, job, now());
}

async function answer(deps: ApiDeps, res: Response, row: Export, status: number): Promise<void> {
  if (status === 202) res.location(`/api/v1/exports/${row.id}`);
  res.status(status).json(await viewOfExport(deps, row));
}

async function list(deps: ApiDeps, req: Request, res: Response): Promise<void> {
  const { camera, incident, state, after, limit } = parse(ListQuery, req.query);
  const [at = '', id = ''] = after?.split('.') ?? [];
  const rows = await deps.ports.exports.list({
    ...(camera !== undefined && { cameraId: camera }),
    ...(incident !== undefined && { incident }),
    ...(state !== undefined && { state }),
    ...(after !== undefined && { after: { at: Number(at), id } }),
    limit,
  });
  const last = rows.length === limit ? rows.at(-1) : undefined;
  res.json({
    exports: await Promise.all(rows.map((row) => viewOfExport(deps, row))),
    ...(last && { next: `${last.requestedAt}.${last.id}` }),
  });
}

async function remove(deps: ApiDeps, req: Request, res: Response): Promise<void> {
  const row = await exportOf(deps, req);
  const who = asker(res);
  if (row.result?.evidence && row.state === 'done' && !hasRole(who, 'admin'))
    throw new HttpError(403, 'forbidden', 'evidence is removed by people with the role admin only');
  await removeExport(deps, row, who.actor);
  res.status(204).end();
}

/** Cancels one that is being made, removes the files of one that is done. @throws HttpError 409 when it is over */
export async function removeExport(
  deps: Pick<ApiDeps, 'inspector' | 'now'> & {
    readonly ports: Pick<ApiDeps['ports'], 'exports' | 'evidence' | 'storage' | 'audit'>;
  },
  row: Export,
  actor: string,
): Promise<void> {
  const { ports, inspector, now = Date.now } = deps;
  const { id, state, result } = row;
  if (state === 'failed' || state === 'cancelled' || state === 'expired')
    throw new HttpError(409, 'is-over', `the export was ${state} before; nothing of it is kept`);
  // Before the deed: what was done and is not in the trail cannot be told later.
  await ports.audit.append({
    ...{ at: now(), actor, subject: `export/${id}`, detail: { was: state } },
    action: state === 'done' ? 'export.remove' : 'export.cancel',
  });
  await inspector.cancel(exportClip.name, id, actor);
  await ports.exports.ended(id, 'cancelled', `cancelled by ${actor}`, now());
  if (result?.evidence) await ports.evidence.removeFiles(result.evidence.id, AbortSignal.timeout(REMOVE_MS));
  await removeExportFiles(ports.storage, row);
  // One that was done in the meantime has lost its files now.
  await ports.exports.expired(id);
}
