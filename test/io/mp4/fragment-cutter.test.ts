import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import fc from 'fast-check';
import type { FragmentStream } from '../../../src/domain/fragment.js';
import { createFragmentCutter, type CutFragment } from '../../../src/io/mp4/fragment-cutter.js';

/** 3 s of 10 frames/s with B-frames, a key frame every 2 s, times beginning at 5 s. */
async function footage(...flags: string[]): Promise<Buffer> {
  const { stdout } = await promisify(execFile)(
    'ffmpeg',
    [
      ...['-v', 'error', '-nostdin', '-f', 'lavfi', '-i', 'testsrc=size=64x48:rate=10:duration=3'],
      ...['-c:v', 'libx264', '-bf', '2', '-g', '20', '-pix_fmt', 'yuv420p', '-output_ts_offset', '5'],
      ...['-movflags', `empty_moov+default_base_moof+${flags.join('+')}`, '-f', 'mp4', 'pipe:1'],
    ],
    { encoding: 'buffer', maxBuffer: 1 << 24 },
  );
  return stdout;
}

let pieces: Buffer;
let frames: Buffer;

beforeAll(async () => {
  [pieces, frames] = await Promise.all([footage('frag_keyframe'), footage('frag_every_frame')]);
});

function cut(chunks: readonly Uint8Array[]): { streams: FragmentStream[]; fragments: CutFragment[] } {
  const streams: FragmentStream[] = [];
  const fragments: CutFragment[] = [];
  const push = createFragmentCutter(
    { onStream: (one) => streams.push(one), onFragment: (one) => fragments.push(one) },
    () => 1,
  );
  chunks.forEach(push);
  return { streams, fragments };
}

it('cuts a fragment for each group of pictures, times from 0', () => {
  const { streams, fragments } = cut([pieces]);
  expect(streams).toMatchObject([{ width: 64, height: 48 }]);
  expect(streams[0]?.codec).toMatch(/^avc1\.[0-9a-f]{6}$/);
  const about = fragments.map(({ isKey, mediaMs, durationMs, frames }) => [
    isKey,
    mediaMs,
    durationMs,
    frames,
  ]);
  expect(about).toEqual([
    [true, 0, 2000, 20],
    [true, 2000, 1000, 10],
  ]);
});

it('knows of each picture when it is shown', () => {
  const { fragments } = cut([frames]);
  expect(fragments.map(({ mediaMs }) => mediaMs)).toEqual(Array.from({ length: 30 }, (_, i) => i * 100));
  expect(fragments.map(({ isKey }) => isKey)).toEqual(Array.from({ length: 30 }, (_, i) => i % 20 === 0));
  const shown = fragments.map(({ shownUs }) => shownUs).sort((a, b) => a - b);
  const first = fragments[0]?.shownUs ?? NaN;
  expect(first).toBe(fragments[0]?.reorderUs);
  expect(first).toBeGreaterThan(0);
  expect(shown.map((us) => us - first)).toEqual(Array.from({ length: 30 }, (_, i) => i * 100_000));
});

it('gives the same whatever the pieces the bytes come in', () => {
  const whole = cut([pieces]);
  const sizes = fc.array(fc.oneof(fc.constant(1), fc.integer({ min: 1, max: 2000 })), { minLength: 1 });
  fc.assert(
    fc.property(sizes, (sizes) => {
      const chunks: Buffer[] = [];
      for (let at = 0, i = 0; at < pieces.length; i++) {
        const size = sizes[i % sizes.length] ?? 1;
        chunks.push(pieces.subarray(at, at + size));
        at += size;
      }
      expect(cut(chunks)).toEqual(whole);
    }),
    { numRuns: 30 },
  );
});

it.each([
  ['text', Buffer.from('this is no video at all')],
  ['a box of a gigabyte', Buffer.from([0x40, 0, 0, 0, ...Buffer.from('mdat')])],
  [
    'a setup that is none',
    Buffer.from([0, 0, 0, 16, ...Buffer.from('moov'), 0, 0, 0, 8, ...Buffer.from('mvhd')]),
  ],
])('refuses %s', (_, bytes) => {
  expect(() => cut([bytes])).toThrow(/MP4 stream/);
});

it('never takes more than it is given, nor runs away, on any bytes', () => {
  const broken = fc.tuple(fc.nat(pieces.length - 1), fc.uint8Array({ minLength: 1, maxLength: 40 }));
  fc.assert(
    fc.property(broken, ([at, bytes]) => {
      const copy = Buffer.from(pieces);
      copy.set(bytes.subarray(0, copy.length - at), at);
      try {
        cut([copy]);
      } catch (error) {
        expect(error).toHaveProperty('message');
      }
    }),
    { numRuns: 200 },
  );
});
