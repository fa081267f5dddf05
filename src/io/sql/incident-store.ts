import type { IncidentStore } from '../../ports/alerting.js';
import { acceptAlert } from './incidents/accept.js';
import { endIncident } from './incidents/end.js';
import { createReactions } from './incidents/react.js';
import { createReading } from './incidents/read.js';
import { removeIncidents } from './incidents/remove.js';
import { overdueSteps } from './incidents/steps.js';
import { suppressAlert } from './incidents/suppress.js';
import { sweepIncidents } from './incidents/sweep.js';
import { tell } from './incidents/tell.js';
import type { Database } from './schema.js';

/** Alerts and incidents in SQL. */
export function createIncidentStore(database: Database): IncidentStore {
  const { db } = database;
  return {
    accept: (alert, rules, plan, now) => acceptAlert(database, alert, rules, plan, now),
    suppress: (alert, reason, now) => suppressAlert(database, alert, reason, now),
    end: (alert, now) => endIncident(database, alert, now),
    ...createReading(db),
    ...createReactions(database),
    tell: (id, occasion, to, now) => tell(database, id, occasion, to, now),
    overdue: (before, limit) => overdueSteps(db, before, limit),
    sweep: (now, stormRestMs) => sweepIncidents(database, now, stormRestMs),
    removeBefore: (before, signal) => removeIncidents(db, before, signal),
  };
}
