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
      const made = await clipMakerOf(recordings, dataDir).make(order, {
        signal: AbortSignal.timeout(60_000),
      });
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
    ['H.264 with B-frames', two({ bFrames: 2 }), 'mp4', 'copy', 'h264', undefined],
    [
      'H.264 with B-frames and open groups',
      two({ bFrames: 2, openGop: true, gop: 10 }),
      'mp4',
      'copy',
      'h264',
      undefined,
    ],
    ['H.265', two({ codec: 'hevc' }), 'mp4', 'copy', 'hevc', undefined],
    ['MJPEG', two({ codec: 'mjpeg' }), 'mp4', 'copy', 'mjpeg', undefined],
    ['with sound', two({ sound: true }), 'mp4', 'copy', 'h264', 'aac'],
    ['in Matroska', two({ sound: true }), 'mkv', 'copy', 'h264', 'aac'],
  ] as const)('%s: exact to the picture and its time', async (_, specs, format, how, codec, audioCodec) => {
    const { made, shown, expected } = await make(specs, [450, 4_750], { format });
    expect(shown).toBe(expected);
    expect(made).toMatchObject({ how, codec, width: 160, height: 120 });
    expect(made.audioCodec).toBe(audioCodec);
  });

  it('joins other codecs and sizes by encoding all into the size of the longest', async () => {
    const square = { size: [96, 96] as const };
    const specs: RecordingSpec[] = [
      { seconds: 2 },
      { seconds: 1, codec: 'mpeg4' },
      { seconds: 1, ...square },
    ];
    const { made, shown, expected } = await make(specs, [500, 3_700], { format: 'avi' });
    expect(made).toMatchObject({ how: 'encode', codec: 'h264', width: 160, height: 120 });
    const whole = expected.split(' ').slice(0, 25);
    // Of the last one, between its black borders.
    const middle = spelled(await picturesOf(made.path, '120:120')).split(' ');
    expect([...shown.split(' ').slice(0, 25), ...middle.slice(25)]).toEqual([
      ...whole,
      ...expected.split(' ').slice(25),
    ]);
  });

  it('where recordings overlap a little shows all pictures, and the next ones at their times again', async () => {
    const lasting: RecordingSpec = { seconds: 1, rowSeconds: 0.88 };
    const { shown } = await make([lasting, lasting, lasting], [0, 2640]);
    const times = shown.split(' ').map((picture) => Number(picture.split('@')[1]));
    expect(times.slice(9, 12)).toEqual([900, 900, 980]);
    expect(times.slice(19, 22)).toEqual([1780, 1780, 1860]);
    expect(times).toHaveLength(29);
  });

  const away = [
    { from: FIRST_AT + 2000, to: FIRST_AT + 5000, cause: 'network' as const, reason: 'no route <to> it' },
  ];
  const withGap: RecordingSpec[] = [{ seconds: 2 }, { seconds: 2, startAt: FIRST_AT + 5000 }];

  it('leaves gaps out and says which stretch of the file is what', async () => {
    const { made, shown } = await make(withGap, [1500, 5500], { gaps: away });
    expect(shown).toBe('16@0 17@100 18@200 19@300 20@400 21@500 22@600 23@700 24@800 25@900');
    expect(made.gaps).toEqual(away);
    expect(made.stretches).toEqual([
      { atMs: 0, durationMs: 500, from: FIRST_AT + 1500, segmentId: `gate-1-${FIRST_AT}` },
      { atMs: 500, durationMs: 500, from: FIRST_AT + 5000, segmentId: `gate-1-${FIRST_AT + 5000}` },
    ]);
    expect(made).toMatchObject({ firstAt: FIRST_AT + 1500, lastAt: FIRST_AT + 5400, durationMs: 1000 });
  });

  it('shows gaps as long as they lasted where that is asked, among copied pictures', async () => {
    const { made, shown } = await make(withGap, [1500, 5500], { gaps: away, showGaps: true });
    expect(shown).toBe(
      '16@0 17@100 18@200 19@300 20@400 -@500 -@1500 -@2500 21@3500 22@3600 23@3700 24@3800 25@3900',
    );
    expect(made).toMatchObject({ how: 'copy', durationMs: 4000 });
  });

  it('makes a poster that is not black, small pictures over the whole length, and the hash of the file', async () => {
    const encoder = ['-vf', "scale=160:120:flags=neighbor,drawbox=t=fill:color=black:enable='lt(n,12)'"];
    const { made } = await make([{ seconds: 4, encoder }], [0, 4000]);
    const poster = await sharp(made.poster).stats();
    expect(poster.channels[0]!.mean).toBeGreaterThan(40);
    const { widthPx, heightPx, columns, rows, count } = made.sprite;
    expect({ widthPx, heightPx, columns, rows, count }).toEqual({
      widthPx: 160,
      heightPx: 120,
      columns: 4,
      rows: 1,
      count: 4,
    });
    expect(await sharp(made.sprite.path).metadata()).toMatchObject({
      format: 'jpeg',
      width: 640,
      height: 120,
    });
    const bytes = await readFile(made.path);
    expect(made).toMatchObject({
      bytes: bytes.length,
      sha256: createHash('sha256').update(bytes).digest('hex'),
    });
    // The index is in front.
    expect(bytes.indexOf('moov')).toBeLessThan(bytes.indexOf('mdat'));
  });
});
