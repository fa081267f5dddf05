import type { Request, Response } from 'express';
import { z } from 'zod';
import type { JobContract } from '../../jobs/define.js';
import { checkJobId } from '../../queues/job-id.js';
import type { JobView } from '../../queues/types.js';
import { messageOf } from '../errors.js';
import type { ApiDeps } from './deps.js';
import { HttpError } from './http-error.js';
import { asker, param, type Route } from './route.js';
import { jsonBody } from './json-body.js';
import { parse } from './parse.js';

/** Largest request body, bytes; contracts set tighter limits. */
export const MAX_BODY_BYTES = 64 * 1024;
const STATES = [
  'waiting',
  'active',
  'delayed',
  'completed',
  'failed',
  'prioritized',
  'waiting-children',
] as const;

const EnqueueQuery = z.strictObject({
  id: z.string().optional().describe('the id of the job, as the header Idempotency-Key'),
});
const ListQuery = z.strictObject({
  state: z.enum(STATES).default('failed'),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});

/** Enqueue, look at, cancel and retry jobs. */
export function jobRoutes(deps: ApiDeps): Route[] {
  const { inspector, ports, now = Date.now } = deps;
  const audit = (res: Response, action: string, queue: string, id: string): Promise<void> =>
    ports.audit.append({ at: now(), actor: asker(res).actor, action, subject: `${queue}/${id}` });
  const existing = async (req: Request): Promise<JobView> => {
    const { name } = contractOf(deps, req);
    const id = checkedId(name, param(req, 'id'), 'id');
    const job = await inspector.job(name, id);
    if (!job)
      throw new HttpError(
        404,
        'no-such-job',
        `queue ${name} has no job "${id}" (ended jobs are forgotten after a while)`,
      );
    return job;
  };
  return [
    {
      method: 'post',
      path: '/api/v1/jobs/:queue',
      role: 'operator',
      summary:
        'enqueue a job; the body is its payload. With the header Idempotency-Key the same key is the same job',
      query: EnqueueQuery,
      before: jsonBody('the payload', MAX_BODY_BYTES),
      handle: (req, res) => enqueue(deps, req, res),
    },
    {
      method: 'get',
      path: '/api/v1/jobs/:queue',
      role: 'viewer',
      summary: 'jobs of a queue in one state, newest first',
      query: ListQuery,
      handle: async (req, res) => {
        const { name } = contractOf(deps, req);
        const { state, limit } = parse(ListQuery, req.query);
        res.json({ jobs: (await inspector.list(name, state, limit)).map(publicJob) });
      },
    },
    {
      method: 'get',
      path: '/api/v1/jobs/:queue/:id',
      role: 'viewer',
      summary: 'one job: state, outcome, reason, result',
      handle: async (req, res) => void res.json(publicJob(await existing(req))),
    },
    {
      method: 'delete',
      path: '/api/v1/jobs/:queue/:id',
      role: 'operator',
      summary: 'remove a waiting job or stop a running one',
      handle: async (req, res) => {
        const { queue, id, state } = await existing(req);
        // Before the deed: what was done and is not in the trail cannot be told later.
        await audit(res, 'job.cancel', queue, id);
        if (!(await inspector.cancel(queue, id, asker(res).actor))) {
          throw new HttpError(
            409,
            'job-has-ended',
            `job "${id}" has ended (it was ${state}); there is nothing to cancel`,
          );
        }
        res.status(202).json({ id, queue, cancelled: true });
      },
    },
    {
      method: 'post',
      path: '/api/v1/jobs/:queue/:id/retry',
      role: 'operator',
      summary: 'put a failed job back',
      handle: async (req, res) => {
        const { queue, id, state } = await existing(req);
        await audit(res, 'job.retry', queue, id);
        if (!(await inspector.retry(queue, id))) {
          throw new HttpError(
            409,
            'job-has-not-failed',
            `job "${id}" is ${state}; only failed jobs can be put back`,
          );
        }
        res.status(202).json({ id, queue, retried: true, href: hrefOf(queue, id) });
      },
    },
  ];
}

async function enqueue(deps: ApiDeps, req: Request, res: Response): Promise<void> {
  const contract = contractOf(deps, req);
  if (!contract.external) {
    throw new HttpError(
      403,
      'internal-queue',
      `queue ${contract.name} is filled by the system only; queues open to you: ${externalNames(deps).join(', ')}`,
    );
  }
  const given = idOf(contract.name, req);
  const payload: unknown = req.body;
  // The producer parses again; here the error gets its field.
  parse(contract.externalPayload ?? contract.payload, payload, 'payload');
  const { actor } = asker(res);
  const options = { origin: actor, ...(given !== undefined && { id: given }) };
  const { id, created } = await deps.producer.enqueue(contract, payload, options);
  // After the deed: refused payloads are no changes, and the job itself carries who enqueued it.
  const detail = { created };
  await deps.ports.audit.append({
    at: (deps.now ?? Date.now)(),
    actor,
    action: 'job.enqueue',
    subject: `${contract.name}/${id}`,
    detail,
  });
  res
    .status(202)
    .location(hrefOf(contract.name, id))
    .json({ id, queue: contract.name, created, href: hrefOf(contract.name, id) });
}

function idOf(queue: string, req: Request): string | undefined {
  const header = req.get('Idempotency-Key');
  const { id } = parse(EnqueueQuery, req.query);
  if (header !== undefined && id !== undefined && id !== header) {
    throw new HttpError(
      400,
      'invalid',
      'id: differs from the header Idempotency-Key; send one of them',
      'id',
    );
  }
  if (header !== undefined) return checkedId(queue, header, 'Idempotency-Key');
  return id === undefined ? undefined : checkedId(queue, id, 'id');
}

function checkedId(queue: string, id: string, field: string): string {
  try {
    return checkJobId(queue, id);
  } catch (error) {
    throw new HttpError(400, 'invalid', messageOf(error), field);
  }
}

function contractOf({ registry }: ApiDeps, req: Request): JobContract {
  const name = param(req, 'queue');
  const entry = Object.hasOwn(registry, name) ? registry[name] : undefined;
  if (!entry)
    throw new HttpError(
      404,
      'no-such-queue',
      `there is no queue "${name}"; queues: ${Object.keys(registry).join(', ')}`,
      'queue',
    );
  return entry.contract;
}

function externalNames({ registry }: ApiDeps): string[] {
  return Object.values(registry).flatMap(({ contract }) => (contract.external ? [contract.name] : []));
}

/** Times as ISO 8601. */
function publicJob(job: JobView): object {
  const { createdAt, startedAt, finishedAt, ...rest } = job;
  return {
    ...rest,
    createdAt: new Date(createdAt).toISOString(),
    ...(startedAt !== undefined && { startedAt: new Date(startedAt).toISOString() }),
    ...(finishedAt !== undefined && { finishedAt: new Date(finishedAt).toISOString() }),
  };
}

function hrefOf(queue: string, id: string): string {
  return `/api/v1/jobs/${queue}/${encodeURIComponent(id)}`;
}
