import type { Passage } from '../../src/domain/plates/passage.js';
import type { JobContext } from '../define.js';

/** Enough of a mark to tell plates apart: 96 bits. */
const MARK_LENGTH = 16;

interface About {
  readonly subject?: string | undefined;
  readonly eventId?: string | undefined;
}

/**
 * What tells an alert from others of its kind at its camera. One about a plate gets a mark that only this installation
 * can make of the plate: the same plate is the same subject, and its text stays in the database.
 */
export async function subjectOf(
  { subject, eventId }: About,
  { ports }: JobContext<'events' | 'passages' | 'signer'>,
): Promise<string | undefined> {
  if (eventId === undefined) return subject;
  const event = await ports.events.get(eventId);
  if (event?.type !== 'plate') return subject;
  const passage = await ports.passages.get(event.passageId);
  const key = passage && keyOf(passage);
  return key === undefined ? event.passageId : ports.signer.sign('plate', key).slice(0, MARK_LENGTH);
}

/** What it reads as, `undefined`: nobody can tell. What people made of it counts more. */
function keyOf({ review, reading }: Passage): string | undefined {
  return review?.key ?? (reading.verdict === 'rejected' ? undefined : reading.key);
}
