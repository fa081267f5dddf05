import type { Severity } from '../alerting/config.js';
import type { CameraId } from '../ids.js';

/** What a health check found, what it means over time, and what people are told. Times are epoch ms. */
export type HealthState = 'ok' | 'warn' | 'fail';

/** One thing that was looked at. */
export interface HealthFinding {
  /** `<kind>/<name>`: camera/gate-1, stream/gate-1, camera-file, area/yard, restream/gate-1, disk/data, redis/jobs, storage/COLD_URL, sql, clock, sampler, queue/motion, worker/motion, model/…, certificate/…; probe/…: could not be looked at */
  readonly subject: string;
  readonly state: HealthState;
  /** For people: what was found and, when not ok, what to do. No secret. */
  readonly detail: string;
  /** When the state began, where the thing itself knows; else it is when a check first saw it. */
  readonly since?: number;
  readonly measures: Readonly<Record<string, number | string | boolean>>;
}

/** A finding with its history. */
export interface HealthEntry extends HealthFinding {
  /** When this state began, epoch ms. */
  readonly since: number;
  /** People were told that it is not ok (and not yet that it is again). */
  readonly isAlerted: boolean;
  /** The slot in which people were last told that it is not ok, and that it is again. */
  readonly alertedAt?: number;
  readonly recoveredAt?: number;
}

export interface HealthReport {
  /** The slot it belongs to, epoch ms; one report a slot. */
  readonly at: number;
  readonly state: HealthState;
  readonly entries: readonly HealthEntry[];
}

/** What people are told about a change. */
export interface HealthAlert {
  readonly id: string;
  readonly cameraId: CameraId;
  readonly kind: string;
  readonly severity: Severity;
  /** end: it is over. Of the same camera and kind as what it ends. */
  readonly phase: 'begin' | 'end';
  readonly at: number;
  readonly summary: string;
}

/** A check runs each minute: three missed ones are no accident. */
export const STALE_MS = 180_000;
/** How far the clock of another machine may be ahead; a report from later than that was dated by a wrong clock, ms. */
export const AHEAD_MS = 60_000;

const RANK = { ok: 0, warn: 1, fail: 2 } as const satisfies Record<HealthState, number>;

/** The worst of some states; `ok` of none. */
export function worst(states: readonly HealthState[]): HealthState {
  return states.reduce((sum, state) => (RANK[state] > RANK[sum] ? state : sum), 'ok');
}

export function isAtLeast(state: HealthState, limit: HealthState): boolean {
  return RANK[state] >= RANK[limit];
}

/** The part of a subject before the slash. */
export function kindOf(subject: string): string {
  return subject.split('/', 1)[0] ?? subject;
}

/** The part after it; empty for a subject that has no name. */
export function nameOf(subject: string): string {
  return subject.slice(kindOf(subject).length + 1);
}

/** A report as it leaves the system: times as ISO 8601, worst entries first, and whether it can still be believed. */
export interface PublicReport {
  readonly at: string;
  /** `fail` when the report is stale, whatever it says. */
  readonly state: HealthState;
  readonly isStale: boolean;
  readonly ageS: number;
  readonly entries: readonly (Omit<HealthEntry, 'since' | 'alertedAt' | 'recoveredAt'> & {
    readonly since: string;
  })[];
}

/** @param now wall clock, epoch ms */
export function publicReport(report: HealthReport, now: number): PublicReport {
  const ageMs = Math.max(0, now - report.at);
  const isStale = ageMs > STALE_MS;
  const entries = [...report.entries].sort(
    (a, b) => RANK[b.state] - RANK[a.state] || (a.subject < b.subject ? -1 : 1),
  );
  return {
    at: iso(report.at),
    state: isStale ? 'fail' : report.state,
    isStale,
    ageS: Math.round(ageMs / 1000),
    entries: entries.map(({ subject, state, detail, since, isAlerted, measures }) => ({
      ...{ subject, state, detail, since: iso(since), isAlerted, measures },
    })),
  };
}

function iso(at: number): string {
  return new Date(at).toISOString();
}
