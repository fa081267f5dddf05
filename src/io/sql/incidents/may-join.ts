// Pure: whether an alert belongs to an incident. The incidents that come into question are read in find.ts.
import { isEnded, type MergeRules } from '../../../domain/alerting/incident.js';
import type { Alert } from '../../../ports/alerting.js';
import { isMoreSevere, type Row } from './rows.js';

/** An incident of the alert's key. */
export interface Candidate {
  readonly incident: Pick<
    Row,
    'state' | 'severity' | 'first_at' | 'last_at' | 'ended_by' | 'is_flapping' | 'number'
  >;
  /** People have been told once that it became more severe; there is no second such message. */
  readonly wasRaised: boolean;
  readonly tellsNobody: boolean;
}

export type Span = Pick<Row, 'first_at' | 'last_at'>;

/** From an instant to an incident, by capture time, ms; 0 within it. */
export function distanceMs({ first_at: first, last_at: last }: Span, at: number): number {
  return Math.max(0, first - at, at - last);
}

/** The span of an incident with one more alert. */
export function spanWith({ first_at: first, last_at: last }: Span, at: number): Span {
  return { first_at: Math.min(first, at), last_at: Math.max(last, at) };
}

/**
 * The nearest incident that takes the alert; of several as near, the newest. An incident takes what is nearer than the
 * cooldown (one that is flapping and not ended: than the time it must rest), while it stays shorter than `maxIncidentMs`,
 * but never something that people must be told of and would not be:
 * - more severe than what somebody has reacted to, or than what they were told of as `raised`
 * - something with a plan, where the incident's plan is to tell nobody
 * What an event's own end has ended takes only late alerts from before that end; what has expired takes nothing.
 */
export function nearestThatTakes<One extends Candidate>(
  candidates: readonly One[],
  alert: Pick<Alert, 'at' | 'severity'>,
  rules: MergeRules,
  planSteps: number,
): One | undefined {
  return candidates
    .filter((one) => takes(one, alert, rules, planSteps))
    .sort(
      (a, b) =>
        distanceMs(a.incident, alert.at) - distanceMs(b.incident, alert.at) ||
        b.incident.number - a.incident.number,
    )[0];
}

function takes(
  { incident, wasRaised, tellsNobody }: Candidate,
  { at, severity }: Pick<Alert, 'at' | 'severity'>,
  rules: MergeRules,
  planSteps: number,
): boolean {
  if (distanceMs(incident, at) >= reachMs(incident, rules)) return false;
  const span = spanWith(incident, at);
  if (span.last_at - span.first_at > rules.maxIncidentMs) return false;
  if (tellsNobody && planSteps > 0) return false;
  const isMore = isMoreSevere(severity, incident.severity);
  switch (incident.state) {
    case 'open':
    case 'notified':
      return !isMore || !wasRaised;
    case 'acknowledged':
      return !isMore;
    case 'resolved':
      return !isMore && (incident.ended_by !== 'event' || at <= incident.last_at);
    case 'expired':
      return false;
  }
}

function reachMs(
  { is_flapping: isFlapping, state }: Candidate['incident'],
  { cooldownMs, flapping }: MergeRules,
): number {
  const rests = isFlapping !== 0 && flapping.incidents > 0 && !isEnded(state);
  return rests ? Math.max(cooldownMs, flapping.withinMs) : cooldownMs;
}
