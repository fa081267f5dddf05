import {
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  realpath,
  rename,
  rm,
  symlink,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InputError, NotReadyError, PermanentError } from '../../../src/errors.js';
import { noStorage, openStorage } from '../../../src/io/storage/open-storage.js';
import type { ObjectStore } from '../../../src/ports/storage.js';
import { mountSmallDisk, needsSmallDisk } from '../../support/small-disk.js';

const never = new AbortController().signal;
let base: string;
let dir: string;
let store: ObjectStore;
beforeEach(async () => {
  base = await realpath(await mkdtemp(join(tmpdir(), 'camqueue-folder-')));
  dir = join(base, 'store');
  store = await openStorage(dir, 'STORAGE_URL');
});
afterEach(() => rm(base, { recursive: true, force: true }));

async function keysOf(below = ''): Promise<string[]> {
  const keys: string[] = [];
  for await (const { key } of store.list(below)) keys.push(key);
  return keys;
}

it('lists thousands in the order of their keys, also where names and folders begin alike', async () => {
  const folder = join(dir, 'events');
  await mkdir(folder);
  for (let number = 0; number < 3000; number += 1) writeFileSync(join(folder, `${number}.jpg`), 'x');
  for (const key of ['a/b.mp4', 'a.mp4', 'a-b/c.mp4', 'a0.mp4', 'B.mp4'])
    await store.put(key, Buffer.from('x'));
  const keys = await keysOf();
  expect(keys).toHaveLength(3005);
  expect(keys).toEqual([...keys].sort());
});

it('never shows what is hidden, what is being written, links, and what no key can name', async () => {
  await writeFile(join(dir, '.node'), 'x');
  await mkdir(join(dir, '.trash'));
  await writeFile(join(dir, '.trash/a.mp4'), 'x');
  await writeFile(join(dir, 'with space.mp4'), 'x');
  await symlink(join(dir, '.node'), join(dir, 'link'));
  const seen: string[][] = [];
  const watched = async function* (): AsyncGenerator<Buffer> {
    yield Buffer.from('x');
    seen.push(await keysOf());
    yield Buffer.from('y');
  };
  await store.put('a.mp4', watched());
  expect([...seen, await keysOf()]).toEqual([[], ['a.mp4']]);
});

it('does not follow links out of its folder', async () => {
  const outside = join(base, 'outside');
  await mkdir(join(outside, 'x'), { recursive: true });
  await writeFile(join(outside, 'secret.txt'), 'secret');
  await symlink(outside, join(dir, 'out'));
  await symlink(join(outside, 'secret.txt'), join(dir, 'file.txt'));
  const calls: (() => Promise<unknown>)[] = [
    () => store.put('out/a.txt', Buffer.from('x')),
    () => store.put('out/x/y/z.txt', Buffer.from('x')),
    () => store.putFile('out/a.txt', __filename),
    () => store.read('out/secret.txt'),
    () => store.read('file.txt'),
    () => store.stat('file.txt'),
    () => store.sha256('file.txt'),
    () => store.remove('out/secret.txt'),
    () => store.removeBefore('out', Date.now() + 10_000, never),
  ];
  for (const call of calls) await expect(call()).rejects.toThrow(/link that leads out of/);
  expect(() => store.localPath('file.txt')).toThrow(PermanentError);
  expect((await readdir(outside)).sort()).toEqual(['secret.txt', 'x']);
  expect(await readdir(join(outside, 'x'))).toEqual([]);
  // Putting a file in the place of a link leaves what the link leads to.
  await store.put('file.txt', Buffer.from('mine'));
  expect(await readFile(join(outside, 'secret.txt'), 'utf8')).toBe('secret');
  expect(await readFile(join(dir, 'file.txt'), 'utf8')).toBe('mine');
});

it('follows links within it, and may be reached by one itself', async () => {
  await symlink(dir, join(base, 'by-link'));
  const linked = await openStorage(join(base, 'by-link'), 'STORAGE_URL');
  await linked.put('real/a.txt', Buffer.from('x'));
  await symlink(join(dir, 'real'), join(dir, 'alias'));
  expect(await linked.stat('alias/a.txt')).toMatchObject({ bytes: 1 });
  expect(linked.localPath('alias/a.txt')).toBe(join(dir, 'real/a.txt'));
});

it('takes a folder that is gone for a disk that is away, not for an empty one', async () => {
  await store.put('a.txt', Buffer.from('x'));
  await rename(dir, `${dir}-away`);
  const calls: (() => Promise<unknown>)[] = [
    () => store.put('b.txt', Buffer.from('x')),
    () => store.read('a.txt'),
    () => store.stat('a.txt'),
    () => store.sha256('a.txt'),
    () => store.remove('a.txt'),
    () => keysOf(),
    () => store.check(),
  ];
  for (const call of calls) await expect(call()).rejects.toThrow(NotReadyError);
  expect(await readdir(base)).toEqual(['store-away']);
  await rename(`${dir}-away`, dir);
  expect(await store.stat('a.txt')).toMatchObject({ bytes: 1 });
});

it('removes what a killed process left, and nothing else', async () => {
  await store.put('a/b/kept.mp4', Buffer.from('x'));
  const [old, young] = ['1', '2'].map((digit) =>
    join(dir, 'a/b', `.${digit.repeat(8)}-1111-1111-1111-${digit.repeat(12)}.tmp`),
  ) as [string, string];
  for (const path of [old, young, join(dir, 'a/.other')]) await writeFile(path, 'x');
  for (const path of [old, join(dir, 'a/.other'), join(dir, 'a/b/kept.mp4')]) await utimes(path, 1000, 1000);
  expect(await store.removeUnfinished('', Date.now() - 60_000, never)).toBe(1);
  expect((await readdir(join(dir, 'a/b'))).length).toBe(2);
  expect(await store.removeBefore('a', Date.now() + 60_000, never)).toBe(1);
  expect(await readdir(join(dir, 'a'))).toEqual(['.other']);
});

it('says so when a file is where a folder must be', async () => {
  await store.put('a', Buffer.from('x'));
  await expect(store.put('a/b', Buffer.from('x'))).rejects.toThrow(PermanentError);
  await store.put('c/d', Buffer.from('x'));
  await expect(store.put('c', Buffer.from('x'))).rejects.toThrow(PermanentError);
  expect(await keysOf()).toEqual(['a', 'c/d']);
});

needsSmallDisk()('on a disk that is full', () => {
  it('refuses what does not fit, keeps what was there, and leaves nothing behind', async () => {
    const disk = mountSmallDisk(2);
    try {
      const small = await openStorage(disk.folder, 'COLD_URL');
      await small.put('kept/a.bin', Buffer.from('before'));
      const large = join(base, 'large.bin');
      await writeFile(large, Buffer.alloc(4 * 1024 ** 2));
      const endless = async function* (): AsyncGenerator<Buffer> {
        for (;;) yield Buffer.alloc(300_000);
      };
      for (const put of [
        () => small.put('kept/a.bin', endless()),
        () => small.putFile('kept/a.bin', large),
        () => small.put('kept/a.bin', Buffer.alloc(1), { bytes: 10 ** 9 }),
        () => small.put('kept/a.bin', Buffer.alloc(4 * 1024 ** 2), { durable: false }),
      ])
        await expect(put()).rejects.toMatchObject({
          code: 'ENOSPC',
          message: expect.stringMatching(/^disk full: kept\/a\.bin does not fit on the disk of /) as string,
        });
      expect(await readdir(join(disk.folder, 'kept'))).toEqual(['a.bin']);
      expect(await small.stat('kept/a.bin')).toMatchObject({ bytes: 6 });
      expect((await small.space())?.totalBytes).toBe(2 * 1024 ** 2);
    } finally {
      disk.remove();
    }
  });
});

it('names the setting whose folder cannot be made', async () => {
  await writeFile(join(base, 'file'), 'x');
  const opening = openStorage(join(base, 'file/inner'), 'COLD_URL');
  await expect(opening).rejects.toThrow(InputError);
  await expect(opening).rejects.toThrow(/^COLD_URL: the folder .*file\/inner cannot be made/);
});

it('a storage that is not set up says which setting it needs', async () => {
  const none = noStorage('COLD_URL');
  expect(none.off).toMatch(/COLD_URL/);
  await expect(none.put('a', Buffer.from('x'))).rejects.toThrow(/set COLD_URL/);
  await expect(none.list('')[Symbol.asyncIterator]().next()).rejects.toThrow(PermanentError);
  await none.close();
});
