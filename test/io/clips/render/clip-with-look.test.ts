import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Detectors } from '../../../../src/ports.js';
import { clipMakerOf, orderOf } from '../../../support/clips.js';
import { FIRST_AT, makeRecordings, type RecordingSpec } from '../../../support/recordings.js';

const NOBODY: Detectors = {
  get: async (network) => ({ network, labels: ['person'], detect: async () => [] }),
};

let dataDir: string;
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'camqueue-look-'));
});
afterEach(() => rm(dataDir, { recursive: true, force: true }));

it.each<[string, Partial<RecordingSpec>, string | undefined]>([
  ['H.264 with B-frames and sound', { codec: 'h264', bFrames: 2, sound: true }, 'aac'],
  ['MJPEG', { codec: 'mjpeg' }, undefined],
])('a clip of %s keeps every picture when all is drawn into it at once', async (_, spec, audioCodec) => {
  const recordings = await makeRecordings(dataDir, [
    { seconds: 3, ...spec },
    { seconds: 3, startAt: FIRST_AT + 3130, ...spec },
  ]);
  try {
    const watermark = { title: 'Cổng chính', timeZone: 'Asia/Ho_Chi_Minh' };
    const order = orderOf(recordings, [450, 5000], { look: { watermark, overlay: true, blurFaces: true } });
    const looks: number[] = [];
    const faces = {
      find: async () => {
        looks.push(1);
        return [];
      },
    };
    const maker = clipMakerOf(recordings, dataDir, {
      detectors: async () => NOBODY,
      faces: async () => faces,
    });
    const made = await maker.make(order, { signal: AbortSignal.timeout(60_000) });
    const taken = (await recordings.pictures()).filter(
      ({ at }) => at >= FIRST_AT + 450 && at < FIRST_AT + 5000,
    );
    expect(made).toMatchObject({ frames: taken.length, how: 'encode', codec: 'h264' });
    expect(made.audioCodec).toBe(audioCodec);
    // Each part is looked at five times a second, also into its neighbour.
    expect(looks.length).toBeGreaterThan(25);
  } finally {
    await recordings.close();
  }
});
