import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { viewOfArea } from '../../../src/api/area-view.js';
import { areasOf } from '../../../src/domain/occupancy/areas.js';
import { createCameras, readCameraFile } from '../../../src/io/camera-file.js';
import { createEventStore } from '../../../src/io/sql/event-store.js';
import { createOccupancyStore } from '../../../src/io/sql/occupancy-store.js';
import { openDatabase } from '../../../src/io/sql/open.js';
import { drawAreas } from '../../../src/main/commands/areas.js';
import { list, sum } from '../../../src/main/commands/counts.js';
import { areasProbe } from '../../../src/main/health/look-at-areas.js';
import { COUNTED_CAMERAS, crossing } from '../../support/counted-cameras.js';

/** Noon of the site. */
const NOON = Date.parse('2026-11-21T05:00:00Z');
const now = (): number => NOON;
let data: string;
let printed: string[];

beforeAll(async () => {
  data = await mkdtemp(join(tmpdir(), 'camqueue-counts-'));
  await writeFile(join(data, 'cameras.yaml'), COUNTED_CAMERAS);
  const database = await openDatabase({ dataDir: data });
  await createEventStore(database).add([
    crossing({ cameraId: 'gate-1', line: 'lane', at: NOON - 24 * 3_600_000, trackId: 1 }),
    crossing({
      cameraId: 'gate-1',
      line: 'lane',
      at: NOON - 3000,
      trackId: 2,
      speedKmh: 17.62,
      speedErrorKmh: 1.2,
    }),
    crossing({
      cameraId: 'gate-1',
      line: 'lane',
      at: NOON - 2000,
      trackId: 3,
      name: 'ra khỏi bãi',
      direction: 'out',
    }),
    crossing({
      cameraId: 'hall',
      line: 'door',
      at: NOON - 1000,
      trackId: 4,
      class: 'person',
      direction: 'out',
    }),
  ]);
  await database.close();
});
beforeEach(() => {
  printed = [];
  jest.spyOn(console, 'log').mockImplementation((text: string) => void printed.push(text));
});
afterEach(() => jest.restoreAllMocks());
afterAll(() => rm(data, { recursive: true, force: true }));
const options = (): { data: string; cameras: string } => ({ data, cameras: join(data, 'cameras.yaml') });

it('counts sums up the day by line and class, and the time that was asked for', async () => {
  expect(await sum(options(), now)).toBe(0);
  expect(printed.splice(0).map((line) => line.replace(/ +/g, ' '))).toEqual([
    '2026-11-21 00:00:00 to 2026-11-21 12:00:00',
    'CAMERA LINE IN OUT CLASSES IN/OUT MEANING',
    'gate-1 lane 1 1 car 1/1 vào bãi / ra khỏi bãi',
    'gate-2 ramp 0 0',
    'hall door 0 1 person 0/1',
    ' total 1 2 net -1',
  ]);
  await sum({ ...options(), json: true, camera: 'gate-1', from: NOON - 48 * 3_600_000 }, now);
  const [document] = printed.splice(0).map((line) => JSON.parse(line) as { counts: object[]; total: object });
  expect(document).toMatchObject({ total: { in: 2, out: 1, net: 1 } });
  await sum({ ...options(), json: true, to: Date.parse('2026-11-20T17:00:00Z') }, now);
  expect(JSON.parse(printed.splice(0)[0] ?? '')).toMatchObject({
    ...{ from: '2026-11-19T17:00:00.000Z', to: '2026-11-20T17:00:00.000Z' },
    total: { in: 1, out: 0 },
  });
  await expect(sum({ ...options(), from: NOON, to: NOON - 1 }, now)).rejects.toThrow(
    /to: must be after from/,
  );
  await expect(sum({ ...options(), from: NOON + 1 }, now)).rejects.toThrow(/still to come/);
});

it('counts list prints each count with track, class, direction and speed', async () => {
  expect(await list({ ...options(), camera: 'gate-1', limit: 2 })).toBe(0);
  expect(printed.splice(0).map((line) => line.replace(/ +/g, ' '))).toEqual([
    'TIME CAMERA LINE DIRECTION CLASS TRACK KM/H ID',
    expect.stringMatching(
      /^2026-11-21 11:59:58 gate-1 lane ra khỏi bãi car 3 - gate-1-\d+-crossing-lane-out-3$/,
    ),
    expect.stringMatching(/^2026-11-21 11:59:57 gate-1 lane in car 2 17\.6 \+- 1\.2 gate-1-/),
  ]);
  await list({ ...options(), json: true, direction: 'out', class: 'person' });
  expect(printed.splice(0).map((line) => JSON.parse(line) as object)).toMatchObject([
    { type: 'crossing', at: '2026-11-21T04:59:59.000Z', trackId: 4, line: 'door' },
  ]);
});

it('areas are drawn with what is wrong with them; the health check finds the same', async () => {
  const database = await openDatabase({ dataDir: data });
  const file = readCameraFile(join(data, 'cameras.yaml'), {});
  const cameras = createCameras({ ...file, cameras: file.cameras.filter(({ id }) => id !== 'gate-2') });
  const ports = { cameras, events: createEventStore(database), occupancy: createOccupancyStore(database) };
  await ports.occupancy.addMark({
    ...{ id: 'm', areaId: 'park', at: NOON - 3_600_000, kind: 'correction', by: 'person:lan' },
    ...{ value: 110, counted: 1, crossings: 1 },
  });
  const areas = areasOf({ areas: cameras.areas, cameras: cameras.all() });
  const views = await Promise.all(areas.map(async (area) => (await viewOfArea(area, ports)).view));
  await database.close();
  expect(drawAreas(views, 'Asia/Ho_Chi_Minh').map((line) => line.replace(/ +/g, ' '))).toEqual([
    'AREA INSIDE +- CAPACITY FREE DRIFT/DAY OVER LAST SET NAME',
    'park 110 - 120 10 - OVER correction to 110, 2026-11-21 11:00:00 Tầng hầm B1',
    'hall 0 1 - - - no never Sảnh',
    '',
    'park: its gate gate-2/ramp: there is no camera gate-2',
    'hall: 1 more went out than came in; somebody should count',
  ]);
  expect(await areasProbe(cameras).look(new AbortController().signal)).toMatchObject([
    {
      subject: 'area/park',
      state: 'warn',
      detail: expect.stringContaining('there is no camera gate-2') as string,
    },
    { subject: 'area/hall', state: 'ok' },
  ]);
});
