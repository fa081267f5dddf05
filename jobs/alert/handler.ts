import { isUnanswered, type Incident } from '../../src/domain/alerting/incident.js';
import { mergeRulesOf } from '../../src/domain/alerting/merging.js';
import { planFor } from '../../src/domain/alerting/planning.js';
import { severityOf } from '../../src/domain/alerting/severity.js';
import type { Camera } from '../../src/domain/camera.js';
import { SYSTEM_COOLDOWN_S } from '../../src/domain/health/follow.js';
import { SYSTEM } from '../../src/domain/ids.js';
import type { Alert } from '../../src/ports/alerting.js';
import { done, type Handler, type JobContext, type Outcome, skipped } from '../define.js';
import { escalation } from '../escalation/job.js';
import type { alert as contract } from './job.js';
import { subjectOf } from './subject.js';
import { type ValidatePorts, whySuppressed } from './validate.js';

type Needs = ValidatePorts | 'signer' | 'events' | 'passages';
type Context = JobContext<Needs>;

/**
 * Finds the incident of an alert and asks for the steps of its plan, one delayed job each. The store keeps its first
 * answer and the steps have derived ids: run again, it asks for the same jobs.
 */
export const handle: Handler<typeof contract, Needs> = async (payload, ctx) => {
  const { phase, cooldown, subject: _, ...given } = payload;
  // What is over may be of a camera that has been removed since.
  const isKnown = payload.cameraId !== SYSTEM && phase === 'begin';
  const camera = isKnown ? ctx.ports.cameras.get(payload.cameraId) : undefined;
  const alert = withoutHoles({ ...given, subject: await subjectOf(payload, ctx) });
  if (phase === 'end') return end(alert, ctx);
  const why = await whySuppressed(alert, camera, ctx);
  if (why !== undefined) return skipped(why);
  return accept(alert, camera, cooldown, ctx);
};

async function accept(
  given: Alert,
  camera: Camera | undefined,
  cooldown: boolean,
  ctx: Context,
): Promise<Outcome> {
  const { site, alerting } = ctx.ports.cameras;
  const groups = camera?.groups ?? [];
  const severity = severityOf({ ...given, groups }, alerting.severity, site.timeZone);
  const alert = { ...given, severity };
  const cooldownS = !cooldown ? 0 : (camera?.alerts.cooldownS ?? SYSTEM_COOLDOWN_S);
  const plan = planFor({ ...alert, groups }, alerting, site.timeZone);
  const rules = mergeRulesOf(alerting, cooldownS);
  const { incident, opened, raised, storm } = await ctx.ports.incidents.accept(alert, rules, plan, ctx.now());

  if (storm) await askForSteps(storm, ctx);
  // One that became critical within a storm was told to nobody so far.
  if (opened || (raised && incident.stormId !== undefined)) await askForSteps(incident, ctx);
  if (raised && isUnanswered(incident.state))
    await ctx.enqueue(escalation, { incidentId: incident.id, occasion: 'raised' });
  const { id: incidentId, number, stormId } = incident;
  return done({
    ...{ incidentId, number, opened, raised, severity: incident.severity, policy: incident.plan.policy },
    ...(stormId !== undefined && { stormId }),
  });
}

/** People are told of a storm instead of what it gathers, except of what is critical. */
async function askForSteps(incident: Incident, ctx: Context): Promise<void> {
  const { id: incidentId, state, stormId, severity, openedAt, plan } = incident;
  if (!isUnanswered(state) || (stormId !== undefined && severity !== 'critical')) return;
  for (const [occasion, { afterS }] of plan.steps.entries()) {
    const delayMs = Math.max(0, openedAt + afterS * 1000 - ctx.now());
    await ctx.enqueue(escalation, { incidentId, occasion }, delayMs > 0 ? { delayMs } : {});
  }
}

async function end(alert: Alert, ctx: Context): Promise<Outcome> {
  const { incident } = await ctx.ports.incidents.end(alert, ctx.now());
  if (!incident) return skipped(`no incident of ${alert.kind} at ${alert.cameraId} was open`);
  const { id: incidentId, number, plan } = incident;
  const isTold = ctx.ports.cameras.alerting.tellEnd && plan.steps.length > 0;
  if (isTold) await ctx.enqueue(escalation, { incidentId, occasion: 'ended' });
  return done({ incidentId, number, ended: true });
}

/** Fields that were not given are not there. */
function withoutHoles({
  subject,
  eventId,
  snapshot,
  ...rest
}: Omit<Alert, 'subject' | 'eventId' | 'snapshot'> & {
  readonly [field in 'subject' | 'eventId' | 'snapshot']?: string | undefined;
}): Alert {
  return {
    ...rest,
    ...(subject !== undefined && { subject }),
    ...(eventId !== undefined && { eventId }),
    ...(snapshot !== undefined && { snapshot }),
  };
}
