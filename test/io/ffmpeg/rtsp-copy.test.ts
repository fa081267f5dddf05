import type { OpenOptions } from '../../../src/domain/frame-source.js';
import { parseSource } from '../../../src/domain/source-address.js';
import { createFfmpegSources } from '../../../src/io/ffmpeg/sources.js';
import { type Codec, RTSP_FPS, type RtspServer, startRtsp } from '../../support/rtsp.js';
import { type Recorded, recorded } from './counting.js';

const sources = createFfmpegSources();
const { signal } = new AbortController();
const CODECS: readonly (readonly [Codec, RegExp])[] = [
  ['h264', /^avc1\./],
  ['h265', /^hvc1\./],
  ['mjpeg', /^mp4v\.6C$/],
];
let server: RtspServer;

beforeAll(async () => {
  server = await startRtsp(CODECS.map(([codec]) => ({ path: `/${codec}`, codec })));
});
afterAll(() => server.stop());

/** Times of the first frames, and what was copied meanwhile. */
async function read(
  codec: Codec,
  options: Partial<OpenOptions>,
): Promise<{ times: number[]; sink: Recorded }> {
  const sink = recorded();
  const all = { fps: RTSP_FPS, maxWidth: 320, signal, sink, ...options };
  const source = sources.open(parseSource(server.url(`/${codec}`)), all);
  const times: number[] = [];
  for (let next = await source.next(); next; next = await source.next()) {
    times.push(next.mediaMs);
    // The copy comes from a process of its own, which may be later.
    if (times.length >= 1.5 * RTSP_FPS && sink.fragments.length > 0) break;
  }
  await source.close();
  return { times, sink };
}

describe.each(CODECS)('%s over RTSP', (codec, name) => {
  it.each([
    ['beside the frames', {}],
    ['by a reader that can idle', { canIdle: true }],
  ])('is copied %s, at the same times', async (_, options) => {
    const { times, sink } = await read(codec, options);
    expect(times.length).toBeGreaterThanOrEqual(1.5 * RTSP_FPS);
    expect(sink.streams).toMatchObject([{ width: 768, height: 576 }]);
    expect(sink.streams[0]?.codec).toMatch(name);
    expect(sink.fragments[0]).toMatchObject({ isKey: true, mediaMs: 0 });
    for (const { mediaMs } of sink.fragments) {
      if (mediaMs > (times.at(-1) ?? 0)) continue;
      const apart = Math.min(...times.map((time) => Math.abs(time - mediaMs)));
      expect(apart).toBeLessThanOrEqual(1000 / RTSP_FPS);
    }
  });
});

it('an RTSP camera idles on its key frames', async () => {
  // More slots than frames: the clock of a live camera jitters, and two frames may fall into one slot.
  const options = { fps: 3 * RTSP_FPS, maxWidth: 320, canIdle: true, signal };
  const source = sources.open(parseSource(server.url('/h264')), options);
  source.setIdle(true);
  const seen: { frame: number; skippedBefore?: number }[] = [];
  for (let next = await source.next(); next; next = await source.next()) {
    seen.push(next);
    if (next.skippedBefore !== undefined) break;
  }
  await source.close();
  const [before, last] = seen.slice(-2);
  expect(last?.skippedBefore).toBe(RTSP_FPS - 1);
  expect(last?.frame).toBe((before?.frame ?? NaN) + RTSP_FPS);
});
