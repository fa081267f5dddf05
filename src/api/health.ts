import { z } from 'zod';
import { AHEAD_MS, publicReport } from '../domain/health/report.js';
import type { ApiDeps } from './deps.js';
import { HttpError } from './http-error.js';
import { parse } from './parse.js';
import type { Route } from './route.js';

const HOUR_MS = 3_600_000;

const time = z.iso
  .datetime({
    offset: true,
    error: 'is no time; write ISO 8601 with a zone, for example 2026-11-21T08:30:00Z',
  })
  .optional();
const ReportsQuery = z.strictObject({
  from: time.describe('reports of this time on; default: an hour before `to`'),
  to: time.describe('reports before this time; default: now'),
  limit: z.coerce.number().int().min(1).max(1440).default(60),
});

/** What the health checks found. */
export function healthRoutes({ reports, now = Date.now }: Pick<ApiDeps, 'reports' | 'now'>): Route[] {
  return [
    {
      method: 'get',
      path: '/api/v1/health',
      role: 'viewer',
      summary: 'the newest health report, worst first; state fail when no check has run for three minutes',
      handle: async (_req, res) => {
        const report = await reports.latest(now() + AHEAD_MS);
        if (!report)
          throw new HttpError(
            404,
            'no-report',
            'no health check has run yet: are the scheduler and a worker of health-check running?',
          );
        res.json(publicReport(report, now()));
      },
    },
    {
      method: 'get',
      path: '/api/v1/health/reports',
      role: 'viewer',
      summary: 'health reports, newest first',
      query: ReportsQuery,
      handle: async (req, res) => {
        const query = parse(ReportsQuery, req.query);
        const to = query.to === undefined ? now() : Date.parse(query.to);
        const from = query.from === undefined ? to - HOUR_MS : Date.parse(query.from);
        const found = await reports.list({ from, to, limit: query.limit });
        // Stale is what the newest one may be; those of the past were once new.
        res.json({ reports: found.map((report) => publicReport(report, report.at)) });
      },
    },
  ];
}
