import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { Kysely, Migrator, PostgresDialect, sql, SqliteDialect } from 'kysely';
import { Pool } from 'pg';
import { createAuditLog } from '../../../src/io/sql/audit-log.js';
import { createIncidentStore } from '../../../src/io/sql/incident-store.js';
import { start } from '../../../src/io/sql/migrations/0001-start.js';
import { cameras } from '../../../src/io/sql/migrations/0002-cameras.js';
import { plates } from '../../../src/io/sql/migrations/0003-plates.js';
import { type Address, onBothDatabases } from '../../support/databases.js';
import { anAlert, PLAN, RULES, T0 } from '../../support/incidents.js';

/** A database as version 0003 left it. */
async function asOf0003({ dataDir, databaseUrl }: Address): Promise<Kysely<unknown>> {
  const dialect = databaseUrl === undefined ? 'sqlite' : 'postgres';
  const sqlite = () => {
    const file = new Sqlite(join(dataDir, 'camqueue.sqlite'));
    file.pragma('foreign_keys = ON');
    return new SqliteDialect({ database: file });
  };
  const db = new Kysely<unknown>({
    dialect:
      databaseUrl === undefined
        ? sqlite()
        : new PostgresDialect({ pool: new Pool({ connectionString: databaseUrl }) }),
  });
  const before = { '0001-start': start(dialect), '0002-cameras': cameras(), '0003-plates': plates(dialect) };
  const { error } = await new Migrator({
    db,
    provider: { getMigrations: async () => before },
  }).migrateToLatest();
  if (error !== undefined) throw error as Error;
  return db;
}

onBothDatabases('0004-alerting', ({ open, blank }) => {
  it('makes incidents of the alerts that are there, with their deliveries, and seals the trail', async () => {
    const place = await blank();
    const old = await asOf0003(place);
    for (const [id, at, by] of [
      ['a', 0, null],
      ['b', 1000, 'a'],
      ['c', 90_000, null],
      ['d', 91_000, 'c'],
    ])
      await sql`insert into alert (id, camera_id, kind, severity, at, summary, event_id, snapshot, suppressed_by, created_at)
        values (${id}, 'gate-1', 'intrusion', 'warning', ${at}, 'người', 'e', 'gate-1/a.jpg', ${by}, ${T0})`.execute(
        old,
      );
    for (const [id, alert, state] of [
      ['x', 'a', 'delivered'],
      ['y', 'c', 'failed'],
      ['z', 'b', 'pending'],
    ])
      await sql`insert into delivery (id, alert_id, recipient, channel, state, detail, updated_at)
        values (${id}, ${alert}, 'guard', 'email', ${state}, '250 OK', 5)`.execute(old);
    for (const at of [3, 1, 2])
      await sql`insert into audit (at, actor, action, subject, detail) values (${at}, 'a', 'b', 'c', '{"n":1}')`.execute(
        old,
      );
    await old.destroy();

    const database = await open(place);
    const store = createIncidentStore(database);
    expect(await store.list({ limit: 9 })).toMatchObject([
      { id: 'c', key: 'gate-1/intrusion', state: 'expired', alerts: 2, plan: { steps: [] }, openedAt: T0 },
      { id: 'a', number: 1, state: 'expired', firstAt: 0, lastAt: 0, alerts: 2, snapshot: 'gate-1/a.jpg' },
    ]);
    expect(
      (await store.alerts({ limit: 9 })).map(({ id, incidentId, state }) => [id, incidentId, state]),
    ).toEqual([
      ['d', 'c', 'accepted'],
      ['c', 'c', 'accepted'],
      ['b', 'a', 'accepted'],
      ['a', 'a', 'accepted'],
    ]);
    const deliveries = await database.db
      .selectFrom('delivery')
      .select(['id', 'state', 'incident_id', 'sent_at', 'detail'])
      .orderBy('id')
      .execute();
    expect(deliveries).toEqual([
      { id: 'a+0+guard+email', state: 'sent', incident_id: 'a', sent_at: 5, detail: '250 OK' },
      { id: 'c+0+guard+email', state: 'failed', incident_id: 'c', sent_at: null, detail: '250 OK' },
    ]);
    expect(await createAuditLog(database).verify()).toMatchObject({ isIntact: true, entries: 3 });
    await expect(sql`update audit set actor = 'x'`.execute(database.db)).rejects.toThrow('append-only');

    // What was there before is asked again, and nothing refers to tables that are gone.
    expect(await store.accept(anAlert('a', 0), RULES, PLAN, T0)).toMatchObject({ opened: true });
    expect(await store.accept(anAlert('n', 9), RULES, PLAN, T0)).toMatchObject({ opened: true });
    expect(await store.removeBefore(T0 + 1, new AbortController().signal)).toBe(4);
    expect(await database.db.selectFrom('delivery').selectAll().execute()).toEqual([]);
    if (database.dialect !== 'sqlite') return;
    const { rows } = await sql<{ sql: string }>`select sql from sqlite_master`.execute(database.db);
    expect(rows.filter((row) => /(alert|delivery)_before/.test(row.sql))).toEqual([]);
    expect((await sql`pragma foreign_key_check`.execute(database.db)).rows).toEqual([]);
    expect((await sql`pragma integrity_check`.execute(database.db)).rows).toEqual([
      { integrity_check: 'ok' },
    ]);
  });
});
