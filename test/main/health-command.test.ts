import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { HealthReport } from '../../src/domain/health/report.js';
import { publicReport } from '../../src/domain/health/report.js';
import { createHealthReports } from '../../src/io/sql/health-reports.js';
import { openDatabase } from '../../src/io/sql/open.js';
import { health } from '../../src/main/commands/health.js';
import { drawReport } from '../../src/main/health/draw-report.js';
import { askForEarlyCheck } from '../../src/main/health/early-check.js';
import { schedules } from '../../src/main/schedules.js';

const AT = 1_795_251_600_000;
const report = (at: number, state: HealthReport['state']): HealthReport => ({
  ...{ at, state },
  entries: [
    { subject: 'sql', state: 'ok', detail: 'answers', since: at, isAlerted: false, measures: {} },
    {
      subject: 'camera/gate-1',
      state,
      detail: 'no signal for 40 s',
      since: at - 40_000,
      isAlerted: true,
      measures: {},
    },
  ],
});

describe('camqueue health', () => {
  let folder: string;
  let printed: string[];
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'camqueue-'));
    printed = [];
    jest.spyOn(console, 'log').mockImplementation((line: string) => void printed.push(line));
  });
  afterEach(async () => {
    jest.restoreAllMocks();
    await rm(folder, { recursive: true, force: true });
  });
  const store = async (stored: HealthReport): Promise<void> => {
    const database = await openDatabase({ dataDir: folder });
    await createHealthReports(database).add(stored);
    await database.close();
  };

  it('says that no check has run, and fails', async () => {
    expect(await health({ data: folder })).toBe(1);
    expect(printed[0]).toContain('no health check has run yet');
  });

  it.each([
    ['ok', 0, 0],
    ['warn', 0, 0],
    ['fail', 0, 1],
    // Nobody looks any more: whatever the report says, it may be wrong.
    ['ok', 200_000, 1],
  ] as const)('a report that is %s and %d ms old ends with %d', async (state, ageMs, code) => {
    await store(report(Date.now() - ageMs, state));
    expect(await health({ data: folder })).toBe(code);
    expect(printed.join('\n').includes('no health check runs')).toBe(ageMs > 0);
    expect(printed.at(-2)).toContain(
      state === 'ok' ? 'camera/gate-1' : 'camera/gate-1  no signal for 40 s (since ',
    );
    // Not a terminal.
    expect(printed.join('')).not.toContain('\u001b');

    printed.length = 0;
    expect(await health({ data: folder, json: true })).toBe(code);
    expect(printed).toHaveLength(1);
    expect(JSON.parse(printed[0] ?? '')).toMatchObject({
      state: code === 1 ? 'fail' : state,
      isStale: ageMs > 0,
    });
  });

  it('with --now looks at a whole installation, stores nothing and tells nobody', async () => {
    const cameras = join(folder, 'cameras.yaml');
    await writeFile(
      cameras,
      JSON.stringify({
        cameras: [{ id: 'gate-1', source: 'rtsp://10.0.0.5/main', detect: { network: 'x' } }],
      }),
    );
    const signal = new AbortController().signal;
    expect(await health({ data: folder, cameras, now: true, json: true }, () => signal)).toBe(1);
    const { entries } = JSON.parse(printed[0] ?? '') as {
      entries: { subject: string; state: string; isAlerted: boolean }[];
    };
    const state = new Map(entries.map((entry) => [entry.subject, entry.state]));
    expect([
      state.get('redis/jobs'),
      state.get('sql'),
      state.get('worker/motion'),
      state.get('sampler'),
    ]).toEqual([...['ok', 'ok', 'fail', 'fail']]);
    expect(entries.some(({ isAlerted }) => isAlerted)).toBe(false);
    const database = await openDatabase({ dataDir: folder });
    expect(await createHealthReports(database).latest()).toBeUndefined();
    await database.close();
  });

  it('with --now and an installation that cannot be opened says why, as a report', async () => {
    const cameras = join(folder, 'missing.yaml');
    const signal = new AbortController().signal;
    expect(await health({ data: join(folder, 'x'), cameras, now: true }, () => signal)).toBe(1);
    expect(printed.join('\n')).toMatch(
      /fail {2}probe\/installation {2}camera file .*missing.yaml does not exist/,
    );
  });
});

it('a report is drawn worst first, in columns, coloured only when asked', () => {
  const shown = publicReport(report(AT, 'fail'), AT + 5000);
  expect(drawReport(shown, { timeZone: 'UTC', colour: false })).toEqual([
    'FAIL  09:00:00, 5 s ago',
    '',
    'fail  camera/gate-1  no signal for 40 s (since 08:59:20, alerted)',
    'ok    sql            answers',
  ]);
  expect(drawReport(shown, { timeZone: 'UTC', colour: true })[2]).toContain('\u001b[31mfail\u001b[0m');
});

describe('an early check', () => {
  const asked: unknown[] = [];
  const producer = {
    enqueue: async (_contract: unknown, payload: unknown, options: unknown) => {
      asked.push(payload, options);
      return { id: '', created: true };
    },
  };
  beforeEach(() => void (asked.length = 0));
  const camera = { alerts: { cooldownS: 60, downAfterS: 30 } };

  it('is asked for when a camera will have been down for its delay, and not before', async () => {
    await askForEarlyCheck(producer, camera, { status: 'retrying', since: AT }, AT + 10);
    const at = AT + 35_000;
    expect(asked).toEqual([{ at }, { id: `health-check-early-${at}`, delayMs: 34_990, origin: 'sampler' }]);
  });

  it('is not asked for again at each failure of one outage', async () => {
    for (const retries of [1, 2, 3])
      await askForEarlyCheck(producer, camera, { status: 'retrying', since: AT, retries }, AT);
    expect(asked).toHaveLength(2);
  });

  it.each(['ok', 'connecting', 'disabled', 'finished'] as const)(
    'is not asked for a camera that is %s',
    async (status) => {
      await askForEarlyCheck(producer, camera, { status, since: AT }, AT);
      expect(asked).toEqual([]);
    },
  );
});

it('a check is due each minute, under its slot, and a missed one is not made up for', () => {
  const minute = schedules({ RETENTION_DAYS: 9, PLATES_RETENTION_DAYS: 9, BACKUPS_KEPT: 9 }, 'UTC').find(
    ({ contract }) => contract.name === 'health-check',
  );
  expect(minute).toMatchObject({ cron: '* * * * *', catchUp: false });
  expect(minute?.payload(AT)).toEqual({ at: AT });
});
