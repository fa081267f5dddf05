import { randomUUID } from 'node:crypto';
import { areasOf, type CountedArea } from '../domain/occupancy/areas.js';
import type { OccupancyMark } from '../domain/occupancy/mark.js';
import { countArea } from '../domain/occupancy/occupancy.js';
import { resetId } from '../domain/occupancy/resets.js';
import type { Ports } from '../ports.js';
import { areaReads, areaSources } from './area-view.js';
import { HttpError } from './http-error.js';

/**
 * Counts set right by people and programs. Each is in the audit trail, with what was counted before, before it is done.
 */
export interface AreaChanges {
  /** @param inside as somebody has counted @throws HttpError 404 */
  correct(areaId: string, inside: number, note: string | undefined, actor: string): Promise<OccupancyMark>;
  /** To what the area begins its day with. @throws HttpError 404 */
  reset(areaId: string, note: string | undefined, actor: string): Promise<OccupancyMark>;
}

/** @param ring has the area counted again, so that alerts follow what was corrected */
export function createAreaChanges(options: {
  readonly ports: Pick<Ports, 'cameras' | 'events' | 'occupancy' | 'audit'>;
  readonly ring: (areaId: string) => Promise<unknown>;
  readonly now: () => number;
}): AreaChanges {
  const { ports, ring, now } = options;
  const set = async (
    area: CountedArea,
    given: Pick<OccupancyMark, 'id' | 'at' | 'kind' | 'value' | 'by'>,
    note: string | undefined,
  ): Promise<OccupancyMark> => {
    const { raw, in: ins, out: outs } = await countArea(area, areaReads(ports), given.at);
    const about = { counted: raw, crossings: ins + outs, ...(note !== undefined && { note }) };
    const mark: OccupancyMark = { areaId: area.id, ...given, ...about };
    await ports.audit.append({
      at: given.at,
      actor: given.by,
      action: given.kind === 'reset' ? 'area.reset' : 'area.correct',
      subject: `area/${area.id}`,
      detail: { before: raw, after: given.value, crossings: ins + outs, ...(note !== undefined && { note }) },
      onceKey: `area.${given.kind}/${given.id}`,
    });
    await ports.occupancy.addMark(mark);
    await ring(area.id);
    return mark;
  };
  return {
    correct: async (areaId, inside, note, by) => {
      const area = areaOf(ports, areaId);
      return set(area, { id: randomUUID(), at: now(), kind: 'correction', value: inside, by }, note);
    },
    reset: async (areaId, note, by) => {
      const area = areaOf(ports, areaId);
      const at = now();
      return set(area, { id: resetId(areaId, at), at, kind: 'reset', value: area.resetTo, by }, note);
    },
  };
}

/** @throws HttpError 404 */
export function areaOf({ cameras }: Pick<Ports, 'cameras'>, id: string): CountedArea {
  const area = areasOf(areaSources(cameras)).find((one) => one.id === id);
  if (!area)
    throw new HttpError(
      404,
      'no-such-area',
      `there is no area "${id}": areas are in the camera file (areas), and each camera with occupancy is one`,
      'id',
    );
  return area;
}
