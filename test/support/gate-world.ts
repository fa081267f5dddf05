import { unitBox, WHOLE, type UnitBox } from '../../src/domain/geometry.js';
import { visitId } from '../../src/domain/plates/passage-id.js';
import type { z } from 'zod';
import type { licensePlate } from '../../jobs/license-plate/job.js';
import { AT, picture, type PlateWorld } from './plate-world.js';

type Payload = z.input<(typeof licensePlate)['payload']>;
export const VISIT = { cameraId: 'gate', bornAt: AT };

/** A look at the whole picture, which is pinned. @param mark which sights the reader is told to have */
export async function pinnedGlance(
  { ports }: Pick<PlateWorld, 'ports'>,
  mark: number,
  afterMs: number,
  about: Partial<typeof VISIT & { vehicles: UnitBox[]; crop: UnitBox }> = {},
): Promise<Payload> {
  const { cameraId, bornAt, vehicles = [], crop = WHOLE } = { ...VISIT, ...about };
  const at = AT + afterMs;
  const pin = `plates/${cameraId}/${visitId(cameraId, bornAt)}/${at}`;
  await ports.pins.pin(pin, picture(mark), 60_000);
  return { kind: 'glance', cameraId, bornAt, at, frame: 1, pin, crop, vehicles: vehicles.map(copied) };
}

export function visitEnd(
  looks: number,
  afterMs: number,
  about: Partial<typeof VISIT & { until: number }> = {},
): Payload {
  const { until = AT + 60_000, ...visit } = { ...VISIT, ...about };
  return { kind: 'visit-end', ...visit, at: AT + afterMs, why: 'quiet', looks, until };
}

function copied({ x, y, width, height }: UnitBox): UnitBox {
  return unitBox(x, y, width, height);
}
