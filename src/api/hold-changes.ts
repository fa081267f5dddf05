import type { Incident } from '../domain/alerting/incident.js';
import { SYSTEM } from '../domain/ids.js';
import type { AuditLog } from '../ports/audit.js';
import type { Hold, Holds } from '../ports/recordings.js';
import { iso } from './fields.js';
import { HttpError } from './http-error.js';

/** What was recorded so long before and after an incident is held with it, ms. */
const AROUND_MS = 60_000;
/** A stretch that is meant; more would fill every disk unnoticed. */
const LONGEST_MS = 366 * 86_400_000;
const MOST_SAME = 100;

interface HoldStores {
  readonly holds: Holds;
  readonly audit: Pick<AuditLog, 'append'>;
}

export type WantedHold = Pick<Hold, 'cameraId' | 'from' | 'to' | 'reason' | 'incident'>;

/**
 * Holds what was or will be recorded in a stretch. The same stretch of the same incident, held already, is that hold.
 * @param by person, key or job
 * @throws HttpError 422 when the stretch is none
 */
export async function addHold(
  { holds, audit }: HoldStores,
  wanted: WantedHold,
  by: string,
  now: number,
): Promise<{ hold: Hold; isNew: boolean }> {
  const { cameraId, from, to, reason, incident } = wanted;
  if (to <= from)
    throw new HttpError(422, 'invalid', `to: ${iso(to)} must come after from, ${iso(from)}`, 'to');
  if (to - from > LONGEST_MS) throw new HttpError(422, 'invalid', 'to: a hold is of a year at most', 'to');
  const there = await holds.list({ cameraId, active: true, from, to, limit: MOST_SAME });
  const same = there.find((one) => one.from === from && one.to === to && one.incident === incident);
  if (same) return { hold: same, isNew: false };
  const hold = await holds.add({
    id: `${cameraId}-${from}-${to}-${now}`,
    ...{ cameraId, from, to, reason, by, createdAt: now },
    ...(incident !== undefined && { incident }),
  });
  await audit.append({
    ...{ at: now, actor: by, action: 'hold.add', subject: `hold/${hold.id}` },
    detail: { cameraId, from: iso(from), to: iso(to), reason, ...(incident !== undefined && { incident }) },
    onceKey: `hold.add/${hold.id}`,
  });
  return { hold, isNew: true };
}

/** @throws HttpError 404 when there is no such hold, 409 when it was released before */
export async function releaseHold(
  { holds, audit }: HoldStores,
  id: string,
  by: string,
  now: number,
): Promise<Hold> {
  const hold = await holds.get(id);
  if (!hold) throw new HttpError(404, 'no-such-hold', `there is no hold ${id}`, 'id');
  const released = hold.releasedAt === undefined ? await holds.release(id, by, now) : hold;
  if (released?.releasedAt === undefined || released.releasedBy !== by || released.releasedAt !== now)
    throw new HttpError(
      409,
      'released',
      `hold ${id} was released by ${released?.releasedBy ?? 'somebody'}${released?.releasedAt === undefined ? '' : ` at ${iso(released.releasedAt)}`}`,
      'id',
    );
  await audit.append({
    ...{ at: now, actor: by, action: 'hold.release', subject: `hold/${id}` },
    detail: { cameraId: hold.cameraId, from: iso(hold.from), to: iso(hold.to) },
    onceKey: `hold.release/${id}`,
  });
  return released;
}

/**
 * What is to be held with an incident: from a minute before its first alert to a minute after its last.
 * @throws HttpError 422 when it is about no camera
 */
export function holdOfIncident(
  { cameraId, number, firstAt, lastAt, summary }: Incident,
  reason: string | undefined,
): WantedHold {
  if (cameraId === SYSTEM)
    throw new HttpError(
      422,
      'no-camera',
      `incident #${number} is about no camera: nothing was recorded of it`,
    );
  return {
    ...{ cameraId, incident: number, from: firstAt - AROUND_MS, to: lastAt + AROUND_MS },
    reason: reason ?? `incident #${number}: ${summary}`.slice(0, 500),
  };
}

export function publicHold(hold: Hold): object {
  const { id, cameraId, from, to, reason, by, incident, createdAt, releasedAt, releasedBy } = hold;
  return {
    ...{ id, camera: cameraId, from: iso(from), to: iso(to), reason, by },
    ...(incident !== undefined && { incident }),
    createdAt: iso(createdAt),
    ...(releasedAt !== undefined && { releasedAt: iso(releasedAt) }),
    ...(releasedBy !== undefined && { releasedBy }),
  };
}
