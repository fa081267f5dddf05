import type { CoverageReport } from '../../src/api/coverage-report.js';
import { drawCoverage } from '../../src/main/coverage-view.js';

const HOUR = 3_600_000;
const FROM = Date.parse('2026-11-21T00:00:00Z');
const gap = (
  from: number,
  to: number,
  cause: 'network' | 'off' | 'not-watched' | 'camera',
  reason?: string,
) => ({
  ...{ from: FROM + from * HOUR, to: FROM + to * HOUR, cause },
  ...(reason !== undefined && { reason }),
});
const report: CoverageReport = {
  ...{ cameraId: 'gate-1', from: FROM, to: FROM + 24 * HOUR, mode: 'always' },
  recording: { covered: [], holes: [gap(0, 24, 'not-watched')], coveredMs: 0 },
  analysis: {
    covered: [
      { from: FROM + 6 * HOUR, to: FROM + 12 * HOUR },
      { from: FROM + 12.01 * HOUR, to: FROM + 24 * HOUR },
    ],
    holes: [gap(0, 6, 'not-watched'), gap(12, 12.01, 'network', 'did not answer in time')],
    coveredMs: 17.99 * HOUR,
  },
  hours: [
    {
      ...{ hourAt: FROM + 7 * HOUR, expected: 18_000, missing: 7200, explainedByGaps: 0, remainder: 7200 },
      counts: { captured: 10_800, analysed: 10_800, gated: 0, dropped: 0, failed: 0 },
      why: 'source slower than fps',
    },
  ],
};

it('draws a strip a track, a short gap in it, and names gaps and missing frames in site time', () => {
  const lines = drawCoverage([report], 'Asia/Ho_Chi_Minh');
  expect(lines).toEqual([
    '2026-11-21 07:00:00 to 2026-11-22 07:00:00 (Asia/Ho_Chi_Minh)',
    '',
    `gate-1  recording  ${'·'.repeat(48)}  0.0 %`,
    `gate-1  analysis   ${'·'.repeat(12)}${'█'.repeat(12)}N${'█'.repeat(23)}  75.0 %`,
    expect.stringContaining('N network'),
    '',
    'gate-1  analysis   2026-11-21 19:00:00 to 2026-11-21 19:00:36  36 s  network: did not answer in time',
    '',
    'gate-1  frames     2026-11-21 14:00:00  10800 of 18000 captured; 7200 beyond the gaps: source slower than fps',
  ]);
});

it('recording that was never asked for is left out', () => {
  expect(drawCoverage([{ ...report, mode: 'off' }], 'UTC').join('\n')).not.toContain('recording');
});
