import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ExportRequest } from '../../src/domain/export/request.js';
import { createFolderStore } from '../../src/io/storage/folder-store.js';
import { showProgress } from '../../src/main/export-progress.js';
import { fetchExport } from '../../src/main/fetch-export.js';
import type { Export } from '../../src/ports/exports.js';
import type { ObjectStore } from '../../src/ports/storage.js';

describe('progress', () => {
  const shown = (
    isTTY: boolean,
    steps: [atMs: number, state: string, fraction: number, leftMs?: number][],
  ) => {
    let [text, at] = ['', 0];
    const out = { isTTY, write: (more: string) => (text += more) };
    const bar = showProgress({ isQuiet: false, out, now: () => at });
    for (const [when, ...step] of steps) {
      at = when;
      bar.show(...step);
    }
    bar.end();
    return text;
  };

  it('is a bar with the time left on a terminal', () => {
    const text = shown(true, [[0, 'running', 0.5, 65_000]]);
    expect(text).toBe(`\r\u001b[K${'█'.repeat(15)}${'─'.repeat(15)} 50 %  1 min 5 s left\r\u001b[K`);
  });

  it('is a line now and then where nothing can be redrawn', () => {
    const text = shown(false, [
      [0, 'waiting', 0],
      [100, 'waiting', 0],
      [200, 'running', 0.1],
      [5100, 'running', 0.2],
      [5200, 'running', 0.3, 8000],
    ]);
    expect(text).toBe('waiting for its turn\n10 %\n30 %  8 s left\n');
  });
});

describe('taking the clip', () => {
  const bytes = Buffer.from('a clip');
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const row = (hash: string) =>
    ({
      request: ExportRequest.parse({ cameraId: 'gate-1', from: Date.UTC(2026, 10, 22, 1), to: 2e12 }),
      result: { key: 'exports/clip.mp4', sha256: hash },
    }) as Export;
  let folder: string;
  let storage: ObjectStore;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'camqueue-fetch-'));
    await mkdir(join(folder, 'out'));
    await mkdir(join(folder, 'storage'));
    storage = createFolderStore(join(folder, 'storage'));
    await storage.put('exports/clip.mp4', bytes);
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));
  const options = (out: string) => ({ out: join(folder, out), timeZone: 'Asia/Ho_Chi_Minh' });

  it('a folder gets it under a clear name', async () => {
    const path = await fetchExport(storage, row(sha256), options('out'));
    expect(path).toBe(join(folder, 'out/gate-1_2026-11-22_08-00-00_+0700.mp4'));
    expect(await readFile(path)).toEqual(bytes);
  });

  it('what is not what it should be is not kept', async () => {
    await expect(fetchExport(storage, row('0'.repeat(64)), options('out/x.mp4'))).rejects.toThrow(
      /has the SHA-256 .* and should have 0000/,
    );
    expect(await readdir(join(folder, 'out'))).toEqual([]);
  });

  it.each(['nowhere/x.mp4', 'nowhere/'])('no folder %s', async (out) => {
    const options2 = { ...options(''), out: `${folder}/${out}` };
    await expect(fetchExport(storage, row(sha256), options2)).rejects.toThrow(/^--out: there is no folder/);
  });
});
