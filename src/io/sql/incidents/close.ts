import type { Change } from './change.js';
import type { Row } from './rows.js';
import { endSteps } from './steps.js';

/**
 * Ends an incident: nobody is to be told any more of what had been planned. One that has ended stays as it is.
 * @param how.lastAt capture time of its end, epoch ms, where that is known
 * @returns how it is now
 */
export async function closeIncident(
  change: Change,
  incident: Row,
  how: {
    readonly state: 'resolved' | 'expired';
    readonly by: string;
    readonly lastAt?: number;
    readonly actor?: string;
    readonly detail?: Record<string, unknown>;
  },
): Promise<Row> {
  const { db, now, trail } = change;
  const { state, by, lastAt, actor, detail } = how;
  await endSteps(change, incident.id);
  trail(`incident.${state}`, incident.id, { number: incident.number, by, ...detail }, actor);
  return db
    .updateTable('incident')
    .set({
      ...{ state, ended_by: by, ended_at: now, changed_at: now },
      ...(lastAt !== undefined && { last_at: Math.max(lastAt, incident.last_at) }),
    })
    .where('id', '=', incident.id)
    .returningAll()
    .executeTakeFirstOrThrow();
}
