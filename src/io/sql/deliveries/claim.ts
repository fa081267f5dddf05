import { sql } from 'kysely';
import type { Claim, Delivery, LaneRules } from '../../../ports/alerting.js';
import { exclusively } from '../exclusively.js';
import type { ChannelStateRow, Database } from '../schema.js';
import { gateOf } from './breaker.js';
import { onDay, readState, writeState } from './channel-state.js';
import { freeSlotAt } from './cap.js';
import { explain, isBusy, isEmpty, laneRows, type LaneRow, PAGE, recover, skipAnswered } from './lane.js';
import { giveUp } from './next-channel.js';
import { nextMessage } from './next-message.js';
import { spreadMs, takeTurn } from './rate.js';
import { channelKey, claimOf, endpointOf, type Inside, type Lane, otherChannels } from './rows.js';
import { take } from './take.js';

/** Somebody else's send takes about a second. */
const SHORTLY_MS = 1000;
const BUDGET_WAIT_MS = 900_000;

interface Asked {
  readonly inside: Inside;
  readonly lane: Lane;
  readonly owner: string;
  readonly rules: LaneRules;
  readonly now: number;
}

/** Hands out the next message of a lane: `Deliveries.claim`. All of it under the channel's lock. */
export function claim(
  database: Database,
  lane: Lane,
  owner: string,
  rules: LaneRules,
  now: number,
): Promise<Claim> {
  return exclusively(database, channelKey(lane.channel), (db) =>
    claimInside({ inside: { db, dialect: database.dialect }, lane, owner, rules, now }),
  );
}

async function claimInside(asked: Asked): Promise<Claim> {
  const { inside, lane, owner, rules, now } = asked;
  const found = await laneRows(inside, lane, rules.quiet, now);
  if (found.some((row) => isBusy(row, owner, now)))
    return wait(now + SHORTLY_MS, 'another job is sending to this recipient on this channel');
  const waiting = await skipAnswered(inside, await recover(inside, found, now), now);
  if (waiting.length === 0) return found.length < PAGE ? nothingNow(asked) : wait(now, 'there are more');
  const state = await readState(inside.db, endpointOf(lane), now);
  const gate = gateOf(state, now);
  if (gate.kind === 'down') {
    const until = gate.until + (await crowdMs(asked));
    return unusable(
      asked,
      waiting,
      until,
      `channel ${state.channel} is down: ${state.reason ?? 'it failed'}`,
    );
  }
  const next = nextMessage(waiting, now);
  if (next.kind === 'later') return wait(next.until, 'the message before it failed and is tried again');
  if (gate.kind === 'probed')
    return wait(
      now + SHORTLY_MS + (await crowdMs(asked)),
      `another job tries whether ${state.channel} is up`,
    );
  return send(asked, { state, isProbe: gate.kind === 'probe', waiting, message: next.rows });
}

/** Quiet hours, or really nothing. */
async function nothingNow({ inside, lane, rules, now }: Asked): Promise<Claim> {
  if (!rules.quiet || rules.quiet.until <= now || (await isEmpty(inside, lane))) return { kind: 'nothing' };
  await explain(inside, lane, 'quiet hours');
  return wait(rules.quiet.until, 'quiet hours');
}

async function send(
  asked: Asked,
  given: {
    state: ChannelStateRow;
    isProbe: boolean;
    waiting: readonly LaneRow[];
    message: readonly LaneRow[];
  },
): Promise<Claim> {
  const { inside, lane, rules, now } = asked;
  const { budget } = rules;
  const state = budget ? onDay(given.state, budget.day) : given.state;
  if (budget && state.spent >= budget.most) {
    const why = `today's budget of ${budget.most} is used up`;
    return unusable(asked, given.waiting, now + BUDGET_WAIT_MS, why);
  }
  const slotAt = await freeSlotAt(inside, lane, rules.maxPerHour, given.message, now);
  if (slotAt > now) {
    const why = `more than ${rules.maxPerHour} messages an hour`;
    await explain(inside, lane, why);
    return wait(slotAt, why);
  }
  const turn = takeTurn(state.next_at, rules.ratePerS, now);
  if (!turn.isFree)
    return wait(turn.until + (await crowdMs(asked)), `at most ${rules.ratePerS} messages a second`);
  const deliveries = await take(inside, given.message, asked.owner, now);
  const probe = given.isProbe && { probe_by: deliveries[0] ? claimOf(deliveries[0]) : null, probe_at: now };
  const after = { ...state, next_at: turn.nextAt, ...probe };
  await writeState(inside, given.state, after, now);
  return { kind: 'send', deliveries, repeated: given.message.some((row) => row.maybe_sent !== 0) };
}

/** What has another channel goes there; the rest waits. */
async function unusable(
  { inside, lane, now }: Asked,
  waiting: readonly LaneRow[],
  until: number,
  why: string,
): Promise<Claim> {
  const leaving = waiting.filter((row) => otherChannels(row).length > 0);
  const replaced = await giveUp(inside, leaving, { state: 'replaced', why }, now);
  if (leaving.length < waiting.length) await explain(inside, lane, why);
  const hasMore = waiting.length >= PAGE && leaving.length > 0;
  return wait(hasMore ? now : until, why, replaced);
}

/** How much later to come, so that all that wait for this endpoint do not come at once. */
async function crowdMs({ inside: { db }, lane, owner, rules, now }: Asked): Promise<number> {
  const { crowd } = await db
    .selectFrom('delivery')
    .select((build) => build.fn.countAll<number | string>().as('crowd'))
    .where('channel', '=', lane.channel)
    .$if(endpointOf(lane) !== lane.channel, (query) => query.where('recipient', '=', lane.recipient))
    .where(sql<boolean>`state in ('pending', 'sending')`)
    .executeTakeFirstOrThrow();
  return spreadMs(`${owner}/${now}`, Number(crowd), rules.ratePerS);
}

function wait(until: number, why: string, replaced: readonly Delivery[] = []): Claim {
  return { kind: 'wait', until, why, replaced };
}
