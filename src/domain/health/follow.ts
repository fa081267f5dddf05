import type { Camera } from '../camera.js';
import { SYSTEM } from '../ids.js';
import { ruleOf, type AlertRule } from './alert-rules.js';
import {
  type HealthAlert,
  type HealthEntry,
  type HealthFinding,
  type HealthReport,
  isAtLeast,
  kindOf,
  nameOf,
  worst,
} from './report.js';

/** What flaps is not well: people hear that something is over when it was ok for this long, ms. */
const OK_FOR_MS = 30_000;
/** Alerts about no camera have no setting of their own, s. */
export const SYSTEM_COOLDOWN_S = 60;
const SUMMARY_LENGTH = 300;

type Watched = Pick<Camera, 'id' | 'name' | 'alerts'>;

interface Moment {
  /** The slot. */
  readonly at: number;
  readonly now: number;
}

/**
 * Sets what was found against the report before it: since when each thing is as it is, and what people are told.
 * The same input gives the same alerts with the same ids, so a check that is cut off may be repeated.
 *
 * Alerts of one kind about one thing are a cooldown apart: one that comes too early is not dropped, it waits in
 * `isAlerted: false` for the next check and is told then if it is still true.
 * @param moment.at the slot of the new report; `moment.now` wall clock. Both epoch ms.
 * @param cameras as configured now
 */
export function follow(
  previous: HealthReport | undefined,
  findings: readonly HealthFinding[],
  moment: Moment,
  cameras: readonly Watched[],
): { readonly report: HealthReport; readonly alerts: readonly HealthAlert[] } {
  const before = new Map(previous?.entries.map((entry) => [entry.subject, entry]));
  const steps = findings.map((finding) =>
    step(finding, before.get(finding.subject), moment, cameraOf(finding, cameras)),
  );
  const { kept, gone } = notSeen(previous, findings);
  const entries = [...steps.map(({ entry }) => entry), ...kept];
  const ends = gone
    .filter(({ isAlerted }) => isAlerted)
    .flatMap((entry) => over(entry, 'gone', 'is there no more', moment.at));
  return {
    report: { at: moment.at, state: worst(entries.map(({ state }) => state)), entries },
    alerts: [...steps.flatMap(({ alert }) => (alert ? [alert] : [])), ...ends],
  };
}

/**
 * What was there before and was not found now. A kind that could not be looked at keeps its entries as they were: not
 * knowing is no recovery. The others are gone: a camera was removed.
 */
function notSeen(
  previous: HealthReport | undefined,
  findings: readonly HealthFinding[],
): { kept: readonly HealthEntry[]; gone: readonly HealthEntry[] } {
  const seen = new Set(findings.map(({ subject }) => subject));
  const blind = new Set(
    findings.flatMap(({ subject, measures }) =>
      kindOf(subject) === 'probe' ? String(measures['kinds'] ?? '').split(' ') : [],
    ),
  );
  const missing = (previous?.entries ?? []).filter(({ subject }) => !seen.has(subject));
  const isBlind = ({ subject }: HealthEntry): boolean => blind.has(kindOf(subject));
  return { kept: missing.filter(isBlind), gone: missing.filter((entry) => !isBlind(entry)) };
}

function step(
  finding: HealthFinding,
  before: HealthEntry | undefined,
  moment: Moment,
  camera: Watched | undefined,
): { entry: HealthEntry; alert?: HealthAlert } {
  const rule = ruleOf(finding, camera && camera.alerts.downAfterS * 1000);
  const entry: HealthEntry = {
    ...finding,
    since: sinceOf(finding, before, moment.at),
    isAlerted: before?.isAlerted ?? false,
    ...(before?.alertedAt !== undefined && { alertedAt: before.alertedAt }),
    ...(before?.recoveredAt !== undefined && { recoveredAt: before.recoveredAt }),
  };
  if (!rule || finding.measures['isOff'] === true) {
    // Whoever switched it off knows; those who were told that it is down must not be told again and again.
    const [alert] = entry.isAlerted ? over(entry, 'off', entry.detail, moment.at, camera) : [];
    return { entry: { ...entry, isAlerted: false }, ...(alert && { alert }) };
  }
  const cooldownMs = (camera?.alerts.cooldownS ?? SYSTEM_COOLDOWN_S) * 1000;
  if (isProblemDue(entry, rule, moment, cooldownMs)) {
    return {
      entry: { ...entry, isAlerted: true, alertedAt: moment.at },
      alert: problem(entry, rule, moment.at, camera),
    };
  }
  if (isRecoveryDue(entry, moment, cooldownMs)) {
    const well = camera ? 'gives pictures again' : `is well again: ${entry.detail}`;
    const [alert] = over(entry, 'recovered', well, moment.at, camera);
    return {
      entry: { ...entry, isAlerted: false, recoveredAt: moment.at },
      ...(alert && { alert }),
    };
  }
  return { entry };
}

/** A state that lasts began when it was first seen, even if the thing itself meanwhile counts from anew. */
function sinceOf(finding: HealthFinding, before: HealthEntry | undefined, at: number): number {
  const own = Math.min(finding.since ?? at, at);
  return before && isSameStretch(finding, before) ? Math.min(before.since, own) : own;
}

/** A camera that is tried again and again is retrying (fail) and connecting (warn) in turn: one outage. */
function isSameStretch(finding: HealthFinding, before: HealthEntry): boolean {
  if (finding.state === before.state) return true;
  return kindOf(finding.subject) === 'camera' && finding.state !== 'ok' && before.state !== 'ok';
}

function isProblemDue(entry: HealthEntry, rule: AlertRule, { at, now }: Moment, cooldownMs: number): boolean {
  if (!isAtLeast(entry.state, rule.alertsAt)) return false;
  // People were told of the warning; that it has failed since is news.
  const isWorse = rule.alertsAt === 'warn' && entry.state === 'fail' && (entry.alertedAt ?? 0) < entry.since;
  if (entry.isAlerted && !isWorse) return false;
  return now - entry.since >= rule.afterMs && isOver(entry.alertedAt, cooldownMs, at);
}

function isRecoveryDue(entry: HealthEntry, { at, now }: Moment, cooldownMs: number): boolean {
  return (
    entry.state === 'ok' &&
    entry.isAlerted &&
    now - entry.since >= OK_FOR_MS &&
    isOver(entry.recoveredAt, cooldownMs, at)
  );
}

function isOver(toldAt: number | undefined, cooldownMs: number, at: number): boolean {
  return toldAt === undefined || at - toldAt >= cooldownMs;
}

function problem(entry: HealthEntry, rule: AlertRule, at: number, camera: Watched | undefined): HealthAlert {
  return {
    id: idOf(entry, entry.state === 'warn' ? '-warn' : ''),
    ...incidentOf(entry, rule),
    severity: entry.state === 'fail' ? 'critical' : 'warning',
    phase: 'begin',
    at,
    summary: clip(camera ? `${camera.name ?? camera.id}: ${entry.detail}` : entry.detail),
  };
}

/** That what people were told of is no more. @param why of its id; `words` for people */
function over(entry: HealthEntry, why: string, words: string, at: number, camera?: Watched): HealthAlert[] {
  const rule = ruleOf(entry);
  if (!rule) return [];
  const { cameraId, kind } = incidentOf(entry, rule);
  const name = cameraId === SYSTEM ? entry.subject : (camera?.name ?? cameraId);
  return [
    {
      id: idOf(entry, `-${why}`),
      ...{ cameraId, kind, severity: 'info', phase: 'end', at },
      summary: clip(cameraId === SYSTEM ? `${name} ${words}` : `${name}: ${words}`),
    },
  ];
}

/** What people are told of a finding is about; `undefined`: they are told nothing of it. */
export function troubleOf(entry: HealthEntry): Pick<HealthAlert, 'cameraId' | 'kind'> | undefined {
  const rule = ruleOf(entry);
  return rule && incidentOf(entry, rule);
}

/** What an alert and its end have in common. */
function incidentOf(
  { subject }: HealthEntry,
  { problem }: AlertRule,
): Pick<HealthAlert, 'cameraId' | 'kind'> {
  const name = nameOf(subject);
  if (kindOf(subject) === 'camera') return { cameraId: name, kind: problem };
  return { cameraId: SYSTEM, kind: slug(`${problem}-${name}`, 63) };
}

/** Cameras are told about under their own name, with their own delay and cooldown. */
function cameraOf({ subject }: HealthFinding, cameras: readonly Watched[]): Watched | undefined {
  return kindOf(subject) === 'camera' ? cameras.find(({ id }) => id === nameOf(subject)) : undefined;
}

function idOf({ subject, since }: HealthEntry, end: string): string {
  return `health-${slug(subject, 110)}-${since}${end}`;
}

function slug(text: string, length: number): string {
  return text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, length)
    .replace(/-+$/, '');
}

function clip(text: string): string {
  return text.length > SUMMARY_LENGTH ? `${text.slice(0, SUMMARY_LENGTH - 1)}…` : text;
}
