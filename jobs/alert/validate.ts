import { isState, reasonToSuppress, wordsFor } from '../../src/domain/alerting/validity.js';
import type { Camera } from '../../src/domain/camera.js';
import { SYSTEM } from '../../src/domain/ids.js';
import { NotReadyError } from '../../src/errors.js';
import type { Alert } from '../../src/ports/alerting.js';
import type { JobContext } from '../define.js';

export type ValidatePorts = 'cameras' | 'incidents' | 'maintenances' | 'states' | 'reports';

/** Maintenance may be ended before its time, ms. */
const LOOK_AGAIN_MS = 300_000;

/**
 * Why nobody is told of an alert; `undefined`: it counts. Decided once: one that was accepted stays accepted.
 * @param camera absent: it is about the system
 * @throws NotReadyError while there is maintenance, for a state that may last longer than that
 */
export async function whySuppressed(
  alert: Alert,
  camera: Camera | undefined,
  ctx: JobContext<ValidatePorts>,
): Promise<string | undefined> {
  const { cameras, incidents, maintenances, states, reports } = ctx.ports;
  const known = await incidents.getAlert(alert.id);
  if (known) return known.state === 'suppressed' ? (known.reason ?? 'suppressed') : undefined;
  if (isState(alert)) await waitForMaintenance(alert, ctx);
  const why = reasonToSuppress(alert, {
    camera,
    timeZone: cameras.site.timeZone,
    maintenances: isState(alert) ? [] : await maintenances.at(alert.cameraId, alert.at),
    source: camera && (await states.source(camera.id)),
    health: alert.cameraId === SYSTEM ? await reports.latest() : undefined,
  });
  if (why === undefined) return undefined;
  const stored = await incidents.suppress(alert, why, ctx.now());
  return stored.state === 'suppressed' ? (stored.reason ?? why) : undefined;
}

async function waitForMaintenance({ cameraId }: Alert, ctx: JobContext<ValidatePorts>): Promise<void> {
  const now = ctx.now();
  const [work] = await ctx.ports.maintenances.at(cameraId, now);
  if (!work) return;
  throw new NotReadyError(
    `${wordsFor(work)}; people are told when it is over, if this still lasts`,
    Math.min(work.to - now, LOOK_AGAIN_MS),
  );
}
