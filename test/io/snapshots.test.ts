import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { PermanentError } from '../../src/errors.js';
import { createSnapshotStore, snapshotsIn } from '../../src/io/snapshots.js';
import { openStorage } from '../../src/io/storage/open-storage.js';
import { startS3 } from '../support/s3.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'camqueue-snap-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

it('keeps bytes as they are, and the last ones written', async () => {
  const store = createSnapshotStore(join(folder, 'pictures'));
  const key = 'gate-1/2026-11-21/1795251600000-intrusion-7.jpg';
  expect(await store.get(key)).toBeUndefined();
  await store.put(key, Uint8Array.from([0, 255, 1]));
  await store.put(key, Uint8Array.from([9, 8]));
  expect(await store.get(key)).toEqual(Buffer.from([9, 8]));
  expect(await readdir(join(folder, 'pictures/gate-1/2026-11-21'))).toEqual([
    '1795251600000-intrusion-7.jpg',
  ]);
});

it('lies beside exports in a storage of its own, where it always lay', async () => {
  const storage = await openStorage(folder, 'STORAGE_URL');
  await snapshotsIn(storage).put('gate-1/a.jpg', Buffer.from('jpeg'));
  expect(await readdir(join(folder, 'snapshots/gate-1'))).toEqual(['a.jpg']);
  expect(await createSnapshotStore(join(folder, 'snapshots')).get('gate-1/a.jpg')).toEqual(
    Buffer.from('jpeg'),
  );
});

it('keeps and removes pictures in S3 as well', async () => {
  const s3 = await startS3();
  const storage = await openStorage(s3.address({ path: '/site-1' }), 'STORAGE_URL');
  try {
    const store = snapshotsIn(storage);
    await storage.put('exports/a.mp4', Buffer.from('film'));
    for (const key of ['events/a.jpg', 'events/b.jpg', 'plates/c.jpg'])
      await store.put(key, Buffer.from(key));
    await store.put('events/empty.jpg', Buffer.alloc(0));
    expect(await store.get('events/a.jpg')).toEqual(Buffer.from('events/a.jpg'));
    expect([await store.get('events/none.jpg'), await store.get('events/empty.jpg')]).toEqual([
      undefined,
      undefined,
    ]);
    await expect(store.get('../exports/a.mp4')).rejects.toThrow(PermanentError);
    const signal = AbortSignal.timeout(10_000);
    expect(await store.removeBefore('events', Date.now() + 10_000, signal)).toBe(3);
    expect(await store.get('plates/c.jpg')).toBeDefined();
    expect(await storage.stat('exports/a.mp4')).toBeDefined();
  } finally {
    await storage.close();
    await s3.close();
  }
});

it('shows a reader one whole picture or the other, never a part', async () => {
  const store = createSnapshotStore(folder);
  const pictures = [Buffer.alloc(200_000, 1), Buffer.alloc(300_000, 2)];
  await store.put('a.jpg', pictures[0]!);
  const writing = Promise.all(Array.from({ length: 20 }, (_, i) => store.put('a.jpg', pictures[i % 2]!)));
  for (let i = 0; i < 20; i += 1) {
    const read = await store.get('a.jpg');
    expect(pictures.some((picture) => read !== undefined && picture.equals(read))).toBe(true);
  }
  await writing;
  expect(await readdir(folder)).toEqual(['a.jpg']);
});

it.each([
  '',
  '.',
  '..',
  '../x.jpg',
  'a/../b',
  '/etc/passwd',
  'a//b',
  'a/',
  'a\\b',
  'a\0b',
  '.hidden',
  'a b',
  'é.jpg',
  `${'x'.repeat(201)}`,
  'a/'.repeat(200) + 'b',
])('refuses the key %j', async (key) => {
  const store = createSnapshotStore(folder);
  await expect(store.put(key, Buffer.from('x'))).rejects.toThrow(PermanentError);
  await expect(store.get(key)).rejects.toThrow(PermanentError);
});

it('never leaves its folder, whatever the key', async () => {
  const inner = join(folder, 'inner');
  const store = createSnapshotStore(inner);
  const part = fc.constantFrom('..', '.', '/', '\\', 'a', '%2e', '\0', '~', ':', '-');
  await fc.assert(
    fc.asyncProperty(fc.array(part, { maxLength: 6 }), async (parts) => {
      await store.put(parts.join(''), Buffer.from('x')).catch(() => undefined);
      expect((await readdir(folder)).filter((name) => name !== 'inner')).toEqual([]);
    }),
    { numRuns: 100 },
  );
});

it('takes a folder, a path through a file, and an empty file (power cut) as no picture', async () => {
  const store = createSnapshotStore(folder);
  await mkdir(join(folder, 'gate-1'));
  await writeFile(join(folder, 'empty.jpg'), '');
  expect(await store.get('gate-1')).toBeUndefined();
  expect(await store.get('empty.jpg/a.jpg')).toBeUndefined();
  expect(await store.get('empty.jpg')).toBeUndefined();
});

it('says so when the disk is full, and leaves nothing behind', async () => {
  const disk = join(folder, 'disk');
  await mkdir(disk);
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', disk], { stdio: 'pipe' });
  } catch (error) {
    process.stderr.write(`disk-full test skipped: no small disk can be mounted here (${String(error)})\n`);
    return;
  }
  try {
    const store = createSnapshotStore(disk);
    await expect(store.put('gate-1/a.jpg', Buffer.alloc(1_000_000))).rejects.toThrow(
      /^disk full: gate-1\/a.jpg/,
    );
    expect(await readdir(join(disk, 'gate-1'))).toEqual([]);
    await store.put('gate-1/b.jpg', Buffer.alloc(1000));
  } finally {
    execFileSync('umount', [disk]);
  }
});
