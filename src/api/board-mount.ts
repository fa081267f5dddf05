import { Router, type RequestHandler } from 'express';
import { createBoard, type Board } from '../../queues/board.js';
import type { Role } from '../ports.js';
import type { ApiDeps } from './deps.js';
import { askerOf, hasRole, loginFirst, requireRole } from './identity.js';

export const BOARD_PATH = '/admin/queues';
/** A job added here would go past its contract; `POST /api/v1/jobs/<queue>` is the way in. */
const NOBODY_MAY = ['add'];
const ADMIN_MAY = ['update-data', 'obliterate'];

/** Bull Board behind the door: viewers look, operators act, and each act is in the audit trail before it is done. */
export function boardRoutes(deps: ApiDeps): Router {
  const summaries = Object.fromEntries(
    Object.values(deps.registry).map(({ contract }) => [contract.name, contract.summary]),
  );
  const common = { queues: deps.boardQueues, basePath: BOARD_PATH, summaries };
  const boards = {
    viewer: createBoard({ ...common, readOnly: true, refuse: NOBODY_MAY }),
    operator: createBoard({ ...common, readOnly: false, refuse: [...NOBODY_MAY, ...ADMIN_MAY] }),
    admin: createBoard({ ...common, readOnly: false, refuse: NOBODY_MAY }),
  } satisfies Record<Role, Board>;
  const router = Router();
  router.use(loginFirst, requireRole('viewer'), audited(deps));
  router.use((req, res, next) => boards[askerOf(res).role](req, res, next));
  return router;
}

function audited({ ports, now = Date.now }: ApiDeps): RequestHandler {
  return async (req, res, next) => {
    const asker = askerOf(res);
    if (req.method !== 'GET' && req.method !== 'HEAD' && hasRole(asker, 'operator')) {
      const subject = decodeURIComponent(req.path).replace(/^\/api\//, '');
      await ports.audit.append({
        at: now(),
        actor: asker.actor,
        action: `board.${req.method.toLowerCase()}`,
        subject,
      });
    }
    next();
  };
}
