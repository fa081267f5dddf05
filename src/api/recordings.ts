import type { Request, Response } from 'express';
import { z } from 'zod';
import { fileOf } from '../domain/archive/file-of.js';
import { CameraId } from '../domain/ids.js';
import type { Span } from '../domain/spans.js';
import type { Segment } from '../ports.js';
import type { ObjectStore } from '../ports/storage.js';
import { noSuchCamera } from './camera-changes.js';
import type { ApiDeps } from './deps.js';
import { iso, limitOf, Time } from './fields.js';
import { HttpError } from './http-error.js';
import { parse } from './parse.js';
import { publicRecording, whyNotHere } from './recording-view.js';
import { recordingUsage } from './recording-usage.js';
import { param, type Route } from './route.js';
import { sendObject } from './send-object.js';

const DAY_MS = 24 * 3_600_000;

const RecordingsQuery = z.strictObject({
  from: Time.optional().describe('default: 24 hours before to'),
  to: Time.optional().describe('default: now'),
  after: z
    .string()
    .regex(/^\d{1,15}\.[a-z0-9-]{1,200}$/, 'must be the `next` of the page before')
    .optional(),
  limit: limitOf(1000, 100),
});

/** What was recorded: a list by time, each recording as a file, and how much room they take. */
export function recordingRoutes(deps: ApiDeps): Route[] {
  return [
    {
      method: 'get',
      path: '/api/v1/cameras/:id/recordings',
      role: 'viewer',
      summary: 'recordings of a camera that touch a stretch of time, oldest first, and where each can be had',
      query: RecordingsQuery,
      handle: (req, res) => list(deps, req, res),
    },
    {
      method: 'get',
      path: '/api/v1/recordings/usage',
      role: 'viewer',
      summary: 'room that recordings take, by camera: on the disks and in cold storage; the oldest kept',
      handle: async (_req, res) => void res.json(await recordingUsage(deps)),
    },
    {
      method: 'get',
      path: '/api/v1/recordings/:segment/video',
      role: 'viewer',
      summary: 'one recording as it was made; one that is being written as far as it is there',
      produces: 'video/mp4',
      handle: (req, res) => send(deps, req, res),
    },
  ];
}

async function list(deps: ApiDeps, req: Request, res: Response): Promise<void> {
  const { ports } = deps;
  const cameraId = parse(CameraId, param(req, 'id'), 'id');
  const { limit, after, ...asked } = parse(RecordingsQuery, req.query);
  const window = stretchOf(asked, deps.now?.() ?? Date.now());
  const [startAt = '', id = ''] = after?.split('.') ?? [];
  const found = await ports.recordings.list({
    ...{ cameraId, ...window, limit },
    ...(after !== undefined && { after: { startAt: Number(startAt), id } }),
  });
  // A camera that was removed may have left recordings.
  if (found.length === 0 && !ports.cameras.all().some((one) => one.id === cameraId))
    throw noSuchCamera(cameraId);
  const last = found.length === limit ? found.at(-1) : undefined;
  res.json({
    camera: cameraId,
    recordings: found.map((segment) => publicRecording(segment, ports)),
    ...(last && { next: `${last.startAt}.${last.id}` }),
  });
}

/** A file that is read faster than it lasts may be recorded ahead of the clock: also what is to come can be asked for. */
function stretchOf(asked: { from?: string | undefined; to?: string | undefined }, now: number): Span {
  const to = asked.to === undefined ? now : Date.parse(asked.to);
  const from = asked.from === undefined ? to - DAY_MS : Date.parse(asked.from);
  if (from < to) return { from, to };
  throw new HttpError(400, 'invalid', `to: must be after from (${iso(from)}), and is ${iso(to)}`, 'to');
}

/** @throws HttpError 404, 409 where it cannot be read here, 410 when its file is gone */
async function send({ ports }: ApiDeps, req: Request, res: Response): Promise<void> {
  const id = param(req, 'segment');
  const segment = await ports.recordings.get(id);
  if (!segment)
    throw new HttpError(404, 'no-such-recording', 'there is no such recording, or it is no longer kept');
  const why = whyNotHere(segment, ports);
  if (why) throw new HttpError(409, why.code, why.message);
  const { store, key } = placeOf(segment, ports);
  const { bytes, sha256 } = fileOf(segment);
  await sendObject(req, res, store, {
    ...{ key, bytes, type: 'video/mp4' },
    ...(sha256 !== undefined && { sha256 }),
    whenGone: 'the file of this recording is not there any more',
  });
}

function placeOf({ tier, path, cold }: Segment, { recordingFiles, cold: { store } }: ApiDeps['ports']) {
  if (tier === 'cold' && cold) return { store, key: cold.key };
  const read: ObjectStore['read'] = (key, options) => recordingFiles.read(key, options);
  return { store: { read, stat: () => Promise.resolve(undefined) }, key: path };
}
