import { randomBytes, randomUUID } from 'node:crypto';
import { channelStatus } from '../../domain/alerting/channel-status.js';
import { addressesOf, type Channel, type Language, Recipient } from '../../domain/alerting/config.js';
import { type Message, shownRecipient } from '../../domain/alerting/message.js';
import { sampleFacts } from '../../domain/alerting/sample-facts.js';
import type { Site } from '../../domain/camera.js';
import { redactUrls } from '../../domain/redact.js';
import { InputError, messageOf, PermanentError } from '../../errors.js';
import { createLog } from '../../log.js';
import type { ChannelState, NotificationChannel, Templates } from '../../ports/alerting.js';
import { EXIT_FAILED, EXIT_OK } from '../exit-codes.js';
import { loadConfig } from '../installation.js';
import { moment } from '../moment.js';
import { table } from '../view.js';
import type { DatabaseOptions } from '../with-database.js';
import { openWorld, type World } from '../world.js';

/** For the audit trail. */
const ACTOR = 'command line';
/** A provider that has not answered by then will not, ms. */
const SEND_MS = 60_000;

export interface TestOptions extends DatabaseOptions {
  readonly channel: Channel;
  /** A recipient of the camera file; or an e-mail address, a phone number or a webhook's address. */
  readonly to: string;
  readonly language?: Language;
}

/** `camqueue notify test`: sends a message at once, past queue, caps and quiet hours. Exit code 1 when it did not go. */
export async function test(options: TestOptions): Promise<number> {
  return withWorld(options, async (world) => {
    const { cameras, channels, templates, audit } = await world.ports([
      'cameras',
      'channels',
      'templates',
      'audit',
    ]);
    const recipient = recipientOf(options, cameras.recipients);
    const language = options.language ?? recipient.language ?? cameras.site.language;
    const message = await testMessage(templates, cameras.site, recipient, language);
    const sent = await attempt(channels.get(options.channel), message, recipient);
    await audit.append({
      ...{ at: Date.now(), actor: ACTOR, action: 'notification.test', subject: `recipient/${recipient.id}` },
      detail: { channel: options.channel, ...sent },
    });
    const { channel } = options;
    const { problem } = message.words;
    if (problem !== undefined) process.stderr.write(`template: ${problem}\n`);
    if (options.json === true) console.log(JSON.stringify({ channel, recipient: recipient.id, ...sent }));
    else if (sent.isSent) console.log(`${channel}: ${[sent.detail, idOf(sent), costOf(sent)].join('')}`);
    else process.stderr.write(`${channel}: ${sent.reason}\n`);
    return sent.isSent ? EXIT_OK : EXIT_FAILED;
  });
}

/** `camqueue notify channels`: which can be used, and why others cannot. */
export async function channels(options: DatabaseOptions): Promise<number> {
  return withWorld(options, async (world) => {
    const ports = await world.ports(['channels', 'deliveries', 'cameras']);
    const states = await ports.deliveries.channels();
    const shown = ports.channels.all().map((one) => aboutChannel(one, states));
    if (options.json === true) shown.forEach((one) => console.log(JSON.stringify(one)));
    else {
      const { timeZone } = ports.cameras.site;
      const rows = shown.map(({ channel, state, until, ratePerS, reason = '' }) => [
        ...[channel, state, until === undefined ? '' : moment(Date.parse(until), timeZone)],
        ...[state === 'off' ? '' : String(ratePerS), reason],
      ]);
      table([['CHANNEL', 'STATE', 'UNTIL', 'PER SECOND', 'WHY'], ...rows]).forEach((line) =>
        console.log(line),
      );
    }
    return EXIT_OK;
  });
}

function aboutChannel({ channel, off, ratePerS }: NotificationChannel, states: readonly ChannelState[]) {
  const { until, ...status } = channelStatus({ channel, off }, states);
  return {
    channel,
    ...status,
    ratePerS,
    ...(until !== undefined && { until: new Date(until).toISOString() }),
  };
}

/** Made up where `to` is an address. @throws InputError for one that cannot be reached so */
function recipientOf({ channel, to }: TestOptions, recipients: readonly Recipient[]): Recipient {
  const known = recipients.find(({ id }) => id === to);
  if (known) {
    const has = addressesOf(known);
    if (has.includes(channel)) return known;
    throw new InputError(`recipient ${to} has no ${channel}; has ${has.join(', ')}`);
  }
  const address = addressFor(channel, to);
  const parsed = address && Recipient.safeParse({ id: 'test', ...address });
  if (parsed?.success) return parsed.data;
  const ids = recipients.map(({ id }) => id).join(', ');
  const why = parsed ? `${parsed.error.issues[0]?.message ?? 'is no address'}` : 'is no recipient';
  throw new InputError(
    `--to "${redactUrls(to)}" ${why}${ids === '' ? '; the camera file names no recipients' : `; recipients: ${ids}`}`,
  );
}

function addressFor(channel: Channel, to: string): Partial<Record<string, unknown>> | undefined {
  // Without a secret of its own a webhook could not be signed; nobody can check this one.
  const secret = (): string => randomBytes(16).toString('hex');
  if (channel === 'email' && to.includes('@')) return { email: to };
  if (channel === 'sms' && /^[+\d]/.test(to)) return { phone: to };
  if (channel === 'webhook' && to.includes('://')) return { webhook: { url: to, secret: secret() } };
  if (channel === 'log') return { log: true };
  return undefined;
}

async function testMessage(
  templates: Templates,
  site: Site,
  recipient: Recipient,
  language: Language,
): Promise<Message> {
  const now = Date.now();
  const facts = sampleFacts({ occasion: 'test', site, recipient: shownRecipient(recipient), now });
  const id = `test-${randomUUID()}`;
  return { id, threadId: id, language, facts, words: await templates.words(facts, language) };
}

type Attempt =
  | { readonly isSent: true; readonly detail: string; readonly providerId?: string; readonly cost?: number }
  | { readonly isSent: false; readonly reason: string; readonly isPermanent: boolean };

async function attempt(channel: NotificationChannel, message: Message, to: Recipient): Promise<Attempt> {
  if (channel.off !== undefined)
    return { isSent: false, reason: `is off: ${channel.off}`, isPermanent: true };
  try {
    return { isSent: true, ...(await channel.send(message, to, AbortSignal.timeout(SEND_MS))) };
  } catch (error) {
    const reason = redactUrls(messageOf(error));
    return { isSent: false, reason, isPermanent: error instanceof PermanentError };
  }
}

function idOf({ providerId }: { readonly providerId?: string }): string {
  return providerId === undefined ? '' : ` (${providerId})`;
}

function costOf({ cost }: { readonly cost?: number }): string {
  return cost === undefined ? '' : `, ${cost} ${cost === 1 ? 'segment' : 'segments'}`;
}

async function withWorld(options: DatabaseOptions, work: (world: World) => Promise<number>): Promise<number> {
  const config = loadConfig({ CAMERAS_FILE: options.cameras, DATA_DIR: options.data });
  const world = await openWorld(config, 'notify', createLog('notify', 'fatal'));
  try {
    return await work(world);
  } finally {
    await world.close();
  }
}
