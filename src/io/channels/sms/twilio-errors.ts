/**
 * Twilio's error codes, as its dictionary explains them (https://www.twilio.com/docs/api/errors). What is not here is
 * judged by its HTTP status.
 */

/**
 * What a refusal means for us. `recipient`: this number or message will never be taken. `settings`: no message will be,
 * until somebody mends what is named. `later`: it may be taken after a while.
 */
export interface Refusal {
  readonly kind: 'recipient' | 'settings' | 'later';
  readonly words: string;
}

const TOKEN = 'check TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN';
const FROM = 'check TWILIO_FROM';

/** Answers to a message that is handed over: /docs/api/errors/<code>. */
const REFUSALS: Readonly<Record<number, Refusal>> = {
  14107: { kind: 'later', words: 'messages are sent too fast' },
  20003: { kind: 'settings', words: `authentication failed; ${TOKEN}` },
  20005: { kind: 'settings', words: 'the account is not active; see the Twilio console' },
  20008: { kind: 'settings', words: `test credentials cannot do this; ${TOKEN}` },
  20404: { kind: 'settings', words: `the account was not found; ${TOKEN}` },
  20429: { kind: 'later', words: 'too many requests' },
  21211: { kind: 'recipient', words: 'the number is no valid phone number' },
  21212: { kind: 'settings', words: `the sender is no valid phone number; ${FROM}` },
  21214: { kind: 'recipient', words: 'the number cannot be reached' },
  21217: { kind: 'recipient', words: 'the number does not appear to be valid' },
  21219: { kind: 'recipient', words: 'the number is not verified, which a trial account needs' },
  21265: { kind: 'recipient', words: 'the number is a short code' },
  21266: { kind: 'recipient', words: 'the number is the one messages are sent from' },
  21267: { kind: 'settings', words: `a trial account cannot send in the name of a word; ${FROM}` },
  21268: { kind: 'recipient', words: 'the number is a premium or information service' },
  21408: {
    kind: 'recipient',
    words: 'the country of the number is not enabled; allow it in the Twilio console (geo permissions)',
  },
  21602: { kind: 'recipient', words: 'the message has no text' },
  21603: { kind: 'settings', words: `there is no sender; ${FROM}` },
  21606: { kind: 'settings', words: `the sender cannot send messages there; ${FROM}` },
  21608: { kind: 'recipient', words: 'the number is not verified, which a trial account needs' },
  21609: { kind: 'settings', words: 'the address for reports is not valid; check PUBLIC_URL' },
  21610: { kind: 'recipient', words: 'the recipient has replied STOP; they must send START' },
  21611: { kind: 'later', words: 'the queue of the sender is full' },
  21612: { kind: 'recipient', words: 'the number cannot be reached from this sender' },
  21614: { kind: 'recipient', words: 'the number is no mobile number' },
  21617: { kind: 'recipient', words: 'the text is too long' },
  21635: { kind: 'recipient', words: 'the number is a landline' },
  21659: { kind: 'settings', words: `the sender is no number of Twilio; ${FROM}` },
  21660: { kind: 'settings', words: `the sender belongs to another account; ${FROM}` },
  21661: { kind: 'settings', words: `the sender cannot send SMS; ${FROM}` },
  21701: { kind: 'settings', words: `there is no such messaging service; ${FROM}` },
  21703: { kind: 'settings', words: `the messaging service has no number; ${FROM}` },
  21704: { kind: 'settings', words: `the messaging service has no number for this country; ${FROM}` },
  21705: { kind: 'settings', words: `the messaging service is not valid; ${FROM}` },
  63038: { kind: 'later', words: 'the account has sent its messages for today' },
};

/** Why a message that had been taken was not delivered: ErrorCode of a status report. */
const UNDELIVERED: Readonly<Record<number, string>> = {
  30001: 'the queue of the sender is full',
  30002: 'the Twilio account is suspended',
  30003: 'the phone is off or out of reach',
  30004: 'the recipient or the carrier blocks messages',
  30005: 'the number is unknown or no longer in service',
  30006: 'the number is a landline, or its carrier cannot be reached',
  30007: 'the carrier took it for spam and filtered it',
  30008: 'the carrier gave no reason',
  30010: 'it cost more than the price limit',
  30022: 'the carrier took no more messages for now',
  30023: 'the carrier took no more messages today',
  30032: 'the toll-free number it came from is not verified',
  30034: 'the number it came from is not registered with US carriers (10DLC)',
  30036: 'it could not be delivered within its time',
  30410: 'the carrier did not answer in time',
};

/** `undefined`: the dictionary's code is not in our table. */
export function refusalOf(code: number | undefined): Refusal | undefined {
  return code === undefined ? undefined : REFUSALS[code];
}

/** In words, for people. @param code `ErrorCode` of a status report; it may be absent */
export function undeliveredBecause(code: number | undefined): string {
  if (code === undefined) return 'Twilio gave no reason';
  const words = UNDELIVERED[code] ?? REFUSALS[code]?.words ?? 'see https://www.twilio.com/docs/api/errors';
  return `Twilio ${code}: ${words}`;
}
