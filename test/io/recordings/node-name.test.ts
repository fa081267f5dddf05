import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { recordingsNode } from '../../../src/io/recordings/node-name.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'camqueue-node-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

it('stays with the folder; processes that begin at once agree; another folder has another', async () => {
  const own = join(folder, 'not/yet/there');
  const names = await Promise.all([1, 2, 3, 4, 5].map(() => recordingsNode(own)));
  expect(new Set(names).size).toBe(1);
  expect(names[0]?.startsWith(hostname().slice(0, 10))).toBe(true);
  expect(readdirSync(own)).toEqual(['.node']);
  expect(await recordingsNode(own)).toBe(names[0]);
  expect(await recordingsNode(folder)).not.toBe(names[0]);
});

it('is read where nothing can be written', async () => {
  writeFileSync(join(folder, '.node'), 'gate-house-1\n');
  expect(await recordingsNode(folder)).toBe('gate-house-1');
});

it('fails where no folder can be, and where the file holds something else, which it leaves alone', async () => {
  const file = join(folder, 'file');
  writeFileSync(file, 'x');
  await expect(recordingsNode(join(file, 'recordings'))).rejects.toMatchObject({ code: 'ENOTDIR' });
  writeFileSync(join(folder, '.node'), '');
  await expect(recordingsNode(folder)).rejects.toThrow('.node does not hold a name');
  expect(existsSync(join(folder, '.node')) && readFileSync(join(folder, '.node'), 'utf8')).toBe('');
});
