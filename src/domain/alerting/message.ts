import type { Severity, Language, Recipient } from './config.js';
import type { IncidentState } from './incident.js';

/** What a message may say: templates see these names. Times are epoch ms; templates have a filter for the site's zone. */
export interface MessageFacts {
  readonly occasion:
    'opened' | 'escalated' | 'raised' | 'ended' | 'storm' | 'storm-over' | 'gathered' | 'test';
  readonly site: { readonly name: string; readonly timeZone: string };
  /** Times are told in the recipient's zone where there is one. */
  readonly recipient: { readonly id: string; readonly name?: string; readonly timeZone?: string };
  readonly incident: {
    readonly id: string;
    readonly number: number;
    readonly kind: string;
    readonly severity: Severity;
    readonly state: IncidentState;
    readonly summary: string;
    readonly firstAt: number;
    readonly lastAt: number;
    readonly alerts: number;
    readonly isFlapping: boolean;
    /** For people: a name, never an address. */
    readonly acknowledgedBy?: string;
    /** The same; or `event` or `system`, as in `Incident`. */
    readonly endedBy?: string;
    readonly isFalseAlarm?: boolean;
  };
  /** Absent: it is about the system. */
  readonly camera?: { readonly id: string; readonly name: string };
  /** Zone, or what else tells it from others of its kind. */
  readonly subject?: string;
  readonly plate?: string;
  /** Of a storm. */
  readonly storm?: {
    readonly alerts: number;
    readonly incidents: number;
    readonly cameras: readonly { readonly name: string; readonly alerts: number }[];
  };
  /** Of `gathered`: the incidents that were held back, oldest first, at most twenty; `more`: how many others. */
  readonly gathered?: {
    readonly incidents: readonly {
      readonly number: number;
      readonly kind?: string;
      readonly severity: Severity;
      readonly summary: string;
      readonly cameraName: string;
      readonly at: number;
    }[];
    readonly more: number;
  };
  readonly links: {
    /** The incident's page. */
    readonly incident?: string;
    /** Acknowledges, after a press of a button, without a login. */
    readonly acknowledge?: string;
    readonly clip?: string;
    /** The picture, without a login: only where the administrator publishes them. */
    readonly picture?: string;
  };
  /** What a reply by SMS says to acknowledge; absent where replies cannot be received. */
  readonly replyCode?: string;
  readonly hasPicture: boolean;
}

/** Whom a message is for, as it says so: never an address. */
export function shownRecipient({ id, name, timeZone }: Recipient): MessageFacts['recipient'] {
  return { id, ...(name !== undefined && { name }), ...(timeZone !== undefined && { timeZone }) };
}

/** A message in words: what a template made of its facts. No line breaks in `subject` and `title`. */
export interface Words {
  /** E-mail. */
  readonly subject: string;
  readonly text: string;
  /** Complete document; the picture is `<img src="cid:snapshot.jpg">`. */
  readonly html: string;
  /** Push: a few words, and a line or two. */
  readonly title: string;
  readonly body: string;
  /** SMS, everything in it. */
  readonly short: string;
  /** A template of the installation's own that failed: the built-in one was used. */
  readonly problem?: string;
}

/** What a channel is given to send. */
export interface Message {
  /** Of the delivery: the same for every try, so that a provider or a reader can recognise a second copy. */
  readonly id: string;
  readonly language: Language;
  readonly facts: MessageFacts;
  readonly words: Words;
  readonly picture?: { readonly name: string; readonly jpeg: Uint8Array };
  /** Messages of one incident belong together. */
  readonly threadId: string;
}

/** What a provider said when it took a message. */
export interface Receipt {
  /** Its own id of the message, where it has one: later reports name it. */
  readonly providerId?: string;
  /** For people; holds no address. */
  readonly detail: string;
  /** What the message cost, in the unit that is capped (SMS: segments). */
  readonly cost?: number;
}
