import type { Request, Response } from 'express';
import { z } from 'zod';
import { MANIFEST } from '../domain/evidence/manifest.js';
import { CameraId } from '../domain/ids.js';
import type { EvidencePackage } from '../ports/evidence.js';
import type { ApiDeps } from './deps.js';
import { pemBundle, publicPackage } from './evidence-view.js';
import { limitOf } from './fields.js';
import { HttpError } from './http-error.js';
import { parse } from './parse.js';
import { asker, param, type Route } from './route.js';
import { sendObject } from './send-object.js';

const ListQuery = z.strictObject({
  camera: CameraId.optional().describe('of one camera'),
  limit: limitOf(1000, 100),
});

/** Packages of evidence: what there is, what is in one, the ZIP, and the keys to verify them with. */
export function evidenceRoutes(deps: ApiDeps): Route[] {
  const { evidence } = deps.ports;
  return [
    {
      method: 'get',
      path: '/api/v1/evidence',
      role: 'viewer',
      summary: 'packages of evidence, newest first; number is the place in the chain of the camera',
      query: ListQuery,
      handle: async (req, res) => {
        const { camera, limit } = parse(ListQuery, req.query);
        const found = await evidence.list({ ...(camera !== undefined && { cameraId: camera }), limit });
        res.json({ packages: found.map(publicPackage) });
      },
    },
    {
      method: 'get',
      path: '/api/v1/evidence/keys',
      role: 'viewer',
      summary: 'public keys of this installation as PEM, for camqueue verify --key',
      produces: 'text/plain',
      handle: async (_req, res) => void res.type('text/plain').send(pemBundle(await evidence.publicKeys())),
    },
    {
      method: 'get',
      path: '/api/v1/evidence/:id',
      role: 'operator',
      summary: 'one package with its manifest: what is in it, where it is from, who asked for it and why',
      handle: async (req, res) => {
        const found = await packageOf(deps, req);
        res.json({ ...publicPackage(found), manifest: await manifestOf(deps, found) });
      },
    },
    {
      method: 'get',
      path: '/api/v1/evidence/:id/package.zip',
      role: 'operator',
      summary: 'the package as a ZIP; camqueue verify proves it. Each download is in the audit trail',
      produces: 'application/zip',
      handle: (req, res) => sendZip(deps, req, res),
    },
  ];
}

async function packageOf({ ports }: ApiDeps, req: Request): Promise<EvidencePackage> {
  const id = param(req, 'id');
  const found = await ports.evidence.get(id);
  if (!found) throw new HttpError(404, 'not-found', `there is no evidence "${id}"; see /api/v1/evidence`);
  return found;
}

async function manifestOf({ ports }: ApiDeps, { folder }: EvidencePackage): Promise<unknown> {
  const file = await ports.storage.read(`${folder}/${MANIFEST}`);
  if (!file) throw new HttpError(404, 'no-files', 'its manifest is no longer in the storage');
  const pieces: Uint8Array[] = [];
  for await (const piece of file as AsyncIterable<Uint8Array>) pieces.push(piece);
  return JSON.parse(Buffer.concat(pieces).toString());
}

async function sendZip(deps: ApiDeps, req: Request, res: Response): Promise<void> {
  const { ports, now = Date.now } = deps;
  const found = await packageOf(deps, req);
  const { id, cameraId, number, zip, manifestSha256 } = found;
  if (found.removedAt !== undefined)
    throw new HttpError(410, 'gone', `the files of this package were removed; its manifest is kept`);
  await ports.audit.append({
    ...{ at: now(), actor: asker(res).actor, action: 'evidence.download', subject: `evidence/${id}` },
    detail: { camera: cameraId, number, manifestSha256 },
  });
  await sendObject(req, res, ports.storage, {
    ...{ key: zip.key, bytes: zip.bytes, sha256: zip.sha256, type: 'application/zip' },
    fileName: `evidence-${cameraId}-${number}.zip`,
    whenGone: 'the ZIP is no longer in the storage',
  });
}
