import { InvalidArgumentError } from 'commander';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createAuditLog } from '../../../src/io/sql/audit-log.js';
import { createCameraStore } from '../../../src/io/sql/camera-store.js';
import { createMaintenances } from '../../../src/io/sql/maintenances.js';
import { openDatabase } from '../../../src/io/sql/open.js';
import { duration } from '../../../src/main/alerting-commands.js';
import { begin, end, list } from '../../../src/main/commands/maintenance.js';

const AT = Date.UTC(2026, 10, 21, 9, 20);
const now = (): number => AT;
let data: string;
let printed: string[];
beforeEach(async () => {
  data = await mkdtemp(join(tmpdir(), 'camqueue-maintenance-'));
  await writeFile(join(data, 'cameras.yaml'), 'cameras: [{id: gate-1, source: a.mp4}]');
  printed = [];
  jest.spyOn(console, 'log').mockImplementation((text: string) => void printed.push(text));
});
afterEach(async () => {
  jest.restoreAllMocks();
  await rm(data, { recursive: true, force: true });
});
const options = (): { data: string; cameras: string } => ({ data, cameras: join(data, 'cameras.yaml') });

it('begins, is listed, holds for its camera, ends; the audit trail has both', async () => {
  expect(await begin({ ...options(), camera: 'gate-1', for: duration('2h'), reason: 'new lens' }, now)).toBe(
    0,
  );
  expect(await begin({ ...options(), until: AT + 60_000 }, now)).toBe(0);
  expect(printed.splice(0)).toEqual([
    'maintenance 1 of gate-1 until 2026-11-21 18:20:00: alerts tell nobody',
    'maintenance 2 of the whole site until 2026-11-21 16:21:00: alerts tell nobody',
  ]);
  await list(options(), now);
  expect(printed.splice(0).join('\n')).toMatch(
    /1 +gate-1 +on +2026-11-21 16:20:00 +2026-11-21 18:20:00 +command line +new lens/,
  );
  expect(await end(1, options(), now)).toBe(0);
  expect(await end(1, options(), now)).toBe(1);
  expect(printed.splice(0)).toEqual([
    'maintenance 1 is over: alerts tell people again',
    'there is no maintenance 1, or it is over',
  ]);
  await list({ ...options(), json: true }, now);
  expect(printed.splice(0).map((line) => JSON.parse(line) as unknown)).toMatchObject([{ id: 2, isOn: true }]);
  await list({ ...options(), json: true, all: true }, () => AT + 60_000);
  expect(printed.splice(0).map((line) => JSON.parse(line) as unknown)).toMatchObject([
    { id: 2, isOn: false },
    { id: 1, camera: 'gate-1', isOn: false },
  ]);
  const database = await openDatabase({ dataDir: data });
  const trail = await createAuditLog(database).list({ action: 'maintenance.', limit: 9 });
  const covering = await createMaintenances(database).at('gate-1', AT + 1000);
  await database.close();
  expect(trail.map(({ actor, action, subject }) => [actor, action, subject].join(' '))).toEqual([
    'command line maintenance.end maintenance/1',
    'command line maintenance.begin maintenance/2',
    'command line maintenance.begin maintenance/1',
  ]);
  expect(covering.map(({ id }) => id)).toEqual([2]);
});

it('a camera of the database can be worked on, too', async () => {
  const database = await openDatabase({ dataDir: data });
  const store = createCameraStore(database, 's'.repeat(64));
  await store.put({
    ...{ id: 'lane-1', given: { id: 'lane-1', source: 'b.mp4' } },
    ...{ enabled: true, changedAt: AT, changedBy: 'x' },
  });
  await database.close();
  expect(await begin({ ...options(), camera: 'lane-1', for: 60_000 }, now)).toBe(0);
});

it.each<[string, object, RegExp]>([
  ['no time', {}, /say how long: --for 2h, or --until/],
  ['both times', { for: 1000, until: AT + 5000 }, /say how long/],
  ['a time that is over', { until: AT - 1 }, /must come after/],
  ['a time without end', { for: 31 * 86_400_000 }, /30 days at most/],
  ['an unknown camera', { camera: 'gate-9', for: 1000 }, /there is no camera "gate-9"/],
])('%s is wrong usage', async (_, given, problem) => {
  await expect(begin({ ...options(), ...given }, now)).rejects.toThrow(problem);
  await list({ ...options(), all: true, json: true }, now);
  expect(printed).toEqual([]);
});

it.each<[string, number]>([
  ['2h', 7_200_000],
  ['90m', 5_400_000],
  ['1h30m', 5_400_000],
  ['2d', 172_800_000],
])('%s is so long', (text, ms) => expect(duration(text)).toBe(ms));

it.each(['', '0h', '2', 'h', '-1h', '1.5h', '30m1h', '2 h'])('"%s" is no time', (text) => {
  expect(() => duration(text)).toThrow(InvalidArgumentError);
});
