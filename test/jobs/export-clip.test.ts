import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { removeExpiredExports } from '../../jobs/cleanup/exports.js';
import { handle } from '../../jobs/export-clip/handler.js';
import { exportClip } from '../../jobs/export-clip/job.js';
import type { Needs } from '../../jobs/export-clip/source.js';
import { exportId } from '../../src/domain/export/export-id.js';
import { ExportRequest } from '../../src/domain/export/request.js';
import { NotReadyError, PermanentError } from '../../src/errors.js';
import type { Ports } from '../../src/ports.js';
import { exportPorts, workDirOf } from '../support/export-world.js';
import { runJob, testContext } from '../support/job-context.js';
import { damage, FIRST_AT, framesOf, makeRecordings, type TestRecordings } from '../support/recordings.js';

const NOW = FIRST_AT + 86_400_000;
const HOUR = 3_600_000;
const DAY = 86_400_000;

let folder: string;
let made: TestRecordings;
let ports: Pick<Ports, Needs>;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'camqueue-export-'));
  // Two that follow each other, and one after a hole of ten seconds.
  made = await makeRecordings(folder, [
    { seconds: 4 },
    { seconds: 4 },
    { seconds: 4, startAt: FIRST_AT + 18_000 },
  ]);
  ports = exportPorts(folder, made.database);
});
afterAll(async () => {
  await made.close();
  await rm(folder, { recursive: true, force: true });
});
afterEach(async () => {
  for (const key of await inStorage()) await ports.storage.remove(key);
});

interface Asked extends Partial<Omit<ExportRequest, 'from' | 'to'>> {
  /** Seconds after the first picture. */
  readonly from: number;
  readonly to: number;
}
const payloadOf = ({ from, to, ...rest }: Asked) =>
  ExportRequest.parse({
    ...{ cameraId: 'gate-1', from: FIRST_AT + from * 1000, to: FIRST_AT + to * 1000 },
    ...rest,
  });
type Options = NonNullable<Parameters<typeof testContext>[1]>;
const context = (options: Options & { with?: Partial<Pick<Ports, Needs>> } = {}) =>
  testContext<Needs>({ ...ports, ...options.with }, { now: () => NOW, ...options });
const run = (asked: Asked, options: Parameters<typeof context>[0] = {}) =>
  runJob(exportClip, handle, payloadOf(asked), context(options));
const rowOf = async (asked: Asked) => (await ports.exports.get(exportId(payloadOf(asked))))!;
const inStorage = async (): Promise<string[]> => {
  const keys: string[] = [];
  for await (const { key } of ports.storage.list('')) keys.push(key);
  return keys;
};
const inWork = async (): Promise<string[]> =>
  existsSync(workDirOf(folder)) ? readdir(workDirOf(folder)) : [];
const read = async (key: string): Promise<Buffer> => readFile(ports.storage.localPath(key)!);

it('cuts, keeps and describes what was asked for; a second time changes nothing', async () => {
  const asked: Asked = { from: 2, to: 6, reason: 'a bag' };
  const ctx = context();
  expect(
    await runJob(exportClip, handle, { ...payloadOf(asked), by: 'key:a', incident: 4 }, ctx),
  ).toMatchObject({
    outcome: 'done',
    result: { how: 'copy', gaps: 0 },
  });
  const row = await rowOf(asked);
  expect(row).toMatchObject({ state: 'done', requestedBy: 'key:a', incident: 4, expiresAt: NOW + 7 * DAY });
  const { key, manifest, poster, sprite, sha256, bytes } = row.result!;
  expect(key).toMatch(/^exports\/gate-1\/2026-03-03\/gate-1-\d+-\d+-mp4\/[0-9a-f]{12}\/clip\.mp4$/);
  expect(
    createHash('sha256')
      .update(await read(key))
      .digest('hex'),
  ).toBe(sha256);
  expect(await framesOf(ports.storage.localPath(key)!)).toEqual(Array.from({ length: 40 }, (_, i) => 21 + i));
  const described = JSON.parse((await read(manifest)).toString()) as Record<string, unknown>;
  expect(described).toMatchObject({
    format: 'camqueue-export/1',
    camera: { id: 'gate-1', name: 'Main gate', place: 'Test site', timeZone: 'Asia/Ho_Chi_Minh' },
    captured: { first: '2026-03-03T10:00:02.000Z', last: '2026-03-03T10:00:05.900Z' },
    requested: { by: 'key:a', reason: 'a bag', incident: 4 },
    stretches: [{ recording: made.segments[0]!.id }, { recording: made.segments[1]!.id }],
    files: [{ path: 'clip.mp4', bytes, sha256 }, { path: 'poster.jpg' }, { path: 'sprite.jpg' }],
    configuration: { sha256: expect.stringMatching(/^[0-9a-f]{64}$/) as string },
    software: { name: 'camqueue', version: '1.2.3' },
  });
  expect(JSON.stringify(described)).not.toContain('s3cret');
  const keys = [key, manifest, poster, sprite.key].sort();
  expect([await inStorage(), await inWork()]).toEqual([keys, []]);
  expect(ctx.progressed.at(-1)).toBe(1);

  expect(await run(asked)).toMatchObject({ outcome: 'done', result: { sha256 } });
  expect([await rowOf(asked), await inStorage(), await inWork()]).toEqual([row, keys, []]);
});

it.each<[string, Asked, Partial<Pick<Ports, Needs>> | undefined, RegExp]>([
  ['a hole in it', { from: 6, to: 20 }, undefined, /^not all of it was recorded: .*\(10 s\).*--partial/],
  ['nothing there', { from: 9, to: 15 }, undefined, /has no recording from .* begins 2026-03-03 17:00:18$/],
  ['an unknown camera', { from: 0, to: 4, cameraId: 'yard' }, undefined, /^there is no camera "yard"/],
])('refuses %s for good, says why, and leaves nothing', async (_what, asked, more, reason) => {
  const failing = run(asked, more && { with: more });
  await expect(failing).rejects.toThrow(reason);
  await expect(failing).rejects.toBeInstanceOf(PermanentError);
  expect(await rowOf(asked)).toMatchObject({
    state: 'failed',
    reason: expect.stringMatching(reason) as string,
  });
  expect([await inStorage(), await inWork()]).toEqual([[], []]);
});

it('begins nothing that finds no room, and says how much it needs', async () => {
  const asked: Asked = { from: 0, to: 4 };
  const full = { ...ports.clips, space: async () => ({ freeBytes: 5e6, totalBytes: 1e12 }) };
  const notMade = { ...full, make: () => Promise.reject(new Error('it was begun')) };
  await expect(run(asked, { with: { clips: notMade } })).rejects.toThrow(
    /^the working disk has too little room: \d+\.\d MB needed, 5\.0 MB free/,
  );
  expect(await rowOf(asked)).toMatchObject({ state: 'failed' });
  // With room it begins anew.
  expect(await run(asked)).toMatchObject({ outcome: 'done' });
});

it('leaves out what was not recorded where that is right, and lists it', async () => {
  const asked: Asked = { from: 6, to: 20, partial: true };
  await run(asked);
  const { result } = await rowOf(asked);
  expect(result!.gaps).toEqual([
    { from: FIRST_AT + 8000, to: FIRST_AT + 18_000, cause: expect.any(String) as string },
  ]);
  expect(await framesOf(ports.storage.localPath(result!.key)!)).toHaveLength(40);
});

it('seals evidence: the clip as it was asked for, the recordings as they were recorded', async () => {
  const asked: Asked = { from: 3, to: 5, watermark: true, evidence: true, reason: 'theft' };
  await run(asked);
  const row = await rowOf(asked);
  expect(row.expiresAt).toBe(NOW + 90 * DAY);
  const sealed = (await ports.evidence.get(row.result!.evidence!.id))!;
  const manifest = JSON.parse((await read(`${sealed.folder}/manifest.json`)).toString()) as {
    files: { path: string; role: string; sha256: string }[];
  };
  const hashes = Object.fromEntries(manifest.files.map(({ path, sha256 }) => [path, sha256]));
  expect(hashes).toMatchObject({
    'clip.mp4': row.result!.sha256,
    'originals/2026-03-03_10-00-00.000Z.mp4': made.segments[0]!.sha256,
    'originals/2026-03-03_10-00-04.000Z.mp4': made.segments[1]!.sha256,
  });
  expect(manifest).toMatchObject({ requested: { reason: 'theft' }, captured: {}, configuration: {} });
  expect(JSON.stringify(manifest)).not.toContain('s3cret');
  // Its files go with the export's.
  const ctx = context({ now: () => NOW + 90 * DAY });
  expect(await removeExpiredExports(ctx, 0)).toBeGreaterThan(0);
  expect((await ports.evidence.get(sealed.id))!.removedAt).toBeDefined();
  expect((await rowOf(asked)).state).toBe('expired');
});

it('seals no recording that is not what it was', async () => {
  const own = await mkdtemp(join(tmpdir(), 'camqueue-export-'));
  const damaged = await makeRecordings(own, [{ seconds: 2 }, { seconds: 2 }]);
  try {
    const world = exportPorts(own, damaged.database);
    const clips = {
      ...world.clips,
      make: async (...given: Parameters<typeof world.clips.make>) => {
        const clip = await world.clips.make(...given);
        // After it was cut, before it is sealed.
        await damage(damaged.pathOf(damaged.segments[0]!));
        return clip;
      },
    };
    const ctx = testContext<Needs>({ ...world, clips }, { now: () => NOW });
    const failing = runJob(exportClip, handle, payloadOf({ from: 0, to: 4, evidence: true }), ctx);
    await expect(failing).rejects.toThrow(/is not what it was when it was written/);
  } finally {
    await damaged.close();
    await rm(own, { recursive: true, force: true });
  }
});

it('cancelled in the middle it leaves nothing but its row', async () => {
  const asked: Asked = { from: 0, to: 8, watermark: true };
  const stop = new AbortController();
  const clips: Ports['clips'] = {
    ...ports.clips,
    make: (order, options) =>
      ports.clips.make(order, {
        ...options,
        onProgress: () =>
          stop.abort(Object.assign(new Error('cancelled by person:lan'), { name: 'CancelledError' })),
      }),
  };
  await expect(run(asked, { signal: stop.signal, with: { clips } })).rejects.toThrow();
  expect(await rowOf(asked)).toMatchObject({ state: 'cancelled', reason: 'cancelled by person:lan' });
  expect([await inStorage(), await inWork()]).toEqual([[], []]);
});

it('cancelled when all was done but the last line, nobody gets it', async () => {
  const asked: Asked = { from: 0, to: 3 };
  const done: Ports['exports']['done'] = async (id, ...rest) => {
    await ports.exports.ended(id, 'cancelled', 'by lan', NOW);
    return ports.exports.done(id, ...rest);
  };
  await expect(run(asked, { with: { exports: { ...ports.exports, done } } })).rejects.toThrow(
    'was cancelled',
  );
  expect(await rowOf(asked)).toMatchObject({ state: 'cancelled' });
  expect([await inStorage(), await inWork()]).toEqual([[], []]);
});

it('handed back at a shutdown it stays what it was, and is made by the next', async () => {
  const asked: Asked = { from: 0, to: 2 };
  const stop = new AbortController();
  stop.abort(new Error('the worker shuts down'));
  await expect(run(asked, { signal: stop.signal })).rejects.toThrow();
  expect(await rowOf(asked)).toMatchObject({ state: 'running' });
  expect(await run(asked, { attempt: 2 })).toMatchObject({ outcome: 'done' });
});

describe('a storage that fails', () => {
  const asked: Asked = { from: 1, to: 3 };
  const full = Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' });
  const storage = () => ({ ...ports.storage, putFile: () => Promise.reject(full) });

  it('is tried again, and at last says why', async () => {
    await expect(run(asked, { with: { storage: storage() } })).rejects.toBe(full);
    expect(await rowOf(asked)).toMatchObject({ state: 'running' });
    await expect(run(asked, { with: { storage: storage() }, isLastAttempt: true })).rejects.toBe(full);
    expect(await rowOf(asked)).toMatchObject({
      state: 'failed',
      reason: expect.stringMatching(/^a disk became full: .*; free some room/) as string,
    });
    expect(await inWork()).toEqual([]);
  });
});

it('waits for recordings on another machine, for an hour', async () => {
  const asked: Asked = { from: 0, to: 4, format: 'mkv' };
  const away = new NotReadyError('the recording is on node-b', 5000);
  const clips = { ...ports.clips, make: () => Promise.reject(away) };
  await expect(run(asked, { with: { clips } })).rejects.toBe(away);
  await expect(run(asked, { with: { clips }, now: () => NOW + HOUR })).rejects.toBe(away);
  expect(await rowOf(asked)).toMatchObject({ state: 'running' });
  const failing = run(asked, { with: { clips }, now: () => NOW + HOUR + 1 });
  await expect(failing).rejects.toThrow('the recording is on node-b; waited for an hour');
  await expect(failing).rejects.toBeInstanceOf(PermanentError);
  expect(await rowOf(asked)).toMatchObject({ state: 'failed' });
});

it('waits until its end is written', async () => {
  const now = (): number => FIRST_AT + 4000;
  await expect(run({ from: 0, to: 3, format: 'avi' }, { now })).rejects.toMatchObject({
    name: 'NotReadyError',
    retryAfterMs: 9000,
  });
});

it('removes what is over: files first, so that a stop between is made good', async () => {
  const asked: Asked = { from: 5, to: 7 };
  await run(asked);
  const row = await rowOf(asked);
  const expired = (id: string): Promise<void> =>
    id === row.id ? Promise.reject(new Error('killed')) : ports.exports.expired(id);
  const broken = { ...ports.exports, expired };
  const late = { now: () => row.expiresAt! };
  await expect(removeExpiredExports(context({ ...late, with: { exports: broken } }), 0)).rejects.toThrow();
  expect(await inStorage()).toEqual([]);
  await removeExpiredExports(context(late), 0);
  expect((await rowOf(asked)).state).toBe('expired');
});
