import type { Request, Response } from 'express';
import { z } from 'zod';
import type { Camera } from '../domain/camera.js';
import { CameraId } from '../domain/ids.js';
import type { Overlay } from '../domain/overlay.js';
import { sceneOverlay } from '../domain/scene.js';
import { cameraView } from './camera-view.js';
import type { ApiDeps } from './deps.js';
import { HttpError } from './http-error.js';
import { parse } from './parse.js';
import { param, type Route } from './route.js';

const PictureQuery = z.strictObject({
  overlay: z.enum(['0', '1']).default('0').describe('1: tracks, lines and zones drawn over the picture'),
  /** Pages add it to get past a picture the browser still shows. */
  t: z.string().optional(),
});

/** Cameras: status, counters, the latest picture. */
export function cameraRoutes(deps: ApiDeps): Route[] {
  const { states, cameras } = deps.ports;
  const now = deps.now ?? Date.now;
  const view = async (camera: Camera): Promise<object> =>
    cameraView(camera, await states.source(camera.id), await states.read(camera.id), now());
  return [
    {
      method: 'get',
      path: '/api/v1/cameras',
      role: 'viewer',
      summary: 'all cameras with status, frame accounting and line counters',
      handle: async (_req, res) => void res.json({ cameras: await Promise.all(cameras.all().map(view)) }),
    },
    {
      method: 'get',
      path: '/api/v1/cameras/:id',
      role: 'viewer',
      summary: 'one camera',
      handle: async (req, res) => void res.json(await view(cameraOf(deps, req))),
    },
    {
      method: 'get',
      path: '/api/v1/cameras/:id/latest.jpg',
      role: 'viewer',
      summary: 'the newest picture of a camera, about a second old at most',
      query: PictureQuery,
      produces: 'image/jpeg',
      handle: (req, res) => sendLatest(deps, req, res),
    },
  ];
}

async function sendLatest(deps: ApiDeps, req: Request, res: Response): Promise<void> {
  const camera = cameraOf(deps, req);
  const { overlay } = parse(PictureQuery, req.query);
  const latest = await deps.ports.frames.latest(camera.id);
  if (!latest) {
    const source = await deps.ports.states.source(camera.id);
    const why = source ? `its status is ${source.status}` : 'no sampler has opened it yet';
    throw new HttpError(404, 'no-picture', `camera ${camera.id} has given no picture yet: ${why}`);
  }
  const drawn = overlay === '1' ? await overlayOf(deps, camera) : undefined;
  const jpeg = await deps.ports.pictures.jpeg(latest.picture, drawn && { overlay: drawn });
  res
    .set('Last-Modified', new Date(latest.at).toUTCString())
    .set('X-Captured-At', new Date(latest.at).toISOString())
    .type('image/jpeg')
    .send(jpeg);
}

async function overlayOf({ ports }: ApiDeps, camera: Camera): Promise<Overlay | undefined> {
  const checkpoint = await ports.states.read(camera.id);
  return checkpoint && sceneOverlay(checkpoint.scene, { ...camera, timeZone: ports.cameras.site.timeZone });
}

function cameraOf({ ports }: ApiDeps, req: Request): Camera {
  const id = parse(CameraId, param(req, 'id'), 'id');
  const camera = ports.cameras.all().find((one) => one.id === id);
  if (!camera) throw new HttpError(404, 'no-such-camera', `the camera file has no camera "${id}"`, 'id');
  return camera;
}
