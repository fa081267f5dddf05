import type { Channel, Language, Recipient, Severity } from '../domain/alerting/config.js';
import type {
  Incident,
  IncidentNote,
  IncidentState,
  MergeRules,
  Occasion,
  Plan,
} from '../domain/alerting/incident.js';
import type { Message, MessageFacts, Receipt, Words } from '../domain/alerting/message.js';
import type { CameraId } from '../domain/ids.js';

export interface Alert {
  /** Derived from the event it is about. */
  readonly id: string;
  readonly cameraId: CameraId;
  /** What happened, for example `intrusion`. */
  readonly kind: string;
  /** What tells it from others of its kind at this camera: a zone, a plate's mark. Never a plate's text. */
  readonly subject?: string;
  readonly severity: Severity;
  /** Capture time of what happened, epoch ms. */
  readonly at: number;
  readonly summary: string;
  readonly eventId?: string;
  readonly snapshot?: string;
}

export interface StoredAlert extends Alert {
  /** `accepted`: it belongs to an incident. `suppressed`: to none, for the reason given. */
  readonly state: 'accepted' | 'suppressed';
  readonly incidentId?: string;
  readonly reason?: string;
  /** Wall clock when it was stored, epoch ms. */
  readonly createdAt: number;
}

/** Alerts and the incidents they belong to. Every transition writes its entry of the audit trail, in one with itself. */
export interface IncidentStore {
  /**
   * Stores the alert and finds its incident, atomically; asked again with the same id it gives the first answer.
   * It joins the incident of its key (camera, kind, subject) whose time is nearest, if that is nearer than the cooldown,
   * not longer than `maxIncidentMs` and not ended; else it opens one. Capture times count: alerts may come late and out of
   * order. An alert that comes within the cooldown of an incident that people have acknowledged or ended belongs to it too,
   * and wakes nobody; one more severe than that opens another, and so does one that becomes more severe a second time.
   * @param plan of an incident that it opens; its steps are stored with it
   * @returns `opened`: it made the incident. `raised`: it made it more severe.
   */
  accept(alert: Alert, rules: MergeRules, plan: Plan, now: number): Promise<Accepted>;
  /** Keeps an alert nobody is told of. @param reason for people. An alert stored before stays as it is. */
  suppress(alert: Alert, reason: string, now: number): Promise<StoredAlert>;
  /**
   * What the alert's kind and subject are about is over: ends the incident of its key that is open, if there is one. The
   * alert is stored with it. @returns as it was answered the first time, when asked again.
   */
  end(alert: Alert, now: number): Promise<{ alert: StoredAlert; incident?: Incident }>;
  getAlert(id: string): Promise<StoredAlert | undefined>;
  /** Newest first. */
  alerts(filter: { cameraId?: CameraId; incidentId?: string; limit: number }): Promise<StoredAlert[]>;
  get(id: string): Promise<Incident | undefined>;
  byNumber(number: number): Promise<Incident | undefined>;
  /** Newest first. */
  list(filter: IncidentFilter): Promise<Incident[]>;
  /** How many are in each state, without those that wait for nobody (see `isUngathered`). */
  counts(): Promise<Record<IncidentState, number>>;
  /** Of a storm: alerts by camera, most first, and how many incidents it gathered. */
  storm(id: string): Promise<{ incidents: number; cameras: { cameraId: CameraId; alerts: number }[] }>;
  /** `isNew: false`: it was acknowledged, or had ended, before. @returns `undefined`: there is no such incident. */
  acknowledge(
    id: string,
    by: string,
    now: number,
  ): Promise<{ incident: Incident; isNew: boolean } | undefined>;
  /** Ends it by hand. As above. */
  resolve(id: string, by: string, now: number): Promise<{ incident: Incident; isNew: boolean } | undefined>;
  /** A later verdict replaces an earlier one; a false alarm is ended as well. */
  judge(id: string, verdict: NonNullable<Incident['verdict']>): Promise<Incident | undefined>;
  addNote(id: string, note: Omit<IncidentNote, 'id'>): Promise<IncidentNote | undefined>;
  notes(id: string): Promise<IncidentNote[]>;
  /**
   * Writes down, once, whom a step tells: pending deliveries, in this order, while nobody has reacted (the occasions
   * `ended` and `storm-over`: also after). Asked again it gives the same deliveries.
   * @returns `undefined`: nobody is to be told any more; the step is over.
   */
  tell(
    incidentId: string,
    occasion: Occasion,
    to: readonly NewDelivery[],
    now: number,
  ): Promise<Delivery[] | undefined>;
  /** Steps, and `raised`, that were due before that time and are not over, oldest first: their job may be lost. */
  overdue(before: number, limit: number): Promise<{ incidentId: string; step: number | 'raised' }[]>;
  /**
   * Unanswered incidents whose time is up become `expired`; storms without new incidents, and flapping ones that have come
   * to rest, `resolved`. @returns those.
   */
  sweep(now: number, stormRestMs: number): Promise<Incident[]>;
  /**
   * Removes what ended before that time, or was acknowledged and is unchanged since, with alerts, notes, steps and
   * deliveries; and suppressed alerts. @returns how many alerts went.
   */
  removeBefore(before: number, signal: AbortSignal): Promise<number>;
}

export interface Accepted {
  readonly alert: StoredAlert;
  readonly incident: Incident;
  readonly opened: boolean;
  readonly raised: boolean;
  /** A storm that this very incident set off. */
  readonly storm?: Incident;
}

export interface IncidentFilter {
  readonly states?: readonly IncidentState[];
  readonly cameraId?: CameraId;
  readonly kind?: string;
  readonly severity?: Severity;
  /** Capture time of the first alert, `from` included, `to` not, epoch ms. */
  readonly from?: number;
  readonly to?: number;
  /** Those gathered in this storm. */
  readonly stormId?: string;
  /** Without those gathered in a storm, but for critical ones: people are told of them all the same. */
  readonly isUngathered?: true;
  /** Number of the last incident of the page before. */
  readonly before?: number;
  readonly limit: number;
}

export interface NewDelivery {
  readonly recipient: string;
  readonly channel: Channel;
  /** Used, one after the other, when the channel before is down or will never deliver. */
  readonly otherChannels: readonly Channel[];
}

export type DeliveryState =
  /** Not yet tried, or to be tried again. */
  | 'pending'
  /** A try is under way. Found at the start of a job: an earlier try was cut off and may have got through. */
  | 'sending'
  /** The provider has it. */
  | 'sent'
  /** The provider says it has arrived. */
  | 'delivered'
  | 'failed'
  /** Somebody had reacted before it was sent, or it was gathered in another one. */
  | 'skipped'
  /** Another channel took over. */
  | 'replaced';

export interface Delivery {
  /** `<incident>+<occasion>+<recipient>+<channel>`. */
  readonly id: string;
  /** In the order they were written down; never given twice. */
  readonly number: number;
  readonly incidentId: string;
  readonly occasion: Occasion;
  readonly recipient: string;
  readonly channel: Channel;
  readonly otherChannels: readonly Channel[];
  readonly severity: Severity;
  readonly state: DeliveryState;
  readonly tries: number;
  /** Not before this time, epoch ms. */
  readonly notBefore?: number;
  readonly providerId?: string;
  /** The provider's receipt, or why it waits, failed or was skipped. */
  readonly detail?: string;
  /** The delivery that it was gathered in. */
  readonly gatheredIn?: string;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly sentAt?: number;
}

/**
 * What is to be sent, in SQL: jobs only say that there is something to do. A lane is one recipient on one channel; within
 * it the order is kept.
 */
export interface Deliveries {
  get(id: string): Promise<Delivery | undefined>;
  byNumber(number: number): Promise<Delivery | undefined>;
  /** Newest first. */
  list(filter: {
    incidentId?: string;
    recipient?: string;
    channel?: Channel;
    states?: readonly DeliveryState[];
    limit: number;
  }): Promise<Delivery[]>;
  /**
   * Takes what is next in a lane: the oldest that waits, if channel, rate and cap allow; those of incidents somebody has
   * reacted to are skipped on the way. What this owner had claimed before (its job was cut off) is claimed again, `repeated`.
   * @param owner the job; nobody else gets anything of the lane until `settle`, or until the claim is a minute old
   */
  claim(
    lane: { recipient: string; channel: Channel },
    owner: string,
    rules: LaneRules,
    now: number,
  ): Promise<Claim>;
  /**
   * Ends a claim: its deliveries, the channel's state and the audit trail, in one. A claim lost meanwhile changes only
   * what is not ended, and only when it was sent.
   * @returns the deliveries of the next channels that take over from what failed: their jobs are to be enqueued
   */
  settle(claimed: readonly Delivery[], result: DeliveryResult, now: number): Promise<Delivery[]>;
  /**
   * A provider's later report. @returns the deliveries of the next channels that take over from what failed after all:
   * their jobs are to be enqueued. `undefined`: no delivery has this provider's id.
   */
  report(
    channel: Channel,
    providerId: string,
    state: 'delivered' | 'failed',
    detail: string,
    now: number,
  ): Promise<Delivery[] | undefined>;
  /**
   * Those that wait and whose job may be lost: not touched since that time and due; longest untouched first. Handing them
   * out touches them, so that the next call goes on with others.
   */
  stranded(before: number, now: number, limit: number): Promise<Delivery[]>;
  channels(): Promise<ChannelState[]>;
}

export interface LaneRules {
  readonly maxPerHour: number;
  /** The recipient's quiet hours end then; deliveries below that severity wait. */
  readonly quiet?: { readonly until: number; readonly below: Severity };
  /** Most messages a second of all recipients; of webhooks, of each. */
  readonly ratePerS: number;
  /** What may still be spent on the channel today, in its unit; `day` names the site's day. */
  readonly budget?: { readonly day: string; readonly most: number };
}

export type Claim =
  | {
      readonly kind: 'send';
      /** One; or several that had been held back, to be sent as one message in the name of the first. */
      readonly deliveries: readonly Delivery[];
      /** An earlier try was cut off: a second copy is possible. */
      readonly repeated: boolean;
    }
  | {
      readonly kind: 'wait';
      readonly until: number;
      readonly why: string;
      /** The channel is down, or its budget used up: these took over on the next channel; their jobs are to be enqueued. */
      readonly replaced: readonly Delivery[];
    }
  | { readonly kind: 'nothing' };

export type DeliveryResult =
  | { readonly state: 'sent'; readonly receipt: Receipt }
  /** Will never get through; the next channel takes over where there is one. */
  | { readonly state: 'failed'; readonly reason: string }
  /**
   * To be tried again. `certain`: no copy left. `outage`: the channel is down, until then where that is known. `ours`: the
   * cause is here (the worker shuts down, a query failed) and says nothing about the channel.
   */
  | {
      readonly state: 'pending';
      readonly reason: string;
      readonly isCertain: boolean;
      readonly isOutage: boolean;
      readonly isOurs?: boolean;
      readonly until?: number;
    };

/** A channel whose sends fail in a row is left alone for a while; then one message tries it. */
export interface ChannelState {
  readonly channel: Channel;
  /** Webhooks: whose; each receiver is up or down by itself. */
  readonly recipient?: string;
  readonly state: 'ok' | 'down';
  readonly failures: number;
  /** When it is tried again, epoch ms. */
  readonly until?: number;
  readonly reason?: string;
  readonly changedAt: number;
}

/** One way to reach people: a folder under src/io/channels. */
export interface NotificationChannel {
  readonly channel: Channel;
  /** Why it cannot be used as things are set up; said once at start. Undefined: it can. */
  readonly off?: string;
  readonly ratePerS: number;
  /**
   * @throws PermanentError when this message or address will never be taken; NotReadyError when the provider cannot be used
   * for a while (throttled, login refused, unreachable for a known time); anything else is worth a retry. An error with
   * `notSent: true` says that certainly no copy left. No message holds an address or a secret.
   */
  send(message: Message, to: Recipient, signal: AbortSignal): Promise<Receipt>;
  close(): Promise<void>;
}

export interface NotificationChannels {
  get(channel: Channel): NotificationChannel;
  all(): readonly NotificationChannel[];
}

/** Puts facts into words. A template of the installation's own that fails is replaced by the built-in one. */
export interface Templates {
  words(facts: MessageFacts, language: Language): Promise<Words>;
}

/** Phones that take push messages. */
export interface PushTokens {
  /** A token belongs to one recipient: registered again, to the last. */
  register(entry: {
    token: string;
    recipient: string;
    platform: 'android' | 'ios' | 'web';
    now: number;
  }): Promise<void>;
  tokens(recipient: string): Promise<string[]>;
  /** For people: never the token itself. */
  list(): Promise<{ id: string; recipient: string; platform: string; createdAt: number; seenAt: number }[]>;
  remove(which: { token: string } | { id: string }): Promise<boolean>;
}

/** Times in which people work on a camera, and alerts of it are kept but tell nobody. */
export interface Maintenances {
  /** @param given.cameraId absent: the whole site */
  begin(given: Omit<Maintenance, 'id' | 'endedAt'>): Promise<Maintenance>;
  /** `undefined`: there is no such, or it is over. */
  end(id: number, now: number): Promise<Maintenance | undefined>;
  /** That cover this moment. */
  at(cameraId: CameraId, at: number): Promise<Maintenance[]>;
  /** Newest first. */
  list(filter: { endsAfter?: number; limit: number }): Promise<Maintenance[]>;
}

export interface Maintenance {
  readonly id: number;
  readonly cameraId?: CameraId;
  readonly from: number;
  readonly to: number;
  readonly reason?: string;
  readonly by: string;
  readonly endedAt?: number;
}

/** Addresses in messages. Without PUBLIC_URL there are none. */
export interface Links {
  incident(number: number): string | undefined;
  /** Acknowledges in the name of the delivery's recipient. */
  acknowledge(delivery: Pick<Delivery, 'number' | 'incidentId'>): string | undefined;
  /** A picture by its key, without a login: only where the administrator publishes them. */
  snapshot(key: string): string | undefined;
}

/** Marks only this installation can make: HMAC-SHA256 under a secret of its own for each purpose. */
export interface Signer {
  /** @returns base64url, 43 characters. */
  sign(purpose: string, text: string): string;
  /** In constant time. @param mark may be cut off to at least 16 characters. */
  verify(purpose: string, text: string, mark: string): boolean;
}

/** What the SMS provider sends us. */
export interface SmsHooks {
  /** Whether the provider itself sent this. @param url as it was called from outside */
  isGenuine(url: string, form: Readonly<Record<string, string>>, signature: string): boolean;
  /** `undefined`: a state that changes nothing (queued, sent). @throws InputError when it is no status report. */
  status(
    form: Readonly<Record<string, string>>,
  ): { providerId: string; state: 'delivered' | 'failed'; detail: string } | undefined;
  /** @throws InputError when it is no message. */
  inbound(form: Readonly<Record<string, string>>): { from: string; text: string };
  /** The answer to an inbound message, in the provider's language. */
  reply(text: string): string;
}
