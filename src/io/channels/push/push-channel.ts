import type { Recipient } from '../../../domain/alerting/config.js';
import type { Message, Receipt } from '../../../domain/alerting/message.js';
import { messageOf, NotReadyError, PermanentError } from '../../../errors.js';
import type { NotificationChannel, PushTokens } from '../../../ports/alerting.js';
import { createOffChannel } from '../off-channel.js';
import { readServiceAccount, type ServiceAccount } from './fcm-credentials.js';
import type { Outcome } from './fcm-errors.js';
import { createFcmSender } from './fcm-sender.js';
import { pushPayload } from './push-payload.js';

const TIMEOUT_MS = 10_000;
/** FCM takes 10,000 a second of a project; this is so that a burst does not open hundreds of connections. */
const RATE_PER_S = 100;
/** Messages whose phones are remembered, so that a retry does not go to those that have it. */
const REMEMBERED = 1000;

type Target = { readonly token: string } | { readonly topic: string };

export interface PushOptions {
  /** Key file of a Firebase service account. */
  readonly credentialsFile: string | undefined;
  /** Where fcm.googleapis.com is reached. Access tokens come from `token_uri` of the key file. */
  readonly baseUrl?: string | undefined;
  readonly tokens: Pick<PushTokens, 'tokens' | 'remove'>;
  readonly timeoutMs?: number | undefined;
}

/** Push messages by Firebase Cloud Messaging (HTTP v1), to the phones registered for a recipient or to a topic. */
export async function createPushChannel(options: PushOptions): Promise<NotificationChannel> {
  const { credentialsFile } = options;
  if (credentialsFile === undefined) return createOffChannel('push', 'FCM_CREDENTIALS is not set');
  try {
    return openChannel(options, await readServiceAccount(credentialsFile));
  } catch (error) {
    return createOffChannel('push', `FCM_CREDENTIALS: ${credentialsFile} ${messageOf(error)}`);
  }
}

function openChannel(options: PushOptions, account: ServiceAccount): NotificationChannel {
  const { tokens, baseUrl = 'https://fcm.googleapis.com', timeoutMs = TIMEOUT_MS } = options;
  const fcm = createFcmSender(account, new URL(baseUrl), timeoutMs);
  const had = new Map<string, Set<string>>();

  async function sendTo(target: Target, message: Message, signal: AbortSignal): Promise<Outcome> {
    const payload = { ...pushPayload(message, Date.now()), ...target };
    try {
      const outcome = await fcm.send(payload, Object.values(target), signal);
      if (outcome.kind === 'gone' && 'token' in target) await tokens.remove(target);
      return outcome;
    } catch (error) {
      return { kind: 'failed', error: certain(error as Error) };
    }
  }
  return {
    channel: 'push',
    ratePerS: RATE_PER_S,
    send: async (message, to, signal) => {
      signal.throwIfAborted();
      const targets = await targetsOf(to, tokens);
      const taken = remembered(had, message.id);
      const open = targets.filter((target) => !taken.has(keyOf(target)));
      if (open.length === 0) return receiptOf(taken.size, [], to);
      await fcm.login(signal).catch((error: unknown) => {
        signal.throwIfAborted();
        throw certain(error as Error);
      });
      const outcomes = await Promise.all(open.map((target) => sendTo(target, message, signal)));
      open.forEach((target, i) => outcomes[i]?.kind === 'taken' && taken.add(keyOf(target)));
      if (taken.size > 0) return receiptOf(taken.size, outcomes, to);
      signal.throwIfAborted();
      throw failureOf(outcomes, to);
    },
    close: () => fcm.close(),
  };
}

async function targetsOf({ id, push }: Recipient, tokens: Pick<PushTokens, 'tokens'>): Promise<Target[]> {
  if (typeof push === 'object') return [push];
  const found = push === true ? [...new Set(await tokens.tokens(id))] : [];
  if (found.length === 0) throw certain(new PermanentError(nobody(id)));
  return found.map((token) => ({ token }));
}

function nobody(id: string): string {
  return `no phone is registered for recipient "${id}"`;
}

function keyOf(target: Target): string {
  return 'token' in target ? `token ${target.token}` : `topic ${target.topic}`;
}

function remembered(had: Map<string, Set<string>>, messageId: string): Set<string> {
  const known = had.get(messageId) ?? new Set<string>();
  had.delete(messageId);
  had.set(messageId, known);
  const [oldest] = had.keys();
  if (had.size > REMEMBERED && oldest !== undefined) had.delete(oldest);
  return known;
}

function receiptOf(count: number, outcomes: readonly Outcome[], { push }: Recipient): Receipt {
  const names = outcomes.flatMap((outcome) => (outcome.kind === 'taken' ? [outcome.name] : []));
  const gone = outcomes.filter(({ kind }) => kind === 'gone').length;
  const errors = outcomes.flatMap((outcome) => ('error' in outcome ? [outcome.error.message] : []));
  const parts = [
    typeof push === 'object' ? 'sent to a topic' : `sent to ${phones(count)}`,
    ...(names.length === 0 ? ['by an earlier try'] : []),
    ...(gone > 0 ? [`${phones(gone)} no longer registered`] : []),
    ...(errors.length > 0 ? [`${phones(errors.length)} failed: ${errors[0]}`] : []),
  ];
  return { detail: parts.join('; '), ...(names[0] !== undefined && { providerId: names[0] }) };
}

function phones(count: number): string {
  return count === 1 ? '1 phone' : `${count} phones`;
}

/** Of several the one that leaves most hope: a message that may get through is not given up. */
function failureOf(outcomes: readonly Outcome[], { id, push }: Recipient): Error {
  const errors = outcomes.flatMap((outcome) => ('error' in outcome ? [outcome.error] : []));
  const isCertain = errors.every((error) => (error as { notSent?: boolean }).notSent === true);
  const hope = (error: Error): number =>
    error instanceof PermanentError ? 2 : error instanceof NotReadyError ? 1 : 0;
  const [best] = errors.toSorted((a, b) => hope(a) - hope(b));
  if (best === undefined) {
    const why =
      typeof push === 'object' ? 'FCM does not know the topic of' : 'no phone is registered any more for';
    return certain(new PermanentError(`${why} recipient "${id}"`));
  }
  return Object.assign(best, { notSent: isCertain });
}

function certain<E extends Error>(error: E): E {
  return Object.assign(error, { notSent: true });
}
