import { sql } from 'kysely';
import { Severity } from '../../../domain/alerting/config.js';
import { type IncidentState, isUnanswered } from '../../../domain/alerting/incident.js';
import type { LaneRules } from '../../../ports/alerting.js';
import { note } from './note.js';
import { change, type Inside, type Lane, type Row } from './rows.js';

/** A claim not settled after this was cut off. */
const CLAIM_MS = 60_000;
/** Clocks of several machines differ by less; what lies further ahead was written by a clock that was wrong. */
const SKEW_MS = 60_000;
/** Rows looked at by one claim. */
export const PAGE = 200;
/** Told even after somebody has reacted. */
const TOLD_ANYWAY = ['ended', 'storm-over'];

export interface LaneRow extends Row {
  readonly incident_state: IncidentState;
  readonly acknowledged_by: string | null;
  readonly ended_by: string | null;
}

/**
 * The oldest rows of a lane that are not over, without those that quiet hours hold back; in order. What is being sent and
 * what is to be skipped are always among them.
 */
export async function laneRows(
  { db }: Inside,
  { recipient, channel }: Lane,
  quiet: LaneRules['quiet'],
  now: number,
): Promise<LaneRow[]> {
  const held = heldBack(quiet, now);
  const rows = await db
    .selectFrom('delivery')
    .innerJoin('incident', 'incident.id', 'delivery.incident_id')
    .selectAll('delivery')
    .select(['incident.state as incident_state', 'incident.acknowledged_by', 'incident.ended_by'])
    .where('delivery.recipient', '=', recipient)
    .where('delivery.channel', '=', channel)
    .where(sql<boolean>`delivery.state in ('pending', 'sending')`)
    .$if(held.length > 0, (query) =>
      query.where((where) =>
        where.or([
          where('delivery.severity', 'not in', held),
          where('delivery.state', '=', 'sending'),
          where.and([
            where('incident.state', 'not in', ['open', 'notified']),
            where('delivery.occasion', 'not in', TOLD_ANYWAY),
          ]),
        ]),
      ),
    )
    .orderBy(sql`case delivery.state when 'sending' then 0 else 1 end`)
    .orderBy('delivery.number')
    .limit(PAGE)
    .execute();
  return rows.sort((a, b) => a.number - b.number);
}

function heldBack(quiet: LaneRules['quiet'], now: number): Severity[] {
  if (!quiet || quiet.until <= now) return [];
  return Severity.options.slice(0, Severity.options.indexOf(quiet.below));
}

/** Whether anything waits in the lane, quiet hours or not. */
export async function isEmpty({ db }: Inside, { recipient, channel }: Lane): Promise<boolean> {
  const row = await db
    .selectFrom('delivery')
    .select('number')
    .where('recipient', '=', recipient)
    .where('channel', '=', channel)
    .where(sql<boolean>`state in ('pending', 'sending')`)
    .limit(1)
    .executeTakeFirst();
  return row === undefined;
}

/** Somebody else is sending it at this moment. */
export function isBusy({ state, claimed_by, claimed_at }: Row, owner: string, now: number): boolean {
  if (state !== 'sending' || claimed_by === owner || claimed_at === null) return false;
  return claimed_at > now - CLAIM_MS && claimed_at <= now + SKEW_MS;
}

/** What was being sent when its job was cut off waits again; it may have got through. */
export async function recover({ db }: Inside, rows: readonly LaneRow[], now: number): Promise<LaneRow[]> {
  const values = { state: 'pending', maybe_sent: 1, claimed_by: null, claimed_at: null } as const;
  const cutOff = rows.filter(({ state }) => state === 'sending');
  await change(db, cutOff, { ...values, updated_at: now });
  return rows.map((row) => (row.state === 'sending' ? { ...row, ...values } : row));
}

/** Skips those of incidents that somebody has reacted to. @returns the others */
export async function skipAnswered(
  inside: Inside,
  rows: readonly LaneRow[],
  now: number,
): Promise<LaneRow[]> {
  const waiting: LaneRow[] = [];
  for (const row of rows) {
    if (isUnanswered(row.incident_state) || TOLD_ANYWAY.includes(row.occasion)) {
      waiting.push(row);
      continue;
    }
    const detail = whySkipped(row);
    await change(inside.db, [row], { state: 'skipped', detail, not_before: null, updated_at: now });
    await note(inside, row, 'skipped', now, { why: detail });
  }
  return waiting;
}

function whySkipped({ incident_state: state, acknowledged_by, ended_by, maybe_sent }: LaneRow): string {
  const by = state === 'acknowledged' ? acknowledged_by : (ended_by ?? acknowledged_by);
  const why = `${state}${by === null ? '' : ` by ${by}`} before it was sent`;
  return maybe_sent === 0 ? why : `${why}; an earlier try may have got through`;
}

/** Writes down why the lane's rows wait, where that is not written yet. */
export async function explain({ db }: Inside, { recipient, channel }: Lane, why: string): Promise<void> {
  await db
    .updateTable('delivery')
    .set({ detail: why })
    .where('recipient', '=', recipient)
    .where('channel', '=', channel)
    .where(sql<boolean>`state in ('pending', 'sending')`)
    .where('state', '=', 'pending')
    .where((where) => where.or([where('detail', 'is', null), where('detail', '<>', why)]))
    .execute();
}
