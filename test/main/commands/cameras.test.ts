import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { add, disable, list, remove, schema } from '../../../src/main/commands/cameras.js';
import { coverage } from '../../../src/main/commands/coverage.js';

let folder: string;
let options: { cameras: string; data: string; json: true };
let printed: string[];
beforeAll(async () => {
  // Short: the sockets of the embedded Redis are in it.
  folder = await mkdtemp(join(tmpdir(), 'cq-'));
  options = { cameras: join(folder, 'cameras.yaml'), data: join(folder, 'data'), json: true };
  await writeFile(options.cameras, 'cameras: []');
});
afterAll(() => rm(folder, { recursive: true, force: true }));
beforeEach(() => {
  printed = [];
  jest.spyOn(console, 'log').mockImplementation((line: string) => void printed.push(line));
  jest.spyOn(process.stderr, 'write').mockImplementation((line) => (printed.push(String(line)), true));
});
afterEach(() => jest.restoreAllMocks());

it('an installation without cameras gets one, switches it off, loses it; no password is printed', async () => {
  const file = join(folder, 'lane.yaml');
  await writeFile(file, 'id: lane-1\nsource: rtsp://u:hunter2@10.0.0.5/');
  expect(await list(options)).toBe(0);
  expect(printed).toEqual([]);
  expect(await add(file, options)).toBe(0);
  expect(await add(file, options)).toBe(1);
  expect(await disable('lane-1', options)).toBe(0);
  expect(await list(options)).toBe(0);
  expect(JSON.parse(printed.at(-1) ?? '')).toEqual({
    ...{ id: 'lane-1', origin: 'api', status: 'disabled', source: 'rtsp://***@10.0.0.5/' },
    reason: 'switched off by command line',
  });
  expect(await coverage(['lane-1'], options)).toBe(0);
  expect(JSON.parse(printed.at(-1) ?? '')).toMatchObject({ camera: 'lane-1', recording: { mode: 'off' } });
  expect(await remove('lane-1', options)).toBe(0);
  expect(await remove('lane-1', options)).toBe(1);
  expect(printed.join('\n')).not.toContain('hunter2');
});

it('mistakes are wrong usage', async () => {
  const file = join(folder, 'bad.yaml');
  await writeFile(file, 'id: lane-1\nsource: "rtsp://u:hunter2@h/"\nfps: 0');
  await expect(add(file, options)).rejects.toThrow(/camera lane-1: fps is 0/);
  await expect(add(join(folder, 'none'), options)).rejects.toThrow(/none cannot be read/);
  await expect(coverage(['nope'], options)).rejects.toThrow(/there is no camera "nope"/);
});

it('the JSON Schema knows every field an editor should complete, with a sentence', async () => {
  await schema();
  const { properties } = JSON.parse(printed.join('')) as {
    properties: { cameras: { items: { properties: Record<string, unknown>; required: string[] } } };
  };
  expect(properties.cameras.items.required).toEqual(['id', 'source']);
  expect(properties.cameras.items.properties['transport']).toMatchObject({
    enum: ['tcp', 'udp'],
    description: expect.stringContaining('RTSP') as string,
  });
});
