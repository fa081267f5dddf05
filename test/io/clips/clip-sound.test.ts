import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { clipMakerOf, orderOf } from '../../support/clips.js';
import { makeRecordings, type RecordingSpec } from '../../support/recordings.js';

describe('the sound of a clip', () => {
  let dataDir: string;
  beforeEach(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'camqueue-clip-'));
  });
  afterEach(() => rm(dataDir, { recursive: true, force: true }));

  /** How loud it is, quarter second by quarter second, as a player hears it: 0..1. */
  async function loudness(file: string): Promise<number[]> {
    const { stdout } = await promisify(execFile)(
      'ffmpeg',
      [
        '-v',
        'error',
        '-i',
        file,
        '-map',
        '0:a:0',
        '-ac',
        '1',
        '-ar',
        '8000',
        '-af',
        'aresample=async=1',
        '-f',
        'f32le',
        'pipe:1',
      ],
      { encoding: 'buffer', maxBuffer: 1 << 24 },
    );
    const levels: number[] = [];
    for (let at = 0; at + 8000 <= stdout.length; at += 8000) {
      let sum = 0;
      for (let i = at; i < at + 8000; i += 4) sum += stdout.readFloatLE(i) ** 2;
      levels.push(Math.sqrt(sum / 2000));
    }
    return levels;
  }

  const spec: RecordingSpec = { seconds: 2, sound: true };
  it.each([
    ['is copied', [spec, spec], 'mp4', 'aac'],
    ['becomes of one kind where the recordings differ', [spec, { ...spec, soundHz: 32_000 }], 'mp4', 'aac'],
    ['is what AVI can hold', [spec, spec], 'avi', 'pcm_s16le'],
  ] as const)('%s, and lasts as long as the pictures', async (_, specs, format, audioCodec) => {
    const recordings = await makeRecordings(dataDir, specs);
    const order = orderOf(recordings, [500, 3500], { format });
    const made = await clipMakerOf(recordings, dataDir).make(order, { signal: AbortSignal.timeout(30_000) });
    await recordings.close();
    expect(made).toMatchObject({ audioCodec, how: 'copy' });
    const levels = await loudness(made.path);
    expect(levels.length).toBeGreaterThanOrEqual(11);
    expect(levels.length).toBeLessThanOrEqual(13);
    // ffmpeg's tone; the last piece may be cut off.
    for (const level of levels.slice(0, -1)) expect(level).toBeGreaterThan(0.05);
  });
});
