import { parsePhoneNumberFromString } from 'libphonenumber-js/min';
import twilio from 'twilio';
import type { Recipient } from '../../../domain/alerting/config.js';
import type { Message, Receipt } from '../../../domain/alerting/message.js';
import { fitSms, type PlainSms, type SmsText } from '../../../domain/alerting/sms-text.js';
import { NotReadyError, PermanentError } from '../../../errors.js';
import type { NotificationChannel } from '../../../ports/alerting.js';
import { bounded } from '../bounded.js';
import { type Exchange, isCertainlyNotSent, networkError, retryAfterMs } from '../exchange.js';
import { hide } from '../hide.js';
import { createOffChannel } from '../off-channel.js';
import { refusalOf } from './twilio-errors.js';
import { TwilioHttp } from './twilio-http.js';

const TIMEOUT_MS = 10_000;
/** Twilio names no time: its limit is on requests at once. */
const THROTTLED_MS = 10_000;
/** Somebody has to mend them; Twilio locks accounts out that keep trying a wrong token. */
const SETTINGS_RETRY_MS = 300_000;

export interface SmsOptions {
  readonly accountSid: string | undefined;
  readonly authToken: string | undefined;
  /** `+…`, a messaging service `MG…`, or a name of up to 11 characters (which cannot be replied to). */
  readonly from: string | undefined;
  /** Where Twilio is reached; default: https://api.twilio.com. */
  readonly baseUrl?: string | undefined;
  readonly maxSegments: number;
  readonly plain: PlainSms;
  /** Where Twilio reports what became of a message; without it nobody knows whether one arrived. */
  readonly statusCallback?: string | undefined;
  readonly timeoutMs?: number | undefined;
}

/** SMS by Twilio. Every message is fitted to the segments allowed, as each is paid for. */
export function createSmsChannel(options: SmsOptions): NotificationChannel {
  const { accountSid, authToken, from, timeoutMs = TIMEOUT_MS } = options;
  if (accountSid === undefined || authToken === undefined || from === undefined) {
    const needed = { TWILIO_ACCOUNT_SID: accountSid, TWILIO_AUTH_TOKEN: authToken, TWILIO_FROM: from };
    const missing = Object.entries(needed).flatMap(([name, value]) => (value === undefined ? [name] : []));
    return createOffChannel('sms', `${missing.join(' and ')} ${missing.length === 1 ? 'is' : 'are'} not set`);
  }
  const http = new TwilioHttp(options.baseUrl, timeoutMs);
  const client = twilio(accountSid, authToken, { httpClient: http });
  const sender = /^MG[0-9a-f]{32}$/i.test(from) ? { messagingServiceSid: from } : { from };
  const callback = options.statusCallback === undefined ? {} : { statusCallback: options.statusCallback };

  const send = async (message: Message, to: Recipient, signal: AbortSignal): Promise<Receipt> => {
    const phone = phoneOf(to);
    const sms = textOf(message, options);
    const exchange: Exchange = { isConnected: false };
    const late = (): Error => new Error(`no answer in ${timeoutMs / 1000} s`);
    try {
      const taken = await bounded(signal, timeoutMs, late, (stop) =>
        http.during(exchange, stop, () =>
          client.messages.create({ to: phone, body: sms.text, ...sender, ...callback }),
        ),
      );
      return receiptOf(taken, sms);
    } catch (error) {
      signal.throwIfAborted();
      throw translate(error, exchange, [phone, authToken]);
    }
  };
  return {
    channel: 'sms',
    // Twilio queues what comes faster than its sender may send, and what waits there nobody can take back when somebody
    // has reacted: 1 a second for a number (its limit in the US and Canada), 10 for a service (which has several) and
    // for a name (https://help.twilio.com/articles/115002943027).
    ratePerS: from.startsWith('+') ? 1 : 10,
    send,
    close: async () => undefined,
  };
}

/**
 * The shape was checked when the camera file was read; here that there is such a country and that the length fits it.
 * Which numbers a country has given out changes: Twilio knows.
 */
function phoneOf({ id, phone }: Recipient): string {
  if (phone === undefined) {
    throw certain(new PermanentError(`recipient "${id}" has no phone: add phone, for example +84912345678`));
  }
  if (parsePhoneNumberFromString(phone)?.isPossible() !== true) {
    throw certain(
      new PermanentError(`phone of recipient "${id}" is no phone number: mend it, for example +84912345678`),
    );
  }
  return phone;
}

function textOf({ words, facts }: Message, { maxSegments, plain }: SmsOptions): SmsText {
  const { acknowledge, incident, clip } = facts.links;
  const keep = [acknowledge, facts.replyCode, incident, clip].filter((one) => one !== undefined);
  return fitSms(words.short, keep, { maxSegments, plain });
}

function receiptOf(taken: { sid?: unknown; status?: unknown; numSegments?: unknown }, sms: SmsText): Receipt {
  const { sid, status, numSegments } = taken;
  if (typeof sid !== 'string' || !/^[A-Z]{2}[0-9a-f]{32}$/i.test(sid)) {
    throw new Error('the answer to the message holds no id');
  }
  // A messaging service first picks a number, and says 0 until then.
  const cost = Math.max(sms.segments, Number(numSegments) || 0);
  const state = typeof status === 'string' && /^[a-z]{1,20}$/.test(status) ? status : 'taken';
  return { providerId: sid, cost, detail: `${state}, ${cost} segment${cost === 1 ? '' : 's'}` };
}

/** What Twilio or the network said, in our vocabulary. Twilio's words repeat the number. */
function translate(error: unknown, exchange: Exchange, secrets: readonly string[]): Error {
  const mark = (made: Error): Error => (isCertainlyNotSent(exchange, error) ? certain(made) : made);
  const { status } = exchange;
  if (status === undefined || status < 300) {
    const what = status === undefined ? 'no answer' : 'the answer was cut off or no answer of Twilio';
    return mark(new Error(`Twilio: ${what}: ${hide(withoutNumbers(networkError(error)), secrets)}`));
  }
  const { code } = error as { code?: unknown };
  const number = typeof code === 'number' && code > 0 ? code : undefined;
  const known = refusalOf(number);
  const said = known?.words ?? (hide(withoutNumbers(messageIn(error)), secrets) || 'no reason given');
  const text = `Twilio ${number ?? `HTTP ${status}`}: ${said}`;
  const isBusy = status === 429 || (status === 503 && exchange.retryAfter !== undefined);
  if (isBusy || known?.kind === 'later') {
    return mark(new NotReadyError(text, retryAfterMs(exchange.retryAfter, Date.now(), THROTTLED_MS)));
  }
  if (known?.kind === 'settings' || (known === undefined && [401, 403, 404].includes(status))) {
    const fix =
      known === undefined ? '; check TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN and TWILIO_BASE_URL' : '';
    return mark(new NotReadyError(`${text}${fix}: SMS wait`, SETTINGS_RETRY_MS));
  }
  if (known?.kind === 'recipient' || status === 400) return mark(new PermanentError(text));
  return mark(new Error(text));
}

function messageIn(error: unknown): string {
  const { message, detail } = error as { message?: unknown; detail?: unknown };
  return [message, detail].filter((part) => typeof part === 'string').join(' ');
}

function withoutNumbers(text: string): string {
  return text.replace(/\+?\d[\d\s().-]{5,}\d/g, '(number)');
}

function certain<E extends Error>(error: E): E {
  return Object.assign(error, { notSent: true });
}
