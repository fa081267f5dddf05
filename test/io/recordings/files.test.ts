import { createHash } from 'node:crypto';
import { existsSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { createRecordingFiles } from '../../../src/io/recordings/files.js';
import { type Footage, FOOTAGE_FPS, makeFootage, play } from '../../support/fragments.js';
import { mountSmallDisk, needsSmallDisk, type SmallDisk } from '../../support/small-disk.js';
import { makeFolder } from '../ffmpeg/media.js';

const PATH = 'gate-1/2026-11-21/09-00-00.123Z.mp4';
const folder = { path: (_: string) => '', remove: async () => undefined as void };
let footage: Footage;

beforeAll(async () => {
  Object.assign(folder, await makeFolder());
  footage = await makeFootage(6);
});
afterAll(() => folder.remove());

let count = 0;
function fresh() {
  const root = folder.path(`recordings-${++count}`);
  return { root, files: createRecordingFiles(root, 'alpha'), file: join(root, PATH) };
}

async function record(root: string, from: number, to: number): Promise<{ bytes: number; sha256: string }> {
  const file = await createRecordingFiles(root, 'alpha').create(PATH, footage.stream.init);
  for (const { bytes } of footage.fragments.slice(from, to)) await file.append(bytes);
  return file.close();
}

const hashOf = (file: string) => createHash('sha256').update(readFileSync(file)).digest('hex');

it('writes a file that plays from its beginning, wherever in the stream it began', async () => {
  const { root, files, file } = fresh();
  const before = footage.fragments.map(({ bytes }) => hashBytes(bytes));
  const { bytes, sha256 } = await record(root, 3, 6);
  expect({ bytes, sha256 }).toEqual({ bytes: statSync(file).size, sha256: hashOf(file) });
  expect(await play(file)).toEqual({ frames: 3 * FOOTAGE_FPS, startS: 0 });
  expect(await files.sha256(PATH)).toEqual({ bytes, sha256 });
  expect(await files.changedAt(PATH)).toBe(statSync(file).mtimeMs);
  // The fragments belong to others too.
  expect(footage.fragments.map((fragment) => hashBytes(fragment.bytes))).toEqual(before);
});

const hashBytes = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

it('is there after each append, for whoever is killed next', async () => {
  const { files, file } = fresh();
  const segment = await files.create(PATH, footage.stream.init);
  for (const [i, { bytes }] of footage.fragments.entries()) {
    await segment.append(bytes);
    if (i % 2 === 0) expect((await play(file)).frames).toBe((i + 1) * FOOTAGE_FPS);
  }
  await segment.close();
});

it('never overwrites, lists, removes with the empty folders, and says what is not there', async () => {
  const { root, files, file } = fresh();
  expect(await files.list('gate-1', 3)).toEqual([]);
  await record(root, 0, 1);
  await expect(files.create(PATH, footage.stream.init)).rejects.toMatchObject({ code: 'EEXIST' });
  expect((await play(file)).frames).toBe(FOOTAGE_FPS);
  for (const [day, name] of [
    ['2026-11-19', '23-00-00.000Z.mp4'],
    ['2026-11-21', '08-00-00.000Z.mp4'],
    ['2026-11-21', 'x'],
  ]) {
    await mkdir(join(root, `gate-1/${day}`), { recursive: true });
    writeFileSync(join(root, `gate-1/${day}/${name}`), '');
  }
  expect(await files.list('gate-1', 1)).toEqual(['gate-1/2026-11-21/08-00-00.000Z.mp4', PATH]);
  expect(await files.list('gate-1', 3)).toHaveLength(3);
  expect(await files.remove('gate-1/2026-11-19/23-00-00.000Z.mp4')).toBe(true);
  expect(existsSync(join(root, 'gate-1/2026-11-19'))).toBe(false);
  expect(await files.remove(PATH)).toBe(true);
  expect(await files.remove(PATH)).toBe(false);
  expect(await files.sha256(PATH)).toBeUndefined();
  expect(await files.changedAt(PATH)).toBeUndefined();
  expect(await files.repair(PATH)).toBeUndefined();
});

it.each(['../x.mp4', '/etc/passwd', 'gate-1/../../2026-11-21/09-00-00.123Z.mp4', 'gate-1/2026-11-21/..'])(
  'refuses %s',
  async (path) => {
    const { files } = fresh();
    const works = [
      () => files.create(path, new Uint8Array(1)),
      () => files.remove(path),
      () => files.sha256(path),
    ];
    for (const work of [...works, () => files.repair(path), () => files.changedAt(path)]) {
      await expect(work()).rejects.toThrow(/is no recording; they are <camera>/);
    }
  },
);

describe('repair', () => {
  it('cuts after the last whole fragment, wherever the end was torn off', async () => {
    const { root, files, file } = fresh();
    await record(root, 1, 5);
    const whole = readFileSync(file);
    const sizes = [footage.stream.init, ...footage.fragments.slice(1, 5).map(({ bytes }) => bytes)].map(
      (b) => b.length,
    );
    const ends = sizes.map((_, i) => sizes.slice(0, i + 1).reduce((a, b) => a + b, 0));
    for (const at of [ends[2]! - 1, ends[2]!, ends[2]! + 4, ends[2]! + 60, ends[3]! - 1, whole.length]) {
      writeFileSync(file, whole.subarray(0, at));
      const kept = ends.findLastIndex((end) => end <= at);
      const found = await files.repair(PATH);
      expect(found).toEqual({
        ...{ codec: footage.stream.codec, width: 160, height: 120, durationMs: kept * 1000 },
        ...{ bytes: ends[kept], sha256: hashOf(file) },
      });
      expect(statSync(file).size).toBe(ends[kept]);
    }
    expect((await play(file)).frames).toBe(4 * FOOTAGE_FPS);
  });

  it.each<[string, (whole: Buffer, end: number) => Buffer]>([
    ['zeros', (whole, end) => Buffer.concat([whole.subarray(0, end), Buffer.alloc(5000)])],
    ['a fragment whose index is zeros', (whole, end) => Buffer.from(whole).fill(0, end + 8, end + 100)],
    ['noise', (whole, end) => Buffer.concat([whole.subarray(0, end), Buffer.from('this is no box at all')])],
  ])('cuts off %s', async (_, spoil) => {
    const { root, files, file } = fresh();
    await record(root, 0, 3);
    const end = footage.stream.init.length + (footage.fragments[0]?.bytes.length ?? 0);
    writeFileSync(file, spoil(readFileSync(file), end));
    expect(await files.repair(PATH)).toMatchObject({ durationMs: 1000, bytes: end });
    expect((await play(file)).frames).toBe(FOOTAGE_FPS);
  });

  it('says that nothing plays in a file without a whole fragment', async () => {
    const { root, files, file } = fresh();
    await record(root, 0, 1);
    truncateSync(file, footage.stream.init.length + 50);
    expect(await files.repair(PATH)).toBeUndefined();
    truncateSync(file, 0);
    expect(await files.repair(PATH)).toBeUndefined();
  });
});

needsSmallDisk()('a full disk', () => {
  let disk: SmallDisk;
  beforeAll(() => {
    disk = mountSmallDisk(1);
  });
  afterAll(() => disk.remove());

  it('refuses with ENOSPC, and what was written before stays whole', async () => {
    const files = createRecordingFiles(disk.folder, 'alpha');
    await files.check();
    const segment = await files.create(PATH, footage.stream.init);
    const [first] = footage.fragments;
    await segment.append(first!.bytes);
    const { freeBytes, totalBytes } = await files.space();
    expect(totalBytes).toBe(1024 ** 2);
    const ballast = join(disk.folder, 'ballast');
    writeFileSync(ballast, Buffer.alloc(freeBytes - 4096));
    await expect(segment.append(Buffer.concat([first!.bytes, Buffer.alloc(20_000)]))).rejects.toMatchObject({
      code: 'ENOSPC',
    });
    await expect(segment.append(first!.bytes)).rejects.toMatchObject({ code: 'ENOSPC' });
    await expect(files.check()).rejects.toMatchObject({ code: 'ENOSPC' });
    const { bytes, sha256 } = await segment.close();
    const file = join(disk.folder, PATH);
    expect(sha256).toBe(hashOf(file));
    expect(bytes).toBe(statSync(file).size);
    expect((await play(file)).frames).toBe(FOOTAGE_FPS);
    writeFileSync(join(disk.folder, 'rest'), Buffer.alloc((await files.space()).freeBytes));
    const other = 'gate-1/2026-11-21/10-00-00.123Z.mp4';
    await expect(files.create(other, footage.stream.init)).rejects.toMatchObject({ code: 'ENOSPC' });
    expect(existsSync(join(disk.folder, other))).toBe(false);
    expect(dirname(file)).toBe(dirname(join(disk.folder, other)));
  });
});
