import type { Camera } from '../../src/domain/camera.js';
import { isCounting } from '../../src/domain/flow/is-counting.js';
import { orderedFor } from '../../src/domain/flow/report-orders.js';
import type { FlowReport } from '../../src/domain/flow/report.js';
import { messageOf, PermanentError } from '../../src/errors.js';
import type { Cameras } from '../../src/ports.js';
import { done, type Handler, type JobContext, skipped } from '../define.js';
import { report as reportJob } from '../report/job.js';
import { askedWindows } from './asked-windows.js';
import type { trafficFlow } from './job.js';
import { type FlowPorts, refresh, type Refreshed } from './refresh.js';

type Context = JobContext<FlowPorts>;

/** Reports one job sends by e-mail at most, to each recipient. */
const MOST_MAILS = 50;

/**
 * Computes every window of every camera asked for, then asks for the e-mails. Run twice it writes nothing new and asks
 * for the same e-mails. A camera that fails does not stop the others; the job fails when all have had their turn.
 */
export const handle: Handler<typeof trafficFlow, FlowPorts> = async (payload, ctx) => {
  const { cameras } = ctx.ports;
  const { granularity, onlyLate, ordered, cameraId, email = [] } = payload;
  checkRecipients(email, cameras);
  const windows = askedWindows(granularity, payload, cameras.site.timeZone);
  const asked = cameraId === undefined ? cameras.all().filter(isCounting) : [cameras.get(cameraId)];
  if (asked.length === 0) return skipped('no camera has lines');
  if (email.length > 0 && windows.length * asked.length > MOST_MAILS)
    throw new PermanentError(
      `email: each recipient would get ${windows.length * asked.length} reports, at most ${MOST_MAILS} are sent; ask for days, or for less time`,
    );

  const failures: Failure[] = [];
  const result = { cameras: asked.length, windows: windows.length, computed: 0, unchanged: 0 };
  let through = 0;
  const onWindow = async (): Promise<void> =>
    ctx.progress(Math.min(1, ++through / (asked.length * windows.length)));
  for (const [i, camera] of asked.entries()) {
    try {
      const how = { ports: ctx.ports, signal: ctx.signal, now: ctx.now, onWindow };
      const refreshed = await refresh(camera, { granularity, windows, onlyLate }, how);
      const fresh = refreshed.filter((one) => one.fresh);
      result.computed += fresh.length;
      result.unchanged += refreshed.length - fresh.length;
      await askForMails(onlyLate ? fresh : refreshed, email, ctx);
      // Whether it was computed now or before a crash: the id of the mail's job sees to it that there is one.
      if (ordered)
        await askForMails(refreshed.slice(-1), orderedFor(cameras.reports, camera.id, granularity), ctx);
    } catch (error) {
      // The job was told to stop: that is no failure of the camera.
      ctx.signal.throwIfAborted();
      failures.push({ camera, error });
      through = (i + 1) * windows.length;
    }
  }
  if (failures.length > 0) throw combined(failures, asked.length);
  return done(result);
};

function checkRecipients(email: readonly string[], { recipients }: Cameras): void {
  for (const id of email) {
    const recipient = recipients.find((one) => one.id === id);
    if (!recipient)
      throw new PermanentError(
        `email: there is no recipient "${id}"; there are ${recipients.map((one) => one.id).join(', ') || 'none'}`,
      );
    if (recipient.email === undefined)
      throw new PermanentError(`email: recipient "${id}" has no e-mail address in the camera file`);
  }
}

async function askForMails(
  refreshed: readonly Refreshed[],
  email: readonly string[],
  ctx: Context,
): Promise<void> {
  for (const { report } of refreshed)
    for (const recipient of new Set(email)) await ctx.enqueue(reportJob, mailOf(report, recipient));
}

function mailOf({ cameraId, granularity, from, computedAt }: FlowReport, recipient: string) {
  return { cameraId, granularity, from, recipient, computedAt };
}

interface Failure {
  readonly camera: Camera;
  readonly error: unknown;
}

/** One error of all; worth another try as long as one of them is. */
function combined(failures: readonly Failure[], asked: number): unknown {
  const isOne = new Set(failures.map(({ error }) => messageOf(error))).size === 1;
  if (isOne && failures.length === asked) return failures[0]!.error;
  const reasons = failures.map(({ camera, error }) => `${camera.id}: ${messageOf(error)}`);
  const message = `${failures.length} of ${asked} cameras failed: ${reasons.join('; ')}`;
  const isPermanent = failures.every(({ error }) => error instanceof PermanentError);
  return isPermanent ? new PermanentError(message) : new Error(message);
}
