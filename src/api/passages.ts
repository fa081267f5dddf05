import type { Request, Response } from 'express';
import { z } from 'zod';
import { CameraId, PartId } from '../domain/ids.js';
import { parsePattern } from '../domain/plates/list-pattern.js';
import type { Passage } from '../domain/plates/passage.js';
import { Verdict } from '../domain/plates/reading.js';
import type { PassageFilter } from '../ports.js';
import type { ApiDeps } from './deps.js';
import { HttpError } from './http-error.js';
import { jsonBody } from './json-body.js';
import { parse } from './parse.js';
import { publicPassage, publicRead } from './passage-view.js';
import { createReviews } from './passage-review.js';
import { asker, param, type Route } from './route.js';

const MAX_BODY_BYTES = 16 * 1024;
const time = z.iso
  .datetime({
    offset: true,
    error: 'is no time; write ISO 8601 with a zone, for example 2026-11-21T08:30:00Z',
  })
  .optional();

const PassagesQuery = z.strictObject({
  text: z
    .string()
    .max(64)
    .optional()
    .describe('plate, with or without marks; * stands for any number of characters, ? for one'),
  fuzzy: z.coerce
    .number()
    .int()
    .min(0)
    .max(3)
    .default(0)
    .describe('also plates this many characters away; those that look alike count half'),
  camera: CameraId.optional(),
  job: z.string().max(200).optional().describe('id of the job that read a picture that was handed in'),
  list: PartId.optional().describe('only those that matched this list'),
  verdict: Verdict.optional(),
  from: time.describe('from this time on, by capture time'),
  to: time.describe('before this time'),
  limit: z.coerce.number().int().min(1).max(200).default(50),
  after: z
    .string()
    .regex(/^\d{1,16}\..{1,300}$/, 'is no place in the answer; give the `next` of the page before')
    .optional(),
});
const ReviewBody = z
  .strictObject({
    text: z.string().trim().min(1).max(32).optional().describe('what the plate says'),
    confirm: z.literal(true).optional().describe('what was read is right'),
  })
  .refine(({ text, confirm }) => (text === undefined) !== (confirm === undefined), {
    error: 'give either text or confirm: true',
  });

/** Vehicles that went past, by their plates. */
export function passageRoutes(deps: ApiDeps): Route[] {
  const { passages, snapshots } = deps.ports;
  const review = createReviews(deps);
  const search = async (given: unknown, res: Response): Promise<void> => {
    const { passages: found, next } = await passages.search(searchFilter(given));
    res.json({
      passages: found.map(publicPassage),
      // Passed on even when the page is not full: a fuzzy search looks at so many at a time.
      ...(next && { next: `${next.at}.${next.id}` }),
    });
  };
  const existing = async (req: Request): Promise<Passage> => {
    const id = param(req, 'id');
    const passage = await passages.get(id);
    if (!passage)
      throw new HttpError(
        404,
        'no-such-passage',
        `there is no passage "${id}", or it is no longer kept`,
        'id',
      );
    return passage;
  };
  const picture = (which: 'crop' | 'scene', summary: string): Route => ({
    method: 'get',
    path: `/api/v1/passages/:id/${which}.jpg`,
    role: 'viewer',
    summary,
    produces: 'image/jpeg',
    handle: async (req, res) => {
      const key = (await existing(req))[which];
      const jpeg = key === undefined ? undefined : await snapshots.get(key);
      if (!jpeg)
        throw new HttpError(404, 'no-picture', 'the passage has no such picture, or it is no longer kept');
      res.type('image/jpeg').send(jpeg);
    },
  });
  return [
    {
      method: 'get',
      path: '/api/v1/passages',
      role: 'viewer',
      summary:
        'vehicles that went past, newest first; proxies may keep what is asked for: POST /api/v1/passages/search keeps plates out of addresses',
      query: PassagesQuery,
      handle: async (req, res) => search(req.query, res),
    },
    {
      method: 'post',
      path: '/api/v1/passages/search',
      role: 'viewer',
      summary: 'the same, asked in the body',
      body: PassagesQuery,
      before: jsonBody('the search', MAX_BODY_BYTES),
      handle: async (req, res) => search(req.body, res),
    },
    {
      method: 'get',
      path: '/api/v1/passages/:id',
      role: 'viewer',
      summary: 'one passage with every look at its plate',
      handle: async (req, res) => {
        const passage = await existing(req);
        const reads = await passages.reads(passage.id);
        res.json({ ...publicPassage(passage), reads: reads.map(publicRead) });
      },
    },
    picture('crop', 'the plate, as it was seen best'),
    picture('scene', 'the vehicle, or the picture that was handed in'),
    {
      method: 'post',
      path: '/api/v1/passages/:id/review',
      role: 'operator',
      summary: 'say what the plate says, or that what was read is right; lists are checked again',
      body: ReviewBody,
      before: jsonBody('the review', MAX_BODY_BYTES),
      handle: async (req, res) => {
        const said = parse(ReviewBody, req.body);
        res.json(publicPassage(await review(await existing(req), said, asker(res).actor)));
      },
    },
  ];
}

/**
 * What is searched for, from outside.
 * @throws HttpError 400 naming the field that does not fit
 */
export function searchFilter(given: unknown): PassageFilter {
  const asked = parse(PassagesQuery, given);
  const { text = '', fuzzy, camera, job, list, verdict, from, to, limit, after } = asked;
  const pattern = text.trim() === '' ? undefined : patternOf(text, fuzzy);
  const [at = '', ...id] = after?.split('.') ?? [];
  return {
    ...(pattern !== undefined && { pattern }),
    ...(fuzzy > 0 && { fuzzy }),
    ...(camera !== undefined && { cameraId: camera }),
    ...(job !== undefined && { jobId: job }),
    ...(list !== undefined && { list }),
    ...(verdict !== undefined && { verdict }),
    ...(from !== undefined && { from: Date.parse(from) }),
    ...(to !== undefined && { to: Date.parse(to) }),
    limit,
    ...(after !== undefined && { after: { at: Number(at), id: id.join('.') } }),
  };
}

function patternOf(text: string, fuzzy: number): string {
  const parsed = parsePattern(text, 1);
  if ('problem' in parsed) throw new HttpError(400, 'invalid', `text: ${parsed.problem}`, 'text');
  if (fuzzy > 0 && /[*?]/.test(parsed.key))
    throw new HttpError(400, 'invalid', 'fuzzy: does not go with * and ?; leave one of them out', 'fuzzy');
  return parsed.key;
}
