import type { Request, Response } from 'express';
import type { Camera } from '../domain/camera.js';
import { calibrationReport } from '../domain/speed/calibration-report.js';
import { groundGrid } from '../domain/speed/ground-grid.js';
import { homographyOf } from '../domain/speed/homography.js';
import type { LatestFrame } from '../ports.js';
import { cameraOf } from './cameras.js';
import type { ApiDeps } from './deps.js';
import { HttpError } from './http-error.js';
import type { Route } from './route.js';

/** What a camera without pictures so far is taken to show: pixels of the report are of 1080 rows. */
const USUAL = { width: 1920, height: 1080 };

/** Calibrations: what they are worth, and their metre grid on the newest picture. */
export function calibrationRoutes(deps: ApiDeps): Route[] {
  return [
    {
      method: 'get',
      path: '/api/v1/cameras/:id/calibration',
      role: 'viewer',
      summary: 'residual of each measured point, metres per pixel and the error of speeds to be expected',
      handle: async (req, res) => {
        const { camera, calibration } = calibratedOf(deps, req);
        const latest = await deps.ports.frames.latest(camera.id);
        const { width, height } = latest?.picture ?? USUAL;
        const homography = homographyOf(calibration, width / height);
        res.json({
          ...{ cameraId: camera.id, width, height },
          ...(latest && { at: new Date(latest.at).toISOString() }),
          ...calibrationReport(homography, height),
        });
      },
    },
    {
      method: 'get',
      path: '/api/v1/cameras/:id/calibration.jpg',
      role: 'viewer',
      summary: 'the newest picture of a calibrated camera with the metre grid and the measured points',
      produces: 'image/jpeg',
      handle: (req, res) => sendGrid(deps, req, res),
    },
  ];
}

async function sendGrid(deps: ApiDeps, req: Request, res: Response): Promise<void> {
  const { camera, calibration } = calibratedOf(deps, req);
  const latest: LatestFrame | undefined = await deps.ports.frames.latest(camera.id);
  if (!latest)
    throw new HttpError(
      404,
      'no-picture',
      `camera ${camera.id} has given no picture yet: see that a sampler runs, or draw on a picture of your own with camqueue calibrate`,
    );
  const { width, height } = latest.picture;
  const overlay = groundGrid(homographyOf(calibration, width / height), camera.name ?? camera.id);
  const jpeg = await deps.ports.pictures.jpeg(latest.picture, { overlay });
  res.set('X-Captured-At', new Date(latest.at).toISOString()).type('image/jpeg').send(jpeg);
}

function calibratedOf(
  deps: ApiDeps,
  req: Request,
): { camera: Camera; calibration: NonNullable<Camera['calibration']> } {
  const camera = cameraOf(deps, req);
  if (!camera.calibration)
    throw new HttpError(
      404,
      'no-calibration',
      `camera ${camera.id} has no calibration; add calibration: { points: [{ at, ground }, …] } with at least four measured points to its settings`,
    );
  return { camera, calibration: camera.calibration };
}
