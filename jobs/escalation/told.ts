import type { Severity } from '../../src/domain/alerting/config.js';
import { NotReadyError } from '../../src/errors.js';
import type { Delivery, NewDelivery } from '../../src/ports/alerting.js';

/** How long a try may be under way: the claim of a worker that died is free then. */
const UNDER_WAY_MS = 60_000;
const RETRY_MS = 2000;

/**
 * Whom the steps gone through so far told, each once, on the channels that worked; without those who were told when it
 * was as severe already.
 * @param past newest first
 */
export function toldBySteps(past: readonly Delivery[], severity: Severity): NewDelivery[] {
  const steps = past.filter(({ occasion }) => typeof occasion === 'number');
  const knowing = new Set(steps.filter((one) => one.severity === severity).map(laneOf));
  return onceEach(
    steps.filter((one) => one.state !== 'failed' && one.state !== 'replaced' && !knowing.has(laneOf(one))),
  );
}

/**
 * Who got a message of the incident, and where.
 * @param past newest first
 * @throws NotReadyError while one is under way: whether it arrives is not known yet.
 */
export function whoGotIt(past: readonly Delivery[], now: number): NewDelivery[] {
  const underWay = past.find(({ state, updatedAt }) => state === 'sending' && now - updatedAt < UNDER_WAY_MS);
  if (underWay) throw new NotReadyError(`message ${underWay.id} is under way`, RETRY_MS);
  return onceEach(past.filter(({ state }) => state === 'sent' || state === 'delivered'));
}

function onceEach(past: readonly Delivery[]): NewDelivery[] {
  const told = new Map<string, NewDelivery>();
  for (const one of past.toReversed()) {
    const { recipient, channel, otherChannels } = one;
    if (!told.has(laneOf(one))) told.set(laneOf(one), { recipient, channel, otherChannels });
  }
  return [...told.values()];
}

function laneOf({ recipient, channel }: Delivery): string {
  return `${recipient}/${channel}`;
}
