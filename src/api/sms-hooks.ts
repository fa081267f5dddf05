import { setTimeout } from 'node:timers/promises';
import express, { Router, type Request, type Response } from 'express';
import { z } from 'zod';
import { notification } from '../../jobs/notification/job.js';
import { isEnded } from '../domain/alerting/incident.js';
import type { Recipient } from '../domain/alerting/config.js';
import type { SmsHooks } from '../ports/alerting.js';
import { ACKNOWLEDGE_WORDS, nameOf, timeText } from './acknowledge-words.js';
import type { ApiDeps } from './deps.js';
import { HttpError } from './http-error.js';
import { numberIn } from './sms-number.js';

const MAX_BODY_BYTES = 16 * 1024;
/** Twilio tells each state once, and may do so before its answer to the message has been written down. */
const LOOK_AGAIN_AFTER_MS = [200, 1000, 3000];
const Form = z.record(z.string(), z.string());

/**
 * POST /hooks/twilio/status: what became of an SMS. POST /hooks/twilio/inbound: an SMS to us, which acknowledges in the
 * name of the recipient whose number it comes from. Only what the provider has signed is taken.
 */
export function smsHookRoutes(deps: ApiDeps): Router {
  const { smsHooks, publicUrl, ports, now = Date.now, log } = deps;
  const router = Router();
  if (!smsHooks || publicUrl === undefined) return router;
  router.use('/hooks/twilio', express.urlencoded({ extended: false, limit: MAX_BODY_BYTES }));
  router.post('/hooks/twilio/status', async (req, res) => {
    const report = smsHooks.status(genuineForm(deps, smsHooks, publicUrl, req));
    if (report) {
      const { providerId, state, detail } = report;
      const tell = () => ports.deliveries.report('sms', providerId, state, detail, now());
      let next = await tell();
      for (const waitMs of LOOK_AGAIN_AFTER_MS) {
        if (next) break;
        await setTimeout(waitMs);
        next = await tell();
      }
      if (!next) log.info({ providerId }, 'report on an SMS that is not known');
      for (const { id } of next ?? []) await deps.producer.enqueue(notification, { deliveryId: id });
    }
    res.status(204).end();
  });
  router.post('/hooks/twilio/inbound', async (req, res) => {
    const { from, text } = smsHooks.inbound(genuineForm(deps, smsHooks, publicUrl, req));
    const sender = ports.cameras.recipients.find(({ phone }) => phone === from);
    if (!sender) return void res.status(204).end();
    sendReply(res, smsHooks.reply(await answerTo(deps, sender, text)));
  });
  return router;
}

/** Acknowledges what the text names. @returns what to say, in the sender's language */
async function answerTo(
  { ports, now = Date.now }: ApiDeps,
  sender: Recipient,
  text: string,
): Promise<string> {
  const { incidents, cameras } = ports;
  const language = sender.language ?? cameras.site.language;
  const words = ACKNOWLEDGE_WORDS[language].sms;
  const number = numberIn(text);
  if (number === undefined) return words.howTo;
  const found = await incidents.byNumber(number);
  const done = found && (await incidents.acknowledge(found.id, `recipient:${sender.id} by sms`, now()));
  if (!done) return words.unknown(number);
  const { incident, isNew } = done;
  if (isNew) return words.done(number);
  const { acknowledged, state } = incident;
  if (isEnded(state) || !acknowledged) return words.over(number);
  const when = timeText(acknowledged.at, language, sender.timeZone ?? cameras.site.timeZone);
  return words.before(number, nameOf(acknowledged.by, cameras.recipients), when);
}

/** @throws HttpError 403 unless the provider itself sent this form to this address */
function genuineForm(
  { log }: ApiDeps,
  hooks: SmsHooks,
  publicUrl: string,
  req: Request,
): Readonly<Record<string, string>> {
  const form = Form.safeParse(req.body ?? {});
  const url = publicUrl.replace(/\/+$/, '') + req.originalUrl;
  if (form.success && hooks.isGenuine(url, form.data, req.get('X-Twilio-Signature') ?? '')) return form.data;
  log.warn(
    { path: req.path, ip: req.ip },
    'SMS hook: the signature is wrong. A forgery; or PUBLIC_URL or TWILIO_AUTH_TOKEN are not what the provider has',
  );
  throw new HttpError(403, 'bad-signature', 'this was not signed by the SMS provider for this address');
}

function sendReply(res: Response, xml: string): void {
  res.type('text/xml').send(xml);
}
