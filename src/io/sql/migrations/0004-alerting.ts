import { type Kysely, type Migration, sql } from 'kysely';
import type { Dialect } from '../schema.js';
import { chainAudit } from './chain-audit.js';

/**
 * Incidents with their steps, notes and deliveries, phones, maintenance, the state of channels, and the audit trail's
 * chain. Alerts that people were told of become incidents that have ended; those within their cooldown belong to them.
 */
export function alerting(dialect: Dialect): Migration {
  return {
    up: async (db: Kysely<unknown>) => {
      await incidents(db, dialect);
      await alerts(db);
      await deliveries(db, dialect);
      await channels(db);
      await pushTokens(db);
      await maintenance(db, dialect);
      await chainAudit(db, dialect);
    },
  };
}

async function incidents(db: Kysely<unknown>, dialect: Dialect): Promise<void> {
  await withNumber(db, dialect, 'incident', 'number')
    .addColumn('id', 'text', (column) => column.notNull().unique())
    .addColumn('key', 'text', (column) => column.notNull())
    .addColumn('camera_id', 'text', (column) => column.notNull())
    .addColumn('kind', 'text', (column) => column.notNull())
    .addColumn('subject', 'text')
    .addColumn('severity', 'text', (column) => column.notNull())
    .addColumn('state', 'text', (column) => column.notNull())
    .addColumn('first_at', 'bigint', (column) => column.notNull())
    .addColumn('last_at', 'bigint', (column) => column.notNull())
    .addColumn('opened_at', 'bigint', (column) => column.notNull())
    .addColumn('changed_at', 'bigint', (column) => column.notNull())
    .addColumn('expires_at', 'bigint', (column) => column.notNull())
    .addColumn('alerts', 'integer', (column) => column.notNull())
    .addColumn('summary', 'text', (column) => column.notNull())
    .addColumn('event_id', 'text')
    .addColumn('snapshot', 'text')
    .addColumn('plan', 'text', (column) => column.notNull())
    .addColumn('storm_id', 'text')
    .addColumn('is_flapping', 'integer', (column) => column.notNull().defaultTo(0))
    .addColumn('rest_ms', 'bigint')
    .addColumn('acknowledged_by', 'text')
    .addColumn('acknowledged_at', 'bigint')
    .addColumn('ended_by', 'text')
    .addColumn('ended_at', 'bigint')
    .addColumn('verdict', 'text')
    .execute();
  await db.schema.createIndex('incident_by_key').on('incident').columns(['key', 'last_at']).execute();
  await db.schema.createIndex('incident_by_time').on('incident').columns(['first_at', 'number']).execute();
  await db.schema
    .createIndex('incident_by_camera')
    .on('incident')
    .columns(['camera_id', 'first_at', 'number'])
    .execute();
  await db.schema.createIndex('incident_by_opening').on('incident').columns(['opened_at', 'kind']).execute();
  await db.schema.createIndex('incident_by_state').on('incident').columns(['state', 'expires_at']).execute();
  await sql`create index incident_live on incident (is_flapping) where ended_at is null`.execute(db);
  await sql`create index incident_by_end on incident (ended_at) where ended_at is not null`.execute(db);
  await sql`create index incident_by_storm on incident (storm_id, opened_at) where storm_id is not null`.execute(
    db,
  );
  await sql`insert into incident (id, key, camera_id, kind, severity, state, first_at, last_at, opened_at, changed_at,
      expires_at, alerts, summary, event_id, snapshot, plan, ended_by, ended_at)
    select id, camera_id || '/' || kind, camera_id, kind, severity, 'expired', at, at, created_at, created_at,
      created_at, 1 + (select count(*) from alert other where other.suppressed_by = alert.id), summary, event_id, snapshot,
      '{"policy":"none","steps":[]}', 'system', created_at
    from alert where suppressed_by is null order by created_at, id`.execute(db);
  await db.schema
    .createTable('incident_step')
    .addColumn('incident_id', 'text', (column) =>
      column.notNull().references('incident.id').onDelete('cascade'),
    )
    .addColumn('occasion', 'text', (column) => column.notNull())
    .addColumn('due_at', 'bigint', (column) => column.notNull())
    .addColumn('done_at', 'bigint')
    .addPrimaryKeyConstraint('incident_step_once', ['incident_id', 'occasion'])
    .execute();
  await sql`create index incident_step_due on incident_step (due_at) where done_at is null`.execute(db);
  await withNumber(db, dialect, 'incident_note', 'id')
    .addColumn('incident_id', 'text', (column) =>
      column.notNull().references('incident.id').onDelete('cascade'),
    )
    .addColumn('at', 'bigint', (column) => column.notNull())
    .addColumn('by', 'text', (column) => column.notNull())
    .addColumn('text', 'text', (column) => column.notNull())
    .execute();
  await db.schema
    .createIndex('incident_note_by_incident')
    .on('incident_note')
    .columns(['incident_id', 'id'])
    .execute();
}

async function alerts(db: Kysely<unknown>): Promise<void> {
  await db.schema.alterTable('delivery').renameTo('delivery_before').execute();
  await db.schema.alterTable('alert').renameTo('alert_before').execute();
  for (const index of ['alert_by_time', 'alert_by_camera', 'alert_sent', 'delivery_by_time'])
    await db.schema.dropIndex(index).execute();
  await db.schema
    .createTable('alert')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('camera_id', 'text', (column) => column.notNull())
    .addColumn('kind', 'text', (column) => column.notNull())
    .addColumn('subject', 'text')
    .addColumn('severity', 'text', (column) => column.notNull())
    .addColumn('at', 'bigint', (column) => column.notNull())
    .addColumn('summary', 'text', (column) => column.notNull())
    .addColumn('event_id', 'text')
    .addColumn('snapshot', 'text')
    .addColumn('incident_id', 'text', (column) => column.references('incident.id').onDelete('cascade'))
    .addColumn('effect', 'text')
    .addColumn('reason', 'text')
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .execute();
  await sql`insert into alert (id, camera_id, kind, severity, at, summary, event_id, snapshot, incident_id, effect,
      created_at)
    select id, camera_id, kind, severity, at, summary, event_id, snapshot, coalesce(suppressed_by, id),
      case when suppressed_by is null then 'opened' else 'joined' end, created_at
    from alert_before`.execute(db);
  await db.schema.createIndex('alert_by_time').on('alert').columns(['at', 'id']).execute();
  await db.schema.createIndex('alert_by_camera').on('alert').columns(['camera_id', 'at', 'id']).execute();
  await db.schema.createIndex('alert_by_incident').on('alert').columns(['incident_id', 'at', 'id']).execute();
  await sql`create index alert_suppressed on alert (created_at) where incident_id is null`.execute(db);
}

async function deliveries(db: Kysely<unknown>, dialect: Dialect): Promise<void> {
  await withNumber(db, dialect, 'delivery', 'number')
    .addColumn('id', 'text', (column) => column.notNull().unique())
    .addColumn('incident_id', 'text', (column) =>
      column.notNull().references('incident.id').onDelete('cascade'),
    )
    .addColumn('occasion', 'text', (column) => column.notNull())
    .addColumn('recipient', 'text', (column) => column.notNull())
    .addColumn('channel', 'text', (column) => column.notNull())
    .addColumn('other_channels', 'text', (column) => column.notNull().defaultTo('[]'))
    .addColumn('severity', 'text', (column) => column.notNull())
    .addColumn('state', 'text', (column) => column.notNull())
    .addColumn('tries', 'integer', (column) => column.notNull().defaultTo(0))
    .addColumn('not_before', 'bigint')
    .addColumn('claimed_by', 'text')
    .addColumn('claimed_at', 'bigint')
    .addColumn('slot_at', 'bigint')
    .addColumn('maybe_sent', 'integer', (column) => column.notNull().defaultTo(0))
    .addColumn('gathered_in', 'text')
    .addColumn('provider_id', 'text')
    .addColumn('detail', 'text')
    .addColumn('cost', 'integer', (column) => column.notNull().defaultTo(0))
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .addColumn('updated_at', 'bigint', (column) => column.notNull())
    .addColumn('sent_at', 'bigint')
    .execute();
  await sql`insert into delivery (id, incident_id, occasion, recipient, channel, severity, state, detail, created_at,
      updated_at, sent_at)
    select d.alert_id || '+0+' || d.recipient || '+' || d.channel, a.id, '0', d.recipient, d.channel, a.severity,
      case d.state when 'delivered' then 'sent' when 'failed' then 'failed' else 'skipped' end, d.detail, d.updated_at,
      d.updated_at, case d.state when 'delivered' then d.updated_at end
    from delivery_before d join alert_before a on a.id = d.alert_id where a.suppressed_by is null
    order by d.updated_at, d.id`.execute(db);
  await db.schema.dropTable('delivery_before').execute();
  await db.schema.dropTable('alert_before').execute();
  await sql`create index delivery_lane on delivery (recipient, channel, number) where state in ('pending', 'sending')`.execute(
    db,
  );
  await sql`create index delivery_slot on delivery (recipient, channel, slot_at) where slot_at is not null`.execute(
    db,
  );
  await sql`create index delivery_waiting on delivery (updated_at) where state in ('pending', 'sending')`.execute(
    db,
  );
  await db.schema
    .createIndex('delivery_by_incident')
    .on('delivery')
    .columns(['incident_id', 'number'])
    .execute();
  await sql`create index delivery_gathered on delivery (gathered_in) where gathered_in is not null`.execute(
    db,
  );
  await sql`create index delivery_by_provider on delivery (channel, provider_id) where provider_id is not null`.execute(
    db,
  );
}

async function channels(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('channel_state')
    .addColumn('channel', 'text', (column) => column.primaryKey())
    .addColumn('failures', 'integer', (column) => column.notNull().defaultTo(0))
    .addColumn('down_until', 'bigint')
    .addColumn('probe_by', 'text')
    .addColumn('probe_at', 'bigint')
    .addColumn('next_at', 'bigint', (column) => column.notNull().defaultTo(0))
    .addColumn('day', 'text')
    .addColumn('spent', 'integer', (column) => column.notNull().defaultTo(0))
    .addColumn('reason', 'text')
    .addColumn('changed_at', 'bigint', (column) => column.notNull())
    .execute();
}

async function pushTokens(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('push_token')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('recipient', 'text', (column) => column.notNull())
    .addColumn('platform', 'text', (column) => column.notNull())
    .addColumn('token', 'text', (column) => column.notNull())
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .addColumn('seen_at', 'bigint', (column) => column.notNull())
    .execute();
  await db.schema
    .createIndex('push_token_by_recipient')
    .on('push_token')
    .columns(['recipient', 'id'])
    .execute();
}

async function maintenance(db: Kysely<unknown>, dialect: Dialect): Promise<void> {
  await withNumber(db, dialect, 'maintenance', 'id')
    .addColumn('camera_id', 'text')
    .addColumn('from_at', 'bigint', (column) => column.notNull())
    .addColumn('to_at', 'bigint', (column) => column.notNull())
    .addColumn('reason', 'text')
    .addColumn('by', 'text', (column) => column.notNull())
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .addColumn('ended_at', 'bigint')
    .execute();
  await db.schema.createIndex('maintenance_by_end').on('maintenance').columns(['to_at', 'id']).execute();
}

/** A table numbered by the database; a number is never given twice. */
function withNumber(db: Kysely<unknown>, dialect: Dialect, table: string, column: string) {
  return db.schema
    .createTable(table)
    .addColumn(column, dialect === 'sqlite' ? 'integer' : 'bigint', (build) =>
      dialect === 'sqlite'
        ? build.primaryKey().autoIncrement()
        : build.primaryKey().generatedAlwaysAsIdentity(),
    );
}
