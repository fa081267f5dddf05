import {
  encodeArguments,
  encoderArguments,
  encodingForAll,
  encodingLike,
  rewrapArguments,
} from '../../../src/io/clips/encode-arguments.js';
import { estimateClip } from '../../../src/io/clips/estimate.js';
import { gapLines } from '../../../src/io/clips/gap-picture.js';
import { createProgress } from '../../../src/io/clips/progress.js';
import type { Segment } from '../../../src/ports.js';
import { orderOf } from '../../support/clips.js';
import { FIRST_AT } from '../../support/recordings.js';

const MB = 1024 ** 2;

describe('how ffmpeg is asked for parts of a clip', () => {
  it.each([
    ['h264', 'Constrained Baseline', 'libx264 baseline'],
    ['h264', 'Main', 'libx264 main'],
    ['h264', 'High 10', 'libx264 high10'],
    ['hevc', 'Main 10', 'libx265 main10'],
    ['mjpeg', 'Baseline', 'mjpeg undefined'],
    ['h264', 'CAVLC 4:4:4', undefined],
    ['hevc', 'Rext', undefined],
  ] as const)('an edge of %s %s stands beside its neighbours', (family, profile, expected) => {
    const encoding = encodingLike(family, { profile, pixelFormat: 'yuv420p' }, { setId: 3, threads: 2 });
    expect(encoding && `${encoding.encoder} ${encoding.profile}`).toBe(expected);
  });

  it('an H.264 edge has parameter sets of its own number, and no reordered pictures', () => {
    const encoding = encodingLike(
      'h264',
      { profile: 'High', pixelFormat: 'yuvj420p' },
      { setId: 3, threads: 2 },
    );
    const args = encoderArguments(encoding!).join(' ');
    expect(args).toContain('-pix_fmt yuvj420p');
    expect(args).toContain('-bf 0');
    expect(args).toContain('sps-id=3');
    expect(args).toContain('-threads 2');
  });

  it('takes exactly the pictures of a stretch, each at its own time', () => {
    const encoding = encodingForAll(1);
    const job = { path: 'x.mp4', from: 1024, to: 4097, timescale: 10_240, encoding };
    const { inputs, output } = encodeArguments({ ...job, size: { width: 320, height: 240 } });
    expect(inputs).toEqual([['-copyts', '-threads', '1', '-i', 'x.mp4']]);
    const filter = output[output.indexOf('-vf') + 1]!;
    expect(filter.startsWith("select='gte(pts,1024)*lt(pts,4097)',scale=320:240:")).toBe(true);
    expect(output.join(' ')).toContain('-fps_mode passthrough -enc_time_base 1:10240');
  });

  it.each([
    ['mkv', '-c:a copy'],
    ['avi', '-c:a pcm_s16le'],
  ] as const)('%s: the pictures are copied into it', (format, sound) => {
    const { output } = rewrapArguments('x.mp4', format);
    expect(output.join(' ')).toContain(`-c:v copy ${sound}`);
  });
});

describe('what a clip will need', () => {
  const segment = (i: number, more: Partial<Segment> = {}): Segment => ({
    ...{ id: `s${i}`, cameraId: 'gate-1', node: 'n', path: 'x', startAt: FIRST_AT + i * 60_000 },
    ...{ endAt: FIRST_AT + (i + 1) * 60_000, bytes: 10 * MB, codec: 'avc1.64001f', width: 640, height: 360 },
    ...{ why: 'always', state: 'closed', tier: 'hot', isProtected: false, sha256: 'x' },
    ...more,
  });
  const cold = { key: 'k', bytes: 4 * MB, sha256: 'y', codec: 'hvc1.1.6.L93.B0', movedAt: 1 };
  const small = { ...segment(1), width: 320 };
  it.each([
    ['copied', [segment(0), segment(1)], {}, 'copy', 17, 17],
    ['put into another container', [segment(0), segment(1)], { format: 'mkv' as const }, 'copy', 17, 34],
    ['of two sizes', [segment(0), small], {}, 'encode', 24.5, 49],
    ['with something drawn', [segment(0), segment(1)], { look: { overlay: true } }, 'encode', 24.5, 49],
    [
      'from the cold store',
      [segment(0, { tier: 'cold', cold }), segment(1, { tier: 'cold', cold })],
      {},
      'copy',
      8,
      16,
    ],
  ] as const)('%s', (_, segments, more, how, megabytes, workMegabytes) => {
    const order = orderOf({ segments }, [30_000, 120_000], more);
    const estimate = estimateClip(order, new Map(segments.map((one) => [one.id, one])));
    expect(estimate.how).toBe(how);
    expect(estimate.bytes / MB).toBeCloseTo(megabytes, 3);
    expect(estimate.workBytes / MB).toBeCloseTo(workMegabytes, 3);
  });
});

describe('what is told meanwhile', () => {
  it('a gap says when it was on the clock of the site, and why', () => {
    const gap = { from: FIRST_AT, to: FIRST_AT + 90_000, cause: 'network' as const, reason: 'no route' };
    expect(gapLines(gap, 'Asia/Ho_Chi_Minh')).toEqual([
      'No recording',
      '2026-03-03 17:00:00 – 2026-03-03 17:01:30',
      'network',
      'no route',
    ]);
  });

  it('progress grows to its end, with the time left by what was done', () => {
    let now = 0;
    const told: [number, number | undefined][] = [];
    const progress = createProgress(
      (fraction, leftMs) => told.push([fraction, leftMs]),
      () => now,
    );
    progress.expect(1000);
    for (const cost of [5, 245, 250, 600]) {
      now += 1000;
      progress.did(cost);
    }
    expect(told).toEqual([
      [0.005, undefined],
      [0.25, 6000],
      [0.5, 3000],
      [0.999, 4],
    ]);
  });
});
