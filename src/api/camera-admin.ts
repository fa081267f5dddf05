import type { Request, Response } from 'express';
import { z } from 'zod';
import { Camera } from '../domain/camera.js';
import { CameraId } from '../domain/ids.js';
import { createSourceRule } from './allowed-source.js';
import { createCameraChanges, noSuchCamera } from './camera-changes.js';
import { testSources, type SourcesToTest } from './camera-test.js';
import { viewOf } from './cameras.js';
import type { ApiDeps } from './deps.js';
import { jsonBody } from './json-body.js';
import { parse } from './parse.js';
import { asker, param, type Route } from './route.js';

/** Largest camera, bytes: hundreds of polygons. */
const MAX_CAMERA_BYTES = 256 * 1024;

const CameraBody = Camera.describe(
  'the camera as in the camera file; its defaults and ${CAM…} references apply',
);
const TestBody = z
  .looseObject({ source: z.string(), transport: z.enum(['tcp', 'udp']).optional() })
  .describe('a camera, or only source and transport; nothing is kept');

/** Cameras by API: add, change, remove, switch off and on, test. */
export function cameraAdminRoutes(deps: ApiDeps): Route[] {
  const { catalogue, cameraStore: store, ports, now = Date.now } = deps;
  const rule = createSourceRule(deps.cameraHosts, () => catalogue.hosts());
  const changes = createCameraChanges({ catalogue, store, audit: ports.audit, rule, now });
  const test = testSources(deps);
  const body = jsonBody('the camera', MAX_CAMERA_BYTES);
  return [
    {
      method: 'post',
      path: '/api/v1/cameras',
      role: 'admin',
      summary: 'add a camera; samplers open it within seconds',
      body: CameraBody,
      status: 201,
      before: body,
      handle: async (req, res) => {
        const camera = await changes.add(req.body, asker(res).actor);
        res
          .status(201)
          .location(`/api/v1/cameras/${camera.id}`)
          .json(await viewOf(deps, camera));
      },
    },
    {
      method: 'put',
      path: '/api/v1/cameras/:id',
      role: 'admin',
      summary:
        'put another camera in place of one that was added here; a source sent as it is shown (***) stays as it is',
      body: CameraBody,
      before: body,
      handle: async (req, res) =>
        void res.json(await viewOf(deps, await changes.replace(idOf(req), req.body, asker(res).actor))),
    },
    {
      method: 'delete',
      path: '/api/v1/cameras/:id',
      role: 'admin',
      summary: 'remove a camera that was added here; what it recorded stays as long as everything does',
      status: 204,
      handle: async (req, res) => {
        await changes.remove(idOf(req), asker(res).actor);
        res.status(204).end();
      },
    },
    ...([true, false] as const).map((isEnabled): Route => ({
      method: 'post',
      path: `/api/v1/cameras/:id/${isEnabled ? 'enable' : 'disable'}`,
      role: 'operator',
      summary: isEnabled ? 'switch a camera on again' : 'switch a camera off, also one of the camera file',
      handle: async (req, res) => {
        const camera = await changes.setEnabled(idOf(req), isEnabled, asker(res).actor);
        res.json(await viewOf(deps, camera));
      },
    })),
    {
      method: 'post',
      path: '/api/v1/cameras/test',
      role: 'operator',
      summary: 'connect to a source that is not kept: codec, size, frame rate, picture',
      body: TestBody,
      before: body,
      handle: async (req, res) => {
        const given = parse(TestBody, req.body);
        await answer(res, changes.check({ id: 'test', ...given }), test);
      },
    },
    {
      method: 'post',
      path: '/api/v1/cameras/:id/test',
      role: 'operator',
      summary: 'connect to a camera: codec, size, frame rate, picture',
      handle: async (req, res) => {
        const id = idOf(req);
        const camera = ports.cameras.all().find((one) => one.id === id);
        if (!camera) throw noSuchCamera(id);
        await answer(res, camera, test);
      },
    },
  ];
}

async function answer(
  res: Response,
  camera: SourcesToTest,
  test: ReturnType<typeof testSources>,
): Promise<void> {
  const gone = new AbortController();
  res.once('close', () => gone.abort());
  res.json(await test(camera, gone.signal));
}

function idOf(req: Request): CameraId {
  return parse(CameraId, param(req, 'id'), 'id');
}
