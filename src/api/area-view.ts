import { areaProblems, type AreaSources, type CountedArea } from '../domain/occupancy/areas.js';
import { driftOf, MARKS_FOR_DRIFT } from '../domain/occupancy/drift.js';
import { clearAtOf, isOverNow } from '../domain/occupancy/judge-area.js';
import type { OccupancyMark } from '../domain/occupancy/mark.js';
import { countArea, type AreaReads } from '../domain/occupancy/occupancy.js';
import type { Ports } from '../ports.js';
import { iso } from './fields.js';

/** How many are inside one area now, how sure that is, and what it is counted by. */
export interface AreaView {
  readonly id: string;
  readonly name: string;
  /** Never below 0; `raw` is what marks and crossings say. */
  readonly inside: number;
  readonly raw: number;
  /** How far it may be from the truth; absent: nobody has counted often enough to tell. */
  readonly plusMinus?: number;
  /** Wrong by so many a day on average. */
  readonly driftPerDay?: number;
  readonly driftPerThousand?: number;
  readonly capacity?: number;
  readonly free?: number;
  readonly threshold?: { readonly above: number; readonly clearAt: number };
  readonly isOver: boolean;
  /** Since the newest mark (`since`), or of all that is known. */
  readonly in: number;
  readonly out: number;
  readonly since?: string;
  readonly gates: CountedArea['gates'];
  readonly classes?: readonly string[];
  readonly resetAt?: string;
  readonly resetTo: number;
  /** The newest count by somebody, or reset. */
  readonly lastMark?: PublicMark;
  /** Why the count cannot be trusted as things are, for people. */
  readonly problems: readonly string[];
}

export interface PublicMark {
  readonly id: string;
  readonly at: string;
  readonly kind: 'reset' | 'correction';
  /** How many are inside from then on, and how many had been counted. */
  readonly value: number;
  readonly counted: number;
  /** `value` less `counted`: what was missed, with its sign. */
  readonly difference: number;
  readonly crossings: number;
  readonly by: string;
  readonly note?: string;
}

type AreaPorts = Pick<Ports, 'cameras' | 'events' | 'occupancy'>;

/** What is known of an area now, with its marks, newest first. Carries are not among them: nobody counted. */
export async function viewOfArea(
  area: CountedArea,
  ports: AreaPorts,
): Promise<{ view: AreaView; marks: PublicMark[] }> {
  const { occupancy, cameras } = ports;
  const [count, marks, state] = await Promise.all([
    countArea(area, areaReads(ports)),
    occupancy.marks({ areaId: area.id, limit: MARKS_FOR_DRIFT }),
    occupancy.state(area.id),
  ]);
  const { plusMinus, perDay, perThousand } = driftOf(count, marks);
  const shown = marks.flatMap(publicMark);
  const { id, name = id, gates, classes, capacity, threshold, resetAt, resetTo } = area;
  const view: AreaView = {
    ...{ id, name, inside: count.inside, raw: count.raw },
    ...(plusMinus !== undefined && { plusMinus }),
    ...(perDay !== undefined && { driftPerDay: perDay }),
    ...(perThousand !== undefined && { driftPerThousand: perThousand }),
    ...(capacity !== undefined && { capacity, free: Math.max(0, capacity - count.inside) }),
    ...(threshold && { threshold: { above: threshold.above, clearAt: clearAtOf(threshold) } }),
    // As of this moment: the job that tells people follows within moments.
    isOver: isOverNow(threshold, state?.isOver ?? false, count.inside),
    ...{ in: count.in, out: count.out },
    ...(count.mark && { since: iso(count.mark.at) }),
    gates,
    ...(classes && { classes }),
    ...(resetAt !== undefined && { resetAt }),
    resetTo,
    ...(shown[0] && { lastMark: shown[0] }),
    problems: areaProblems(area, areaSources(cameras)),
  };
  return { view, marks: shown };
}

export function areaSources(cameras: Ports['cameras']): AreaSources {
  return { areas: cameras.areas, cameras: cameras.all() };
}

export function areaReads({ events, occupancy }: Pick<Ports, 'events' | 'occupancy'>): AreaReads {
  return {
    lastMark: (areaId, at) => occupancy.lastMark(areaId, at),
    crossings: (filter) => events.crossings(filter),
  };
}

function publicMark({ kind, at, ...mark }: OccupancyMark): PublicMark[] {
  if (kind === 'carry') return [];
  const { id, value, counted, crossings, by, note } = mark;
  return [
    {
      ...{ id, at: iso(at), kind, value, counted, difference: value - counted, crossings, by },
      ...(note !== undefined && { note }),
    },
  ];
}
