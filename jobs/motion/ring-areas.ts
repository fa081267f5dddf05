import type { CameraEvent } from '../../src/domain/events.js';
import { areasByGate, areasOf, gateKey } from '../../src/domain/occupancy/areas.js';
import type { Cameras } from '../../src/ports.js';
import type { JobContext } from '../define.js';
import { occupancy } from '../occupancy/job.js';

/** By the list of cameras, which is another one after every change. */
const known = new WeakMap<object, { areas: Cameras['areas']; byGate: ReturnType<typeof areasByGate> }>();

/** Has the areas counted again whose gates were crossed, each once. */
export async function ringAreas(events: readonly CameraEvent[], ctx: JobContext<'cameras'>): Promise<void> {
  const byGate = gatesOf(ctx.ports.cameras);
  if (byGate.size === 0) return;
  const areas = new Set<string>();
  for (const event of events) {
    if (event.type !== 'crossing') continue;
    for (const { id } of byGate.get(gateKey(event.cameraId, event.line)) ?? []) areas.add(id);
  }
  for (const area of areas) await ctx.enqueue(occupancy, { area });
}

function gatesOf(cameras: Cameras): ReturnType<typeof areasByGate> {
  const all = cameras.all();
  let found = known.get(all);
  if (found?.areas !== cameras.areas) {
    found = { areas: cameras.areas, byGate: areasByGate(areasOf({ areas: cameras.areas, cameras: all })) };
    known.set(all, found);
  }
  return found.byGate;
}
