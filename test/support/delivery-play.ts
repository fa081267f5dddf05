import type { Channel, Severity } from '../../src/domain/alerting/config.js';
import type { Database } from '../../src/io/sql/schema.js';
import type { Delivery, DeliveryResult, LaneRules } from '../../src/ports/alerting.js';
import {
  addDelivery,
  deliveriesOf,
  OUTAGE,
  react,
  REFUSED,
  SENT,
  START,
  TRANSIENT,
  UNCERTAIN,
} from './deliveries.js';

export const LANES = [
  { recipient: 'guard', channel: 'email' },
  { recipient: 'boss', channel: 'email' },
  { recipient: 'guard', channel: 'sms' },
] as const satisfies readonly { recipient: string; channel: Channel }[];
export const MOST_PER_HOUR = 2;
const RATE_PER_S = 5;
/** The boss sleeps at first. */
const AWAKE_AT = START + 7_200_000;
const CLAIM_MS = 60_000;

/** What becomes of a try: whether the provider takes it, and what the job hears of it, if it lives to hear it. */
export const OUTCOMES = {
  sent: { accepted: true, result: SENT },
  refused: { accepted: false, result: REFUSED },
  transient: { accepted: false, result: TRANSIENT },
  outage: { accepted: false, result: OUTAGE },
  'answer lost': { accepted: true, result: UNCERTAIN },
  'question lost': { accepted: false, result: UNCERTAIN },
  'killed after': { accepted: true, result: undefined },
  'killed before': { accepted: false, result: undefined },
} as const satisfies Record<string, { accepted: boolean; result: DeliveryResult | undefined }>;
export type Outcome = keyof typeof OUTCOMES;

export type Act =
  | { do: 'tell'; lane: number; incident: number; severity: Severity; isEnd: boolean; hasOther: boolean }
  | { do: 'work'; lane: number; owner: number; outcome: Outcome; isSlow: boolean }
  | { do: 'settle late' }
  | { do: 'react'; incident: number }
  | { do: 'pass'; ms: number };

interface Try {
  readonly lane: number;
  readonly owner: string;
  readonly deliveries: readonly Delivery[];
  readonly repeated: boolean;
  readonly at: number;
  readonly outcome: Outcome;
  isSettled: boolean;
  /** Its job has begun anew: it was cut off. */
  isCutOff: boolean;
}

/**
 * Many lanes, jobs that are killed, providers that fail, people who react, and time, on a real store. What must hold at
 * each claim is checked at each claim; `finish` sends what is left.
 */
export class Play {
  now = START;
  readonly tries: Try[] = [];
  readonly #reacted = new Set<string>();
  readonly #store;
  #told = 0;

  constructor(readonly database: Database) {
    this.#store = deliveriesOf(database).store;
  }

  async act(act: Act): Promise<void> {
    if (act.do === 'pass') this.now += act.ms;
    else if (act.do === 'tell') await this.#tell(act);
    else if (act.do === 'react') {
      this.#reacted.add(`i${act.incident}`);
      await react(this.database, `i${act.incident}`);
    } else if (act.do === 'work') await this.#work(act.lane, `job-${act.owner}`, act.outcome, act.isSlow);
    else {
      const late = this.tries.find((one) => !one.isSettled && OUTCOMES[one.outcome].result !== undefined);
      if (late) await this.#settle(late);
    }
  }

  /** Everything works from now on. */
  async finish(): Promise<void> {
    for (let round = 0; round < 3000; round++) {
      const waits: number[] = [];
      for (const [lane] of LANES.entries()) {
        const until = await this.#work(lane, 'last', 'sent', false);
        if (until !== undefined) waits.push(until);
      }
      if (waits.length === 0) return;
      this.now = Math.max(this.now, Math.min(...waits));
    }
    throw new Error('it never comes to an end');
  }

  async #tell({ lane, incident, severity, isEnd, hasOther }: Extract<Act, { do: 'tell' }>): Promise<void> {
    // As `IncidentStore.tell`: nobody is told any more once somebody has reacted.
    if (this.#reacted.has(`i${incident}`) && !isEnd) return;
    const { recipient, channel } = LANES[lane]!;
    this.#told += 1;
    await addDelivery(this.database, {
      // An incident's number is in its id; occasions differ, so that each is told of once.
      incident: `i${incident}`,
      occasion: isEnd ? 'ended' : this.#told,
      recipient: isEnd ? `${recipient}` : recipient,
      channel,
      others: hasOther && lane === 0 ? ['sms'] : [],
      severity,
      at: this.now,
    }).catch((error: unknown) => {
      // The end is told once: the row is there.
      if (!isEnd) throw error;
    });
  }

  /** @returns until when there is nothing to do; `undefined`: there is nothing at all */
  async #work(lane: number, owner: string, outcome: Outcome, isSlow: boolean): Promise<number | undefined> {
    const { recipient, channel } = LANES[lane]!;
    const rules: LaneRules = {
      maxPerHour: MOST_PER_HOUR,
      ratePerS: RATE_PER_S,
      ...(recipient === 'boss' && { quiet: { until: AWAKE_AT, below: 'critical' as const } }),
    };
    for (const one of this.tries) one.isCutOff ||= one.lane === lane && one.owner === owner;
    const expected = await this.#firstInLine(lane);
    const claimed = await this.#store.claim({ recipient, channel }, owner, rules, this.now);
    if (claimed.kind !== 'send') return claimed.kind === 'wait' ? claimed.until : undefined;
    const one = { ...claimed, lane, owner, at: this.now, outcome, isSettled: false, isCutOff: false };
    this.#check(one, expected);
    this.tries.push(one);
    if (!isSlow && OUTCOMES[outcome].result !== undefined) await this.#settle(one);
    return this.now;
  }

  async #settle(one: Try): Promise<void> {
    const result = OUTCOMES[one.outcome].result;
    if (result) await this.#store.settle(one.deliveries, result, this.now);
    one.isSettled = true;
  }

  /** The oldest that may go: not of an incident somebody has reacted to, not held back, not set aside for failing. */
  async #firstInLine(lane: number): Promise<string | undefined> {
    const { recipient, channel } = LANES[lane]!;
    const rows = await this.database.db
      .selectFrom('delivery')
      .select(['id', 'incident_id', 'occasion', 'severity', 'state', 'tries', 'not_before'])
      .where('recipient', '=', recipient)
      .where('channel', '=', channel)
      .where('state', 'in', ['pending', 'sending'])
      .orderBy('number')
      .execute();
    const asleep = recipient === 'boss' && this.now < AWAKE_AT;
    return rows.find(
      (row) =>
        (row.occasion === 'ended' || !this.#reacted.has(row.incident_id)) &&
        !(asleep && row.severity !== 'critical' && row.state === 'pending') &&
        !(row.tries >= 5 && (row.not_before ?? 0) > this.now),
    )?.id;
  }

  #check(one: Try, expected: string | undefined): void {
    const [leader] = one.deliveries;
    if (leader?.id !== expected) throw new Error(`claimed ${leader?.id} before ${expected}`);
    for (const { id, incidentId, occasion } of one.deliveries) {
      if (occasion !== 'ended' && this.#reacted.has(incidentId))
        throw new Error(`claimed ${id}, to which somebody has reacted`);
      const holder = this.tries.find(
        (other) =>
          !other.isSettled &&
          !other.isCutOff &&
          other.at > one.at - CLAIM_MS &&
          other.deliveries.some((held) => held.id === id),
      );
      if (holder) throw new Error(`claimed ${id}, which ${holder.owner} is sending`);
      const accepted = this.accepted().filter((other) => other.deliveries.some((sent) => sent.id === id));
      if (accepted.length > 0 && !one.repeated) throw new Error(`claimed ${id} again, unmarked`);
    }
  }

  /** What the provider has, in the order it came. */
  accepted(): Try[] {
    return this.tries.filter(({ outcome }) => OUTCOMES[outcome].accepted);
  }
}
