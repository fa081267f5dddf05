import type { Recipient } from '../../src/domain/alerting/config.js';
import type { Incident } from '../../src/domain/alerting/incident.js';
import type { Message, MessageFacts } from '../../src/domain/alerting/message.js';
import { PermanentError } from '../../src/errors.js';
import type { Delivery } from '../../src/ports/alerting.js';
import type { JobContext } from '../define.js';
import { type FactPorts, factsOf } from './facts.js';

type Context = JobContext<FactPorts | 'templates' | 'snapshots'>;

const PICTURE = 'snapshot.jpg';
/** What a message that tells of something new shows. */
const WITH_PICTURE: ReadonlySet<MessageFacts['occasion']> = new Set(['opened', 'escalated', 'raised']);

/**
 * The message that is sent for what was claimed: one delivery, or several that had been held back.
 * @param claimed in their order, at least one
 */
export async function compose(
  ctx: Context,
  claimed: readonly Delivery[],
  person: Recipient,
): Promise<Message> {
  const [first] = claimed;
  if (!first) throw new PermanentError('a message about nothing');
  const facts = await factsOf(ctx.ports, claimed, person);
  const jpeg = await pictureOf(ctx, facts);
  const language = person.language ?? ctx.ports.cameras.site.language;
  const address = jpeg && ctx.ports.links.snapshot(facts.incident.snapshot ?? '');
  const links = { ...facts.facts.links, ...(address !== undefined && { picture: address }) };
  const told = { ...facts.facts, links, hasPicture: jpeg !== undefined };
  const words = await ctx.ports.templates.words(told, language);
  if (words.problem !== undefined)
    ctx.log.warn(
      { problem: words.problem, language },
      'a message template failed: the built-in one was used',
    );
  return {
    id: first.id,
    language,
    facts: told,
    words,
    threadId: facts.incident.id,
    ...(jpeg && { picture: { name: PICTURE, jpeg } }),
  };
}

/** `undefined` also when it is gone: people are told all the same. */
async function pictureOf(
  { ports }: Context,
  { facts, incident }: { facts: Pick<MessageFacts, 'occasion'>; incident: Incident },
): Promise<Uint8Array | undefined> {
  if (incident.snapshot === undefined || !WITH_PICTURE.has(facts.occasion)) return undefined;
  return ports.snapshots.get(incident.snapshot);
}
