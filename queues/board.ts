import type { IncomingMessage, ServerResponse } from 'node:http';
import { createBullBoard } from '@bull-board/api';
import { BullMQAdapter } from '@bull-board/api/bullMQAdapter';
import { ExpressAdapter } from '@bull-board/express';
import type { Queue } from 'bullmq';
import { redactUrls } from '../src/domain/redact.js';

/** A queue the board shows, as `openQueues(…).queue(name)` gives it. */
export type BoardQueue = Queue;

/** An express handler. */
export type Board = (req: IncomingMessage, res: ServerResponse, next: (error?: unknown) => void) => void;

/**
 * Bull Board over the given queues. It checks nobody: mount it behind login, role and same-origin checks.
 * @param options.basePath where it will be mounted, for example `/admin/queues`
 * @param options.readOnly every change is answered with 405
 * @param options.summaries one line about each queue, by name
 */
export function createBoard(options: {
  readonly queues: readonly BoardQueue[];
  readonly basePath: string;
  readonly readOnly: boolean;
  readonly summaries?: Readonly<Record<string, string>>;
  /** Acts answered with 403, by the last part of Bull Board's route: `add`, `update-data`, `obliterate` … */
  readonly refuse?: readonly string[];
}): Board {
  const { queues, basePath, readOnly, summaries = {}, refuse = [] } = options;
  const serverAdapter = new ExpressAdapter().setBasePath(basePath);
  createBullBoard({
    serverAdapter,
    queues: queues.map(
      (queue) =>
        new BullMQAdapter(queue, { readOnlyMode: readOnly, description: summaries[queue.name] ?? '' }),
    ),
    options: {
      uiConfig: {
        boardTitle: readOnly ? 'Camqueue (read only)' : 'Camqueue',
        hideRedisDetails: true,
        hideDocsLink: true,
        miscLinks: [{ text: 'Cameras', url: '/cameras' }],
      },
      handlerHooks: {
        // By route and not by path: paths have many spellings.
        before: ({ route }) =>
          refuse.some((act) => route.endsWith(`/${act}`)) ? { allow: false, status: 403 } : undefined,
        // Formatters would mask payloads and results only; this also covers reasons, stacks and logs.
        after: (_context, result) => ({ ...result, body: withoutCredentials(result.body) }),
      },
    },
  });
  return serverAdapter.getRouter() as Board;
}

function withoutCredentials<T>(body: T): T {
  if (body === undefined) return body;
  const text = JSON.stringify(body, (_key, value: unknown) =>
    typeof value === 'string' ? redactUrls(value) : value,
  );
  return JSON.parse(text) as T;
}
