import { isUnanswered, type Incident, type Occasion } from '../../src/domain/alerting/incident.js';
import { targetsOf, whoIsMeant } from '../../src/domain/alerting/recipients.js';
import { NotReadyError, PermanentError } from '../../src/errors.js';
import type { NewDelivery } from '../../src/ports/alerting.js';
import { done, type Handler, type JobContext, type Outcome, skipped } from '../define.js';
import { enqueueNotifications } from '../notification/enqueue.js';
import type { escalation } from './job.js';
import { toldBySteps, whoGotIt } from './told.js';

type Needs = 'cameras' | 'incidents' | 'deliveries' | 'channels' | 'audit';
type Context = JobContext<Needs>;

/** A clock that differs a little from the one that the queue goes by. */
const EARLY_MS = 2000;
const LONGEST_WAIT_MS = 3_600_000;

/**
 * Writes down whom a step tells and asks for one notification each. The store lets nobody be told after somebody has
 * reacted, and keeps the first answer: run again it asks for the same messages.
 */
export const handle: Handler<typeof escalation, Needs> = async ({ incidentId, occasion }, ctx) => {
  const incident = await ctx.ports.incidents.get(incidentId);
  if (!incident) throw new PermanentError(`there is no incident "${incidentId}"`);
  if (typeof occasion === 'number') {
    waitUntilDue(incident, occasion, ctx.now());
    if (incident.stormId !== undefined && incident.severity !== 'critical')
      return skipped(`people are told of the storm ${incident.stormId}, which it is part of`);
    return tell(ctx, incident, occasion, whoNow(ctx, incident, occasion));
  }
  const past = await ctx.ports.deliveries.list({ incidentId, limit: 10_000 });
  const isRaised = occasion === 'raised';
  const to = isRaised ? toldBySteps(past, incident.severity) : whoGotIt(past, ctx.now());
  return tell(ctx, incident, occasion, to);
};

/** @throws PermanentError for a step that is not in the plan; NotReadyError for one that is not due yet. */
function waitUntilDue({ id, plan, openedAt }: Incident, step: number, now: number): void {
  const planned = plan.steps[step];
  if (!planned)
    throw new PermanentError(`incident ${id} has ${plan.steps.length} steps, and no step ${step}`);
  const earlyMs = openedAt + planned.afterS * 1000 - now;
  if (earlyMs > EARLY_MS)
    throw new NotReadyError(
      `step ${step} is due in ${Math.ceil(earlyMs / 1000)} s: was the clock set back?`,
      Math.min(earlyMs, LONGEST_WAIT_MS),
    );
}

/** Whom a step means at this moment: turns change and the camera file does, also between its steps. */
function whoNow(ctx: Context, { id, plan }: Incident, step: number): NewDelivery[] {
  const { cameras, channels } = ctx.ports;
  const planned = plan.steps[step];
  if (!planned) return [];
  const { recipients, alerting, site } = cameras;
  const staff = { recipients, onCall: alerting.onCall, at: ctx.now(), siteTimeZone: site.timeZone };
  const meant = whoIsMeant(planned, staff);
  if (meant.unknown.length > 0)
    ctx.log.warn(
      { incidentId: id, step, names: meant.unknown },
      'a step names people who are not there any more',
    );
  return targetsOf(planned, meant.recipients, (channel) => channels.get(channel).off !== undefined);
}

async function tell(
  ctx: Context,
  incident: Incident,
  occasion: Occasion,
  to: readonly NewDelivery[],
): Promise<Outcome> {
  const { id } = incident;
  const deliveries = await ctx.ports.incidents.tell(id, occasion, to, ctx.now());
  if (!deliveries)
    return skipped(isUnanswered(incident.state) ? 'somebody has just reacted' : `it is ${incident.state}`);
  if (deliveries.length === 0) return nobody(ctx, incident, occasion);
  const notifications = await enqueueNotifications(ctx, deliveries);
  return done({ incidentId: id, occasion, deliveries: deliveries.length, notifications });
}

async function nobody(ctx: Context, { id }: Incident, occasion: Occasion): Promise<Outcome> {
  if (typeof occasion !== 'number') return skipped('nobody had been told of it');
  const listed = ctx.ports.cameras.recipients.length;
  const statement =
    listed === 0
      ? 'nobody was told: the camera file lists no recipients'
      : `nobody was told: none of the ${listed} recipients is meant by step ${occasion}, or can be reached as it says`;
  await ctx.ports.audit.append({
    at: ctx.now(),
    actor: 'job/escalation',
    action: 'incident.nobody-told',
    subject: `incident/${id}`,
    detail: { step: occasion, statement },
    onceKey: `incident/${id}/nobody-told/${occasion}`,
  });
  return done({ incidentId: id, occasion, deliveries: 0, statement });
}
