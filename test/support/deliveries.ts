import { sql } from 'kysely';
import type { Channel, Severity } from '../../src/domain/alerting/config.js';
import type { IncidentState, Occasion } from '../../src/domain/alerting/incident.js';
import { createAuditLog } from '../../src/io/sql/audit-log.js';
import { createDeliveries } from '../../src/io/sql/deliveries.js';
import type { Database } from '../../src/io/sql/schema.js';
import type { AuditEntry } from '../../src/ports/audit.js';
import type { Claim, Deliveries, Delivery, DeliveryResult, LaneRules } from '../../src/ports/alerting.js';

/** Wall clock of the stories, epoch ms. */
export const START = 1_795_251_600_000;
export const GUARD = { recipient: 'guard', channel: 'email' } as const;
/** Nothing holds anything back. */
export const FREE: LaneRules = { maxPerHour: 1000, ratePerS: 1000 };

export const SENT = { state: 'sent', receipt: { detail: '250 queued' } } as const;
export const REFUSED = { state: 'failed', reason: '550 no such user' } as const;
export const TRANSIENT = {
  state: 'pending',
  reason: '451 try later',
  isCertain: true,
  isOutage: false,
} as const;
export const UNCERTAIN = { ...TRANSIENT, reason: 'timed out', isCertain: false } as const;
export const OUTAGE = { ...TRANSIENT, reason: 'refused', isOutage: true } as const;

/** Removes all that the stories here leave in a database, the audit trail too. */
export async function clear({ db, dialect }: Database): Promise<void> {
  if (dialect === 'postgres') await sql`alter table audit disable trigger user`.execute(db);
  else {
    await sql`drop trigger if exists audit_no_delete`.execute(db);
    // Nobody pulls the plug here.
    await sql`pragma synchronous = off`.execute(db);
  }
  for (const table of ['audit', 'incident', 'channel_state'] as const) await db.deleteFrom(table).execute();
}

export async function addIncident(
  { db }: Database,
  id: string,
  more: { severity?: Severity; state?: IncidentState } = {},
): Promise<void> {
  await db
    .insertInto('incident')
    .values({
      id,
      key: `gate-1/${id}`,
      camera_id: 'gate-1',
      kind: 'intrusion',
      severity: more.severity ?? 'warning',
      state: more.state ?? 'notified',
      first_at: START,
      last_at: START,
      opened_at: START,
      changed_at: START,
      expires_at: START + 86_400_000,
      alerts: 1,
      summary: 'person in yard',
      plan: '{"policy":"p","steps":[]}',
      is_flapping: 0,
    })
    .onConflict((conflict) => conflict.column('id').doNothing())
    .execute();
}

/** Somebody reacts. */
export async function react(
  { db }: Database,
  id: string,
  state: IncidentState = 'acknowledged',
): Promise<void> {
  const by = state === 'acknowledged' ? { acknowledged_by: 'person/lan' } : { ended_by: 'person/lan' };
  await db
    .updateTable('incident')
    .set({ state, ...by })
    .where('id', '=', id)
    .execute();
}

export interface Told {
  readonly incident: string;
  readonly occasion?: Occasion;
  readonly recipient?: string;
  readonly channel?: Channel;
  readonly others?: readonly Channel[];
  readonly severity?: Severity;
  readonly at?: number;
}

/** A delivery that waits, with its incident. @returns its id */
export async function addDelivery(database: Database, told: Told): Promise<string> {
  const { incident, occasion = 0, recipient = 'guard', channel = 'email', at = START } = told;
  await addIncident(database, incident);
  const id = [incident, occasion, recipient, channel].join('+');
  await database.db
    .insertInto('delivery')
    .values({
      id,
      incident_id: incident,
      occasion: String(occasion),
      recipient,
      channel,
      other_channels: JSON.stringify(told.others ?? []),
      severity: told.severity ?? 'warning',
      state: 'pending',
      tries: 0,
      cost: 0,
      created_at: at,
      updated_at: at,
    })
    .execute();
  return id;
}

/** A store with what tests ask of it again and again. */
export function deliveriesOf(database: Database): {
  store: Deliveries;
  /** Claims and settles: what the handler does. @returns the ids sent, or why it waits */
  go: (now: number, result?: DeliveryResult, rules?: LaneRules, owner?: string) => Promise<string[] | string>;
  states: () => Promise<Record<string, string>>;
  /** Oldest first, without the time. */
  trail: (action: string) => Promise<Pick<AuditEntry, 'action' | 'subject' | 'detail' | 'actor'>[]>;
} {
  const store = createDeliveries(database);
  return {
    store,
    go: async (now, result = SENT, rules = FREE, owner = 'job-1') => {
      const claimed = await store.claim(GUARD, owner, rules, now);
      if (claimed.kind === 'wait') return claimed.why;
      if (claimed.kind === 'nothing') return 'nothing';
      await store.settle(claimed.deliveries, result, now);
      return claimed.deliveries.map(({ id }) => id);
    },
    states: async () => {
      const rows = await store.list({ limit: 10_000 });
      return Object.fromEntries(rows.map(({ id, state }) => [id, state]));
    },
    trail: async (action) => {
      const entries = await createAuditLog(database).list({ action, limit: 10_000 });
      return entries
        .reverse()
        .map(({ action: what, subject, detail, actor }) => ({ action: what, subject, detail, actor }));
    },
  };
}

/** What was claimed; fails when it was not. */
export function given(claimed: Claim): readonly Delivery[] {
  if (claimed.kind !== 'send') throw new Error(`not claimed: ${JSON.stringify(claimed)}`);
  return claimed.deliveries;
}

/** Until when it waits; fails when it does not. */
export function waits(claimed: Claim): Extract<Claim, { kind: 'wait' }> {
  if (claimed.kind !== 'wait') throw new Error(`does not wait: ${JSON.stringify(claimed)}`);
  return claimed;
}
