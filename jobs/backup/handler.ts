import { messageOf } from '../../src/errors.js';
import { SYSTEM } from '../../src/domain/ids.js';
import { alert } from '../alert/job.js';
import { done, type Handler, type JobContext } from '../define.js';
import type { backup } from './job.js';

type Needs = 'backups' | 'audit';

/** Makes a backup that was restored on trial, then lets the oldest go. When no try succeeds, people are told. */
export const handle: Handler<typeof backup, Needs> = async ({ at, keep }, ctx) => {
  const { backups, audit } = ctx.ports;
  try {
    const made = await backups.make(at, {
      signal: ctx.signal,
      onProgress: (fraction) => void ctx.progress(fraction).catch(() => undefined),
    });
    const removed = await backups.keepNewest(keep, ctx.signal);
    await audit.append({
      ...{ at: ctx.now(), actor: 'job/backup', action: 'backup.made', subject: made.key },
      detail: { bytes: made.bytes, sha256: made.sha256, isEncrypted: made.isEncrypted, removed },
    });
    return done({ ...made, place: backups.place, removed });
  } catch (error) {
    if (ctx.isLastAttempt && !ctx.signal.aborted) await tell(ctx, at, error);
    throw error;
  }
};

async function tell(ctx: JobContext<Needs>, at: number, error: unknown): Promise<void> {
  await ctx.enqueue(alert, {
    ...{ id: `backup-failed-${at}`, cameraId: SYSTEM, kind: 'backup-failed', at: ctx.now() },
    severity: 'critical',
    summary: `the backup to ${ctx.ports.backups.place} failed: ${messageOf(error)}`.slice(0, 300),
  });
}
