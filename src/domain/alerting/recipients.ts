import { addressesOf, type Alerting, type Channel, type Recipient, type Step } from './config.js';
import { onDuty } from './on-call.js';

const ON_CALL = 'on-call:';

/** Who there is, and when it is. */
export interface Staff {
  readonly recipients: readonly Recipient[];
  readonly onCall: Alerting['onCall'];
  /** Epoch ms. */
  readonly at: number;
  readonly siteTimeZone: string;
}

/** A name of a step that is a list of people on call. @returns its id */
export function onCallOf(name: string): string | undefined {
  return name.startsWith(ON_CALL) ? name.slice(ON_CALL.length) : undefined;
}

/**
 * The people a step means at that moment, in the order of the camera file, each once.
 * @returns `unknown`: names that mean nobody any more; the file has changed since the incident was opened.
 */
export function whoIsMeant(
  { to }: Pick<Step, 'to'>,
  { recipients, onCall, at, siteTimeZone }: Staff,
): { recipients: Recipient[]; unknown: string[] } {
  const known = new Set(recipients.map(({ id }) => id));
  const meant = new Set<string>();
  const unknown = new Set<string>();
  const mean = (id: string): void => void (known.has(id) ? meant : unknown).add(id);
  for (const name of to) {
    const list = onCallOf(name);
    if (name === '*') known.forEach(mean);
    else if (list === undefined) mean(name);
    else {
      const schedule = onCall.find(({ id }) => id === list);
      if (schedule) onDuty(schedule, at, siteTimeZone).forEach(mean);
      else unknown.add(name);
    }
  }
  return { recipients: recipients.filter(({ id }) => meant.has(id)), unknown: [...unknown] };
}

/** One message to one person. */
export interface Target {
  readonly recipient: string;
  readonly channel: Channel;
  readonly otherChannels: readonly Channel[];
}

/** The channels of a step that a recipient has, in the step's order. */
export function channelsFor({ channels }: Pick<Step, 'channels'>, recipient: Recipient): Channel[] {
  const has = addressesOf(recipient);
  return channels ? [...new Set(channels)].filter((channel) => has.includes(channel)) : has;
}

/**
 * The messages of a step. Channels that are off are left out where the recipient has another one; where all are off they
 * stay, so that somebody sees what waits.
 * @param isOff a channel that cannot be used as the installation is set up
 */
export function targetsOf(
  step: Pick<Step, 'channels' | 'mode'>,
  recipients: readonly Recipient[],
  isOff: (channel: Channel) => boolean,
): Target[] {
  return recipients.flatMap((recipient) => {
    const all = channelsFor(step, recipient);
    const working = all.filter((channel) => !isOff(channel));
    const [first, ...rest] = working.length > 0 ? working : all;
    if (first === undefined) return [];
    const { id } = recipient;
    if (step.mode === 'first') return [{ recipient: id, channel: first, otherChannels: rest }];
    return [first, ...rest].map((channel) => ({ recipient: id, channel, otherChannels: [] }));
  });
}
