import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import type { ClipOrder, MadeClip } from '../../../src/ports/clips.js';
import { clipMakerOf, orderOf, spelled } from '../../support/clips.js';
import { FIRST_AT, makeRecordings, picturesOf, type RecordingSpec } from '../../support/recordings.js';

const two = (spec: Partial<RecordingSpec> = {}): RecordingSpec[] => [
  { seconds: 3, gop: 15, ...spec },
  { seconds: 3, gop: 15, ...spec },
];

describe('clips out of recordings', () => {
  let dataDir: string;
  beforeEach(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'camqueue-clip-'));
  });
  afterEach(() => rm(dataDir, { recursive: true, force: true }));

  /** @returns the clip, what it shows, and what it should show */
  async function make(
    specs: readonly RecordingSpec[],
    [from, to]: readonly [number, number],
    more: Partial<ClipOrder> & Parameters<typeof orderOf>[2] = {},
    crop?: string,
  ): Promise<{ made: MadeClip; shown: string; expected: string }> {
    const recordings = await makeRecordings(dataDir, specs);
    try {
      const order = orderOf(recordings, [from, to], more);
      const made = await clipMakerOf(recordings, dataDir).make(order, { signal: AbortSignal.timeout(60_000) });
      const taken = (await recordings.pictures())
        .filter(({ at }) => at >= FIRST_AT + from && at < FIRST_AT + to)
        .sort((a, b) => a.at - b.at);
      expect(made.frames).toBe(taken.length + (more.showGaps ? 3 : 0));
      return { made, shown: spelled(await picturesOf(made.path, crop)), expected: spelled(taken) };
    } finally {
      await recordings.close();
    }
  }

  it.each([
    ['H.264', two(), 'mp4', 'copy', 'h264', undefined],
    ['H.264 with B-frames', two({ bFrames: 2 }), 'mp4', 'copy', 'h264', undefined],
    ['H.264 with B-frames and open groups', two({ bFrames: 2, openGop: true, gop: 10 }), 'mp4', 'copy', 'h264', undefined],
    ['H.265', two({ codec: 'hevc' }), 'mp4', 'copy', 'hevc', undefined],
    ['MJPEG', two({ codec: 'mjpeg' }), 'mp4', 'copy', 'mjpeg', undefined],
    ['MPEG-4, which is encoded', two({ codec: 'mpeg4' }), 'mp4', 'encode', 'h264', undefined],
    ['one group as long as the recording', two({ gop: 999 }), 'mp4', 'copy', 'h264', undefined],
    ['with sound', two({ sound: true }), 'mp4', 'copy', 'h264', 'aac'],
    ['in Matroska', two({ sound: true }), 'mkv', 'copy', 'h264', 'aac'],
  ] as const)('%s: exact to the picture and its time', async (_, specs, format, how, codec, audioCodec) => {
    const { made, shown, expected } = await make(specs, [450, 4_750], { format });
    expect(shown).toBe(expected);
    expect(made).toMatchObject({ how, codec, width: 160, height: 120 });
    expect(made.audioCodec).toBe(audioCodec);
  });
});
