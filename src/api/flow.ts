import { flowPage } from '../domain/flow/render/page.js';
import { flowRows } from '../domain/flow/render/rows.js';
import type { ApiDeps } from './deps.js';
import { ComputeBody, ComputeQuery, computeFlow } from './flow-compute.js';
import { aboutOf, FlowQuery, listReports, PageQuery, publicReport, reportsOfPage } from './flow-view.js';
import { jsonBody } from './json-body.js';
import { parse } from './parse.js';
import type { Route } from './route.js';

const MAX_BODY_BYTES = 4 * 1024;

/** Reports of traffic: as JSON, CSV and a page to print; and asking for them. */
export function flowRoutes(deps: ApiDeps): Route[] {
  const { ports, now = Date.now } = deps;
  return [
    {
      method: 'get',
      path: '/api/v1/flow',
      role: 'viewer',
      summary: 'reports of traffic of a camera, oldest first',
      query: FlowQuery,
      handle: async (req, res) => {
        const reports = await listReports(ports, parse(FlowQuery, req.query), now());
        res.json({ reports: reports.map(publicReport) });
      },
    },
    {
      method: 'get',
      path: '/api/v1/flow.csv',
      role: 'viewer',
      summary:
        'the same as CSV; column row: window (the whole of it), line (one line and direction), part (an hour of a day, a quarter of an hour). Times are the site’s, empty cells unknown',
      query: FlowQuery,
      produces: 'text/csv',
      handle: async (req, res) => {
        const asked = parse(FlowQuery, req.query);
        const reports = await listReports(ports, asked, now());
        res.type('text/csv').attachment(`flow-${asked.camera}-${asked.granularity}.csv`);
        res.send(ports.csv.write(flowRows(reports, ports.cameras.site.timeZone)));
      },
    },
    {
      method: 'get',
      path: '/api/v1/flow/report.html',
      role: 'viewer',
      summary: 'the report of a window, or of several, as a page to read and print',
      query: PageQuery,
      produces: 'text/html',
      handle: async (req, res) => {
        const asked = parse(PageQuery, req.query);
        const reports = await reportsOfPage(ports, asked, now());
        res.type('html').send(flowPage(reports, aboutOf(ports, asked.camera, asked.language)));
      },
    },
    {
      method: 'post',
      path: '/api/v1/flow',
      role: 'operator',
      summary: 'compute the reports of windows, again where there are some; e-mail them if asked',
      query: ComputeQuery,
      body: ComputeBody,
      before: jsonBody('what is to be computed', MAX_BODY_BYTES),
      handle: (req, res) => computeFlow(deps, req, res),
    },
  ];
}
