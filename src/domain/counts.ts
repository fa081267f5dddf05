import type { Camera } from './camera.js';
import type { CrossingSum } from './occupancy/occupancy.js';

/** What crossed one line, both ways. */
export interface LineCounts {
  readonly camera: string;
  readonly line: string;
  /** What the camera file calls the directions, as it is now. */
  readonly names: { readonly in: string; readonly out: string };
  readonly in: number;
  readonly out: number;
  readonly byClass: Readonly<Record<string, { readonly in: number; readonly out: number }>>;
}

/**
 * Crossings by line: those of the cameras as they are now (also with none), in their order, then lines that are no longer
 * there.
 */
export function countsByLine(
  sums: readonly CrossingSum[],
  cameras: readonly Pick<Camera, 'id' | 'lines'>[],
): LineCounts[] {
  const lines = new Map<string, LineCounts>();
  for (const { id, lines: own } of cameras)
    for (const { id: line, names } of own) lines.set(keyOf(id, line), noneOf(id, line, names));
  for (const { cameraId, line, direction, class: label, count } of sums) {
    const key = keyOf(cameraId, line);
    const known = lines.get(key) ?? noneOf(cameraId, line);
    const ofClass = known.byClass[label] ?? { in: 0, out: 0 };
    lines.set(key, {
      ...known,
      [direction]: known[direction] + count,
      byClass: { ...known.byClass, [label]: { ...ofClass, [direction]: ofClass[direction] + count } },
    });
  }
  return [...lines.values()];
}

/** Both directions of several lines together. */
export function totalOf(counts: readonly { readonly in: number; readonly out: number }[]): {
  in: number;
  out: number;
  net: number;
} {
  const ins = counts.reduce((sum, one) => sum + one.in, 0);
  const outs = counts.reduce((sum, one) => sum + one.out, 0);
  return { in: ins, out: outs, net: ins - outs };
}

function noneOf(camera: string, line: string, names = { in: 'in', out: 'out' }): LineCounts {
  return { camera, line, names, in: 0, out: 0, byClass: {} };
}

function keyOf(camera: string, line: string): string {
  return `${camera}/${line}`;
}
