import type { Inside, Lane, Row } from './rows.js';

const HOUR_MS = 3_600_000;
/** Clocks of several machines differ by less; what lies further ahead was written by a clock that was wrong. */
const SKEW_MS = 60_000;

/**
 * When a message may be sent without there being more than `most` of the lane within any hour, epoch ms. Each message
 * has one slot, that of its latest try; its own does not stand in its way.
 * @returns `now`, or when enough of the others are an hour ago
 */
export async function freeSlotAt(
  { db }: Inside,
  { recipient, channel }: Lane,
  most: number,
  message: readonly Pick<Row, 'number'>[],
  now: number,
): Promise<number> {
  const decisive = await db
    .selectFrom('delivery')
    .select('slot_at')
    .where('recipient', '=', recipient)
    .where('channel', '=', channel)
    .where('slot_at', '>', now - HOUR_MS)
    .where('slot_at', '<=', now + SKEW_MS)
    .where(
      'number',
      'not in',
      message.map(({ number }) => number),
    )
    .orderBy('slot_at', 'desc')
    .offset(most - 1)
    .limit(1)
    .executeTakeFirst();
  return decisive?.slot_at == null ? now : decisive.slot_at + HOUR_MS;
}
