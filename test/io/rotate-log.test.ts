import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { rotateLog } from '../../src/io/rotate-log.js';

let folder: string;
let log: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rotate-'));
  log = join(folder, 'x.log');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const rotated = async (): Promise<Record<string, string>> => {
  const names = await readdir(folder);
  const entries = names.map(async (name) => {
    const bytes = await readFile(join(folder, name));
    return [name, (name.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString()] as const;
  });
  return Object.fromEntries(await Promise.all(entries));
};

test('long ones are moved on and packed; the oldest goes', async () => {
  for (const text of ['first', 'second', 'third']) {
    await writeFile(log, text);
    expect(await rotateLog(log, 3, 2)).toBe(true);
  }
  await writeFile(log, 'now');
  expect(await rotateLog(log, 3, 2)).toBe(false);
  expect(await rotated()).toEqual({ 'x.log': 'now', 'x.log.1.gz': 'third', 'x.log.2.gz': 'second' });
});

test('one that a crash left unpacked is packed, and none is moved over it', async () => {
  await writeFile(`${log}.1`, 'left');
  await writeFile(log, 'long enough');
  expect(await rotateLog(log, 3, 2)).toBe(true);
  expect(await rotated()).toEqual({ 'x.log': 'long enough', 'x.log.1.gz': 'left' });
});

test('there is none', async () => {
  expect(await rotateLog(log, 3, 2)).toBe(false);
});
