import type { CameraId } from '../ids.js';
import type { Severity, Step } from './config.js';

/**
 * An incident is a run of alerts about one thing: what people are told of, once, until somebody reacts.
 *
 *   open ──► notified ──► acknowledged ──► resolved
 *     └──────────┴───────────────┴───────► resolved (by hand, or because what happened is over) or expired
 *
 * States only move to the right; `resolved` and `expired` are ends.
 */
export type IncidentState = 'open' | 'notified' | 'acknowledged' | 'resolved' | 'expired';

/** Nobody has reacted: its steps go on. */
export function isUnanswered(state: IncidentState): boolean {
  return state === 'open' || state === 'notified';
}

export function isEnded(state: IncidentState): boolean {
  return state === 'resolved' || state === 'expired';
}

/** What is planned for an incident when it opens; later changes of the camera file do not touch it. */
export interface Plan {
  /** `none`: nobody is told. */
  readonly policy: string;
  /** Rounds laid out one after another; `afterS` counts from the opening. */
  readonly steps: readonly Step[];
}

/** What the storm and flapping rules, cooldown and so on come to for one alert. Times in ms. */
export interface MergeRules {
  /** An alert nearer than this to an incident of its key belongs to it. */
  readonly cooldownMs: number;
  readonly maxIncidentMs: number;
  readonly expireMs: number;
  readonly storm: { readonly incidents: number; readonly withinMs: number };
  readonly flapping: { readonly incidents: number; readonly withinMs: number };
}

export interface Incident {
  /** The id of the alert that opened it. */
  readonly id: string;
  /** For people: #42; also what they reply. Never given twice. */
  readonly number: number;
  /** What its alerts have in common: camera, kind and subject. */
  readonly key: string;
  readonly cameraId: CameraId;
  readonly kind: string;
  readonly subject?: string;
  /** The highest of its alerts. */
  readonly severity: Severity;
  readonly state: IncidentState;
  /** Capture time of its first and last alert, epoch ms. */
  readonly firstAt: number;
  readonly lastAt: number;
  /** Wall clock, epoch ms. */
  readonly openedAt: number;
  readonly changedAt: number;
  readonly alerts: number;
  readonly summary: string;
  readonly eventId?: string;
  readonly snapshot?: string;
  readonly plan: Plan;
  /** Opened while many others were: people are told of the storm (an incident of kind `storm`), not of this one. */
  readonly stormId?: string;
  readonly isFlapping: boolean;
  readonly acknowledged?: { readonly by: string; readonly at: number };
  /** `by` is `event` where what happened is over by itself, `system` where it expired. */
  readonly ended?: { readonly by: string; readonly at: number };
  readonly verdict?: {
    readonly isFalseAlarm: boolean;
    readonly reason?: string;
    readonly by: string;
    readonly at: number;
  };
}

/** The subject as people are shown it: that of a plate is a mark which means nothing to them. */
export function shownSubject({ kind, subject }: Pick<Incident, 'kind' | 'subject'>): string | undefined {
  return kind.startsWith('plate-') ? undefined : subject;
}

export interface IncidentNote {
  readonly id: number;
  readonly at: number;
  readonly by: string;
  readonly text: string;
}

/** The kind of an incident that gathers others; its camera is `system`. */
export const STORM = 'storm';

/**
 * Why a message is sent. A number: a step of the plan, 0-based. `raised`: it has become more severe. `ended`: it is over.
 * `storm-over`: the storm is. `gathered`: messages that were held back, in one.
 */
export type Occasion = number | 'raised' | 'ended' | 'storm-over';
