import twilio from 'twilio';
import { z } from 'zod';
import { InputError } from '../../../errors.js';
import type { SmsHooks } from '../../../ports/alerting.js';
import { undeliveredBecause } from './twilio-errors.js';

const Sid = z.string().regex(/^[A-Z]{2}[0-9a-f]{32}$/i, 'is no message SID');

/** https://www.twilio.com/docs/messaging/guides/track-outbound-message-status */
const StatusReport = z.object({
  MessageSid: Sid,
  MessageStatus: z.string().regex(/^[a-z_]{1,30}$/, 'is no state of a message'),
  ErrorCode: z
    .string()
    .regex(/^\d{0,6}$/, 'is no error code')
    .optional(),
});

/** https://www.twilio.com/docs/messaging/guides/webhook-request */
const Inbound = z.object({
  From: z.string().regex(/^\+[1-9]\d{1,14}$/, 'is no phone number'),
  Body: z.string().max(1600, 'is longer than any SMS'),
});

/**
 * Reads what Twilio sends us. Nothing of it counts before `isGenuine`: its signature is an HMAC-SHA1 with the auth token
 * over the address it was sent to and all fields.
 * @param options.accountSid a report about another account is not genuine: subaccounts may share an address
 */
export function createSmsHooks(options: {
  readonly accountSid: string | undefined;
  readonly authToken: string | undefined;
}): SmsHooks {
  const { accountSid, authToken } = options;
  return {
    isGenuine: (url, form, signature) =>
      authToken !== undefined &&
      authToken !== '' &&
      URL.canParse(url) &&
      (form['AccountSid'] === undefined || form['AccountSid'] === accountSid) &&
      twilio.validateRequest(authToken, signature, url, form),
    status: (form) => {
      const { MessageSid, MessageStatus, ErrorCode } = parse(StatusReport, form, 'status report');
      if (MessageStatus === 'delivered' || MessageStatus === 'read') {
        return { providerId: MessageSid, state: 'delivered', detail: 'delivered, says the carrier' };
      }
      if (MessageStatus !== 'undelivered' && MessageStatus !== 'failed') return undefined;
      const code = ErrorCode === undefined || ErrorCode === '' ? undefined : Number(ErrorCode);
      return {
        providerId: MessageSid,
        state: 'failed',
        detail: `${MessageStatus}: ${undeliveredBecause(code)}`,
      };
    },
    inbound: (form) => {
      const { From, Body } = parse(Inbound, form, 'message');
      return { from: From, text: Body.normalize('NFC').trim() };
    },
    reply: (text) => {
      const response = new twilio.twiml.MessagingResponse();
      // XML 1.0 has no place for other control characters.
      response.message(text.replace(/[^\P{Cc}\n]/gu, ' '));
      return response.toString();
    },
  };
}

/** The values are personal data: an error names the field only. */
function parse<T>(shape: z.ZodType<T>, form: Readonly<Record<string, string>>, what: string): T {
  const parsed = shape.safeParse(form);
  if (parsed.success) return parsed.data;
  const fields = parsed.error.issues.map(
    (issue) =>
      `${issue.path.join('.')} ${issue.code === 'invalid_type' ? 'is missing or no text' : issue.message}`,
  );
  throw new InputError(`this is no ${what} of Twilio: ${fields.join('; ')}`);
}
