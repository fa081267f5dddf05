import { sql } from 'kysely';
import type { Change } from './change.js';

/** Clocks of several machines differ by less. */
const SKEW_MS = 60_000;

/**
 * Unanswered incidents that were opened in the future, by a clock that has been set back since, are counted as opened
 * now: else their steps would be due, and they would expire, as much later as it was wrong.
 */
export async function countFromNow({ db, now, trail }: Change): Promise<void> {
  const ahead = await db
    .selectFrom('incident')
    .select(['id', 'number', 'opened_at'])
    .where('state', 'in', ['open', 'notified'])
    .where('opened_at', '>', now + SKEW_MS)
    .orderBy('number')
    .execute();
  for (const { id, number, opened_at: openedAt } of ahead) {
    const aheadMs = openedAt - now;
    await db
      .updateTable('incident')
      .set({ opened_at: now, expires_at: sql<number>`expires_at - ${aheadMs}`, changed_at: now })
      .where('id', '=', id)
      .execute();
    await db
      .updateTable('incident_step')
      .set({ due_at: sql<number>`due_at - ${aheadMs}` })
      .where('incident_id', '=', id)
      .where('done_at', 'is', null)
      .execute();
    trail('incident.clock-set-back', id, { number, aheadMs });
  }
}
