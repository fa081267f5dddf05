import type { Request, Response } from 'express';
import { z } from 'zod';
import type { Camera } from '../domain/camera.js';
import { CameraId } from '../domain/ids.js';
import type { Overlay } from '../domain/overlay.js';
import { sceneOverlay } from '../domain/scene.js';
import { noSuchCamera } from './camera-changes.js';
import { cameraView } from './camera-view.js';
import type { ApiDeps } from './deps.js';
import { withoutSecrets } from './hidden-addresses.js';
import { HttpError } from './http-error.js';
import { parse } from './parse.js';
import { param, type Route } from './route.js';

const PictureQuery = z.strictObject({
  overlay: z.enum(['0', '1']).default('0').describe('1: tracks, lines and zones drawn over the picture'),
  /** Pages add it to get past a picture the browser still shows. */
  t: z.string().optional(),
});

/** A camera with all that is known of it now. */
export async function viewOf({ ports, catalogue, now = Date.now }: ApiDeps, camera: Camera): Promise<object> {
  const { states } = ports;
  const [source, checkpoint] = await Promise.all([states.source(camera.id), states.read(camera.id)]);
  const { origin, switchedOffBy } = catalogue.about(camera.id) ?? {};
  return {
    ...cameraView(camera, source, checkpoint, now()),
    enabled: camera.enabled,
    ...(origin && { origin }),
    ...(switchedOffBy !== undefined && { reason: `switched off by ${switchedOffBy}` }),
    recording: camera.record?.mode ?? 'off',
  };
}

/** Cameras: status, counters, the latest picture. */
export function cameraRoutes(deps: ApiDeps): Route[] {
  const { cameras } = deps.ports;
  const view = (camera: Camera): Promise<object> => viewOf(deps, camera);
  return [
    {
      method: 'get',
      path: '/api/v1/cameras',
      role: 'viewer',
      summary: 'all cameras with status, frame accounting and line counters',
      handle: async (_req, res) => {
        const problem = deps.catalogue.problem();
        res.json({
          cameras: await Promise.all(cameras.all().map(view)),
          // What keeps the camera file as it is now, or a stored camera, from being in force.
          ...(problem !== undefined && { problem }),
        });
      },
    },
    {
      method: 'get',
      path: '/api/v1/cameras/:id',
      role: 'viewer',
      summary: 'one camera',
      handle: async (req, res) => {
        const camera = cameraOf(deps, req);
        const given = deps.catalogue.about(camera.id)?.given;
        res.json({ ...(await view(camera)), ...(given && { settings: withoutSecrets(given) }) });
      },
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
  if (!latest) throw await noPictureYet(deps, camera);
  const drawn = overlay === '1' ? await overlayOf(deps, camera) : undefined;
  const jpeg = await deps.ports.pictures.jpeg(latest.picture, drawn && { overlay: drawn });
  res
    .set('Last-Modified', new Date(latest.at).toUTCString())
    .set('X-Captured-At', new Date(latest.at).toISOString())
    .type('image/jpeg')
    .send(jpeg);
}

/** Says why there is none. */
export async function noPictureYet({ ports }: ApiDeps, { id }: Camera): Promise<HttpError> {
  const source = await ports.states.source(id);
  const why = source ? `its status is ${source.status}` : 'no sampler has opened it yet';
  return new HttpError(404, 'no-picture', `camera ${id} has given no picture yet: ${why}`);
}

async function overlayOf({ ports }: ApiDeps, camera: Camera): Promise<Overlay | undefined> {
  const checkpoint = await ports.states.read(camera.id);
  return checkpoint && sceneOverlay(checkpoint.scene, { ...camera, timeZone: ports.cameras.site.timeZone });
}

export function cameraOf({ ports }: ApiDeps, req: Request): Camera {
  const id = parse(CameraId, param(req, 'id'), 'id');
  const camera = ports.cameras.all().find((one) => one.id === id);
  if (!camera) throw noSuchCamera(id);
  return camera;
}
