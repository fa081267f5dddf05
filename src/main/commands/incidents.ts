import { existsSync } from 'node:fs';
import {
  publicAlert,
  publicAuditEntry,
  publicDelivery,
  publicIncident,
  publicNote,
  publicPlan,
} from '../../api/incident-view.js';
import { isEnded, type Incident, type IncidentState } from '../../domain/alerting/incident.js';
import type { Camera } from '../../domain/camera.js';
import type { Config } from '../../config.js';
import { InputError } from '../../errors.js';
import { readCameraFile } from '../../io/camera-file.js';
import { createAuditLog } from '../../io/sql/audit-log.js';
import { createDeliveries } from '../../io/sql/deliveries.js';
import { createIncidentStore } from '../../io/sql/incident-store.js';
import type { IncidentStore } from '../../ports/alerting.js';
import { EXIT_FAILED, EXIT_OK } from '../exit-codes.js';
import { drawIncident, drawIncidents, type IncidentDetails } from '../incident-view.js';
import { moment } from '../moment.js';
import { type DatabaseOptions, siteTimeZone, withDatabase } from '../with-database.js';

/** For the audit trail. */
const ACTOR = 'command line';
/** Most alerts, messages and audit entries shown with one incident. */
const MOST_PARTS = 200;

export interface ListOptions extends DatabaseOptions {
  readonly state?: readonly IncidentState[];
  readonly camera?: string;
  readonly kind?: string;
  readonly limit?: number;
}

/** `camqueue incidents list`: newest first. */
export async function list(options: ListOptions): Promise<number> {
  const { state, camera, kind, limit = 20 } = options;
  return withDatabase(options, async (database, config) => {
    const found = await createIncidentStore(database).list({
      ...(state && { states: state }),
      ...(camera !== undefined && { cameraId: camera }),
      ...(kind !== undefined && { kind }),
      limit,
    });
    if (options.json === true) {
      const cameras = camerasOf(config);
      found.forEach((incident) => console.log(JSON.stringify(publicIncident(incident, cameras))));
    } else if (found.length === 0) console.log('Nothing found.');
    else drawIncidents(found, siteTimeZone(config)).forEach((line) => console.log(line));
    return EXIT_OK;
  });
}

/** `camqueue incidents show <number>`: alerts, plan, messages, notes and history. */
export async function show(number: number, options: DatabaseOptions): Promise<number> {
  return withDatabase(options, async (database, config) => {
    const incidents = createIncidentStore(database);
    const incident = await numbered(incidents, number);
    const { id } = incident;
    const [alerts, notes, deliveries, trail] = await Promise.all([
      incidents.alerts({ incidentId: id, limit: MOST_PARTS }),
      incidents.notes(id),
      createDeliveries(database).list({ incidentId: id, limit: MOST_PARTS }),
      createAuditLog(database).list({ subject: `incident/${id}`, limit: MOST_PARTS }),
    ]);
    const details: IncidentDetails = { incident, alerts, notes, deliveries, trail };
    if (options.json === true) console.log(JSON.stringify(publicDetails(details, camerasOf(config))));
    else drawIncident(details, siteTimeZone(config)).forEach((line) => console.log(line));
    return EXIT_OK;
  });
}

/** `camqueue incidents ack <number>`: nobody else is told. Exit code 1 when it has ended. */
export async function ack(number: number, options: DatabaseOptions): Promise<number> {
  return change(number, options, async (incidents, { id }) => {
    const done = await incidents.acknowledge(id, ACTOR, Date.now());
    return done && { ...done, what: 'acknowledged: nobody else is told' };
  });
}

/** `camqueue incidents resolve <number>`: ends it; with a reason or as a false alarm that is its verdict. */
export async function resolve(
  number: number,
  options: DatabaseOptions & { readonly falseAlarm?: boolean; readonly reason?: string },
): Promise<number> {
  const { falseAlarm: isFalseAlarm = false, reason } = options;
  if (isFalseAlarm && reason === undefined)
    throw new InputError('--false-alarm needs a reason, for example --reason "a cat"');
  return change(number, options, async (incidents, { id }) => {
    const now = Date.now();
    const verdict = { isFalseAlarm, ...(reason !== undefined && { reason }), by: ACTOR, at: now };
    const done = await incidents.resolve(id, ACTOR, now);
    if (!done || reason === undefined) return done && { ...done, what: 'resolved' };
    // A verdict may also come when all is over.
    const judged = await incidents.judge(id, verdict);
    const what = isFalseAlarm ? 'resolved as a false alarm' : 'resolved';
    return judged && { incident: judged, isNew: true, what };
  });
}

/** `camqueue incidents note <number> <text>` */
export async function note(number: number, text: string, options: DatabaseOptions): Promise<number> {
  const trimmed = text.trim();
  if (trimmed === '' || trimmed.length > 2000) throw new InputError('a note has 1 to 2000 characters');
  return withDatabase(options, async (database) => {
    const incidents = createIncidentStore(database);
    const { id } = await numbered(incidents, number);
    const added = await incidents.addNote(id, { at: Date.now(), by: ACTOR, text: trimmed });
    if (!added) throw missing(number);
    console.log(options.json === true ? JSON.stringify(publicNote(added)) : `#${number}: note added`);
    return EXIT_OK;
  });
}

async function change(
  number: number,
  options: DatabaseOptions,
  work: (
    incidents: IncidentStore,
    incident: Incident,
  ) => Promise<{ incident: Incident; isNew: boolean; what: string } | undefined>,
): Promise<number> {
  return withDatabase(options, async (database, config) => {
    const incidents = createIncidentStore(database);
    const done = await work(incidents, await numbered(incidents, number));
    if (!done) throw missing(number);
    const { incident, isNew, what } = done;
    if (options.json === true)
      console.log(JSON.stringify({ incident: publicIncident(incident, camerasOf(config)), isNew }));
    else console.log(`#${number} ${isNew ? what : `was ${before(incident, siteTimeZone(config))}`}`);
    return !isNew && isEnded(incident.state) ? EXIT_FAILED : EXIT_OK;
  });
}

function before({ state, acknowledged, ended }: Incident, timeZone: string): string {
  const last = ended ?? acknowledged;
  return last ? `${state} before, by ${last.by} at ${moment(last.at, timeZone)}` : `${state} before`;
}

async function numbered(incidents: IncidentStore, number: number): Promise<Incident> {
  const incident = await incidents.byNumber(number);
  if (!incident) throw missing(number);
  return incident;
}

function missing(number: number): InputError {
  return new InputError(`there is no incident #${number}; camqueue incidents list shows them`);
}

function publicDetails(details: IncidentDetails, cameras: readonly Camera[]): object {
  const { incident, alerts, notes, deliveries, trail } = details;
  return {
    incident: publicIncident(incident, cameras),
    plan: publicPlan(incident),
    alerts: alerts.map(publicAlert),
    deliveries: deliveries.map(publicDelivery),
    notes: notes.map(publicNote),
    trail: trail.map(publicAuditEntry),
  };
}

/** For their names; those of the database are sealed, and go by their ids. */
function camerasOf({ CAMERAS_FILE }: Config): readonly Camera[] {
  return existsSync(CAMERAS_FILE) ? readCameraFile(CAMERAS_FILE, process.env).cameras : [];
}
