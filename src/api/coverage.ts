import { iso } from './fields.js';
import type { Request } from 'express';
import { z } from 'zod';
import type { Coverage } from '../domain/coverage.js';
import type { Span } from '../domain/spans.js';
import { cameraOf } from './cameras.js';
import { coverageReport, type CoverageReport } from './coverage-report.js';
import { coverageSvg } from './coverage-svg.js';
import type { ApiDeps } from './deps.js';
import { parse } from './parse.js';
import type { Route } from './route.js';

const DAY_MS = 24 * 3_600_000;
const time = z.iso
  .datetime({
    offset: true,
    error: 'is no time; write ISO 8601 with a zone, for example 2026-11-21T08:30:00Z',
  })
  .optional();
const CoverageQuery = z.strictObject({
  from: time.describe('default: 24 hours before to'),
  to: time.describe('default: now'),
  /** Pages add it to get past a picture the browser still shows. */
  t: z.string().optional(),
});

/** What was recorded and analysed, and every gap by its cause. */
export function coverageRoutes(deps: ApiDeps): Route[] {
  const { now = Date.now } = deps;
  const report = (req: Request): Promise<CoverageReport> => {
    const camera = cameraOf(deps, req);
    const asked = parse(CoverageQuery, req.query);
    const to = asked.to === undefined ? now() : Date.parse(asked.to);
    const from = asked.from === undefined ? to - DAY_MS : Date.parse(asked.from);
    const stores = { states: deps.ports.states, gaps: deps.gaps, recordings: deps.recordings };
    return coverageReport(stores, camera, { from, to }, now());
  };
  return [
    {
      method: 'get',
      path: '/api/v1/cameras/:id/coverage',
      role: 'viewer',
      summary: 'recording and analysis over time: what is covered, every gap with its cause, frames by hour',
      query: CoverageQuery,
      handle: async (req, res) => void res.json(publicCoverage(await report(req))),
    },
    {
      method: 'get',
      path: '/api/v1/cameras/:id/coverage.svg',
      role: 'viewer',
      summary: 'the same as a strip: recording above analysis',
      query: CoverageQuery,
      produces: 'image/svg+xml',
      handle: async (req, res) => void res.type('image/svg+xml').send(coverageSvg(await report(req))),
    },
  ];
}

/** The report with ISO 8601 times. */
export function publicCoverage({
  cameraId,
  from,
  to,
  mode,
  recording,
  analysis,
  hours,
}: CoverageReport): object {
  return {
    ...{ camera: cameraId, ...isoSpan({ from, to }) },
    recording: { mode, ...publicTrack(recording) },
    analysis: publicTrack(analysis),
    hours: hours.map(({ hourAt, ...account }) => ({ hour: iso(hourAt), ...account })),
  };
}

function publicTrack({ covered, holes, coveredMs }: Coverage): object {
  return {
    coveredMs,
    covered: covered.map(isoSpan),
    gaps: holes.map(({ from, to, ...why }) => ({ ...isoSpan({ from, to }), ...why })),
  };
}

function isoSpan({ from, to }: Span): object {
  return { from: iso(from), to: iso(to) };
}
