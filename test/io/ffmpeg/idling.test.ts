import fc from 'fast-check';
import type { OpenOptions, SourceFrame } from '../../../src/domain/frame-source.js';
import { IdlingSource } from '../../../src/io/ffmpeg/idling-source.js';
import {
  type Codec,
  CODECS,
  createClips,
  FRAMES,
  framesOf,
  GROUP,
  livelike,
  recorded,
  streamOf,
} from './counting.js';
import { makeClip, makeFolder, processesWith } from './media.js';

let folder: Awaited<ReturnType<typeof makeFolder>>;
let clip: ReturnType<typeof createClips>;

beforeAll(async () => {
  folder = await makeFolder();
  clip = createClips(folder);
});
afterAll(() => folder.remove());

const { signal } = new AbortController();

function open(file: string, speed: number, options: Partial<OpenOptions> = {}): IdlingSource {
  const all = { fps: 10, maxWidth: 640, signal, ...options };
  return new IdlingSource('ffmpeg', streamOf(file), all, livelike(file, speed));
}

const indexes = (frames: readonly SourceFrame[]): number[] => frames.map(({ frame }) => frame);
const upTo = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

/** Every frame has its own index, time and picture, no slot is given twice, and every one left out is counted. */
function checkFrames(frames: readonly SourceFrame[], fps: number): void {
  const slotOf = (frame: number): number => Math.floor((frame / 10) * fps + 0.3);
  let lastSlot = -1;
  for (const { frame, mediaMs, picture, skippedBefore = 0 } of frames) {
    expect(mediaMs).toBeCloseTo(frame * 100, 1);
    expect(Math.abs((picture.data[64 * 20 + 30] ?? 0) - (16 + frame))).toBeLessThanOrEqual(3);
    expect(slotOf(frame) - lastSlot).toBe(skippedBefore + 1);
    lastSlot = slotOf(frame);
  }
  expect(lastSlot).toBe(slotOf(FRAMES - 1));
}

const codecs = (Object.keys(CODECS) as Codec[]).filter((codec) => codec !== 'ffv1');

describe.each(codecs)('%s', (codec) => {
  it('not idle gives every frame', async () => {
    const source = open(await clip(codec), 100);
    const frames = await framesOf(source);
    expect(indexes(frames)).toEqual(upTo(FRAMES));
    checkFrames(frames, 10);
    expect(source.ending().problem?.fault).toBe('ended');
    await source.close();
  });

  it('gives each slot once or counts it as skipped, whenever it is told to idle and to wake', async () => {
    const file = await clip(codec);
    const waits = fc.array(fc.nat(15), { minLength: 3, maxLength: 12 });
    const property = async (waits: number[], fps: number): Promise<void> => {
      const source = open(file, 20, { fps });
      let isIdle = false;
      let turnAt = waits[0] ?? 0;
      let turns = 0;
      const frames = await framesOf(source, (_, count) => {
        if (count < turnAt) return;
        isIdle = !isIdle;
        source.setIdle(isIdle);
        // An idle source gives few frames.
        turnAt = count + (waits[++turns % waits.length] ?? 0) * (isIdle ? 0.2 : 1);
      });
      await source.close();
      checkFrames(frames, fps);
    };
    await fc.assert(fc.asyncProperty(waits, fc.constantFrom(2, 5, 10), property), {
      numRuns: 2,
      endOnFailure: true,
    });
  });
});

describe('idle', () => {
  it('decodes key frames only, from the first whole group on, and what is left at the end', async () => {
    const source = open(await clip('h264'), 20);
    source.setIdle(true);
    const frames = await framesOf(source);
    await source.close();
    expect(indexes(frames)).toEqual([...upTo(GROUP + 1), 40, 60, 80, ...upTo(FRAMES).slice(100)]);
    expect(frames.map(({ skippedBefore }) => skippedBefore).filter(Boolean)).toEqual([19, 19, 19, 19]);
  });

  it('decodes no more than two of a stream of key frames a second', async () => {
    const source = open(await clip('mjpeg'), 20);
    source.setIdle(true);
    const frames = await framesOf(source);
    await source.close();
    expect(frames.length).toBeLessThanOrEqual(2 * (FRAMES / 10) + 3);
    expect(frames.length).toBeGreaterThanOrEqual(FRAMES / 10);
    checkFrames(frames, 10);
  });

  it('told to wake gives what came since the last key frame, and all that follows', async () => {
    const source = open(await clip('h264'), 4);
    source.setIdle(true);
    const frames = await framesOf(source, ({ frame }) => frame === 60 && source.setIdle(false));
    await source.close();
    expect(indexes(frames)).toEqual([...upTo(GROUP + 1), 40, ...upTo(FRAMES).slice(60)]);
  });

  it('is recorded whole', async () => {
    const sink = recorded();
    const source = open(await clip('h264'), 50, { sink });
    source.setIdle(true);
    await framesOf(source);
    await source.close();
    expect(sink.fragments.map(({ mediaMs }) => Math.round(mediaMs))).toEqual(
      upTo(FRAMES).map((i) => i * 100),
    );
    expect(sink.fragments.filter(({ isKey }) => isKey)).toHaveLength(FRAMES / GROUP);
  });

  it('does not begin where groups of pictures are longer than what is kept', async () => {
    const input = 'testsrc=size=64x48:rate=10:duration=30';
    const long = ['-c:v', 'libx264', '-bf', '0', '-g', '140', '-keyint_min', '140', '-sc_threshold', '0'];
    const source = open(await makeClip(folder.path('long.mkv'), input, ...long), 60);
    source.setIdle(true);
    expect(indexes(await framesOf(source))).toEqual(upTo(300));
    await source.close();
  });
});

describe('movement', () => {
  /** Still for 20 s, a key frame every 10 s; at 14 s something the size of a person comes in from the left. */
  const MOVES_AT_MS = 14_000;
  const SCENE = [
    'testsrc2=size=320x240:rate=10:duration=1,trim=end_frame=1,loop=199:1,setpts=N/10/TB[still]',
    'testsrc2=size=30x80:rate=10:duration=20[person]',
    "[still][person]overlay=x='-30+max(0,t-14)*20':y=100,noise=alls=2:allf=t",
  ].join(';');
  const ENCODED = ['-c:v', 'libx264', '-preset', 'veryfast', '-bf', '0', '-g', '100', '-keyint_min', '100'];

  it('wakes an idle source by itself, which gives out what came shortly before, and loses nothing of it', async () => {
    const file = await makeClip(
      folder.path('scene.mkv'),
      SCENE,
      ...ENCODED,
      '-sc_threshold',
      '0',
      '-t',
      '20',
    );
    const sink = recorded();
    const source = open(file, 10, { sink });
    source.setIdle(true);
    let copiedMs = 0;
    const frames = await framesOf(source, ({ frame }) => {
      if (frame > 100) copiedMs ||= sink.fragments.at(-1)?.mediaMs ?? 0;
    });
    await source.close();
    const from = frames.find(({ skippedBefore = 0 }) => skippedBefore > 0)?.frame ?? 0;
    expect(indexes(frames)).toEqual([...upTo(101), ...upTo(200).slice(from)]);
    expect(frames.map(({ skippedBefore = 0 }) => skippedBefore).filter(Boolean)).toEqual([from - 101]);
    // What is far from the movement would only hold it up.
    expect(from).toBeGreaterThan(105);
    expect(from * 100).toBeLessThanOrEqual(MOVES_AT_MS);
    // Until then it was idle.
    expect(copiedMs).toBeGreaterThanOrEqual(MOVES_AT_MS);
    expect(copiedMs).toBeLessThan(20_000);
  });
});

describe('the processes', () => {
  it('are gone after close, idle or not', async () => {
    const file = await clip('h264');
    for (const isIdle of [false, true]) {
      const source = open(file, 5);
      source.setIdle(isIdle);
      for (let next = await source.next(); next && next.frame < 40;) next = await source.next();
      expect(await processesWith(file)).toHaveLength(1);
      await source.close();
      expect(await processesWith(file)).toEqual([]);
      expect(await source.next()).toBeUndefined();
    }
  });

  it('wait while nobody takes frames, and lose none', async () => {
    const large = ['-c:v', 'mjpeg', '-q:v', '1', '-pix_fmt', 'yuvj420p'];
    const input = 'testsrc2=size=640x480:rate=25:duration=4,noise=alls=40:allf=t';
    const sink = recorded();
    const source = open(await makeClip(folder.path('much.mkv'), input, ...large), 1000, { fps: 25, sink });
    await source.next();
    await untilStill(() => sink.fragments.length);
    expect(sink.fragments.length).toBeLessThan(100);
    expect(await framesOf(source)).toHaveLength(99);
    await source.close();
  });

  it('a decoder that is killed ends the reading and says so', async () => {
    const source = open(await clip('h264'), 2);
    await source.next();
    const [decoder] = await decodersOfThisProcess();
    process.kill(decoder ?? 0, 'SIGKILL');
    await framesOf(source);
    expect(source.ending().problem?.fault).toBe('killed');
    await source.close();
  });

  it('that are not installed are an error that names the package', async () => {
    const file = await clip('h264');
    const options = { fps: 10, maxWidth: 640, signal };
    const source = new IdlingSource('/nowhere/ffmpeg', streamOf(file), options, livelike(file));
    await expect(source.next()).rejects.toThrow('/nowhere/ffmpeg is not installed; install ffmpeg');
    await source.close();
  });
});

async function decodersOfThisProcess(): Promise<number[]> {
  return processesWith('-copyts -probesize 32');
}

async function untilStill(read: () => number): Promise<void> {
  for (let same = 0, last = -1; same < 10; same = read() === last ? same + 1 : 0) {
    last = read();
    await new Promise((resolve) => setTimeout(resolve, 30));
  }
}
