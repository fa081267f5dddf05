import type { Request, RequestHandler, Response } from 'express';
import { z } from 'zod';
import {
  downloadLink,
  downloadText,
  DOWNLOAD_PURPOSE,
  readDownloadToken,
  type DownloadFile,
} from '../domain/export/download-token.js';
import { clipFileName } from '../domain/export/export-keys.js';
import type { Export, ExportResult } from '../ports/exports.js';
import type { ApiDeps } from './deps.js';
import { exportOf } from './exports.js';
import { iso } from './fields.js';
import { HttpError } from './http-error.js';
import { jsonBody } from './json-body.js';
import { parse } from './parse.js';
import { asker, param, type Route } from './route.js';
import { gone, sendObject, type SentObject } from './send-object.js';

const MAX_BODY_BYTES = 1024;
const DAY_S = 86_400;
/** A link of the storage itself lives this long: it is made anew each time that ours is opened. */
const DIRECT_S = 900;
const TYPES = { mp4: 'video/mp4', avi: 'video/x-msvideo', mkv: 'video/x-matroska' } as const;

const LinkBody = z.strictObject({
  file: z.enum(['clip', 'evidence']).default('clip').describe('evidence: the ZIP of its package'),
  expiresInS: z
    .number()
    .int()
    .min(60)
    .max(30 * DAY_S)
    .default(DAY_S)
    .describe('at most 30 days'),
});

/** What is in an export: to people who are logged in, and to whoever has a link. */
export function exportFileRoutes(deps: ApiDeps): Route[] {
  const { storage } = deps.ports;
  const send = (what: string, file: (row: Export, result: ExportResult) => SentObject): Partial<Route> => ({
    method: 'get',
    role: 'viewer',
    summary: what,
    handle: async (req, res) => {
      const row = await exportOf(deps, req);
      await sendObject(req, res, storage, file(row, resultOf(row)));
    },
  });
  const jpeg = 'image/jpeg' as const;
  return [
    {
      ...(send('the clip; one range of it can be asked for', (row, result) =>
        clipOf(deps, row, result),
      ) as Route),
      path: '/api/v1/exports/:id/clip',
      produces: 'video/mp4',
    },
    {
      ...(send('a picture from it', (_, { poster }) => ({ key: poster, type: jpeg })) as Route),
      path: '/api/v1/exports/:id/poster.jpg',
      produces: jpeg,
    },
    {
      ...(send('small pictures over its whole length in one', (_, { sprite }) => ({
        ...{ key: sprite.key, type: jpeg },
      })) as Route),
      path: '/api/v1/exports/:id/sprite.jpg',
      produces: jpeg,
    },
    {
      ...(send('what is in it, every gap, the hashes, who asked for it and why', (_, { manifest }) => ({
        ...{ key: manifest, type: 'application/json' },
      })) as Route),
      path: '/api/v1/exports/:id/manifest.json',
    },
    {
      method: 'post',
      path: '/api/v1/exports/:id/link',
      role: 'operator',
      summary: 'an address that gives the file without a login until it expires (default: 24 hours)',
      body: LinkBody,
      before: jsonBody('what the link is for', MAX_BODY_BYTES),
      handle: (req, res) => makeLink(deps, req, res),
    },
    {
      method: 'get',
      path: '/d/:token',
      role: 'open',
      summary: 'the file behind a link; one range of it can be asked for',
      produces: 'video/mp4',
      before: [quiet],
      handle: (req, res) => followLink(deps, req, res),
    },
  ];
}

/** @throws HttpError 409 while it is made, 410 when its files are gone */
function resultOf({ state, result, reason }: Export): ExportResult {
  if (state === 'done' && result) return result;
  if (state === 'expired') throw gone();
  const why = reason === undefined ? '' : `: ${reason}`;
  throw new HttpError(409, 'not-done', `the export is ${state}${why}`);
}

function clipOf({ ports }: ApiDeps, { request }: Export, { key, bytes, sha256 }: ExportResult): SentObject {
  const fileName = clipFileName(request, ports.cameras.site.timeZone);
  return { key, bytes, sha256, type: TYPES[request.format], fileName };
}

function fileOf(deps: ApiDeps, row: Export, file: DownloadFile): SentObject {
  const result = resultOf(row);
  if (file === 'clip') return clipOf(deps, row, result);
  const { evidence } = result;
  if (!evidence) throw new HttpError(404, 'no-evidence', 'the export was asked for without evidence', 'file');
  const name = clipFileName(row.request, deps.ports.cameras.site.timeZone);
  const fileName = name.replace(/\.\w+$/, '_evidence.zip');
  return { ...evidence, type: 'application/zip', fileName };
}

async function makeLink(deps: ApiDeps, req: Request, res: Response): Promise<void> {
  const { ports, now = Date.now } = deps;
  const { file, expiresInS } = parse(LinkBody, req.body);
  const row = await exportOf(deps, req);
  fileOf(deps, row, file);
  const { path, expiresAt } = downloadLink(ports.signer, row, { file, expiresInS, now: now() });
  await ports.audit.append({
    ...{ at: now(), actor: asker(res).actor, action: 'export.link', subject: `export/${row.id}` },
    detail: { file, expiresAt: iso(expiresAt) },
  });
  const base = deps.publicUrl?.replace(/\/+$/, '');
  res.status(201).json({ path, ...(base !== undefined && { url: base + path }), expiresAt: iso(expiresAt) });
}

async function followLink(deps: ApiDeps, req: Request, res: Response): Promise<void> {
  const { ports, now = Date.now } = deps;
  const token = readDownloadToken(param(req, 'token'));
  const row = token && (await ports.exports.get(token.id));
  if (
    !token ||
    !row ||
    !ports.signer.verify(DOWNLOAD_PURPOSE, downloadText(token, row.requestedAt), token.mark)
  )
    throw new HttpError(404, 'bad-link', 'this link is not valid; ask whoever sent it for another one');
  if (token.expiresAt <= now())
    throw new HttpError(410, 'link-expired', 'this link has expired; ask whoever sent it for another one');
  const file = fileOf(deps, row, token.file);
  const expiresInS = Math.min(DIRECT_S, Math.ceil((token.expiresAt - now()) / 1000));
  const direct = await ports.storage.link(file.key, {
    expiresInS,
    ...(file.fileName !== undefined && { fileName: file.fileName }),
  });
  if (direct !== undefined) return res.redirect(302, direct);
  await sendObject(req, res, ports.storage, file);
}

/** The address holds a secret: it is not kept, and no other site is told of it. */
const quiet: RequestHandler = (_req, res, next) => {
  res.set({
    'Cache-Control': 'no-store',
    'Referrer-Policy': 'no-referrer',
    'X-Robots-Tag': 'noindex, nofollow',
  });
  next();
};
