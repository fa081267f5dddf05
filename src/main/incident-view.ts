import { type Incident, type IncidentNote, shownSubject, STORM } from '../domain/alerting/incident.js';
import type { Delivery, StoredAlert } from '../ports/alerting.js';
import type { AuditEntry } from '../ports/audit.js';
import { moment } from './moment.js';
import { table } from './view.js';

/** All that is kept about an incident; alerts, deliveries and trail newest first. */
export interface IncidentDetails {
  readonly incident: Incident;
  readonly alerts: readonly StoredAlert[];
  readonly notes: readonly IncidentNote[];
  readonly deliveries: readonly Delivery[];
  readonly trail: readonly AuditEntry[];
}

/** The list as text lines. @param timeZone IANA name, for all times */
export function drawIncidents(found: readonly Incident[], timeZone: string): string[] {
  const rows = found.map(({ number, severity, state, kind, cameraId, firstAt, alerts, summary }) => [
    ...[`#${number}`, severity, state, kind, cameraId, moment(firstAt, timeZone), String(alerts), summary],
  ]);
  return table([['NUMBER', 'SEVERITY', 'STATE', 'KIND', 'CAMERA', 'FIRST', 'ALERTS', 'SUMMARY'], ...rows]);
}

/** One incident as text lines, oldest things first. */
export function drawIncident(details: IncidentDetails, timeZone: string): string[] {
  const { alerts, notes, deliveries, trail } = details;
  const at = (time: number): string => moment(time, timeZone);
  return [
    ...drawHead(details.incident, at),
    ...section('PLAN', drawSteps(details, at), 'nobody is told'),
    ...section(
      'MESSAGES',
      deliveries
        .toReversed()
        .map(({ recipient, channel, occasion, state, sentAt, updatedAt, detail = '' }) => [
          ...[at(sentAt ?? updatedAt), recipient, channel, occasionWords(occasion), state, detail],
        ]),
      'none yet',
    ),
    ...section(
      'ALERTS',
      alerts.toReversed().map(({ at: seen, severity, id, summary }) => [at(seen), severity, summary, id]),
      'none kept',
    ),
    ...section(
      'NOTES',
      notes.map(({ at: written, by, text }) => [at(written), by, text]),
      'none',
    ),
    ...section(
      'HISTORY',
      trail.toReversed().map(({ id, at: done, actor, action }) => [at(done), actor, action, `entry ${id}`]),
      'none',
    ),
  ];
}

function drawHead(incident: Incident, at: (time: number) => string): string[] {
  const { number, severity, state, kind, cameraId, summary, firstAt, lastAt, alerts } = incident;
  const subject = shownSubject(incident);
  const { acknowledged, ended, verdict, isFlapping, stormId } = incident;
  const rows = [
    ['what', subject === undefined ? kind : `${kind} (${subject})`],
    ['camera', kind === STORM ? 'several' : cameraId],
    ['when', firstAt === lastAt ? at(firstAt) : `${at(firstAt)} to ${at(lastAt)}`],
    ['alerts', `${alerts}${isFlapping ? ', on and off all the time' : ''}`],
    ...(stormId === undefined ? [] : [['storm', `gathered in ${stormId}`]]),
    ...(acknowledged ? [['acknowledged', `by ${acknowledged.by} at ${at(acknowledged.at)}`]] : []),
    ...(ended ? [['ended', `by ${ended.by} at ${at(ended.at)}`]] : []),
    ...(verdict
      ? [['verdict', `${verdict.isFalseAlarm ? 'false alarm' : 'real'}: ${verdict.reason ?? ''}`]]
      : []),
  ];
  return [
    `#${number}  ${severity}  ${state}  ${summary}`,
    ...rows.map(([name = '', value = '']) => `  ${name.padEnd(14)}${value}`),
  ];
}

function drawSteps({ incident, deliveries }: IncidentDetails, at: (time: number) => string): string[][] {
  return incident.plan.steps.map(({ afterS, to, channels, mode }, step) => {
    const told = deliveries.filter(({ occasion }) => occasion === step).length;
    return [
      `step ${step + 1}`,
      at(incident.openedAt + afterS * 1000),
      to.join(' '),
      `${channels?.join(' ') ?? 'all channels'}${mode === 'first' ? ', the first that works' : ''}`,
      told > 0 ? `${told} messages` : 'nobody told',
    ];
  });
}

function occasionWords(occasion: Delivery['occasion']): string {
  return typeof occasion === 'number' ? `step ${occasion + 1}` : occasion;
}

function section(name: string, rows: readonly (readonly string[])[], none: string): string[] {
  return ['', name, ...(rows.length > 0 ? table(rows).map((line) => `  ${line}`) : [`  ${none}`])];
}
