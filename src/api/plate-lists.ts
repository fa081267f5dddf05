import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import express, { type Request } from 'express';
import { z } from 'zod';
import { PartId } from '../domain/ids.js';
import type { ListEntry } from '../domain/plates/passage.js';
import type { ApiDeps } from './deps.js';
import { HttpError } from './http-error.js';
import { jsonBody } from './json-body.js';
import { parse } from './parse.js';
import { MAX_CSV_BYTES } from './plate-csv.js';
import { createPlateListChanges, listOf } from './plate-list-changes.js';
import { asker, param, type Route } from './route.js';

const MAX_BODY_BYTES = 16 * 1024;

const ListBody = z.strictObject({
  kind: z.enum(['deny', 'allow', 'watch']).describe('deny and watch: a vehicle on it raises an alert'),
  name: z.string().trim().min(1).max(100).optional(),
  alertUnknown: z
    .boolean()
    .default(false)
    .describe('allow: a vehicle that is on no allow list of its camera raises an alert'),
});
const moment = z.string().max(40).optional();
const EntryBody = z.strictObject({
  pattern: z
    .string()
    .max(64)
    .describe('as it is written: 30A-339.18; * stands for any number of characters, ? for one'),
  validFrom: moment.describe('ISO 8601 with a zone, or a day of the site’s calendar; default: from ever'),
  validTo: moment.describe('the same; of a day the whole day counts; default: for ever'),
  reason: z.string().max(400).optional(),
  owner: z.string().max(400).optional(),
  note: z.string().max(2000).optional(),
});
const EntriesQuery = z.strictObject({
  after: z.coerce.number().int().min(0).optional().describe('id of the last entry of the page before'),
  limit: z.coerce.number().int().min(1).max(1000).default(100),
});
const ImportQuery = z.strictObject({
  partial: z
    .enum(['true', 'false'])
    .default('false')
    .describe('true: take the good rows even if others are bad'),
});

/** Lists of plates: deny, allow, watch; entries one by one and as CSV. */
export function plateListRoutes(deps: ApiDeps): Route[] {
  const { ports, now = Date.now } = deps;
  const lists = ports.plateLists;
  const changes = createPlateListChanges({
    lists,
    audit: ports.audit,
    timeZone: () => ports.cameras.site.timeZone,
    now,
  });
  const ofList: Route[] = [
    {
      method: 'get',
      path: '/api/v1/plate-lists',
      role: 'viewer',
      summary: 'the lists that plates are checked against',
      handle: async (_req, res) => void res.json({ lists: await lists.lists() }),
    },
    {
      method: 'get',
      path: '/api/v1/plate-lists/:id',
      role: 'viewer',
      summary: 'one list, without its entries',
      handle: async (req, res) => void res.json(await listOf(lists, idOf(req))),
    },
    {
      method: 'put',
      path: '/api/v1/plate-lists/:id',
      role: 'admin',
      summary: 'make a list, or change what it means; its entries stay',
      body: ListBody,
      before: jsonBody('the list', MAX_BODY_BYTES),
      handle: async (req, res) => {
        const { kind, name, alertUnknown } = parse(ListBody, req.body);
        if (alertUnknown && kind !== 'allow')
          throw new HttpError(422, 'invalid', 'alertUnknown: only an allow list can have it', 'alertUnknown');
        const list = { id: idOf(req), kind, ...(name !== undefined && { name }), alertUnknown };
        res.json(await changes.putList(list, asker(res).actor));
      },
    },
    {
      method: 'delete',
      path: '/api/v1/plate-lists/:id',
      role: 'admin',
      summary: 'remove a list with its entries',
      status: 204,
      handle: async (req, res) => {
        await changes.removeList(idOf(req), asker(res).actor);
        res.status(204).end();
      },
    },
  ];
  const ofEntries: Route[] = [
    {
      method: 'get',
      path: '/api/v1/plate-lists/:id/entries',
      role: 'operator',
      summary: 'entries of a list, oldest first',
      query: EntriesQuery,
      handle: async (req, res) => {
        const { after, limit } = parse(EntriesQuery, req.query);
        const { id } = await listOf(lists, idOf(req));
        const entries = await lists.entries({
          list: id,
          limit,
          ...(after !== undefined && { afterId: after }),
        });
        res.json({
          entries: entries.map(publicEntry),
          ...(entries.length === limit && { next: String(entries.at(-1)?.id) }),
        });
      },
    },
    {
      method: 'post',
      path: '/api/v1/plate-lists/:id/entries',
      role: 'operator',
      summary: 'put a plate, or a pattern of plates, on a list',
      body: EntryBody,
      status: 201,
      before: jsonBody('the entry', MAX_BODY_BYTES),
      handle: async (req, res) => {
        const given = parse(EntryBody, req.body);
        res.status(201).json(publicEntry(await changes.addEntry(idOf(req), given, asker(res).actor)));
      },
    },
    {
      method: 'delete',
      path: '/api/v1/plate-lists/:id/entries/:entry',
      role: 'operator',
      summary: 'take an entry off a list',
      status: 204,
      handle: async (req, res) => {
        const entry = parse(z.coerce.number().int().min(1), param(req, 'entry'), 'entry');
        await changes.removeEntry(idOf(req), entry, asker(res).actor);
        res.status(204).end();
      },
    },
  ];
  const ofFiles: Route[] = [
    {
      method: 'get',
      path: '/api/v1/plate-lists/:id/entries.csv',
      role: 'operator',
      summary: 'the list as CSV; what import takes',
      produces: 'text/csv',
      handle: async (req, res) => {
        const id = idOf(req);
        const pieces = await changes.exportCsv(id, asker(res).actor);
        res.type('text/csv').attachment(`${id}.csv`);
        await pipeline(Readable.from(pieces), res);
      },
    },
    {
      method: 'post',
      path: '/api/v1/plate-lists/:id/import',
      role: 'operator',
      summary:
        'add the rows of a CSV file (text/csv, columns plate,valid_from,valid_to,reason,owner,note); with a bad row nothing is taken, unless partial=true',
      query: ImportQuery,
      consumes: ['text/csv'],
      before: [requireCsv, express.raw({ type: 'text/csv', limit: MAX_CSV_BYTES })],
      handle: async (req, res) => {
        const { partial } = parse(ImportQuery, req.query);
        const bytes: unknown = req.body;
        const report = await changes.importCsv(
          idOf(req),
          Buffer.isBuffer(bytes) ? bytes : Buffer.alloc(0),
          { partial: partial === 'true' },
          asker(res).actor,
        );
        if (report.isImported) return void res.json(report);
        const message = `${report.badRows} of ${report.rows} rows cannot be read; nothing was imported. Correct them, or send the file with ?partial=true`;
        res.status(422).json({ error: { code: 'bad-rows', message }, ...report });
      },
    },
  ];
  return [...ofList, ...ofEntries, ...ofFiles];
}

/** The entry as it leaves the system: times as ISO 8601. */
export function publicEntry({ validFrom, validTo, createdAt, ...entry }: ListEntry): object {
  return {
    ...entry,
    ...(validFrom !== undefined && { validFrom: new Date(validFrom).toISOString() }),
    ...(validTo !== undefined && { validTo: new Date(validTo).toISOString() }),
    createdAt: new Date(createdAt).toISOString(),
  };
}

function idOf(req: Request): string {
  return parse(PartId, param(req, 'id'), 'id');
}

const requireCsv: express.RequestHandler = (req, _res, next) => {
  if (!req.is('text/csv'))
    throw new HttpError(415, 'no-csv', 'send the file as it is with Content-Type: text/csv');
  next();
};
