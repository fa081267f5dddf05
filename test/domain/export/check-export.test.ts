import { Camera } from '../../../src/domain/camera.js';
import { checkExport, type ExportReads, type RecordedPart } from '../../../src/domain/export/check-export.js';
import { ExportRequest } from '../../../src/domain/export/request.js';

const T0 = Date.UTC(2026, 10, 22, 1, 0, 0);
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const NOW = T0 + 2 * HOUR;
const timeZone = 'Asia/Ho_Chi_Minh';
const camera = Camera.parse({ id: 'gate-1', source: 'rtsp://10.0.0.5/x', record: { mode: 'always' } });

const part = (from: number, to: number, damagedAt?: number): RecordedPart => ({
  ...{ id: `gate-1-${from}`, startAt: from, endAt: to, bytes: 1000 },
  ...(damagedAt !== undefined && { damagedAt }),
});
/** Recorded from T0 for half an hour; the network is gone from minute 10 to 12. */
const PARTS = [part(T0, T0 + 10 * MINUTE), part(T0 + 12 * MINUTE, T0 + 30 * MINUTE)];

function reads(parts: readonly RecordedPart[] = PARTS): ExportReads {
  return {
    states: {
      source: async () => ({ status: 'online', since: T0 - HOUR, beatAt: NOW }),
      read: async () => undefined,
      hours: async () => [],
    },
    gaps: {
      list: async () => [
        {
          track: 'recording',
          from: T0 + 10 * MINUTE,
          to: T0 + 12 * MINUTE,
          cause: 'network',
          reason: 'no route',
        },
        { track: 'recording', from: T0 + 30 * MINUTE, cause: 'disk' },
      ],
    },
    recordings: {
      list: async ({ cameraId, from, to, limit, newestFirst = false }) => {
        const found = parts.filter(
          ({ startAt, endAt }) => cameraId === 'gate-1' && startAt < to && endAt > from,
        );
        return (newestFirst ? [...found].reverse() : found).slice(0, limit);
      },
    },
  };
}

const check = (
  asked: Partial<ExportRequest> & { from: number; to: number },
  options: { parts?: readonly RecordedPart[]; camera?: Camera | undefined; now?: number } = {},
) =>
  checkExport(
    reads(options.parts),
    'camera' in options ? options.camera : camera,
    ExportRequest.parse({ cameraId: 'gate-1', ...asked }),
    { now: options.now ?? NOW, timeZone },
  );

it.each<[string, { from: number; to: number }, string, string]>([
  [
    'ends before it begins',
    { from: T0 + 5000, to: T0 },
    'from',
    'from (2026-11-22 08:00:05) must be before to (2026-11-22 08:00:00)',
  ],
  [
    'is empty',
    { from: T0, to: T0 },
    'from',
    'from (2026-11-22 08:00:00) must be before to (2026-11-22 08:00:00)',
  ],
  [
    'is too long',
    { from: T0 - 25 * HOUR, to: T0 },
    'to',
    '1 d 1 h are asked for, and one export has at most 1 d; ask for several',
  ],
  [
    'is in the future',
    { from: T0, to: NOW + 1000 },
    'to',
    'to (2026-11-22 10:00:01) is still to come: it is 2026-11-22 10:00:00 (Asia/Ho_Chi_Minh)',
  ],
  [
    'has no recordings',
    { from: T0 + 40 * MINUTE, to: T0 + 50 * MINUTE },
    'from',
    'gate-1 has no recording from 2026-11-22 08:40:00 to 2026-11-22 08:50:00 (Asia/Ho_Chi_Minh): the disk did not take it; the last recording before it ends 2026-11-22 08:30:00',
  ],
  [
    'lies between recordings',
    { from: T0 + 10 * MINUTE, to: T0 + 11 * MINUTE },
    'from',
    'gate-1 has no recording from 2026-11-22 08:10:00 to 2026-11-22 08:11:00 (Asia/Ho_Chi_Minh): the network was down; the last recording before it ends 2026-11-22 08:10:00, the first after it begins 2026-11-22 08:12:00',
  ],
  [
    'is partly missing',
    { from: T0 + 9 * MINUTE, to: T0 + 31 * MINUTE },
    'from',
    'not all of it was recorded: 2026-11-22 08:10:00 to 08:12:00 (2 min): the network was down (no route); 2026-11-22 08:30:00 to 08:31:00 (1 min): the disk did not take it. With partial: true (--partial) you get the rest',
  ],
])('refuses what %s, and says why', async (_what, asked, field, reason) => {
  expect(await check(asked)).toEqual({ kind: 'refused', field, reason });
});

it('refuses a camera that nobody knows, and takes one that is gone but was recorded', async () => {
  const asked = { from: T0, to: T0 + MINUTE };
  expect(await check({ ...asked, cameraId: 'yard' }, { camera: undefined })).toEqual({
    ...{ kind: 'refused', field: 'cameraId' },
    reason: 'there is no camera "yard", and no recording of one that was there before',
  });
  expect(await check(asked, { camera: undefined })).toMatchObject({ kind: 'ready' });
});

it('says what goes into it', async () => {
  const [from, to] = [T0 + 9 * MINUTE, T0 + 13 * MINUTE];
  expect(await check({ from, to, partial: true })).toMatchObject({
    kind: 'ready',
    plan: {
      stretches: [
        { segmentId: `gate-1-${T0}`, from, to: T0 + 10 * MINUTE },
        { segmentId: `gate-1-${T0 + 12 * MINUTE}`, from: T0 + 12 * MINUTE, to },
      ],
      gaps: [{ from: T0 + 10 * MINUTE, to: T0 + 12 * MINUTE, cause: 'network' }],
    },
    coverage: { coveredMs: 2 * MINUTE },
    segments: PARTS,
  });
});

it('does not mind what nobody sees: less than a second at an edge', async () => {
  expect(await check({ from: T0 - 800, to: T0 + MINUTE })).toMatchObject({
    kind: 'ready',
    plan: { gaps: [] },
  });
  expect(await check({ from: T0 - 1200, to: T0 + MINUTE })).toMatchObject({ kind: 'refused' });
});

it('what is damaged is not there: refused, or a gap that says so', async () => {
  const parts = [part(T0, T0 + MINUTE), part(T0 + MINUTE, T0 + 2 * MINUTE, NOW), part(T0 + 2 * MINUTE, NOW)];
  const asked = { from: T0, to: T0 + 3 * MINUTE };
  expect(await check(asked, { parts })).toMatchObject({
    kind: 'refused',
    reason: expect.stringContaining(`(the recording gate-1-${T0 + MINUTE} is damaged)`) as string,
  });
  expect(await check({ ...asked, partial: true }, { parts })).toMatchObject({
    plan: { gaps: [{ from: T0 + MINUTE, to: T0 + 2 * MINUTE, cause: 'disk' }] },
    segments: [parts[0], parts[2]],
  });
});

it('waits for what is still being written', async () => {
  const parts = [part(NOW - HOUR, NOW - 500)];
  expect(await check({ from: NOW - MINUTE, to: NOW - 2000 }, { parts })).toEqual({
    kind: 'early',
    readyAt: NOW + 8000,
  });
  expect(await check({ from: NOW - MINUTE, to: NOW - 11_000 }, { parts })).toMatchObject({ kind: 'ready' });
});
