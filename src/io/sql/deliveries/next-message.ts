import { LONGEST_DOWN_MS } from './breaker.js';
import type { Row } from './rows.js';

/** More rows than this, all older than that: they were held back, and are sent as one message. */
const MOST_APART = 3;
const HELD_BACK_MS = 60_000;
const MOST_GATHERED = 100;
/** A message that has failed this often no longer holds back those behind it. */
const HOLDING_TRIES = 5;
const LONGEST_RETRY_MS = 20_000;
/** Both must be reached before it is given up: an outage of hours does not end a message. */
const MOST_TRIES = 20;
const LONGEST_TRYING_MS = 86_400_000;

export type Next<R> =
  | { readonly kind: 'message'; readonly rows: readonly R[] }
  /** The first in line is tried again then, epoch ms. */
  | { readonly kind: 'later'; readonly until: number };

/**
 * Which of the waiting rows of a lane are the next message. One that failed holds back those behind it, because their
 * order is to be kept, until it has failed so often that it is probably its own fault. What may have been sent goes once
 * more as the same message as before.
 * @param rows of one lane, in order; at least one
 */
export function nextMessage<R extends Row>(rows: readonly R[], now: number): Next<R> {
  const due: R[] = [];
  let until = Infinity;
  for (const row of rows) {
    if (isDue(row, now)) due.push(row);
    else {
      until = Math.min(until, row.not_before ?? Infinity);
      if (row.tries < HOLDING_TRIES) break;
    }
  }
  const [first] = due;
  if (first === undefined) return { kind: 'later', until };
  if (first.maybe_sent !== 0) {
    const message = messageOf(first);
    return {
      kind: 'message',
      rows: rows.filter((row) => row.maybe_sent !== 0 && messageOf(row) === message),
    };
  }
  const end = due.findIndex((row) => row.maybe_sent !== 0);
  const apart = due.slice(0, end < 0 ? MOST_GATHERED : Math.min(end, MOST_GATHERED));
  const heldBack = apart.filter((row) => row.created_at < now - HELD_BACK_MS).length;
  return { kind: 'message', rows: heldBack > MOST_APART ? apart : [first] };
}

/** When it is tried again. Never so late that it is not due when its channel comes up after having gone down. */
export function retryAt(tries: number, now: number): number {
  return now + Math.min(LONGEST_RETRY_MS, 1000 * 2 ** Math.min(tries - 1, 10));
}

export function isHopeless({ tries, created_at: createdAt }: Row, now: number): boolean {
  return tries >= MOST_TRIES && createdAt < now - LONGEST_TRYING_MS;
}

/** What lies further ahead than anything waits was written by a clock that was wrong. */
function isDue({ not_before: notBefore }: Row, now: number): boolean {
  return notBefore === null || notBefore <= now || notBefore > now + LONGEST_DOWN_MS;
}

function messageOf({ id, gathered_in: gatheredIn }: Row): string {
  return gatheredIn ?? id;
}
