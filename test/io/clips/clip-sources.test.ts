import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { NotReadyError, PermanentError } from '../../../src/errors.js';
import type { ClipMakerOptions } from '../../../src/io/clips/clip-maker.js';
import { noStorage } from '../../../src/io/storage/open-storage.js';
import type { MadeClip } from '../../../src/ports/clips.js';
import type { ObjectStore } from '../../../src/ports/storage.js';
import type { Segment } from '../../../src/ports.js';
import { clipMakerOf, orderOf } from '../../support/clips.js';
import { damage, FIRST_AT, framesOf, makeRecordings, type TestRecordings } from '../../support/recordings.js';

describe('the recordings of a clip', () => {
  let root: string;
  let dataDir: string;
  /** Two seconds in two recordings; made once, each test has its own copy of the files. */
  let recordings: TestRecordings;
  let pristine: string;
  let rows: Map<string, Segment>;

  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), 'camqueue-clip-'));
    recordings = await makeRecordings(root, [{ seconds: 1 }, { seconds: 1 }]);
    pristine = join(root, 'pristine');
    await mkdir(pristine);
    for (const segment of recordings.segments)
      await copyFile(recordings.pathOf(segment), join(pristine, segment.id));
  });
  afterAll(async () => {
    await recordings.close();
    await rm(root, { recursive: true, force: true });
  });
  beforeEach(async () => {
    dataDir = await mkdtemp(join(root, 'test-'));
    rows = new Map(recordings.segments.map((segment) => [segment.id, segment]));
    for (const segment of recordings.segments)
      await copyFile(join(pristine, segment.id), recordings.pathOf(segment));
  });

  const second = (): Segment => recordings.segments[1]!;
  const change = (row: Partial<Segment>): void => {
    rows.set(second().id, { ...second(), ...row });
  };
  function make(
    more: Parameters<typeof orderOf>[2] = {},
    options: Partial<ClipMakerOptions> = {},
  ): Promise<MadeClip> {
    const index = { get: async (id: string) => rows.get(id) };
    const maker = clipMakerOf(recordings, dataDir, { recordings: index, ...options });
    return maker.make(orderOf(recordings, [500, 1500], more), { signal: AbortSignal.timeout(30_000) });
  }
  const cold = (bytes: Buffer | undefined, more: Partial<ObjectStore> = {}): Partial<ClipMakerOptions> => ({
    cold: {
      ...noStorage('COLD_URL'),
      localPath: () => undefined,
      read: async () => bytes && Readable.from([bytes]),
      ...more,
    },
  });
  const copy = { key: 'cold/x.mp4', bytes: 1, codec: 'avc1', movedAt: 1 };

  it.each([
    ['overwritten', () => damage(recordings.pathOf(second())), /damaged: it does not hold the bytes/],
    ['cut off', () => truncate(recordings.pathOf(second()), 900), /damaged/],
    ['empty', () => writeFile(recordings.pathOf(second()), ''), /damaged/],
    ['gone', () => rm(recordings.pathOf(second())), /gone/],
    ['without a row', async () => void rows.delete(second().id), /gone/],
  ])('one that is %s is an error that names it, or a gap', async (_, harm, problem) => {
    await harm();
    const failed = make();
    await expect(failed).rejects.toThrow(PermanentError);
    await expect(failed).rejects.toThrow(problem);
    await expect(failed).rejects.toThrow(/partial/);
    const made = await make({ partial: true });
    expect(await framesOf(made.path)).toEqual([6, 7, 8, 9, 10]);
    expect(made.gaps).toEqual([
      {
        from: FIRST_AT + 1000,
        to: FIRST_AT + 1500,
        cause: 'disk',
        reason: expect.stringMatching(/gone|damaged/) as string,
      },
    ]);
  });

  it('one on another machine is waited for, naming the machine', async () => {
    change({ node: 'other-node' });
    const failed = make({ partial: true });
    await expect(failed).rejects.toThrow(NotReadyError);
    await expect(failed).rejects.toThrow(/"other-node"/);
  });

  it('one in the cold store is fetched, and must be what was moved there', async () => {
    const bytes = await readFile(recordings.pathOf(second()));
    await rm(recordings.pathOf(second()));
    const sha256 = second().sha256!;
    change({ tier: 'cold', node: 'other-node', cold: { ...copy, sha256 } });
    const made = await make({}, cold(bytes));
    expect(await framesOf(made.path)).toEqual([6, 7, 8, 9, 10, 11, 12, 13, 14, 15]);
    await expect(make({ id: 'again' }, cold(bytes.subarray(0, 1000)))).rejects.toThrow(/damaged/);
    await expect(make({ id: 'again' }, cold(undefined))).rejects.toThrow(/gone/);
  });

  it('a cold store that is away is waited for', async () => {
    change({ tier: 'cold', cold: { ...copy, sha256: 'x' } });
    const away = { read: () => Promise.reject(new NotReadyError('the cold store is away', 1000)) };
    await expect(make({ partial: true }, cold(undefined, away))).rejects.toThrow(NotReadyError);
  });

  it('one that is still being written gives what is whole in it', async () => {
    const { sha256: _, ...open } = second();
    rows.set(open.id, { ...open, state: 'open' });
    await writeFile(recordings.pathOf(second()), Buffer.from('00000100', 'hex'), { flag: 'a' });
    await writeFile(recordings.pathOf(second()), 'moof and no more', { flag: 'a' });
    expect(await framesOf((await make()).path)).toEqual([6, 7, 8, 9, 10, 11, 12, 13, 14, 15]);
  });

  it('none at all is an error that says so', async () => {
    const plan = { from: FIRST_AT + 90_000, to: FIRST_AT + 99_000, stretches: [], gaps: [] };
    await expect(make({ plan })).rejects.toThrow(/gate-1 has no recorded picture from 2026-03-03T10:01:30/);
  });

  it('an abort ends ffmpeg and leaves nothing half done', async () => {
    const aborted = new AbortController();
    const maker = clipMakerOf(recordings, dataDir);
    const order = orderOf(recordings, [500, 1500]);
    const making = maker.make(order, {
      signal: aborted.signal,
      onProgress: () => aborted.abort(new Error('cancelled')),
    });
    await expect(making).rejects.toThrow('cancelled');
    const left = await readdir(join(dataDir, 'clips', 'clip'));
    expect(left.filter((name) => name.startsWith('draft-'))).toEqual([]);
    await maker.remove('clip');
    expect(await readdir(join(dataDir, 'clips'))).toEqual([]);
  });

  it('refuses an id that leaves its folder', async () => {
    await expect(make({ id: '../x' })).rejects.toThrow(/is no id of a clip/);
  });
});
