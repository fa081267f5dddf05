import { done, type Handler } from '../define.js';
import { removeExpiredExports } from './exports.js';
import { removeOrphans, removeUnfinished } from './orphans.js';
import type { cleanup } from './job.js';

type Needs =
  | ('events' | 'incidents' | 'snapshots' | 'audit' | 'gaps' | 'reports' | 'passages' | 'flowReports')
  | ('exports' | 'storage' | 'evidence' | 'clips' | 'archiveReports' | 'logs' | 'cold');

const DAY_MS = 86_400_000;
/** Pictures handed in are kept until their job is done, and a while for those that wait. */
const UPLOADS_MS = DAY_MS;

/** Deletes by age, oldest first, in steps that stop when asked to: the next night goes on where this one ended. */
export const handle: Handler<typeof cleanup, Needs> = async (payload, ctx) => {
  const { events, incidents, snapshots, audit, gaps, reports, passages, flowReports } = ctx.ports;
  const { archiveReports, logs } = ctx.ports;
  const before = ctx.now() - payload.keepDays * DAY_MS;
  const platesBefore = ctx.now() - payload.keepPlatesDays * DAY_MS;
  const removed = {
    events: await events.removeBefore(before, ctx.signal),
    alerts: await incidents.removeBefore(before, ctx.signal),
    gaps: await gaps.removeBefore(before, ctx.signal),
    reports: await reports.removeBefore(ctx.now() - payload.keepReportsDays * DAY_MS, ctx.signal),
    flowReports: await flowReports.removeBefore(before),
    pictures: await snapshots.removeBefore('events', before, ctx.signal),
    uploads: await snapshots.removeBefore('uploads', ctx.now() - UPLOADS_MS, ctx.signal),
    annotated: await snapshots.removeBefore(
      'annotated',
      ctx.now() - payload.keepAnnotatedDays * DAY_MS,
      ctx.signal,
    ),
    passages: await passages.removeBefore(platesBefore, ctx.signal),
    plates: await snapshots.removeBefore('plates', platesBefore, ctx.signal),
    exports: await removeExpiredExports(ctx, before),
    orphans: await removeOrphans(ctx),
    unfinished: await removeUnfinished(ctx),
    archiveReports: await archiveReports.removeBefore(before),
    logs: await logs.rotate(),
  };
  if (Object.values(removed).some((count) => count > 0)) {
    await audit.append({
      at: ctx.now(),
      actor: 'job/cleanup',
      action: 'retention.removed',
      subject: 'retention',
      detail: { ...payload, ...removed },
    });
  }
  return done(removed);
};
