import { type Incident, STORM } from '../../src/domain/alerting/incident.js';
import { done, type Handler, type JobContext, skipped } from '../define.js';
import { escalation } from '../escalation/job.js';
import { enqueueNotifications } from '../notification/enqueue.js';
import type { incidentSweep } from './job.js';

type Needs = 'cameras' | 'incidents' | 'deliveries';
type Context = JobContext<Needs>;

/** A job later than this may be lost; one that only waits for a free worker is known by its id. */
const LATE_MS = 60_000;
const BATCH = 1000;
/** What a sweep did not get to say because it was killed, the next ones say. */
const NEWS_MS = 3_600_000;
const NEWEST = 500;

/**
 * Puts right what crashes and a lost Redis left: incidents nobody ends, steps and messages without a job. Jobs that are
 * known are not added twice; those that have ended without doing their work are.
 */
export const handle: Handler<typeof incidentSweep, Needs> = async (_, ctx) => {
  const { cameras, incidents } = ctx.ports;
  const ended = await incidents.sweep(ctx.now(), cameras.alerting.storm.withinS * 1000);
  if (cameras.alerting.tellEnd) await tellEnds(ctx, ended);
  const found = { ended: ended.length, steps: await enqueueSteps(ctx), messages: await enqueueMessages(ctx) };
  return Object.values(found).every((count) => count === 0) ? skipped('nothing to do') : done(found);
};

/** Storms that are over and flapping that has come to rest end by themselves: no alert says so. */
async function tellEnds(ctx: Context, ended: readonly Incident[]): Promise<void> {
  const resolved = await ctx.ports.incidents.list({ states: ['resolved'], limit: NEWEST });
  for (const one of [...ended, ...resolved].filter((incident) => isOver(incident, ctx.now()))) {
    const occasion = one.kind === STORM ? 'storm-over' : 'ended';
    await ctx.enqueue(escalation, { incidentId: one.id, occasion });
  }
}

function isOver({ kind, isFlapping, ended }: Incident, now: number): boolean {
  return (kind === STORM || isFlapping) && ended?.by === 'event' && now - ended.at < NEWS_MS;
}

async function enqueueSteps(ctx: Context): Promise<number> {
  const steps = await ctx.ports.incidents.overdue(ctx.now() - LATE_MS, BATCH);
  for (const { incidentId, step } of steps)
    await ctx.enqueue(escalation, { incidentId, occasion: step }, { again: true });
  return steps.length;
}

async function enqueueMessages(ctx: Context): Promise<number> {
  const now = ctx.now();
  const stranded = await ctx.ports.deliveries.stranded(now - LATE_MS, now, BATCH);
  return enqueueNotifications(ctx, stranded, { again: true });
}
