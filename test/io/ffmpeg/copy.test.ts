import { writeFile } from 'node:fs/promises';
import type { SourceAddress } from '../../../src/domain/frame-source.js';
import { FfmpegCopy } from '../../../src/io/ffmpeg/copy-source.js';
import { FfmpegSource } from '../../../src/io/ffmpeg/frame-source.js';
import { IdlingSource } from '../../../src/io/ffmpeg/idling-source.js';
import { orWithoutCopy } from '../../../src/io/ffmpeg/without-copy.js';
import { baseTimeOf, rebaseFragment } from '../../../src/io/mp4/rebase.js';
import {
  type Codec,
  createClips,
  FRAMES,
  framesOf,
  livelike,
  probed,
  recorded,
  streamOf,
} from './counting.js';
import { makeFolder, processesWith } from './media.js';

let folder: Awaited<ReturnType<typeof makeFolder>>;
let clip: ReturnType<typeof createClips>;

beforeAll(async () => {
  folder = await makeFolder();
  clip = createClips(folder);
});
afterAll(() => folder.remove());

/** The only track. */
const PICTURES = 1;
const { signal } = new AbortController();
const options = { fps: 10, maxWidth: 640, signal };
const COPIED: readonly (readonly [Codec, RegExp, number])[] = [
  ['h264', /^avc1\.[0-9a-f]{6}$/, 20],
  ['h264 with B-frames', /^avc1\.[0-9a-f]{6}$/, 20],
  ['h265', /^hvc1\.1\.6\.L\d+\.90$/, 20],
  ['mjpeg', /^mp4v\.6C$/, 1],
];

describe.each(COPIED)('%s beside the decoded frames', (codec, name, group) => {
  const sink = recorded();
  let source: FfmpegSource;
  let times: number[];

  beforeAll(async () => {
    const file = await clip(codec);
    source = new FfmpegSource('ffmpeg', streamOf(file), { ...options, sink }, livelike(file));
    times = (await framesOf(source)).map(({ mediaMs }) => mediaMs);
    await source.close();
  });

  it('comes with a setup that says what it is', () => {
    expect(sink.streams).toHaveLength(1);
    expect(sink.streams[0]).toMatchObject({ width: 64, height: 48 });
    expect(sink.streams[0]?.codec).toMatch(name);
  });

  it('is whole: every frame is in one fragment of at most a second, at its time', () => {
    expect(times).toHaveLength(FRAMES);
    expect(sink.fragments.reduce((sum, { frames }) => sum + frames, 0)).toBe(FRAMES);
    let index = 0;
    for (const { mediaMs, durationMs, frames, isKey, bytes } of sink.fragments) {
      expect(frames).toBeLessThanOrEqual(10);
      expect(Math.abs(mediaMs - (times[index] ?? NaN))).toBeLessThanOrEqual(100);
      expect(isKey).toBe(index % group === 0);
      expect(durationMs).toBeCloseTo(frames * 100, 0);
      const units = ((sink.streams[0]?.timescale ?? NaN) * mediaMs) / 1000;
      expect(Number(baseTimeOf(bytes, PICTURES))).toBeCloseTo(units, 3);
      index += frames;
    }
    const total = sink.fragments.reduce((sum, { bytes }) => sum + bytes.length, 0);
    const noticed = source.stats().copiedBytes ?? NaN;
    expect(noticed).toBeGreaterThanOrEqual(total + (sink.streams[0]?.init.length ?? NaN));
    expect(noticed).toBeLessThan(total + 4096);
    expect(source.stats().copyProblem).toBeUndefined();
  });

  it('plays from any key frame on, from 0', async () => {
    const from = sink.fragments.findIndex(({ isKey }, i) => isKey && i > sink.fragments.length / 3);
    const part = sink.fragments.slice(from).map(({ bytes }) => Buffer.from(bytes));
    const units = baseTimeOf(part[0] ?? Buffer.alloc(0), PICTURES) ?? 0n;
    const timescale = sink.streams[0]?.timescale ?? 1;
    for (const bytes of part) rebaseFragment(bytes, { units, timescale }, new Map());
    const file = folder.path(`part-${codec.replaceAll(' ', '-')}.mp4`);
    await writeFile(file, Buffer.concat([sink.streams[0]?.init ?? Buffer.alloc(0), ...part]));
    const frames = sink.fragments.slice(from).reduce((sum, one) => sum + one.frames, 0);
    const found = await probed(file);
    expect(found).toMatchObject({ frames, errors: '' });
    // Reordered pictures are shown a little later than they are decoded.
    expect(found.startS).toBeLessThanOrEqual(0.2);
  });
});

describe('what MP4 cannot hold', () => {
  it('is decoded all the same, and why it is not copied is told', async () => {
    const file = await clip('ffv1');
    const sink = recorded();
    const source = new FfmpegSource('ffmpeg', streamOf(file), { ...options, sink }, livelike(file));
    expect(await framesOf(source)).toHaveLength(FRAMES);
    await source.close();
    expect(source.stats()).toMatchObject({ decodeErrors: 0 });
    expect(source.stats().copyProblem).toContain('ffv1');
    expect(source.ending()).toMatchObject({ problem: { fault: 'ended' } });
    expect(sink.streams).toEqual([]);
  });

  it('cannot idle, and is read without', async () => {
    const file = await clip('ffv1');
    const idling = new IdlingSource('ffmpeg', streamOf(file), options, livelike(file));
    const source = orWithoutCopy(
      idling,
      () => new FfmpegSource('ffmpeg', streamOf(file), options, livelike(file)),
    );
    source.setIdle(true);
    expect(await framesOf(source)).toHaveLength(FRAMES);
    await source.close();
    expect(source.stats().copyProblem).toContain('ffv1');
  });

  it('ends a reader that only copies, with the reason', async () => {
    const file = await clip('ffv1');
    const copy = new FfmpegCopy('ffmpeg', streamOf(file), { sink: recorded(), signal }, livelike(file));
    const { problem } = await copy.ended;
    expect(problem?.fault).toBe('unsupported');
    expect(problem?.message).toMatch(/^the camera cannot be copied as MP4 \(ffmpeg: .*ffv1/);
  });
});

describe('a reader that only copies', () => {
  it('hands on every fragment, and says how it ended', async () => {
    const file = await clip('h264');
    const sink = recorded();
    const copy = new FfmpegCopy('ffmpeg', streamOf(file), { sink, signal }, livelike(file));
    expect((await copy.ended).problem).toMatchObject({ fault: 'ended' });
    expect(sink.fragments.reduce((sum, { frames }) => sum + frames, 0)).toBe(FRAMES);
    expect(copy.stats().copiedBytes).toBeGreaterThan(1000);
    await copy.close();
  });

  it.each([
    ['close', (copy: FfmpegCopy) => copy.close()],
    ['its signal', (_: FfmpegCopy, stop: AbortController) => Promise.resolve(stop.abort())],
  ])('is gone after %s', async (_, end) => {
    const file = await clip('h264');
    const stop = new AbortController();
    const begun = new Promise<void>((resolve) => {
      const sink = { begin: () => undefined, take: () => resolve() };
      const copy = new FfmpegCopy('ffmpeg', streamOf(file), { sink, signal: stop.signal }, livelike(file, 1));
      void copy.ended.then(() => resolve());
      running = copy;
    });
    await begun;
    await end(running, stop);
    await running.ended;
    await running.close();
    expect(await processesWith(file)).toEqual([]);
  });
  let running: FfmpegCopy;

  it('says that nobody answers', async () => {
    const source: SourceAddress = {
      kind: 'stream',
      location: 'tcp://127.0.0.1:1',
      label: 'tcp://127.0.0.1:1',
    };
    const copy = new FfmpegCopy('ffmpeg', source, { sink: recorded(), signal });
    expect((await copy.ended).problem).toMatchObject({ fault: 'refused' });
  });

  it('says that ffmpeg is missing', async () => {
    const file = await clip('h264');
    const copy = new FfmpegCopy(
      '/nowhere/ffmpeg',
      streamOf(file),
      { sink: recorded(), signal },
      livelike(file),
    );
    expect((await copy.ended).problem?.message).toContain('install ffmpeg');
    await copy.close();
  });
});
