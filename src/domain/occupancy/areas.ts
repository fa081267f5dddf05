import type { Area } from '../camera-fields/counting.js';
import type { Camera } from '../camera.js';
import type { CameraId } from '../ids.js';

/** A place whose occupancy is counted: of the file's `areas`, or a camera with `occupancy`. */
export type CountedArea = Omit<Area, 'id'> & { readonly id: string };

/** What areas are made of. */
export interface AreaSources {
  readonly areas: readonly Area[];
  readonly cameras: readonly Pick<Camera, 'id' | 'name' | 'enabled' | 'lines' | 'occupancy'>[];
}

/** The areas of the file, then each camera with `occupancy` whose id no area of the file has. */
export function areasOf({ areas, cameras }: AreaSources): CountedArea[] {
  const taken = new Set<string>(areas.map(({ id }) => id));
  const own = cameras.flatMap(({ id, name, lines, occupancy }): CountedArea[] => {
    if (!occupancy || taken.has(id)) return [];
    const { lines: named, ...rest } = occupancy;
    const gates = (named ?? lines.map((line) => line.id)).map((line) => ({
      camera: id,
      line,
      reversed: false,
    }));
    return [{ id, ...(name !== undefined && { name }), gates, ...rest }];
  });
  return [...areas, ...own];
}

/**
 * What in the camera file's areas cannot be meant, for people. That a gate's camera is not in the file is none of it:
 * cameras may be kept in the database (see `areaProblems`).
 */
export function areaMistakes({ areas, cameras }: AreaSources): string[] {
  const counting = new Set<string>(cameras.filter(({ occupancy }) => occupancy).map(({ id }) => id));
  return areas.flatMap(({ id, gates }, i) => {
    const isTwice = areas.findIndex((other) => other.id === id) !== i;
    const seen = new Set<string>();
    return [
      ...(isTwice ? [`areas[${i}].id is "${id}", which another area has; every one needs its own`] : []),
      ...(counting.has(id)
        ? [
            `areas[${i}].id is "${id}": the camera ${id} has occupancy and is an area of that name; choose another id`,
          ]
        : []),
      ...gates.flatMap(({ camera, line }, gate) => {
        const where = `areas[${i}].gates[${gate}]`;
        const key = `${camera}/${line}`;
        if (seen.has(key))
          return [`${where}: the line ${line} of camera ${camera} is named twice; once is enough`];
        seen.add(key);
        const known = cameras.find((one) => one.id === camera);
        return known && !known.lines.some((one) => one.id === line)
          ? [`${where}.line is "${line}", which camera ${camera} does not have; ${linesOf(known)}`]
          : [];
      }),
    ];
  });
}

/** Why the count of an area cannot be trusted as things are, for people; empty: nothing is wrong. */
export function areaProblems(area: CountedArea, { areas, cameras }: AreaSources): string[] {
  const byId = new Map<CameraId, AreaSources['cameras'][number]>(
    cameras.map((camera) => [camera.id, camera]),
  );
  const shadowed = areas.some(({ id }) => id === area.id) && byId.get(area.id)?.occupancy !== undefined;
  return [
    ...(shadowed
      ? [`the camera ${area.id} has occupancy as well, which does not count: rename the area or the camera`]
      : []),
    ...(area.gates.length === 0 ? ['it has no line to count by: give the camera lines'] : []),
    ...area.gates.flatMap(({ camera, line }) => {
      const known = byId.get(camera);
      if (!known) return [`its gate ${camera}/${line}: there is no camera ${camera}`];
      if (!known.lines.some(({ id }) => id === line))
        return [`its gate ${camera}/${line}: camera ${camera} has no such line; ${linesOf(known)}`];
      return known.enabled ? [] : [`its gate ${camera}/${line}: camera ${camera} is switched off`];
    }),
  ];
}

/** Areas by gate: which ones a crossing of `camera/line` concerns. */
export function areasByGate(areas: readonly CountedArea[]): ReadonlyMap<string, readonly CountedArea[]> {
  const byGate = new Map<string, CountedArea[]>();
  for (const area of areas)
    for (const { camera, line } of area.gates) {
      const key = gateKey(camera, line);
      byGate.set(key, [...(byGate.get(key) ?? []), area]);
    }
  return byGate;
}

export function gateKey(cameraId: string, line: string): string {
  return `${cameraId}/${line}`;
}

function linesOf({ lines }: Pick<Camera, 'lines'>): string {
  return lines.length === 0 ? 'it has no lines' : `its lines are ${lines.map(({ id }) => id).join(', ')}`;
}
