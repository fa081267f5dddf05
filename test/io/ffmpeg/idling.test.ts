import fc from 'fast-check';
import type { OpenOptions, SourceFrame } from '../../../src/domain/frame-source.js';
import { IdlingSource } from '../../../src/io/ffmpeg/idling-source.js';
import type { SourceInput } from '../../../src/io/ffmpeg/source-input.js';
import { H264, makeClip, makeFolder, processesWith } from './media.js';

let folder: Awaited<ReturnType<typeof makeFolder>>;

beforeAll(async () => {
  folder = await makeFolder();
});
afterAll(() => folder.remove());

/** Frame n of these clips has luma 16 + n (limited range) in every pixel. */
const FRAMES = 120;
const COUNTING = `color=size=64x48:rate=10:duration=${FRAMES / 10},format=yuv420p,geq=lum=16+N:cb=128:cr=128`;
const GROUPED = ['-g', '20', '-keyint_min', '20', '-sc_threshold', '0'];
const CODECS = {
  h264: ['-c:v', 'libx264', '-preset', 'veryfast', '-bf', '0', ...GROUPED],
  'h264 with B-frames': ['-c:v', 'libx264', '-preset', 'veryfast', '-bf', '2', ...GROUPED],
  'h264 with open groups': ['-c:v', 'libx264', '-bf', '2', '-x264-params', 'open-gop=1', ...GROUPED],
  h265: ['-c:v', 'libx265', '-preset', 'ultrafast', '-x265-params', 'log-level=error:keyint=20:min-keyint=20'],
  mjpeg: ['-c:v', 'mjpeg', '-q:v', '2', '-pix_fmt', 'yuvj420p'],
};

const clips = new Map<string, Promise<string>>();
function clip(codec: keyof typeof CODECS): Promise<string> {
  const file = folder.path(`${codec.replaceAll(' ', '-')}.mkv`);
  const making = clips.get(codec) ?? makeClip(file, COUNTING, ...CODECS[codec]);
  clips.set(codec, making);
  return making;
}

/** Reads a clip as if it came live, but so many times faster. */
function open(file: string, speed: number, options: Partial<OpenOptions> = {}): IdlingSource {
  const input: SourceInput = { args: ['-readrate', String(speed), '-i', file] };
  const source = { kind: 'stream', location: file, label: file } as const;
  const signal = new AbortController().signal;
  return new IdlingSource('ffmpeg', source, { fps: 10, maxWidth: 640, signal, ...options }, input);
}

async function readAll(source: IdlingSource, seen: (frame: SourceFrame, count: number) => void = () => undefined) {
  const frames: SourceFrame[] = [];
  for (let next = await source.next(); next; next = await source.next()) {
    frames.push(next);
    seen(next, frames.length);
  }
  const ending = source.ending();
  await source.close();
  return { frames, ending };
}

function checkFrames(frames: readonly SourceFrame[], fps: number): void {
  let lastSlot = -1;
  for (const { frame, mediaMs, picture, skippedBefore = 0 } of frames) {
    expect(mediaMs).toBeCloseTo(frame * 100, 1);
    const luma = picture.data[64 * 20 + 30] ?? 0;
    expect(Math.abs(luma - (16 + frame))).toBeLessThanOrEqual(3);
    const slot = Math.floor((mediaMs / 1000) * fps + 0.3);
    expect(slot - lastSlot).toBe(skippedBefore + 1);
    lastSlot = slot;
  }
  expect(lastSlot).toBe(Math.floor(((FRAMES - 1) / 10) * fps + 0.3));
}

describe.each(Object.keys(CODECS) as (keyof typeof CODECS)[])('%s', (codec) => {
  it('not idle gives every frame once, with its index, time and picture', async () => {
    const { frames, ending } = await readAll(open(await clip(codec), 100));
    expect(frames.map(({ frame }) => frame)).toEqual(Array.from({ length: FRAMES }, (_, i) => i));
    checkFrames(frames, 10);
    expect(ending.problem?.fault).toBe('ended');
  });

  it('gives each slot once or counts it as skipped, whenever it is told to idle and to wake', async () => {
    const file = await clip(codec);
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 0, max: 15 }), { minLength: 3, maxLength: 12 }),
        fc.constantFrom(2, 5, 10),
        async (waits, fps) => {
          const source = open(file, 12, { fps });
          let isIdle = false;
          let at = waits[0] ?? 0;
          let step = 0;
          const { frames } = await readAll(source, (_, count) => {
            if (count < at) return;
            isIdle = !isIdle;
            source.setIdle(isIdle);
            at = count + (waits[++step % waits.length] ?? 0) * (isIdle ? 0.2 : 1);
          });
          checkFrames(frames, fps);
        },
      ),
      { numRuns: 3 },
    );
  });
});

it('idle decodes only key frames', async () => {
  const source = open(await clip('h264'), 12);
  const { frames } = await readAll(source, ({ frame }) => source.setIdle(frame >= 25));
  const between = frames.map(({ frame }) => frame).filter((frame) => frame > 35 && frame < 100);
  expect(between).toEqual([40, 60, 80]);
});

void H264;
void processesWith;
