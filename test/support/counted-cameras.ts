import { writeFile } from 'node:fs/promises';
import type { CameraEvent } from '../../src/domain/events.js';
import { unitBox } from '../../src/domain/geometry.js';
import type { TestApi } from './api.js';

/** Two gates of one car park, and a door that counts for itself. */
export const COUNTED_CAMERAS = `
site: { name: Bãi xe Trần Phú, timeZone: Asia/Ho_Chi_Minh }
areas:
  - id: park
    name: Tầng hầm B1
    capacity: 120
    threshold: { above: 100 }
    gates: [ { camera: gate-1, line: lane }, { camera: gate-2, line: ramp, reversed: true } ]
    classes: [car]
cameras:
  - { id: gate-1, name: Cổng chính, source: x, lines: [ { id: lane, from: [0, 0.5], to: [1, 0.5], names: { in: vào bãi, out: ra khỏi bãi } } ] }
  - { id: gate-2, source: x, lines: [ { id: ramp, from: [0.5, 1], to: [0.5, 0] } ] }
  - { id: hall, name: Sảnh, source: x, lines: [ { id: door, from: [0, 0.4], to: [1, 0.6] } ], occupancy: { classes: [person] } }
`;

/** Puts another camera file in force. */
export async function useCameras(api: TestApi, yaml: string): Promise<void> {
  const changed = new Promise<void>((resolve) => {
    const end = api.deps.catalogue.onChange(() => {
      end();
      resolve();
    });
  });
  await writeFile(api.cameraFile, yaml);
  await changed;
}

type Crossing = Extract<CameraEvent, { type: 'crossing' }>;
let crossings = 0;

/** A crossing as the motion job stores it, with the way it came. */
export function crossing(given: Partial<Crossing> & Pick<Crossing, 'cameraId' | 'line' | 'at'>): Crossing {
  const trackId = given.trackId ?? (crossings += 1);
  const direction = given.direction ?? 'in';
  const way = Array.from({ length: 8 }, (_, i): [number, number, number] => {
    const along = direction === 'in' ? i : 7 - i;
    return [0.42 + 0.02 * along, 0.36 + 0.04 * along, given.at - (7 - i) * 200];
  });
  return {
    id: `${given.cameraId}-${given.at}-crossing-${given.line}-${direction}-${trackId}`,
    type: 'crossing',
    direction,
    trackId,
    class: 'car',
    score: 0.9,
    box: unitBox(0.5, 0.44, 0.12, 0.2),
    trace: way,
    ...given,
  };
}
