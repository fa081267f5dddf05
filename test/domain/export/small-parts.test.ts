import fc from 'fast-check';
import {
  downloadLink,
  downloadText,
  readDownloadToken,
  writeDownloadToken,
} from '../../../src/domain/export/download-token.js';
import { durationText } from '../../../src/domain/duration-text.js';
import { clipFileName, exportFolder, exportKeys } from '../../../src/domain/export/export-keys.js';
import { exportNeeds, lackOfRoom } from '../../../src/domain/export/export-room.js';
import { localText } from '../../../src/domain/local-text.js';
import { parseMoment } from '../../../src/domain/parse-moment.js';

const SAIGON = 'Asia/Ho_Chi_Minh';
const AT = Date.UTC(2026, 10, 22, 1, 0, 0);

it.each([
  ['Asia/Ho_Chi_Minh', 'gate-1_2026-11-22_08-00-00_+0700.mp4'],
  ['America/St_Johns', 'gate-1_2026-11-21_21-30-00_-0330.mp4'],
  ['UTC', 'gate-1_2026-11-22_01-00-00_+0000.mp4'],
])('a clip is named by its camera and the time in %s', (zone, name) => {
  expect(clipFileName({ cameraId: 'gate-1', from: AT + 999, format: 'mp4' }, zone)).toBe(name);
});

it('the files of an export lie by camera, day and content', () => {
  const folder = exportFolder('gate-1-x', { cameraId: 'gate-1', from: AT });
  expect(exportKeys(folder, 'abcdef0123456789', 'mkv').clip).toBe(
    'exports/gate-1/2026-11-22/gate-1-x/abcdef012345/clip.mkv',
  );
});

it.each([
  [0, '0 s'],
  [8400, '8 s'],
  [59_600, '1 min'],
  [125_000, '2 min 5 s'],
  [3_600_000, '1 h'],
  [3_900_000, '1 h 5 min'],
  [86_400_000 + 61_000, '1 d'],
  [-5, '0 s'],
])('%i ms are %s', (ms, text) => {
  expect(durationText(ms)).toBe(text);
});

describe('moments', () => {
  it.each([
    ['2026-11-22T08:00', AT],
    ['2026-11-22 08:00', AT],
    ['2026-11-22T08:00:00.25', AT + 250],
    ['2026-11-22T01:00:00Z', AT],
    ['2026-11-22T10:00:00+09:00', AT],
    ['2026-11-21T21:30-0330', AT],
    ['2026-11-22', AT - 8 * 3_600_000],
  ])('%s', (text, at) => {
    expect(parseMoment(text, SAIGON)).toBe(at);
  });

  it.each([
    '',
    'now',
    '2026-02-30T08:00',
    '2026-11-22T24:00',
    '2026-11-22T08:60',
    '22.11.2026',
    '2026-13-01T00:00',
  ])('"%s" is none', (text) => {
    expect(parseMoment(text, SAIGON)).toBeUndefined();
  });

  it('what a clock shows means that moment, in every zone', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 4e9 }),
        fc.constantFrom(SAIGON, 'UTC', 'Asia/Kathmandu', 'America/St_Johns'),
        (seconds, zone) => {
          const text = localText(seconds * 1000, zone);
          const back = parseMoment(text, zone)!;
          // An hour comes twice where a clock is put back.
          expect(localText(back, zone)).toBe(text);
        },
      ),
      { numRuns: 50 },
    );
  });
});

describe('room', () => {
  const disk = (freeBytes: number, totalBytes = 1e12) => ({ freeBytes, totalBytes });
  const needs = exportNeeds({ bytes: 100e6, workBytes: 200e6 }, 0);

  it.each([
    ['enough on one disk', disk(365e6), disk(365e6), undefined],
    [
      'one disk must hold both',
      disk(363e6),
      disk(363e6),
      'the disk has too little room: 364 MB needed, 363 MB free',
    ],
    [
      'the working disk is full',
      disk(263e6),
      disk(1e9, 2e12),
      'the working disk has too little room: 264 MB needed',
    ],
    [
      'the storage is full',
      disk(1e9),
      disk(163e6, 2e12),
      'the disk of the storage has too little room: 164 MB needed',
    ],
    ['a bucket does not say', disk(265e6), undefined, undefined],
  ])('%s', (_what, work, storage, lack) => {
    const said = lackOfRoom(needs, { work, storage });
    if (lack === undefined) expect(said).toBeUndefined();
    else expect(said).toContain(lack);
  });

  it('evidence is kept twice, with the originals', () => {
    expect(exportNeeds({ bytes: 100, workBytes: 1 }, 1000)).toEqual({
      workBytes: 1,
      storedBytes: 100 + 2 * 1100,
    });
  });
});

describe('links', () => {
  const mark = 'm'.repeat(43);
  const signer = { sign: () => mark };

  it('come back as they were written', () => {
    const token = { id: 'gate-1-1-2-mp4-w', file: 'evidence' as const, expiresAt: AT, mark };
    expect(readDownloadToken(writeDownloadToken(token))).toEqual(token);
  });

  it.each([
    '',
    'x',
    `a.c.1.${mark}x`,
    `../a.c.1.${mark}`,
    `a/b.c.1.${mark}`,
    `A.c.1.${mark}`,
    `a.x.1.${mark}`,
    `a.c..${mark}`,
  ])('"%s" is none', (text) => {
    expect(readDownloadToken(text)).toBeUndefined();
  });

  it('end with the export at the latest', () => {
    const one = { id: 'a', requestedAt: 1, expiresAt: AT + 5500 };
    expect(downloadLink(signer, one, { file: 'clip', expiresInS: 3600, now: AT }).expiresAt).toBe(AT + 5000);
    expect(downloadLink(signer, one, { file: 'clip', expiresInS: 2, now: AT }).expiresAt).toBe(AT + 2000);
  });

  it('sign everything that they say', () => {
    const token = { id: 'a', file: 'clip' as const, expiresAt: 1000 };
    const texts = [
      downloadText(token, 1),
      downloadText({ ...token, id: 'b' }, 1),
      downloadText({ ...token, file: 'evidence' }, 1),
      downloadText({ ...token, expiresAt: 2000 }, 1),
      downloadText(token, 2),
    ];
    expect(new Set(texts).size).toBe(texts.length);
  });
});
