import { randomUUID } from 'node:crypto';
import { rateLimit } from 'express-rate-limit';
import { z } from 'zod';
import { channelStatus } from '../domain/alerting/channel-status.js';
import { addressesOf, Channel, type Recipient } from '../domain/alerting/config.js';
import { type Receipt, shownRecipient } from '../domain/alerting/message.js';
import { sampleFacts } from '../domain/alerting/sample-facts.js';
import { messageOf } from '../errors.js';
import type { NotificationChannel } from '../ports/alerting.js';
import type { ApiDeps } from './deps.js';
import { iso } from './fields.js';
import { HttpError } from './http-error.js';
import { jsonBody } from './json-body.js';
import { parse } from './parse.js';
import { asker, param, type Route } from './route.js';

const MAX_BODY_BYTES = 1024;
const SEND_MS = 20_000;
/** Test messages cost money and wake people. */
const TESTS_A_MINUTE = 6;

const TestBody = z.strictObject({ to: z.string().min(1).max(64).describe('id of a recipient') });

/** The ways to reach people: which can be used, and trying one. */
export function channelRoutes(deps: ApiDeps): Route[] {
  const { channels, deliveries } = deps.ports;
  return [
    {
      method: 'get',
      path: '/api/v1/channels',
      role: 'admin',
      summary: 'the channels: on, off (and what is missing), or down (and until when)',
      handle: async (_req, res) => {
        const states = await deliveries.channels();
        const views = channels.all().map(({ channel, off, ratePerS }) => {
          const { until, ...status } = channelStatus({ channel, off }, states);
          return { channel, ...status, ...(until !== undefined && { until: iso(until) }), ratePerS };
        });
        res.json({ channels: views });
      },
    },
    {
      method: 'post',
      path: '/api/v1/channels/:channel/test',
      role: 'admin',
      summary: 'send a test message to a recipient by this channel, at once',
      body: TestBody,
      before: [limitTests(), ...jsonBody('the recipient', MAX_BODY_BYTES)],
      handle: async (req, res) => {
        const channel = channels.get(parse(Channel, param(req, 'channel'), 'channel'));
        const { to } = parse(TestBody, req.body);
        const receipt = await sendTest(deps, channel, to, asker(res).actor);
        res.json({ channel: channel.channel, to, detail: receipt.detail });
      },
    },
  ];
}

/** Sends once, whatever comes of it is in the audit trail. @throws HttpError 409 off, 422 no address, 502 not taken */
async function sendTest(
  { ports, now = Date.now }: ApiDeps,
  channel: NotificationChannel,
  to: string,
  actor: string,
): Promise<Receipt> {
  const recipient = recipientFor(ports, channel, to);
  const said = async (detail: object): Promise<void> =>
    ports.audit.append({
      ...{ at: now(), actor, action: 'channel.test', subject: `channel/${channel.channel}` },
      detail: { to, ...detail },
    });
  try {
    const receipt = await channel.send(
      await testMessage(ports, recipient, now()),
      recipient,
      AbortSignal.timeout(SEND_MS),
    );
    await said({ outcome: 'sent', receipt: receipt.detail });
    return receipt;
  } catch (error) {
    const why = messageOf(error);
    await said({ outcome: 'failed', why });
    throw new HttpError(502, 'not-sent', `${channel.channel} did not take the message: ${why}`);
  }
}

function recipientFor(
  { cameras }: ApiDeps['ports'],
  { channel, off }: NotificationChannel,
  id: string,
): Recipient {
  const recipient = cameras.recipients.find((one) => one.id === id);
  if (!recipient)
    throw new HttpError(
      422,
      'no-such-recipient',
      `to: there is no recipient "${id}" in the camera file`,
      'to',
    );
  if (off !== undefined) throw new HttpError(409, 'channel-off', `${channel} is off: ${off}`);
  if (!addressesOf(recipient).includes(channel))
    throw new HttpError(
      422,
      'no-address',
      `to: "${id}" has no address for ${channel} in the camera file`,
      'to',
    );
  return recipient;
}

async function testMessage(
  { cameras: { site }, templates }: ApiDeps['ports'],
  recipient: Recipient,
  now: number,
) {
  const language = recipient.language ?? site.language;
  const facts = sampleFacts({ occasion: 'test', site, recipient: shownRecipient(recipient), now });
  const id = `test-${randomUUID()}`;
  return { id, threadId: id, language, facts, words: await templates.words(facts, language) };
}

function limitTests() {
  return rateLimit({
    windowMs: 60_000,
    limit: TESTS_A_MINUTE,
    keyGenerator: () => 'all',
    standardHeaders: 'draft-7',
    legacyHeaders: false,
    handler: () => {
      throw new HttpError(
        429,
        'too-many-tests',
        `at most ${TESTS_A_MINUTE} test messages a minute; wait a minute`,
      );
    },
  });
}
