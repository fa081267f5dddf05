import { areasOf, type CountedArea } from '../../src/domain/occupancy/areas.js';
import { SYSTEM, type CameraId } from '../../src/domain/ids.js';
import { isOverNow } from '../../src/domain/occupancy/judge-area.js';
import { countArea, type AreaCount } from '../../src/domain/occupancy/occupancy.js';
import type { Cameras } from '../../src/ports.js';
import { alert } from '../alert/job.js';
import { done, skipped, type Handler, type JobContext } from '../define.js';
import type { occupancy } from './job.js';
import { carryOn, reset } from './marks.js';

type Needs = 'cameras' | 'events' | 'occupancy' | 'audit';
type Context = JobContext<Needs>;

/**
 * Counts areas again: does the resets that are due, and says when there are too many inside and when there are no longer.
 * Marks have derived ids, and alerts the number of times it was said: cut off anywhere, the next run does the same again.
 */
export const handle: Handler<typeof occupancy, Needs> = async ({ area: wanted }, ctx) => {
  const { cameras } = ctx.ports;
  const areas = areasOf({ areas: cameras.areas, cameras: cameras.all() });
  const counted = wanted === undefined ? areas : areas.filter(({ id }) => id === wanted);
  if (counted.length === 0)
    return skipped(wanted === undefined ? 'there are no areas' : `there is no area ${wanted}`);
  const inside: Record<string, number> = {};
  for (const area of counted) {
    ctx.signal.throwIfAborted();
    await reset(area, ctx);
    await carryOn(area, ctx);
    const count = await countArea(area, readsOf(ctx));
    await judge(area, count, ctx);
    inside[area.id] = count.inside;
  }
  return done({ inside });
};

/** The alert goes first: a state that says that people were told is written when they were. */
async function judge(area: CountedArea, { inside }: AreaCount, ctx: Context): Promise<void> {
  const { id: areaId, threshold } = area;
  const state = await ctx.ports.occupancy.state(areaId);
  const wasOver = state?.isOver ?? false;
  const isOver = isOverNow(threshold, wasOver, inside);
  if (isOver === wasOver) return;
  const said = (state?.said ?? 0) + 1;
  const at = ctx.now();
  await ctx.enqueue(alert, {
    id: `${areaId}-occupancy-${said}`,
    cameraId: cameraOf(area, ctx.ports.cameras),
    kind: 'occupancy',
    subject: areaId,
    at,
    summary: wordsOf(area, inside, isOver),
    phase: isOver ? 'begin' : 'end',
  });
  await ctx.ports.occupancy.putState({ areaId, isOver, since: at, said });
}

function wordsOf({ id, name = id, threshold }: CountedArea, inside: number, isOver: boolean): string {
  if (isOver) return `${inside} inside ${name}, more than ${threshold?.above ?? 0}`;
  return threshold
    ? `${inside} inside ${name}, no longer too many`
    : `${inside} inside ${name}; there is no limit any more`;
}

/** The camera people look at: of the first gate whose camera there is. */
function cameraOf({ gates }: CountedArea, cameras: Cameras): CameraId {
  const known = new Set(cameras.all().map(({ id }) => id));
  return gates.find(({ camera }) => known.has(camera))?.camera ?? SYSTEM;
}

function readsOf({ ports }: Context): Parameters<typeof countArea>[1] {
  return {
    lastMark: (areaId, at) => ports.occupancy.lastMark(areaId, at),
    crossings: (filter) => ports.events.crossings(filter),
  };
}
