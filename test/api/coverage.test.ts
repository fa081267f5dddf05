import { writeFile } from 'node:fs/promises';
import sharp from 'sharp';
import type { CoverageReport } from '../../src/api/coverage-report.js';
import { coverageSvg } from '../../src/api/coverage-svg.js';
import { newScene } from '../../src/domain/scene.js';
import type { createGapStore } from '../../src/io/sql/gap-store.js';
import type { createRecordingIndex } from '../../src/io/sql/recording-index.js';
import type { Gaps, RecordingIndex } from '../../src/ports.js';
import { startTestApi, type TestApi } from '../support/api.js';

const NOW = Date.parse('2026-11-21T12:30:00Z');
const at = (clock: string): number => Date.parse(`2026-11-21T${clock}Z`);
const minutes = (from: string, to: string): number => (at(to) - at(from)) / 60_000;

let api: TestApi;
let gaps: Gaps;
let recordings: RecordingIndex;
beforeAll(async () => {
  api = await startTestApi({ now: () => NOW });
  gaps = api.deps.gaps as ReturnType<typeof createGapStore>;
  recordings = api.deps.recordings as ReturnType<typeof createRecordingIndex>;
  const changed = new Promise<void>((resolve) => {
    const end = api.deps.catalogue.onChange(() => (end(), resolve()));
  });
  await writeFile(
    api.cameraFile,
    'cameras: [ { id: gate-1, source: "rtsp://10.0.0.5/", fps: 5, record: { mode: always } }, { id: new, source: "rtsp://10.0.0.6/" } ]',
  );
  await changed;
  const { states } = api.deps.ports;
  for (let minute = 0; minute < 150; minute++) {
    const startAt = at('10:00:00') + minute * 60_000;
    if (startAt >= at('11:00:00') && startAt < at('11:10:00')) continue;
    await recordings.open({
      ...{ id: `gate-1-${startAt}`, cameraId: 'gate-1', node: 'n', path: `${startAt}.mp4`, startAt },
      ...{ endAt: startAt + 60_000, bytes: 1, codec: 'avc1', width: 64, height: 48, why: 'always' },
      ...{ state: 'open', tier: 'hot', isProtected: false },
    });
  }
  await gaps.begin({
    ...{ cameraId: 'gate-1', track: 'analysis', from: at('11:00:00'), to: at('11:10:00') },
    ...{ cause: 'network', reason: 'rtsp://10.0.0.5/ did not answer in time' },
  });
  await states.putSource('gate-1', { status: 'ok', since: at('11:10:00'), pass: 2, beatAt: NOW - 1000 });
  for (const [clock, captured] of [
    ['10:59:59', 18_000],
    ['11:59:59', 15_000],
    ['12:29:59', 9000],
  ] as const) {
    const { epoch } = await states.begin('gate-1');
    const counts = { captured, analysed: 1, gated: captured - 1, dropped: 0, failed: 0 };
    const cursor = { pass: 1, seq: 1, gated: 0, frame: 1, at: at(clock) };
    await states.commit('gate-1', epoch, { scene: newScene(), counts, cursor }, counts);
  }
});
afterAll(() => api.stop());

const get = (path: string) => api.fetch(`/api/v1/cameras/${path}`, { as: 'viewer' });

it('says what there is, and every gap with its cause; the last day when nothing else is asked for', async () => {
  const answer = await get('gate-1/coverage');
  expect([answer.status, await answer.json()]).toMatchObject([
    200,
    {
      camera: 'gate-1',
      from: '2026-11-20T12:30:00.000Z',
      to: '2026-11-21T12:29:50.000Z',
      recording: {
        mode: 'always',
        coveredMs: (minutes('10:00:00', '12:30:00') - 10) * 60_000 - 10_000,
        gaps: [
          { to: '2026-11-21T10:00:00.000Z', cause: 'not-watched' },
          {
            from: '2026-11-21T11:00:00.000Z',
            to: '2026-11-21T11:10:00.000Z',
            cause: 'network',
            reason: 'rtsp://10.0.0.5/ did not answer in time',
          },
        ],
      },
      analysis: { gaps: [{ cause: 'not-watched' }, { cause: 'network' }] },
    },
  ]);
});

it('accounts for every frame of each hour', async () => {
  const { hours } = (await (await get('gate-1/coverage?from=2026-11-21T10:00:00Z')).json()) as {
    hours: object[];
  };
  expect(hours).toMatchObject([
    { hour: '2026-11-21T10:00:00.000Z', expected: 18_000, missing: 0, remainder: 0 },
    { expected: 18_000, missing: 3000, explainedByGaps: 3000, remainder: 0, counts: { captured: 15_000 } },
    // Counted to ten seconds before now.
    { expected: 8950, missing: 0, remainder: 0 },
  ]);
});

it('a sampler that fell silent, and a camera that was never opened, are gaps too', async () => {
  const { states } = api.deps.ports;
  await states.putSource('gate-1', {
    ...{ status: 'ok', since: at('11:10:00'), pass: 2, beatAt: at('12:20:00') },
  });
  const { analysis } = (await (await get('gate-1/coverage?from=2026-11-21T12:00:00Z')).json()) as {
    analysis: { gaps: object[] };
  };
  expect(analysis.gaps).toEqual([
    {
      from: '2026-11-21T12:20:00.000Z',
      to: '2026-11-21T12:29:50.000Z',
      cause: 'process',
      reason: 'no sampler has read it since',
    },
  ]);
  const never = (await (await get('new/coverage')).json()) as { analysis: object; recording: object };
  expect(never.analysis).toMatchObject({ coveredMs: 0, gaps: [{ cause: 'not-watched' }] });
  expect(never.recording).toMatchObject({ coveredMs: 0, gaps: [{ cause: 'off' }] });
});

it.each([
  ['gate-1/coverage?from=yesterday', 400, 'from'],
  ['gate-1/coverage?from=2026-11-21T12:00:00Z&to=2026-11-21T11:00:00Z', 400, undefined],
  ['gate-1/coverage?from=2026-01-01T00:00:00Z', 400, undefined],
  ['nope/coverage', 404, 'id'],
])('%s: %i', async (path, status, field) => {
  const answer = await get(path);
  const { error } = (await answer.json()) as { error: { field?: string } };
  expect([answer.status, error.field]).toEqual([status, field]);
});

it('is drawn as a strip that shows a gap of a minute in a day', async () => {
  const answer = await get('gate-1/coverage.svg');
  expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'image/svg+xml; charset=utf-8']);
  const gap = { from: at('06:00:00'), to: at('06:01:00'), cause: 'camera' as const };
  const coverage = { covered: [], holes: [gap], coveredMs: 0 };
  const report: CoverageReport = {
    ...{ cameraId: 'x', from: at('00:00:00'), to: at('23:59:59'), mode: 'always', hours: [] },
    ...{ recording: { ...coverage, holes: [] }, analysis: coverage },
  };
  const { data, info } = await sharp(Buffer.from(coverageSvg(report)))
    .raw()
    .toBuffer({ resolveWithObject: true });
  const pixel = (x: number, y: number): number[] => [
    ...data.subarray((y * info.width + x) * info.channels, (y * info.width + x) * info.channels + 3),
  ];
  expect([info.width, info.height]).toEqual([1000, 22]);
  expect(pixel(250, 5)).toEqual([0x2e, 0x9e, 0x6b]);
  expect(pixel(250, 16)).toEqual([0xd6, 0x45, 0x45]);
  expect(pixel(500, 16)).toEqual([0x2e, 0x9e, 0x6b]);
});
