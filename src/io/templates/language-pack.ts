import type { Severity } from '../../domain/alerting/config.js';
import type { MessageFacts } from '../../domain/alerting/message.js';

/** The parts of a message; each is one template, and one file where an installation has its own. */
export const PARTS = ['subject', 'text', 'html', 'title', 'body', 'short'] as const;
export type Part = (typeof PARTS)[number];

/** All that a language says. */
export interface LanguagePack {
  /** Of `Intl`. */
  readonly locale: string;
  readonly severities: Readonly<Record<Severity, string>>;
  /** What happened, by kind. */
  readonly kinds: Readonly<Record<string, string>>;
  /** Kinds that are followed by the name of what they are about: `disk-low-node-1`. */
  readonly namedKinds: Readonly<Record<string, string>>;
  readonly labels: Labels;
  /** A few words above the headline: how bad it is, and why this message comes. */
  readonly status: (facts: MessageFacts, severity: string) => string;
  readonly storm: (alerts: number, cameras: number) => string;
  readonly gathered: (incidents: number) => string;
  readonly test: string;
  /** `names` are the first cameras of several, `others` how many more there are. */
  readonly cameras: (names: string, others: number) => string;
  /** @param by as in `MessageFacts` */
  readonly endedBy: (by: string) => string;
  /** From the parts of a time, each as `Intl` gives it. */
  readonly longTime: (part: TimeParts) => string;
  readonly shortTime: (part: TimeParts) => string;
  /** Without `html`: that one is the same for all, its words are the labels. */
  readonly templates: Readonly<Record<Exclude<Part, 'html'>, string>>;
}

export interface TimeParts {
  readonly weekday: string;
  readonly day: string;
  /** `11` in Vietnamese, `Nov` in English. */
  readonly month: string;
  readonly year: string;
  readonly hour: string;
  readonly minute: string;
  readonly second: string;
}

export interface Labels {
  readonly system: string;
  readonly camera: string;
  readonly plate: string;
  readonly when: string;
  readonly alerts: string;
  readonly flapping: string;
  readonly summary: string;
  readonly acknowledgedBy: string;
  readonly endedBy: string;
  readonly verdict: string;
  readonly falseAlarm: string;
  readonly incidents: string;
  readonly site: string;
  readonly incident: string;
  readonly recipient: string;
  readonly acknowledge: string;
  readonly open: string;
  readonly clip: string;
  readonly picture: string;
  readonly noPicture: string;
  readonly more: string;
}
