import type { Request, Response } from 'express';
import { z } from 'zod';
import { trafficFlow } from '../../jobs/traffic-flow/job.js';
import { isCounting } from '../domain/flow/is-counting.js';
import { Granularity } from '../domain/flow/report.js';
import { windowsIn } from '../domain/flow/windows.js';
import { CameraId } from '../domain/ids.js';
import type { ApiDeps } from './deps.js';
import { iso, Time } from './fields.js';
import { checkCamera, checkOrder, MOST_REPORTS, publicReport } from './flow-view.js';
import { HttpError } from './http-error.js';
import { parse } from './parse.js';
import { asker } from './route.js';

/** Longest a caller may wait for the reports, s; proxies break connections that say nothing for a minute. */
const LONGEST_WAIT_S = 30;

export const ComputeQuery = z.strictObject({
  wait: z.coerce
    .number()
    .min(0)
    .max(LONGEST_WAIT_S)
    .default(0)
    .describe('so many seconds for the reports, at most 30'),
});
export const ComputeBody = z.strictObject({
  camera: CameraId,
  granularity: Granularity.default('hour'),
  from: Time.describe('every window that begins then or later'),
  to: Time.describe('and before this'),
  email: z
    .array(z.string().min(1).max(64))
    .max(50)
    .optional()
    .describe('ids of recipients who get it by e-mail'),
});
type Asked = z.output<typeof ComputeBody>;

/** Enqueues the computation; with `wait` the answer holds the reports, or says how far it is. */
export async function computeFlow(deps: ApiDeps, req: Request, res: Response): Promise<void> {
  const { ports, producer, inspector, now = Date.now } = deps;
  const { wait } = parse(ComputeQuery, req.query);
  const asked = parse(ComputeBody, req.body);
  const window = check(deps, asked, now());
  const { camera: cameraId, granularity, email } = asked;
  const { actor } = asker(res);
  const payload = { cameraId, granularity, ...window, ...(email && { email }) };
  const { id } = await producer.enqueue(trafficFlow, payload, { origin: actor });
  await ports.audit.append({
    ...{ at: now(), actor, action: 'flow.compute', subject: `${trafficFlow.name}/${id}` },
    detail: {
      camera: cameraId,
      granularity,
      from: iso(window.from),
      to: iso(window.to),
      ...(email && { email }),
    },
  });
  const job = { id, href: `/api/v1/jobs/${trafficFlow.name}/${id}` };
  const ended = wait > 0 ? await endOf(inspector, id, wait * 1000) : undefined;
  if (!ended) return void res.status(202).location(job.href).json(job);
  if (ended.state !== 'completed')
    throw new HttpError(502, 'failed', `the reports could not be computed: ${ended.reason ?? ended.state}`);
  const reports = await ports.flowReports.list({ cameraId, granularity, ...window, limit: MOST_REPORTS });
  res.json({ ...job, reports: reports.map(publicReport) });
}

/** How a job ended; `undefined`: it has not, in this time. */
export async function endOf(
  inspector: ApiDeps['inspector'],
  id: string,
  waitMs: number,
): Promise<{ state: string; reason?: string } | undefined> {
  const time = AbortSignal.timeout(waitMs);
  try {
    return await inspector.waitFor(trafficFlow.name, id, time);
  } catch (error) {
    if (time.aborted) return undefined;
    throw error;
  }
}

/** What the job would refuse, said at once and with its field. */
function check({ ports }: ApiDeps, asked: Asked, now: number): { from: number; to: number } {
  const [from, to] = [Date.parse(asked.from), Date.parse(asked.to)];
  if (!isCounting(checkCamera(ports, asked.camera, 422)))
    refuse('camera', `"${asked.camera}" has no lines: nothing is counted; give it lines in the camera file`);
  checkOrder(from, to);
  const { timeZone } = ports.cameras.site;
  const windows = windowsIn(asked.granularity, { from, to }, timeZone, MOST_REPORTS + 1);
  const last = windows.at(-1);
  if (!last)
    refuse(
      'from',
      `no ${asked.granularity} begins from ${iso(from)} to ${iso(to)} in ${timeZone}; begin earlier`,
    );
  else if (last.from >= now)
    refuse(
      'to',
      `${iso(to)} is in the future: the ${asked.granularity} from ${iso(last.from)} has not begun`,
    );
  if (windows.length > MOST_REPORTS)
    refuse('to', `more than ${MOST_REPORTS} windows from ${iso(from)}; ask for a shorter time`);
  for (const id of asked.email ?? []) checkRecipient(ports, id);
  return { from, to };
}

function checkRecipient({ cameras, channels }: ApiDeps['ports'], id: string): void {
  const recipient = cameras.recipients.find((one) => one.id === id);
  if (!recipient) refuse('email', `there is no recipient "${id}"; recipients are in the camera file`);
  else if (recipient.email === undefined)
    refuse('email', `recipient "${id}" has no email: add email, for example guard@example.org`);
  const { off } = channels.get('email');
  if (off !== undefined) refuse('email', `${off}: no e-mail can be sent`);
}

function refuse(field: string, problem: string): never {
  throw new HttpError(422, 'invalid', `${field}: ${problem}`, field);
}
