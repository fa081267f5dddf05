import { alert } from '../../../jobs/alert/job.js';
import { percentilesOf } from '../../domain/percentiles.js';
import { startMailCatcher } from '../../io/mail-catcher.js';
import type { Figure } from './figure.js';
import type { BenchContext } from './parts.js';
import { onStage, type Stage } from './stage.js';

const PART = 'alerts';
/** A burst: so many alerts a second, on so many cameras with so many zones. */
const ALERTS_A_SECOND = 100;
const CAMERAS = 20;
const ZONES = 3;
const RECIPIENTS = ['guard', 'chief', 'night', 'desk', 'police'];
const MAX_PER_HOUR = 30;
const END_WITHIN_MS = 120_000;

/**
 * A burst of alerts through the queues, and e-mail to everybody over SMTP: how long people wait for the first message of
 * an incident, how many incidents and messages come of it.
 */
export async function measureAlerts({ seconds, signal }: BenchContext): Promise<Figure[]> {
  const mails = await startMailCatcher();
  const cameras = Array.from({ length: CAMERAS }, (_, i) => ({ id: `cam-${i + 1}`, source: 'unused.mp4' }));
  const recipients = RECIPIENTS.map((id) => ({
    id,
    email: `${id}@bench.invalid`,
    maxPerHour: MAX_PER_HOUR,
  }));
  try {
    return await onStage(cameras, signal, (stage) => burst(stage, seconds), {
      file: { recipients },
      env: { SMTP_URL: mails.url },
    });
  } finally {
    await mails.close();
  }
}

async function burst(stage: Stage, seconds: number): Promise<Figure[]> {
  const count = Math.max(CAMERAS * ZONES, Math.round(seconds * ALERTS_A_SECOND));
  await stage.workers(['alert', 'escalation', 'notification', 'incident-sweep']);
  const enqueuedAt = await enqueueAll(stage, count);
  const endedAt = Date.now();
  const { incidents, deliveries } = await stage.world.ports(['incidents', 'deliveries']);
  await stage.until('the last message', END_WITHIN_MS, async () => {
    if ((await incidents.alerts({ limit: count + 1 })).length < count) return false;
    const waiting = await Promise.all(
      (['alert', 'escalation', 'notification'] as const).map((name) => stage.world.inspector().counts(name)),
    );
    return waiting.every((counts) => counts.waiting + counts.active + counts.delayed === 0);
  });
  const drainedMs = Date.now() - endedAt;
  const opened = await incidents.list({ limit: count });
  const sent = await deliveries.list({ states: ['sent', 'delivered'], limit: 100_000 });
  const first = opened.flatMap(({ id }) => {
    const times = sent.filter(({ incidentId }) => incidentId === id).map(({ sentAt = Infinity }) => sentAt);
    // A storm's incident has no alert of its own: it began with the one that set it off.
    const began = enqueuedAt.get(id.replace(/^storm-/, ''));
    return times.length === 0 || began === undefined ? [] : [Math.min(...times) - began];
  });
  const most = Math.max(...RECIPIENTS.map((id) => sent.filter(({ recipient }) => recipient === id).length));
  const waits = percentilesOf(first);
  const storms = opened.filter(({ kind }) => kind === 'storm').length;
  return [
    { part: PART, what: `alerts in ${seconds} s`, value: count, unit: '' },
    {
      part: PART,
      what: 'incidents, storms not counted',
      value: opened.length - storms,
      unit: '',
      aim: { least: CAMERAS * ZONES, most: CAMERAS * ZONES },
    },
    { part: PART, what: 'storms', value: storms, unit: '', aim: { least: 1, most: 1 } },
    { part: PART, what: 'messages', value: sent.length, unit: '' },
    ...(waits
      ? [
          { part: PART, what: 'first message of an incident, p50', value: waits.p50, unit: 'ms' },
          {
            part: PART,
            what: 'first message of an incident, p95',
            value: waits.p95,
            unit: 'ms',
            aim: { most: 2000 },
          },
        ]
      : []),
    { part: PART, what: 'most messages to one person', value: most, unit: '', aim: { most: MAX_PER_HOUR } },
    { part: PART, what: 'everything done after the last alert', value: drainedMs, unit: 'ms' },
  ];
}

/** @returns when each alert was handed in, by its id, epoch ms. */
async function enqueueAll(stage: Stage, count: number): Promise<Map<string, number>> {
  const producer = stage.world.producer();
  const startedAt = Date.now();
  const enqueuedAt = new Map<string, number>();
  for (let i = 0; i < count; i++) {
    const dueAt = startedAt + (i * 1000) / ALERTS_A_SECOND;
    if (dueAt > Date.now()) await stage.wait(dueAt - Date.now());
    const id = `bench-${i}`;
    enqueuedAt.set(id, Date.now());
    await producer.enqueue(alert, {
      ...{ id, cameraId: `cam-${(i % CAMERAS) + 1}`, kind: 'intrusion', at: Date.now() },
      ...{ subject: `zone-${Math.floor(i / CAMERAS) % ZONES}`, summary: `person in zone ${i}` },
    });
  }
  return enqueuedAt;
}
