import { retentionMistakes, retentionProblems } from '../../../src/domain/archive/mistakes.js';
import { archiveMail } from '../../../src/domain/archive/render-mail.js';
import { archivePage } from '../../../src/domain/archive/render-page.js';
import { bytesText } from '../../../src/domain/archive/render-sheet.js';
import { archiveText } from '../../../src/domain/archive/render-text.js';
import {
  MOST_FAILED,
  newReport,
  reckon,
  reckonFailure,
  resumed,
} from '../../../src/domain/archive/report.js';
import { CameraFile } from '../../../src/domain/camera.js';
import { formatOf } from '../../../src/domain/flow/render/format.js';
import { parseCameraFile } from '../../../src/io/camera-file.js';

const AT = 1_795_251_600_000;
const start = newReport(
  { id: 'move-1-alpha', action: 'move', startedAt: AT, isDryRun: false, node: 'alpha' },
  { freeBytes: 5e9, totalBytes: 9e9 },
);
const gate = { cameraId: 'gate-1', bytes: 2e9 };
const about = {
  site: { name: 'Kho <1>', timeZone: 'Asia/Ho_Chi_Minh' },
  ...{ language: 'en' as const, cameras: [{ id: 'gate-1', name: 'Main gate' }] },
};

it('adds up', () => {
  let report = reckon(start, gate, { kind: 'moved', copyBytes: 5e8, isEncoded: true });
  report = reckon(report, gate, { kind: 'moved', copyBytes: 2e9, isEncoded: false });
  report = reckon(report, { ...gate, bytes: 7 }, { kind: 'deleted', tier: 'cold' });
  report = reckon(report, gate, { kind: 'protected' });
  expect(report).toMatchObject({
    moved: { count: 2, bytes: 4e9 },
    compressed: { count: 1, bytes: 2e9, savedBytes: 1.5e9 },
    deleted: { hot: { count: 0, bytes: 0 }, cold: { count: 1, bytes: 7 } },
    protected: { count: 1, bytes: 2e9 },
    byCamera: { 'gate-1': { moved: { count: 2, bytes: 4e9 }, deleted: { count: 1, bytes: 7 } } },
  });
  expect(start.moved.count).toBe(0);
});

it('keeps the first failures, and counts all; a run that goes on forgets them', () => {
  let report = { ...start, problem: 'away' };
  for (let i = 0; i < MOST_FAILED + 5; i++)
    report = {
      ...reckonFailure(report, { segmentId: `s-${i}`, step: 'copy', reason: 'x' }),
      problem: 'away',
    };
  expect([report.failed.length, report.failedCount]).toEqual([MOST_FAILED, MOST_FAILED + 5]);
  expect(archiveText(report, about)).toMatch(/and 5 more/);
  expect(resumed(report)).toEqual(start);
});

describe('in words', () => {
  const moved = reckon(start, gate, { kind: 'moved', copyBytes: 2e9, isEncoded: false });
  const report = {
    ...reckonFailure(moved, { segmentId: 'gate-1-5', step: 'verify', reason: '<b>bad</b>' }),
    ...{ problem: 'disk full', oldestKept: { 'gate-1': AT, gone: AT } },
  };

  it('as text, in both languages', () => {
    const text = archiveText(report, about);
    for (const line of [
      /^Archive of recordings, 21\/11\/2026, 16:00$/m,
      /^Kho <1> · alpha · Asia\/Ho_Chi_Minh$/m,
      /^Moved to cold storage: 2\.0 GB \(1 recordings\)$/m,
      /^Free on the recordings' disk: 5\.0 GB \(before: 5\.0 GB\)$/m,
      /^\* It ended before it was through: disk full\. The next run goes on\.$/m,
      /^Main gate \(gate-1\) +1 · 2\.0 GB +– +21\/11\/2026, 16:00$/m,
      /^gate-1-5 +verifying +<b>bad<\/b>$/m,
    ])
      expect(text).toMatch(line);
    const vi = archiveText(report, { ...about, language: 'vi' });
    expect(vi).toMatch(/^Chuyển sang kho lạnh: 2,0 GB \(1 bản ghi\)$/m);
    expect(vi).not.toMatch(/undefined|NaN/);
  });

  it('as a page that trusts nobody, and as a mail whose subject says that something is wrong', () => {
    const page = archivePage(report, about);
    expect(page).toContain('&lt;b&gt;bad');
    expect(page).toContain('Kho &lt;1&gt;');
    expect(page).not.toContain('<script');
    expect(archiveMail(report, about).subject).toMatch(/^⚠ \[Kho <1>\] Archive of recordings/);
    expect(archiveMail(start, about).subject).not.toContain('⚠');
    expect(archiveMail(start, about).text).toMatch(/There was nothing to do/);
    expect(archiveText({ ...moved, isDryRun: true }, about)).toMatch(/Nothing was touched/);
  });

  it.each([
    [0, '0 B'],
    [999, '999 B'],
    [1000, '1.0 kB'],
    [1_234_567, '1.2 MB'],
    [5e12, '5.0 TB'],
    [9e18, '9,000.0 PB'],
  ])('%d bytes', (bytes, text) => expect(bytesText(bytes, formatOf('en', 'UTC'))).toBe(text));
});

describe('mistakes in the rules', () => {
  const file = (given: object) =>
    CameraFile.parse({ cameras: [{ id: 'a', source: 'rtsp://127.0.0.1/x', groups: ['north'] }], ...given });
  it.each([
    [{ archive: { reportTo: ['nobody'] } }, /archive\.reportTo\[0\] is "nobody".*there are none/],
    [{ archive: { reportTo: ['x'] }, recipients: [{ id: 'x', log: true }] }, /has no e-mail address/],
    [{ retention: [{ hotDays: 1 }, { cameras: ['a'], hotDays: 9 }] }, /retention\[1\] is never used/],
    [{ retention: [{ hotDays: 1, encode: {} }] }, /retention\[0\]\.encode/],
    [{ archive: { freeGb: 5 }, retention: [{ hotDays: 1 }] }, /archive\.freeGb/],
  ])('%j', (given, message) => {
    expect(retentionMistakes(file(given))).toEqual([expect.stringMatching(message)]);
    const text = JSON.stringify({ ...given, cameras: [] });
    expect(() => parseCameraFile(text, 'cameras.json', {})).toThrow(message);
  });

  it.each([
    [
      {
        retention: [
          { cameras: ['a'], hotDays: 1 },
          { hotDays: 9, coldDays: 5, encode: {} },
        ],
        archive: { freeGb: 5 },
      },
    ],
    [{ retention: [{ why: 'motion', hotDays: 1 }, { groups: ['north'], hotDays: 2 }, { hotDays: 9 }] }],
  ])('none: %j', (given) => expect(retentionMistakes(file(given))).toEqual([]));

  it('what is odd is said, and refused by nobody', () => {
    const odd = file({
      retention: [{ cameras: ['a', 'b'], groups: ['south'], hotDays: 3, coldDays: 4, maxGb: 5 }],
    });
    expect(retentionProblems(odd, true)).toEqual([
      expect.stringMatching(/retention\[0\]\.cameras names "b".*there are a$/),
      expect.stringMatching(/retention\[0\]\.groups names "south".*there are north$/),
    ]);
    expect(retentionProblems(odd, false)[2]).toMatch(/for 7 days instead, without maxGb; set COLD_URL/);
  });
});
