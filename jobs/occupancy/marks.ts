import type { CountedArea } from '../../src/domain/occupancy/areas.js';
import type { OccupancyMark } from '../../src/domain/occupancy/mark.js';
import { countArea } from '../../src/domain/occupancy/occupancy.js';
import { carryAt, carryId, lastResetAt, resetId } from '../../src/domain/occupancy/resets.js';
import type { JobContext } from '../define.js';

type Context = JobContext<'cameras' | 'events' | 'occupancy' | 'audit'>;

/** For marks and the audit trail. */
const ACTOR = 'job/occupancy';

/**
 * Does the newest daily reset unless it is done; older ones that were missed change nothing any more. One that is made
 * up for is dated when it was due: what went through the gates since then counts.
 */
export async function reset(area: CountedArea, ctx: Context): Promise<void> {
  const { cameras, occupancy } = ctx.ports;
  const at = lastResetAt(area, ctx.now(), cameras.site.timeZone);
  if (at === undefined) return;
  const id = resetId(area.id, at);
  const newest = await occupancy.lastMark(area.id, Number.MAX_SAFE_INTEGER);
  // Whatever counts since then: the reset itself, or a correction after it.
  if (newest && newest.at >= at && newest.kind !== 'carry') return;
  const mark = await markOf(area, { id, at, kind: 'reset', value: area.resetTo }, ctx);
  await ctx.ports.audit.append({
    at: ctx.now(),
    actor: ACTOR,
    action: 'area.reset',
    subject: `area/${area.id}`,
    detail: { at: new Date(at).toISOString(), before: mark.counted, after: mark.value },
    onceKey: `area.reset/${id}`,
  });
  await occupancy.addMark(mark);
}

/** Carries the sum of an area that is never reset on by a mark, before the crossings it stands on are too old to be kept. */
export async function carryOn(area: CountedArea, ctx: Context): Promise<void> {
  const { occupancy } = ctx.ports;
  if (area.resetAt !== undefined) return;
  const newest = await occupancy.lastMark(area.id, Number.MAX_SAFE_INTEGER);
  const at = carryAt(newest, ctx.now());
  if (at === undefined) return;
  const mark = await markOf(area, { id: carryId(area.id, at), at, kind: 'carry' }, ctx);
  if (mark.crossings > 0) await occupancy.addMark(mark);
}

/** @param given.value default: what was counted */
async function markOf(
  area: CountedArea,
  given: Pick<OccupancyMark, 'id' | 'at' | 'kind'> & { readonly value?: number },
  ctx: Context,
): Promise<OccupancyMark> {
  const { events, occupancy } = ctx.ports;
  const reads = {
    // A mark of the very moment is no start to count from: it would be this one.
    lastMark: (areaId: string, at: number) => occupancy.lastMark(areaId, at - 1),
    crossings: (filter: Parameters<typeof events.crossings>[0]) => events.crossings(filter),
  };
  const { raw, in: ins, out: outs } = await countArea(area, reads, given.at);
  return { areaId: area.id, value: raw, counted: raw, crossings: ins + outs, by: ACTOR, ...given };
}
