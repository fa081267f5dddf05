import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { unitBox, type UnitBox } from '../../../src/domain/geometry.js';
import { InputError, PermanentError } from '../../../src/errors.js';
import { readPicture } from '../../../src/io/pictures/read-picture.js';
import { writePicture } from '../../../src/io/pictures.js';
import { findFaces, type FacesOptions } from '../../../src/main/commands/faces.js';

let folder: string;
let people: readonly UnitBox[] | undefined;
let failing: Error | undefined;
const printed: string[] = [];
const errors: string[] = [];
const PERSON = { label: 'person', score: 0.8, box: unitBox(0.2, 0.1, 0.3, 0.8) };

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'camqueue-'));
  people = failing = undefined;
  printed.length = errors.length = 0;
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** The command on real files; only the networks are told what to see. */
const run = (files: string[], options: FacesOptions = {}) =>
  findFaces(files, options, {
    faces: {
      find: async (_, given) => {
        if (failing) throw failing;
        people = given?.people;
        return [{ score: 0.98765, box: unitBox(0.25, 0.125, 0.1, 0.25) }];
      },
    },
    detectors: {
      get: async () => ({ network: 'n', labels: ['person'], detect: async () => [PERSON] }),
    },
    pictures: { read: readPicture, write: writePicture },
    print: (line) => printed.push(line),
    printError: (line) => errors.push(line),
  });

async function file(name: string): Promise<string> {
  const path = join(folder, name);
  const plain = sharp({ create: { width: 120, height: 80, channels: 3, background: '#888' } });
  writeFileSync(path, await plain.jpeg().toBuffer());
  return path;
}

it('prints one JSON line a picture, boxes in pixels, and looks where people are', async () => {
  const path = await file('a.jpg');
  expect(await run([path, path], { json: true })).toBe(0);
  expect(printed).toHaveLength(2);
  expect(JSON.parse(printed[0]!)).toEqual({
    file: path,
    width: 120,
    height: 80,
    faces: [{ score: 0.988, box: { x: 30, y: 10, width: 12, height: 20 } }],
    ms: expect.any(Number) as number,
  });
  expect(people).toEqual([PERSON.box]);
});

it('prints for people', async () => {
  await run([await file('a.jpg')]);
  expect(printed[0]).toMatch(/a\.jpg: 120x80, 1 face, \d+ ms$/);
  expect(printed[1]).toBe('  0.99  at 30,10  12x20');
});

it('draws into a folder that it makes', async () => {
  const drawn = join(folder, 'new/out');
  expect(await run([await file('a.jpg'), await file('a.jpg')], { draw: drawn })).toBe(0);
  expect(readdirSync(drawn).sort()).toEqual(['a-2.jpg', 'a.jpg']);
});

it('reports a picture that cannot be read and goes on', async () => {
  const broken = join(folder, 'b.jpg');
  writeFileSync(broken, 'no picture');
  expect(await run([broken, join(folder, 'none.jpg'), await file('a.jpg')], { json: true })).toBe(1);
  expect(printed).toHaveLength(1);
  expect(errors).toEqual([expect.stringContaining(broken), expect.stringContaining('none.jpg')]);
});

it('stops at once without its network, and without pictures', async () => {
  failing = new PermanentError('network faceboxes: is missing; run scripts/fetch-models.sh');
  await expect(run([await file('a.jpg')])).rejects.toThrow('is missing');
  await expect(run([])).rejects.toThrow(InputError);
});

it('refuses a --draw that is a file', async () => {
  const path = await file('a.jpg');
  await expect(run([path], { draw: path })).rejects.toThrow(/--draw is ".*": it must be a folder/);
});
