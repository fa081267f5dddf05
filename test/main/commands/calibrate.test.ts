import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import sharp from 'sharp';
import { calibrate } from '../../../src/main/commands/calibrate.js';
import { CLIP, PLAZA } from '../../support/clip-frames.js';

/** Nothing stops it. */
const never = () => new AbortController().signal;

let folder: string;
let printed: string[];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'camqueue-calibrate-'));
  printed = [];
  jest.spyOn(console, 'log').mockImplementation((line: string) => void printed.push(line));
});
afterEach(async () => {
  jest.restoreAllMocks();
  await rm(folder, { recursive: true, force: true });
});

async function cameras(...given: object[]): Promise<string> {
  const path = join(folder, 'cameras.yaml');
  await writeFile(path, JSON.stringify({ cameras: given }));
  return path;
}
const plaza = { id: 'plaza', source: resolve(CLIP), calibration: PLAZA };
const plain = { id: 'plain', source: resolve(CLIP) };

it('takes a picture from the camera, says what its calibration is worth, and draws the grid', async () => {
  const draw = join(folder, 'grid.png');
  expect(await calibrate({ cameras: await cameras(plaza, plain), draw, json: true }, never)).toBe(0);
  const report = JSON.parse(printed[0]!) as {
    camera: string;
    width: number;
    points: object[];
    places: object[];
  };
  expect(report).toMatchObject({ camera: 'plaza', width: 768, height: 576 });
  expect([report.points.length, report.places.length]).toEqual([4, 5]);
  expect(await sharp(await readFile(draw)).metadata()).toMatchObject({
    width: 768,
    height: 576,
    format: 'png',
  });
});

it('reads for people: a line a point, a line a depth, and that four points always fit', async () => {
  const picture = join(folder, 'street.jpg');
  await sharp({ create: { width: 400, height: 300, channels: 3, background: '#556' } }).toFile(picture);
  expect(await calibrate({ cameras: await cameras(plaza), id: 'plaza', picture })).toBe(0);
  expect(printed[0]).toMatch(/^plaza: 4 points on a picture of 400x300/);
  expect(printed[0]).toContain('Four points always fit');
  expect(printed[0]!.match(/±/g)).toHaveLength(10);
});

it.each([
  ['no such camera', { id: 'nobody' }, /there is no camera "nobody" in the camera file; it has plaza, plain/],
  [
    'no calibration',
    { id: 'plain' },
    /camera "plain" has no calibration; add calibration: .* \(these have one: plaza\)/,
  ],
  ['no picture there', { id: 'plaza', picture: '/nowhere/x.jpg' }, /x\.jpg: does not exist/],
  ['no video there', { id: 'plaza', video: '/nowhere/x.mp4' }, /x\.mp4 does not exist/],
  ['two pictures', { id: 'plaza', picture: 'a', video: 'b' }, /--picture and --video: give one of them/],
])('%s: a clear error', async (_, options, text) => {
  await expect(calibrate({ cameras: await cameras(plaza, plain), ...options }, never)).rejects.toThrow(text);
});

it('no camera is calibrated, or several are: says what to do', async () => {
  await expect(calibrate({ cameras: await cameras(plain) })).rejects.toThrow(
    /no camera of the file has a calibration: add/,
  );
  const two = await cameras(plaza, { ...plaza, id: 'square' });
  await expect(calibrate({ cameras: two })).rejects.toThrow(
    '--id: 2 cameras have a calibration; name one of plaza, square',
  );
});
