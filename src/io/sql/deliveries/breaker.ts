import type { ChannelStateRow } from '../schema.js';
import { share } from './rate.js';

/** Failures in a row after which a channel is left alone. */
const MOST_FAILURES = 5;
/** For so long at first; doubled each time, up to the longest. */
const FIRST_DOWN_MS = 30_000;
export const LONGEST_DOWN_MS = 300_000;
/** A probe not settled after this has died. */
const PROBE_MS = 60_000;
/** Clocks of several machines differ by less; what lies further ahead was written by a clock that was wrong. */
const SKEW_MS = 60_000;

export type Gate =
  | { readonly kind: 'open' }
  /** Its time is up: whoever sends now tries whether it works. */
  | { readonly kind: 'probe' }
  | { readonly kind: 'down'; readonly until: number }
  /** Somebody else is trying. */
  | { readonly kind: 'probed' };

/** Whether a channel may be used. */
export function gateOf(state: ChannelStateRow, now: number): Gate {
  const { down_until: until, probe_by: probeBy, probe_at: probeAt } = state;
  if (until === null) return { kind: 'open' };
  if (until > now && until <= now + LONGEST_DOWN_MS + SKEW_MS) return { kind: 'down', until };
  const isProbed =
    probeBy !== null && probeAt !== null && probeAt > now - PROBE_MS && probeAt <= now + SKEW_MS;
  return { kind: isProbed ? 'probed' : 'probe' };
}

export function isDown(state: ChannelStateRow): boolean {
  return state.down_until !== null;
}

/** One message got through. */
export function closed(state: ChannelStateRow, now: number): ChannelStateRow {
  const up = { failures: 0, down_until: null, probe_by: null, probe_at: null, reason: null };
  return { ...state, ...up, ...(isDown(state) && { changed_at: now }) };
}

/** One neither got through nor was refused for its own sake: nothing is known, and the next may try. */
export function unproven(state: ChannelStateRow, claim: string): ChannelStateRow {
  return state.probe_by === claim ? { ...state, probe_by: null, probe_at: null } : state;
}

/**
 * One failed. Those that were on their way when the channel went down do not count.
 * @param failure.claim which claim: the probe's failure is what keeps the channel down
 * @param failure.until the provider's own word, epoch ms
 */
export function failedOnce(
  state: ChannelStateRow,
  failure: { claim: string; isOutage: boolean; until?: number | undefined; reason: string },
  now: number,
): ChannelStateRow {
  const isProbe = state.probe_by === failure.claim;
  if (isDown(state) && !isProbe) return state;
  const isOutage = failure.isOutage || failure.until !== undefined;
  const failures = isOutage ? Math.max(state.failures + 1, MOST_FAILURES) : state.failures + 1;
  if (failures < MOST_FAILURES && !isProbe) return { ...state, failures };
  return {
    ...state,
    failures,
    down_until: now + downMs(state.channel, failures, failure.until, now),
    probe_by: null,
    probe_at: null,
    reason: failure.reason,
    ...(!isDown(state) && { changed_at: now }),
  };
}

/** Up to a fifth shorter, so that channels that failed together are not tried together. */
function downMs(channel: string, failures: number, until: number | undefined, now: number): number {
  if (until !== undefined && until > now) return Math.min(until - now, LONGEST_DOWN_MS);
  const times = Math.max(0, failures - MOST_FAILURES);
  const ms = Math.min(FIRST_DOWN_MS * 2 ** Math.min(times, 10), LONGEST_DOWN_MS);
  return Math.round(ms * (1 - 0.2 * share(`${channel}/${failures}/${now}`)));
}
