import fc from 'fast-check';
import { fileOf } from '../../../src/domain/archive/file-of.js';
import { DAY_MS, keeper, longestKept } from '../../../src/domain/archive/keep.js';
import {
  type AgingRecording,
  type Fate,
  planArchive,
  type PlanInput,
} from '../../../src/domain/archive/plan.js';
import { Camera } from '../../../src/domain/camera.js';
import { RetentionRule } from '../../../src/domain/camera-fields/retention.js';

const NOW = 1_795_251_600_000;
const GB = 1e9;
const camera = (id: string, groups: string[] = [], retentionDays?: number) =>
  Camera.parse({
    ...{ id, groups, source: 'rtsp://127.0.0.1:1/x' },
    ...(retentionDays !== undefined && { record: { mode: 'always', retentionDays } }),
  });
const CAMERAS = [camera('a', ['north']), camera('b', ['south'], 3), camera('c', ['north', 'yard'], 30)];
const rules = (...given: object[]) => given.map((rule) => RetentionRule.parse(rule));

describe('which rule counts', () => {
  const policy = {
    rules: rules(
      { cameras: ['a'], why: 'motion', hotDays: 1, coldDays: 9 },
      { groups: ['yard', 'south'], hotDays: 2, coldDays: 20, maxGb: 5 },
      { cameras: ['a', 'gone'], hotDays: 4 },
    ),
    ...{ cameras: CAMERAS, hasCold: true },
  };
  it.each([
    ['a', 'motion', { rule: 0, hot: 1, cold: 9 }],
    ['a', 'always', { rule: 2, hot: 4, cold: 0 }],
    ['b', 'motion', { rule: 1, hot: 2, cold: 20, maxBytes: 5 * GB }],
    ['c', 'always', { rule: 1, hot: 2, cold: 20, maxBytes: 5 * GB }],
    // Removed cameras: by a rule that names them, else as long as any.
    ['gone', 'always', { rule: 2, hot: 4, cold: 0 }],
    ['long-gone', 'motion', { hot: 30, cold: 0 }],
  ] as const)('%s, recorded %s', (cameraId, why, { hot, cold, ...rest }) => {
    expect(keeper(policy)({ cameraId, why })).toEqual({
      ...rest,
      hotMs: hot * DAY_MS,
      coldMs: cold * DAY_MS,
    });
  });

  it('without a rule it is the camera that says', () => {
    const keepOf = keeper({ rules: [], cameras: CAMERAS, hasCold: true });
    expect(['a', 'b', 'c'].map((cameraId) => keepOf({ cameraId, why: 'always' }).hotMs / DAY_MS)).toEqual([
      14, 3, 30,
    ]);
  });

  it('without cold storage both times are spent on the disk, whatever the size', () => {
    const keep = keeper({ ...policy, hasCold: false })({ cameraId: 'b', why: 'motion' });
    expect(keep).toEqual({ rule: 1, hotMs: 22 * DAY_MS, coldMs: 0 });
  });

  it('the longest is the longest of all', () => {
    expect(longestKept(policy)).toBe(30 * DAY_MS);
    expect(longestKept({ ...policy, rules: rules({ hotDays: 10, coldDays: 90 }) })).toBe(100 * DAY_MS);
  });
});

const recording = (daysAgo: number, given: Partial<AgingRecording> = {}): AgingRecording => ({
  ...{ cameraId: 'a', why: 'always', bytes: GB, isProtected: false },
  ...{ startAt: NOW - daysAgo * DAY_MS - 60_000, endAt: NOW - daysAgo * DAY_MS },
  ...given,
});

function plan(recordings: readonly AgingRecording[], given: Partial<PlanInput> & { rules: RetentionRule[] }) {
  const oldestFirst = [...recordings].sort((a, b) => a.startAt - b.startAt);
  const sums = new Map<string, { cameraId: string; why: 'always' | 'motion'; bytes: number }>();
  for (const { cameraId, why, bytes } of recordings) {
    const key = `${cameraId} ${why}`;
    sums.set(key, { cameraId, why, bytes: (sums.get(key)?.bytes ?? 0) + bytes });
  }
  const one = planArchive({ cameras: CAMERAS, hasCold: true, now: NOW, sums: [...sums.values()], ...given });
  const fates: { recording: AgingRecording; fate: Fate | undefined }[] = [];
  for (const each of oldestFirst) {
    if (!one.mayGoOn(each.startAt)) break;
    fates.push({ recording: each, fate: one.fate(each) });
  }
  return fates.filter((each): each is { recording: AgingRecording; fate: Fate } => each.fate !== undefined);
}

const words = (fates: ReturnType<typeof plan>) =>
  fates.map(({ recording: { endAt }, fate }) => `${(NOW - endAt) / DAY_MS} ${fate.action} ${fate.because}`);

it.each([
  [
    'age',
    { hotDays: 7, coldDays: 30 },
    [1, 7, 7.5, 37, 37.5],
    ['37.5 delete age', '37 move age', '7.5 move age'],
  ],
  ['age without cold days', { hotDays: 7 }, [1, 7, 7.5, 40], ['40 delete age', '7.5 delete age']],
  [
    'size: the oldest are moved on',
    { hotDays: 7, coldDays: 30, maxGb: 2 },
    [1, 2, 3, 8],
    ['8 move age', '3 move size'],
  ],
  [
    'size without cold days: the oldest go',
    { hotDays: 7, maxGb: 1.5 },
    [1, 2, 3],
    ['3 delete size', '2 delete size'],
  ],
])('%s', (_what, rule, days, expected) => {
  expect(
    words(
      plan(
        days.map((day) => recording(day)),
        { rules: rules(rule) },
      ),
    ),
  ).toEqual(expected);
});

it('size is that of each camera', () => {
  const all = [recording(3), recording(2), recording(2.5, { cameraId: 'b' })];
  expect(words(plan(all, { rules: rules({ hotDays: 7, maxGb: 1 }) }))).toEqual(['3 delete size']);
});

it('room is made of the oldest that may be moved, and of no others', () => {
  const all = [recording(5, { cameraId: 'b' }), recording(4), recording(3), recording(2)];
  const given = rules({ cameras: ['b'], hotDays: 7 }, { hotDays: 7, coldDays: 30 });
  expect(words(plan(all, { rules: given, wantedBytes: 1.5 * GB }))).toEqual(['4 move room', '3 move room']);
  expect(words(plan(all, { rules: given, wantedBytes: 0 }))).toEqual([]);
});

it('held ones stay, damaged ones until both times are over', () => {
  const all = [
    ...[
      recording(50, { isProtected: true }),
      recording(9, { isProtected: true }),
      recording(1, { isProtected: true }),
    ],
    ...[recording(51, { damagedAt: 1 }), recording(10, { damagedAt: 1 })],
  ];
  expect(words(plan(all, { rules: rules({ hotDays: 7, coldDays: 30 }) }))).toEqual([
    ...['51 delete age', '50 hold age', '9 hold age'],
  ]);
});

describe('whatever the rules and the recordings', () => {
  const days = fc.integer({ min: 1, max: 60 });
  const anyRule = fc
    .record(
      {
        cameras: fc.subarray(['a', 'b', 'c'], { minLength: 1 }),
        why: fc.constantFrom('always' as const, 'motion' as const),
        hotDays: days,
        coldDays: fc.integer({ min: 0, max: 60 }),
        maxGb: fc.integer({ min: 1, max: 20 }),
      },
      { requiredKeys: ['hotDays'] },
    )
    .map((rule) => RetentionRule.parse(rule));
  const anyRecording = fc
    .record({
      daysAgo: fc.integer({ min: 0, max: 2000 }).map((tenths) => tenths / 10),
      cameraId: fc.constantFrom('a', 'b', 'c', 'gone'),
      why: fc.constantFrom('always' as const, 'motion' as const),
      bytes: fc.integer({ min: 1, max: 5 * GB }),
      isProtected: fc.boolean(),
    })
    .map(({ daysAgo, ...given }) => recording(daysAgo, given));
  const anyPlan = fc.record({
    rules: fc.array(anyRule, { maxLength: 4 }),
    recordings: fc.array(anyRecording, { maxLength: 40 }),
    hasCold: fc.boolean(),
    wantedBytes: fc.constantFrom(0, 3 * GB, 1000 * GB),
  });

  it('nothing that is held goes, nothing young goes but for size, and nothing is deleted that is to be moved', () => {
    fc.assert(
      fc.property(anyPlan, ({ recordings, ...given }) => {
        const keepOf = keeper({ ...given, cameras: CAMERAS });
        for (const { recording: one, fate } of plan(recordings, given)) {
          const { hotMs, coldMs, maxBytes } = keepOf(one);
          const ageMs = NOW - one.endAt;
          if (one.isProtected) expect(fate.action).toBe('hold');
          if (fate.action === 'delete')
            expect(ageMs > hotMs + coldMs || (coldMs === 0 && maxBytes !== undefined)).toBe(true);
          if (fate.action === 'move') expect([coldMs > 0, given.hasCold]).toEqual([true, true]);
          if (fate.because === 'age') expect(ageMs).toBeGreaterThan(hotMs);
          if (fate.because === 'room') expect(given.wantedBytes).toBeGreaterThan(0);
        }
      }),
    );
  });

  it('all that is old goes, and of each camera what is more than its size', () => {
    fc.assert(
      fc.property(anyPlan, ({ recordings, ...given }) => {
        const keepOf = keeper({ ...given, cameras: CAMERAS });
        const gone = new Set(plan(recordings, given).map(({ recording: one }) => one));
        const left = recordings.filter((one) => !gone.has(one));
        for (const one of left) expect(NOW - one.endAt).toBeLessThanOrEqual(keepOf(one).hotMs);
        const sums = new Map<string, number>();
        for (const one of left) {
          const key = `${keepOf(one).rule} ${one.cameraId}`;
          sums.set(key, (sums.get(key) ?? 0) + one.bytes);
        }
        for (const one of left) {
          const { rule, maxBytes = Infinity } = keepOf(one);
          expect(sums.get(`${rule} ${one.cameraId}`)).toBeLessThanOrEqual(maxBytes);
        }
      }),
    );
  });
});

it('the file of a recording that was moved is the copy', () => {
  const own = { bytes: 5, sha256: 'aa', codec: 'avc1' };
  expect(fileOf(own)).toEqual(own);
  expect(fileOf({ bytes: 5, codec: 'avc1' })).toEqual({ bytes: 5, codec: 'avc1' });
  expect(fileOf({ ...own, cold: { bytes: 3, sha256: 'bb', codec: 'hvc1' } })).toEqual({
    ...{ bytes: 3, sha256: 'bb', codec: 'hvc1' },
  });
});
