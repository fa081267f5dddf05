import { randomBytes } from 'node:crypto';
import { type ProviderAnswer, type ProviderServer, startProvider } from './provider-server.js';

/** Twilio's REST API for messages, as https://www.twilio.com/docs/messaging/api/message-resource describes it. */
export interface TwilioServer extends ProviderServer {
  /** Those that were taken, in order. */
  readonly messages: readonly TakenSms[];
  /** Answers to every following message, until `accept`. */
  accept(): void;
  refuse(): void;
  throttle(retryAfterS: number): void;
  fail(): void;
  hang(): void;
  cut(): void;
}

export interface TakenSms {
  readonly sid: string;
  readonly to: string;
  readonly from: string | undefined;
  readonly messagingServiceSid: string | undefined;
  readonly body: string;
  readonly statusCallback: string | undefined;
}

/** An error as Twilio writes it: its message repeats the number. */
export function twilioError(status: number, code: number, message: string): ProviderAnswer {
  return {
    status,
    body: { code, message, more_info: `https://www.twilio.com/docs/errors/${code}`, status },
  };
}

const THROTTLED = twilioError(429, 20429, 'Too Many Requests');

/**
 * @param options.segments `num_segments` in answers: "0" where a messaging service is yet to pick a number
 */
export async function startTwilio(options: {
  accountSid: string;
  authToken: string;
  segments?: string;
}): Promise<TwilioServer> {
  const { accountSid, authToken, segments = '1' } = options;
  const messages: TakenSms[] = [];
  const login = `Basic ${Buffer.from(`${accountSid}:${authToken}`).toString('base64')}`;
  const server = await startProvider(({ method, path, headers, body }) => {
    if (headers.authorization !== login) return twilioError(401, 20003, 'Authenticate');
    if (method !== 'POST' || !path.endsWith(`/2010-04-01/Accounts/${accountSid}/Messages.json`)) {
      return twilioError(404, 20404, `The requested resource ${path} was not found`);
    }
    const form = new URLSearchParams(body);
    const [to, text] = [form.get('To'), form.get('Body')];
    if (to === null || !/^\+[1-9]\d{6,14}$/.test(to)) {
      return twilioError(400, 21211, `Invalid 'To' Phone Number: ${to}`);
    }
    if (text === null || text === '') return twilioError(400, 21602, 'Message body is required');
    const sid = `SM${randomBytes(16).toString('hex')}`;
    const [from, service] = [form.get('From') ?? undefined, form.get('MessagingServiceSid') ?? undefined];
    if (from === undefined && service === undefined) return twilioError(400, 21603, "A 'From' is required");
    const statusCallback = form.get('StatusCallback') ?? undefined;
    messages.push({ sid, to, from, messagingServiceSid: service, body: text, statusCallback });
    return { status: 201, body: resource(sid, messages.at(-1) as TakenSms) };
  });

  function resource(sid: string, sms: TakenSms) {
    return {
      sid,
      account_sid: accountSid,
      api_version: '2010-04-01',
      body: sms.body,
      date_created: 'Sat, 21 Nov 2026 11:00:00 +0000',
      date_sent: null,
      date_updated: 'Sat, 21 Nov 2026 11:00:00 +0000',
      direction: 'outbound-api',
      error_code: null,
      error_message: null,
      from: sms.from ?? null,
      messaging_service_sid: sms.messagingServiceSid ?? null,
      num_media: '0',
      num_segments: segments,
      price: null,
      price_unit: 'USD',
      status: sms.messagingServiceSid === undefined ? 'queued' : 'accepted',
      subresource_uris: { media: `/2010-04-01/Accounts/${accountSid}/Messages/${sid}/Media.json` },
      to: sms.to,
      uri: `/2010-04-01/Accounts/${accountSid}/Messages/${sid}.json`,
    };
  }
  return Object.assign(server, {
    messages,
    accept: () => server.always(),
    refuse: () =>
      server.always(twilioError(400, 21614, "'To' number +84912345678 is not a valid mobile number")),
    throttle: (retryAfterS: number) =>
      server.always({ ...THROTTLED, headers: { 'retry-after': String(retryAfterS) } }),
    fail: () => server.always(twilioError(500, 20500, 'Internal Server Error')),
    hang: () => server.always('hang'),
    cut: () => server.always('cut'),
  });
}
