import { follow } from '../../src/domain/health/follow.js';
import { STALE_MS } from '../../src/domain/health/report.js';
import { alert } from '../alert/job.js';
import { done, type Handler, skipped } from '../define.js';
import type { healthCheck } from './job.js';

type Needs = 'cameras' | 'probes' | 'reports';

/**
 * Looks, compares with the report before, tells people what has changed, keeps the report. In this order: a report
 * that says people were told is written when they were. Cut off in between, the next look finds the same change and
 * enqueues the same ids.
 */
export const handle: Handler<typeof healthCheck, Needs> = async (payload, ctx) => {
  const { cameras, probes, reports } = ctx.ports;
  const at = payload.at ?? ctx.now();
  // One that is dated later still was dated by a clock that was wrong: it must not stop the checks for ever.
  const previous = await reports.latest(at + STALE_MS);
  // Also the same slot again: its report, and what it told people, stands.
  if (previous && previous.at >= at) return skipped('there is a report of this time or a later one');

  const findings = await probes.look(ctx.signal);
  const { report, alerts } = follow(previous, findings, { at, now: ctx.now() }, cameras.all());
  for (const one of alerts) await ctx.enqueue(alert, one);
  await reports.add(report);

  const subjects = (state: string): string[] =>
    report.entries.filter((entry) => entry.state === state).map(({ subject }) => subject);
  return done({
    at,
    state: report.state,
    fail: subjects('fail'),
    warn: subjects('warn'),
    alerts: alerts.map(({ id }) => id),
  });
};
