import type { ExpressionBuilder, Kysely } from 'kysely';
import type { IncidentState } from '../../../domain/alerting/incident.js';
import type { IncidentFilter, IncidentStore } from '../../../ports/alerting.js';
import type { Schema } from '../schema.js';
import { toAlert, toIncident, toNote } from './rows.js';

type Reading = Pick<
  IncidentStore,
  'getAlert' | 'alerts' | 'get' | 'byNumber' | 'list' | 'counts' | 'storm' | 'notes'
>;

/** Incidents, their alerts and notes, as they are. */
export function createReading(db: Kysely<Schema>): Reading {
  return {
    getAlert: async (id) => {
      const row = await db.selectFrom('alert').selectAll().where('id', '=', id).executeTakeFirst();
      return row && toAlert(row);
    },
    alerts: async ({ cameraId, incidentId, limit }) => {
      let query = db.selectFrom('alert').selectAll().orderBy('at', 'desc').orderBy('id', 'desc').limit(limit);
      if (cameraId !== undefined) query = query.where('camera_id', '=', cameraId);
      if (incidentId !== undefined) query = query.where('incident_id', '=', incidentId);
      return (await query.execute()).map(toAlert);
    },
    get: async (id) => {
      const row = await db.selectFrom('incident').selectAll().where('id', '=', id).executeTakeFirst();
      return row && toIncident(row);
    },
    byNumber: async (number) => {
      const row = await db.selectFrom('incident').selectAll().where('number', '=', number).executeTakeFirst();
      return row && toIncident(row);
    },
    list: async (filter) =>
      // PostgreSQL knows no empty list.
      filter.states?.length === 0 ? [] : (await listQuery(db, filter).execute()).map(toIncident),
    counts: () => counts(db),
    storm: (id) => stormOf(db, id),
    notes: async (id) => {
      const notes = db.selectFrom('incident_note').selectAll().where('incident_id', '=', id).orderBy('id');
      return (await notes.execute()).map(toNote);
    },
  };
}

function listQuery(db: Kysely<Schema>, filter: IncidentFilter) {
  const { states, cameraId, kind, severity, from, to, stormId, isUngathered, before, limit } = filter;
  let query = db.selectFrom('incident').selectAll().orderBy('number', 'desc').limit(limit);
  if (states !== undefined) query = query.where('state', 'in', states);
  if (cameraId !== undefined) query = query.where('camera_id', '=', cameraId);
  if (kind !== undefined) query = query.where('kind', '=', kind);
  if (severity !== undefined) query = query.where('severity', '=', severity);
  if (from !== undefined) query = query.where('first_at', '>=', from);
  if (to !== undefined) query = query.where('first_at', '<', to);
  if (stormId !== undefined) query = query.where('storm_id', '=', stormId);
  if (isUngathered) query = query.where(isToldItself);
  if (before !== undefined) query = query.where('number', '<', before);
  return query;
}

/** Of those gathered in a storm, people are told of the critical ones only. */
function isToldItself(where: ExpressionBuilder<Schema, 'incident'>) {
  return where.or([where('storm_id', 'is', null), where('severity', '=', 'critical')]);
}

async function counts(db: Kysely<Schema>): Promise<Record<IncidentState, number>> {
  const rows = await db
    .selectFrom('incident')
    .select(({ fn }) => ['state', fn.countAll<number>().as('count')])
    .where(isToldItself)
    .groupBy('state')
    .execute();
  const none = { open: 0, notified: 0, acknowledged: 0, resolved: 0, expired: 0 };
  return { ...none, ...Object.fromEntries(rows.map(({ state, count }) => [state, count])) };
}

async function stormOf(db: Kysely<Schema>, id: string): ReturnType<Reading['storm']> {
  const rows = await db
    .selectFrom('incident')
    .select(({ fn }) => [
      'camera_id',
      fn.countAll<number>().as('incidents'),
      fn.sum<number>('alerts').as('alerts'),
    ])
    .where('storm_id', '=', id)
    .groupBy('camera_id')
    .orderBy('alerts', 'desc')
    .orderBy('camera_id')
    .execute();
  return {
    incidents: rows.reduce((sum, { incidents }) => sum + incidents, 0),
    cameras: rows.map(({ camera_id: cameraId, alerts }) => ({ cameraId, alerts })),
  };
}
