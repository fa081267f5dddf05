import { messageOf } from '../errors.js';
import type { ApiDeps } from './deps.js';
import { openApi } from './openapi.js';
import type { Route } from './route.js';
import { scrape } from './scrape.js';

/** A store that takes longer to answer counts as away, ms. */
const READY_WITHIN_MS = 3000;

/** Queues at a glance, health, metrics, and the description of the whole API. */
export function systemRoutes(deps: ApiDeps, others: readonly Route[]): Route[] {
  const { registry, inspector, log } = deps;
  const own: Route[] = [
    {
      method: 'get',
      path: '/api/v1/queues',
      role: 'viewer',
      summary: 'all queues: jobs by state, age of the oldest waiting job (ms)',
      handle: async (_req, res) => {
        const queues = Object.values(registry).map(async ({ contract: { name, summary, external } }) => {
          const [counts, oldestWaitingMs] = await Promise.all([
            inspector.counts(name),
            inspector.oldestWaitingMs(name),
          ]);
          return { queue: name, summary, external, counts, oldestWaitingMs };
        });
        res.json({ queues: await Promise.all(queues) });
      },
    },
    {
      method: 'get',
      path: '/healthz',
      role: 'open',
      summary: 'the process is alive',
      handle: async (_req, res) => void res.json({ status: 'ok' }),
    },
    {
      method: 'get',
      path: '/readyz',
      role: 'open',
      summary: 'Redis and the database answer; 503 when not',
      handle: async (_req, res) => {
        const problem = await problemOf(deps);
        // Strangers learn that something is wrong, not what.
        if (problem !== undefined) log.warn({ reason: problem }, 'not ready');
        res
          .status(problem === undefined ? 200 : 503)
          .json({ status: problem === undefined ? 'ready' : 'not ready' });
      },
    },
    {
      method: 'get',
      path: '/metrics',
      role: 'viewer',
      summary: 'metrics of all processes in the Prometheus text format',
      produces: 'text/plain',
      handle: async (_req, res) => {
        const text = await deps.metricsText(await scrape(deps));
        res.type('text/plain; version=0.0.4; charset=utf-8').send(text);
      },
    },
    {
      method: 'get',
      path: '/api/v1/openapi.json',
      role: 'viewer',
      summary: 'this description',
      handle: async (_req, res) => void res.json(description()),
    },
  ];
  let described: object | undefined;
  const description = (): object => (described ??= openApi([...others, ...own], registry));
  return own;
}

async function problemOf({ registry, inspector, principals }: ApiDeps): Promise<string | undefined> {
  const [first] = Object.keys(registry);
  let timer: NodeJS.Timeout | undefined;
  const tooSlow = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${READY_WITHIN_MS} ms`)), READY_WITHIN_MS);
  });
  try {
    const redis = first === undefined ? undefined : inspector.counts(first);
    await Promise.race([Promise.all([redis, principals.count()]), tooSlow]);
    return undefined;
  } catch (error) {
    return messageOf(error);
  } finally {
    clearTimeout(timer);
  }
}
