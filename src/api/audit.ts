import { z } from 'zod';
import type { ApiDeps } from './deps.js';
import { limitOf, rangeOf, Time } from './fields.js';
import { publicAuditEntry } from './incident-view.js';
import { parse } from './parse.js';
import type { Route } from './route.js';

const AuditQuery = z.strictObject({
  subject: z.string().max(300).optional().describe('what it was done to, for example incident/<id>'),
  actor: z.string().max(300).optional().describe('who did it, for example person:lan'),
  action: z.string().max(100).optional().describe('the action or its beginning, for example incident.'),
  from: Time.optional().describe('from this time on'),
  to: Time.optional().describe('before this time'),
  before: z.coerce.number().int().min(1).optional().describe('id of the last entry of the page before'),
  limit: limitOf(1000, 100),
});

/** Who did what here, and whether somebody has altered what is written about it. */
export function auditRoutes({ ports: { audit } }: ApiDeps): Route[] {
  return [
    {
      method: 'get',
      path: '/api/v1/audit',
      role: 'admin',
      summary: 'who changed what and what was sent to whom, newest first',
      query: AuditQuery,
      handle: async (req, res) => {
        const query = parse(AuditQuery, req.query);
        const { subject, actor, action, before, limit } = query;
        const entries = await audit.list({
          ...(subject !== undefined && { subject }),
          ...(actor !== undefined && { actor }),
          ...(action !== undefined && { action }),
          ...(before !== undefined && { before }),
          ...rangeOf(query),
          limit,
        });
        res.json({
          entries: entries.map(publicAuditEntry),
          ...(entries.length === limit && { next: entries.at(-1)?.id }),
        });
      },
    },
    {
      method: 'get',
      path: '/api/v1/audit/verify',
      role: 'admin',
      summary:
        'go through the whole audit trail: is each entry as it was written? head: write it down elsewhere, a trail cut off at its end has another',
      handle: async (_req, res) => {
        const asked = new AbortController();
        res.once('close', () => asked.abort());
        res.json(await audit.verify(asked.signal));
      },
    },
  ];
}
