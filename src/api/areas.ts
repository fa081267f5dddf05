import type { Request } from 'express';
import { z } from 'zod';
import { occupancy } from '../../jobs/occupancy/job.js';
import { PartId } from '../domain/ids.js';
import { areasOf } from '../domain/occupancy/areas.js';
import { areaOf, createAreaChanges } from './area-changes.js';
import { areaSources, viewOfArea } from './area-view.js';
import type { ApiDeps } from './deps.js';
import { jsonBody } from './json-body.js';
import { parse } from './parse.js';
import { asker, param, type Route } from './route.js';

const MAX_BODY_BYTES = 16 * 1024;

const note = z.string().trim().min(1).max(500).optional().describe('why, for the audit trail');
const CorrectionBody = z.strictObject({
  inside: z.number().int().min(0).max(1_000_000).describe('how many are inside, as somebody has counted'),
  note,
});
const ResetBody = z.strictObject({ note });

/** How many are inside places, how sure that is, and setting it right. */
export function areaRoutes({ ports, producer, now = Date.now }: ApiDeps): Route[] {
  const changes = createAreaChanges({
    ports,
    ring: (area) => producer.enqueue(occupancy, { area }, { origin: 'api' }),
    now,
  });
  const full = async (id: string): Promise<object> => {
    const { view, marks } = await viewOfArea(areaOf(ports, id), ports);
    return { ...view, marks };
  };
  return [
    {
      method: 'get',
      path: '/api/v1/areas',
      role: 'viewer',
      summary: 'how many are inside each area, with capacity, drift and what is over its threshold',
      handle: async (_req, res) => {
        const areas = areasOf(areaSources(ports.cameras));
        const views = await Promise.all(areas.map((area) => viewOfArea(area, ports)));
        res.json({ areas: views.map(({ view }) => view) });
      },
    },
    {
      method: 'get',
      path: '/api/v1/areas/:id',
      role: 'viewer',
      summary: 'one area with its corrections and resets, newest first',
      handle: async (req, res) => void res.json(await full(idOf(req))),
    },
    {
      method: 'post',
      path: '/api/v1/areas/:id/corrections',
      role: 'operator',
      summary: 'say how many are inside; the count goes on from there',
      body: CorrectionBody,
      status: 201,
      before: jsonBody('the correction', MAX_BODY_BYTES),
      handle: async (req, res) => {
        const given = parse(CorrectionBody, req.body);
        await changes.correct(idOf(req), given.inside, given.note, asker(res).actor);
        res.status(201).json(await full(idOf(req)));
      },
    },
    {
      method: 'post',
      path: '/api/v1/areas/:id/reset',
      role: 'operator',
      summary: 'begin the count again, with what the area begins its day with (resetTo)',
      body: ResetBody,
      status: 201,
      before: jsonBody('the reset', MAX_BODY_BYTES),
      handle: async (req, res) => {
        const given = parse(ResetBody, req.body);
        await changes.reset(idOf(req), given.note, asker(res).actor);
        res.status(201).json(await full(idOf(req)));
      },
    },
  ];
}

function idOf(req: Request): string {
  return parse(PartId, param(req, 'id'), 'id');
}
