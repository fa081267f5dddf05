import { occupancy as job } from '../../../jobs/occupancy/job.js';
import { createAreaChanges, type AreaChanges } from '../../api/area-changes.js';
import { areaSources, viewOfArea, type AreaView } from '../../api/area-view.js';
import { HttpError } from '../../api/http-error.js';
import { areasOf } from '../../domain/occupancy/areas.js';
import type { OccupancyMark } from '../../domain/occupancy/mark.js';
import { InputError } from '../../errors.js';
import { createLog } from '../../log.js';
import type { Ports } from '../../ports.js';
import { EXIT_OK } from '../exit-codes.js';
import { loadConfig } from '../installation.js';
import { moment } from '../moment.js';
import { table } from '../view.js';
import { openWorld } from '../world.js';

export interface AreasOptions {
  readonly cameras?: string;
  readonly data?: string;
  readonly json?: boolean;
  readonly note?: string;
}
type AreaPorts = Pick<Ports, 'cameras' | 'events' | 'occupancy' | 'audit'>;

/** For the audit trail. */
const ACTOR = 'command line';

/** `camqueue areas list` */
export async function list(options: AreasOptions): Promise<number> {
  return withAreas(options, async (ports) => {
    const areas = areasOf(areaSources(ports.cameras));
    const views = await Promise.all(areas.map(async (area) => (await viewOfArea(area, ports)).view));
    if (options.json === true) views.forEach((view) => console.log(JSON.stringify(view)));
    else if (views.length === 0)
      console.log('There is no area: write areas, or occupancy: {} at a camera, into the camera file.');
    else drawAreas(views, ports.cameras.site.timeZone).forEach((line) => console.log(line));
    return EXIT_OK;
  });
}

/** `camqueue areas correct <area> <inside>` */
export async function correct(area: string, inside: number, options: AreasOptions): Promise<number> {
  return change(options, (changes) => changes.correct(area, inside, options.note, ACTOR));
}

/** `camqueue areas reset <area>` */
export async function reset(area: string, options: AreasOptions): Promise<number> {
  return change(options, (changes) => changes.reset(area, options.note, ACTOR));
}

/** Areas as a table, then what is wrong with them. @param timeZone IANA name */
export function drawAreas(views: readonly AreaView[], timeZone: string): string[] {
  const rows = views.map((view) => {
    const { id, inside, plusMinus, capacity, free, driftPerDay, isOver, lastMark, name } = view;
    const mark =
      lastMark && `${lastMark.kind} to ${lastMark.value}, ${moment(Date.parse(lastMark.at), timeZone)}`;
    return [
      ...[id, String(inside), plusMinus === undefined ? '-' : String(plusMinus)],
      ...[capacity, free, driftPerDay].map((value) => (value === undefined ? '-' : String(value))),
      isOver ? 'OVER' : 'no',
      mark ?? 'never',
      name === id ? '' : name,
    ];
  });
  const header = ['AREA', 'INSIDE', '+-', 'CAPACITY', 'FREE', 'DRIFT/DAY', 'OVER', 'LAST SET', 'NAME'];
  const problems = views.flatMap(({ id, raw, problems: found }) => [
    ...(raw < 0 ? [`${id}: ${-raw} more went out than came in; somebody should count`] : []),
    ...found.map((problem) => `${id}: ${problem}`),
  ]);
  return [...table([header, ...rows]), ...(problems.length > 0 ? ['', ...problems] : [])];
}

async function change(
  options: AreasOptions,
  act: (changes: AreaChanges) => Promise<OccupancyMark>,
): Promise<number> {
  return withAreas(options, async (ports, ring) => {
    const { areaId, value, counted, crossings } = await act(
      createAreaChanges({ ports, ring, now: Date.now }),
    );
    console.log(
      options.json === true
        ? JSON.stringify({ area: areaId, inside: value, before: counted, crossings })
        : `${areaId}: ${value} inside (${counted} had been counted, ${crossings} crossings since it was last set)`,
    );
    return EXIT_OK;
  });
}

async function withAreas(
  options: AreasOptions,
  work: (ports: AreaPorts, ring: (area: string) => Promise<unknown>) => Promise<number>,
): Promise<number> {
  const config = loadConfig({ CAMERAS_FILE: options.cameras, DATA_DIR: options.data });
  const world = await openWorld(config, 'areas', createLog('areas', 'silent'));
  try {
    const ports = await world.ports(['cameras', 'events', 'occupancy', 'audit']);
    return await work(ports, (area) => world.producer().enqueue(job, { area }, { origin: 'command line' }));
  } catch (error) {
    if (error instanceof HttpError && error.status < 500) throw new InputError(error.message);
    throw error;
  } finally {
    await world.close();
  }
}
