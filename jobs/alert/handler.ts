import { SYSTEM_COOLDOWN_S } from '../../src/domain/health/follow.js';
import { type CameraId, SYSTEM } from '../../src/domain/ids.js';
import type { Ports, StoredAlert } from '../../src/ports.js';
import { done, type Handler, type JobContext, skipped } from '../define.js';
import { notification } from '../notification/job.js';
import type { alert as contract } from './job.js';

type Context = JobContext<'cameras' | 'alerts' | 'audit'>;

/**
 * Decides whether people are told and asks for one notification for each recipient. Every step may be repeated:
 * the store keeps the first decision, follow-ups have derived ids, audit entries have keys.
 */
export const handle: Handler<typeof contract, 'cameras' | 'alerts' | 'audit'> = async (payload, ctx) => {
  const { cameras, alerts } = ctx.ports;
  const { eventId, snapshot, cooldown, ...rest } = payload;
  const cooldownS = cooldown ? cooldownOf(payload.cameraId, cameras) : 0;
  const given = {
    ...rest,
    ...(eventId !== undefined && { eventId }),
    ...(snapshot !== undefined && { snapshot }),
  };
  const { alert } = await alerts.open(given, cooldownS * 1000, ctx.now());

  if (alert.suppressedBy !== undefined) {
    await record(ctx, alert, 'suppressed', { by: alert.suppressedBy, cooldownS });
    return skipped(
      `cooldown: people were told of ${alert.suppressedBy} (${alert.kind} at ${alert.cameraId})`,
    );
  }
  await record(ctx, alert, 'opened', {
    cameraId: alert.cameraId,
    kind: alert.kind,
    severity: alert.severity,
  });
  return tell(ctx, alert, cameras.recipients);
};

/** What is about no camera has no setting of its own. @throws PermanentError when there is no such camera. */
function cooldownOf(cameraId: CameraId, cameras: Ports['cameras']): number {
  return cameraId === SYSTEM ? SYSTEM_COOLDOWN_S : cameras.get(cameraId).alerts.cooldownS;
}

async function tell(ctx: Context, alert: StoredAlert, recipients: Ports['cameras']['recipients']) {
  if (recipients.length === 0) {
    const statement = 'nobody was told: the camera file lists no recipients';
    await record(ctx, alert, 'no-recipients', { statement });
    return done({ alertId: alert.id, recipients: [], statement });
  }
  for (const { id: recipient } of recipients) {
    await ctx.enqueue(notification, { alertId: alert.id, recipient, channel: 'email' });
    await record(ctx, alert, 'notification-enqueued', { recipient, channel: 'email' }, recipient);
  }
  return done({ alertId: alert.id, recipients: recipients.map(({ id }) => id) });
}

async function record(
  ctx: Context,
  alert: StoredAlert,
  step: string,
  detail: Record<string, unknown>,
  of = '',
): Promise<void> {
  await ctx.ports.audit.append({
    at: ctx.now(),
    actor: 'job/alert',
    action: `alert.${step}`,
    subject: `alert/${alert.id}`,
    detail,
    onceKey: `alert/${alert.id}/${step}/${of}`,
  });
}
