import type { AddressInfo } from 'node:net';
import type { Server } from 'node:http';
import express from 'express';
import sharp from 'sharp';
import { calibrationRoutes } from '../../src/api/calibration.js';
import type { ApiDeps } from '../../src/api/deps.js';
import { errorHandler } from '../../src/api/http-error.js';
import { createCameras, parseCameraFile } from '../../src/io/camera-file.js';
import { createMemoryFrameRing } from '../../src/io/memory/frame-ring.js';
import { createPictures } from '../../src/io/pictures.js';
import { PLAZA } from '../support/clip-frames.js';
import { silentLog } from '../support/test-queue.js';

const AT = Date.parse('2026-11-21T08:30:00Z');
const cameras = [
  { id: 'plaza', source: 'a.mp4', calibration: PLAZA },
  { id: 'young', source: 'a.mp4', calibration: PLAZA },
  { id: 'plain', source: 'b.mp4' },
];
const grey = {
  width: 640,
  height: 480,
  format: 'rgb24' as const,
  data: new Uint8Array(640 * 480 * 3).fill(90),
};

let server: Server;
let url: string;
beforeAll(async () => {
  const frames = createMemoryFrameRing({ ringBytes: 1e6 });
  await frames.putLatest('plaza', { at: AT, frame: 1, picture: grey });
  const file = parseCameraFile(JSON.stringify({ cameras }), 'cameras.yaml', {});
  const ports = { frames, pictures: createPictures(), cameras: createCameras(file) };
  const app = express();
  for (const route of calibrationRoutes({ ports } as unknown as ApiDeps))
    app[route.method](route.path, (req, res) => route.handle(req, res));
  app.use(errorHandler(silentLog));
  await new Promise<void>((ready) => (server = app.listen(0, '127.0.0.1', () => ready())));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/v1/cameras`;
});
afterAll(() => new Promise((closed) => server.close(closed)));

it('tells residuals, metres a pixel and the errors to be expected', async () => {
  const answer = (await (await fetch(`${url}/plaza/calibration`)).json()) as {
    places: {
      metresPerPixel: { least: number; most: number };
      calibrationErrorPercent: number;
      speedErrorPercent: number;
    }[];
  };
  expect(answer).toMatchObject({
    cameraId: 'plaza',
    width: 640,
    height: 480,
    at: new Date(AT).toISOString(),
  });
  expect(answer).toMatchObject({
    points: PLAZA.points.map((point) => ({ ...point, residualM: 0, residualPx: 0 })),
  });
  expect(answer.places).toHaveLength(5);
  const far = answer.places.map(({ metresPerPixel }) => metresPerPixel.most);
  expect([...far].sort((a, b) => a - b)).toEqual(far);
  for (const { calibrationErrorPercent, speedErrorPercent } of answer.places)
    expect(speedErrorPercent).toBeGreaterThan(calibrationErrorPercent);
  // Without a picture so far it is told for the usual size.
  expect(await (await fetch(`${url}/young/calibration`)).json()).toMatchObject({ width: 1920, height: 1080 });
});

it('draws the grid and the points over the newest picture', async () => {
  const answer = await fetch(`${url}/plaza/calibration.jpg`);
  expect(answer.headers.get('content-type')).toBe('image/jpeg');
  const { data, info } = await sharp(Buffer.from(await answer.arrayBuffer()))
    .raw()
    .toBuffer({ resolveWithObject: true });
  expect([info.width, info.height]).toEqual([640, 480]);
  const colourAt = (x: number, y: number): number[] => [
    ...data.subarray((y * 640 + x) * 3, (y * 640 + x) * 3 + 3),
  ];
  // A mark is a ring about its point, of another colour than the grey ground; far off there is none.
  const [r, g, b] = colourAt(Math.round(0.72 * 640), Math.round(0.98 * 480)) as [number, number, number];
  expect(r - g).toBeGreaterThan(40);
  expect(b - g).toBeGreaterThan(20);
  for (const value of colourAt(630, 10)) expect(Math.abs(value - 90)).toBeLessThan(8);
});

it.each([
  ['plain/calibration', 404, 'no-calibration', 'camera plain has no calibration'],
  ['plain/calibration.jpg', 404, 'no-calibration', 'camera plain has no calibration'],
  ['young/calibration.jpg', 404, 'no-picture', 'camera young has given no picture yet'],
  ['nobody/calibration', 404, 'unknown-camera', 'nobody'],
])('%s: %s %s', async (path, status, code, text) => {
  const answer = await fetch(`${url}/${path}`);
  const { error } = (await answer.json()) as { error: { code: string; message: string } };
  expect([answer.status, error.message]).toEqual([status, expect.stringContaining(text)]);
  if (code !== 'unknown-camera') expect(error.code).toBe(code);
});
