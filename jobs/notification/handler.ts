import { alertMail } from '../../src/domain/alert-mail.js';
import type { Recipient } from '../../src/domain/camera.js';
import { messageOf, NotReadyError, PermanentError } from '../../src/errors.js';
import type { Delivery, Mail, StoredAlert } from '../../src/ports.js';
import { done, type Handler, type JobContext, type Outcome, skipped } from '../define.js';
import type { notification } from './job.js';

type Needs = 'cameras' | 'alerts' | 'audit' | 'mail' | 'snapshots' | 'events' | 'passages';
type Context = JobContext<Needs>;

const PICTURE = 'snapshot.jpg';

/**
 * Delivers one alert to one recipient. The delivery goes pending → sending → delivered or failed; a mail server
 * cannot be asked whether it has a mail already, so a try that was cut off while `sending` is repeated and the
 * audit trail says that a second copy is possible (it has the same Message-ID). `+` is in neither kind of id.
 */
export const handle: Handler<typeof notification, Needs> = async ({ alertId, recipient, channel }, ctx) => {
  const { alerts, cameras } = ctx.ports;
  const alert = await alerts.get(alertId);
  if (!alert) throw new PermanentError(`there is no alert "${alertId}"`);
  const about = { alertId, recipient, channel };
  const delivery = await alerts.delivery(`${alertId}+${recipient}+${channel}`, about, ctx.now());

  if (delivery.state === 'delivered') {
    // Again, in case an earlier try was cut off just before this.
    await recordDelivered(ctx, delivery, delivery.updatedAt);
    return skipped('already delivered');
  }
  const person = cameras.recipients.find(({ id }) => id === recipient);
  if (!person) {
    return fail(ctx, delivery, new PermanentError(`the camera file lists no recipient "${recipient}"`));
  }
  if (delivery.state === 'sending') {
    const meaning = 'an earlier try was cut off while sending: a second copy is possible';
    await record(ctx, delivery, 'repeated', ctx.now(), { meaning }, onceSince(delivery, 'repeated'));
  }
  return send(ctx, delivery, await compose(ctx, delivery, alert, person));
};

async function send(ctx: Context, delivery: Delivery, mail: Mail): Promise<Outcome> {
  const { alerts } = ctx.ports;
  await alerts.setDelivery(delivery.id, 'sending', undefined, ctx.now());
  let receipt: string;
  try {
    receipt = await ctx.ports.mail.send(mail, ctx.signal);
  } catch (error) {
    if (error instanceof PermanentError) return fail(ctx, delivery, error);
    const isCertain = error instanceof NotReadyError || (error as { notSent?: boolean }).notSent === true;
    if (ctx.isLastAttempt && !(error instanceof NotReadyError) && !isInterrupted(ctx.signal))
      return fail(ctx, delivery, error);
    await alerts.setDelivery(delivery.id, isCertain ? 'pending' : 'sending', messageOf(error), ctx.now());
    throw error;
  }
  const deliveredAt = ctx.now();
  await alerts.setDelivery(delivery.id, 'delivered', receipt, deliveredAt);
  await recordDelivered(ctx, delivery, deliveredAt);
  return done({ delivery: delivery.id, receipt });
}

async function compose(
  ctx: Context,
  delivery: Delivery,
  alert: StoredAlert,
  person: Recipient,
): Promise<Mail> {
  const { cameras, snapshots } = ctx.ports;
  // The camera may have left the file since; people are told all the same.
  const camera = cameras.all().find(({ id }) => id === alert.cameraId);
  const jpeg = alert.snapshot === undefined ? undefined : await snapshots.get(alert.snapshot);
  const plate = await plateOf(ctx, alert);
  const words = alertMail({
    siteName: cameras.site.name,
    timeZone: cameras.site.timeZone,
    cameraName: camera?.name ?? alert.cameraId,
    cameraId: alert.cameraId,
    kind: alert.kind,
    severity: alert.severity,
    at: alert.at,
    summary: alert.summary,
    alertId: alert.id,
    ...(plate !== undefined && { plate }),
    ...(jpeg && { pictureName: PICTURE }),
  });
  return { id: delivery.id, to: person.email, ...words, ...(jpeg && { picture: { name: PICTURE, jpeg } }) };
}

/** Looked up when it is sent: events, alerts and jobs hold no plate, and what is no longer kept is not sent. */
async function plateOf(ctx: Context, { eventId }: StoredAlert): Promise<string | undefined> {
  const event = eventId === undefined ? undefined : await ctx.ports.events.get(eventId);
  if (event?.type !== 'plate') return undefined;
  const passage = await ctx.ports.passages.get(event.passageId);
  if (!passage) return undefined;
  const { reading, review } = passage;
  if (review) return review.text;
  return reading.verdict === 'accepted' ? reading.text : `${reading.text} (not sure)`;
}

async function fail(ctx: Context, delivery: Delivery, error: unknown): Promise<never> {
  const detail = { reason: messageOf(error), attempt: ctx.attempt };
  await record(ctx, delivery, 'failed', ctx.now(), detail, onceSince(delivery, 'failed'));
  await ctx.ports.alerts.setDelivery(delivery.id, 'failed', messageOf(error), ctx.now());
  throw error;
}

async function recordDelivered(ctx: Context, delivery: Delivery, at: number): Promise<void> {
  await record(ctx, delivery, 'delivered', at, {}, `notification/${delivery.id}/delivered`);
}

/** One entry for what this try found, however often it is cut off between entry and next state. */
function onceSince(delivery: Delivery, step: string): string {
  return `notification/${delivery.id}/${step}/${delivery.updatedAt}`;
}

/** Shutdown or cancellation, after which the job may come back; a timeout is a failure. */
function isInterrupted(signal: AbortSignal): boolean {
  return signal.aborted && (signal.reason as { name?: string } | undefined)?.name !== 'TimeoutError';
}

async function record(
  ctx: Context,
  delivery: Delivery,
  step: string,
  at: number,
  detail: Record<string, unknown>,
  onceKey: string,
): Promise<void> {
  await ctx.ports.audit.append({
    at,
    actor: 'job/notification',
    action: `notification.${step}`,
    subject: `alert/${delivery.alertId}`,
    detail: { recipient: delivery.recipient, channel: delivery.channel, ...detail },
    onceKey,
  });
}
