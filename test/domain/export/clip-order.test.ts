import { clipItems } from '../../../src/domain/export/clip-order.js';
import { howToMake } from '../../../src/domain/export/how-to-make.js';
import type { ClipGap, ClipPlan } from '../../../src/domain/export/plan-clip.js';

const stretch = (segmentId: string, from: number, to: number) => ({ segmentId, from, to });
const gap = (from: number, to: number): ClipGap => ({ from, to, cause: 'network' });

describe('what comes after what in a clip', () => {
  const plan: ClipPlan = {
    from: 0,
    to: 200_000,
    stretches: [stretch('a', 1000, 60_000), stretch('b', 60_040, 90_000), stretch('c', 180_000, 200_000)],
    gaps: [gap(0, 1000), gap(90_000, 180_000)],
  };
  const said = (showGaps: boolean, whole: readonly string[] = []): string[] =>
    clipItems(plan, { showGaps, isWhole: ({ segmentId }) => whole.includes(segmentId) }).map((item) =>
      item.kind === 'gap'
        ? `gap ${item.shownMs}`
        : `${item.stretch.segmentId}${item.isJoined ? ' joined' : ''} until ${item.until}`,
    );

  it('joins what follows each other, and leaves gaps out', () => {
    expect(said(false)).toEqual(['a until 60000', 'b joined until 90000', 'c until 200000']);
  });

  it('shows gaps, no longer than a minute', () => {
    expect(said(true)).toEqual([
      'gap 1000',
      'a until 60000',
      'b joined until 90000',
      'gap 60000',
      'c until 200000',
    ]);
  });

  it('takes all of a recording that is wanted to its end: its row may end a little before the file', () => {
    expect(said(false, ['a'])[0]).toBe('a until 200000');
  });
});

describe('copied or encoded', () => {
  const h264 = { codec: 'h264', width: 640, height: 360, isReordered: false } as const;
  it.each([
    ['one codec and size', [h264, h264], 'mp4', false, 'copy'],
    ['another size', [h264, { ...h264, width: 320 }], 'mp4', false, 'encode'],
    ['another codec', [h264, { ...h264, codec: 'hevc' as const }], 'mkv', false, 'encode'],
    ['something drawn', [h264], 'mp4', true, 'encode'],
    ['a codec that is not known', [{ ...h264, codec: 'other' as const }], 'mp4', false, 'encode'],
    ['H.265 in MP4', [{ ...h264, codec: 'hevc' as const }], 'mp4', false, 'copy'],
    ['H.265 in AVI', [{ ...h264, codec: 'hevc' as const }], 'avi', false, 'encode'],
    ['reordered pictures in AVI', [{ ...h264, isReordered: true }], 'avi', false, 'encode'],
    ['reordered pictures in MP4', [{ ...h264, isReordered: true }], 'mp4', false, 'copy'],
    ['nothing', [], 'mp4', false, 'encode'],
  ] as const)('%s', (_, recordings, format, hasLook, expected) => {
    expect(howToMake(recordings, { format, hasLook })).toBe(expected);
  });
});
