import { createHash } from 'node:crypto';
import express, { type Request, type Response } from 'express';
import type { ApiDeps } from './deps.js';
import { HttpError } from './http-error.js';
import { asker, type Route } from './route.js';

/** Largest picture taken, bytes. */
const MAX_PICTURE_BYTES = 20 * 1024 ** 2;
const TYPES = ['image/jpeg', 'image/png', 'image/webp'];
const FORMATS = ['jpeg', 'png', 'webp'];

/** The door for pictures of other backends: they are kept for a day, under a key that jobs take. */
export function pictureRoutes(deps: ApiDeps): Route[] {
  return [
    {
      method: 'post',
      path: '/api/v1/pictures',
      role: 'operator',
      summary:
        'hand in a picture for a job, for example license-plate; it is kept for about a day. The same picture has the same key that day',
      consumes: TYPES,
      status: 201,
      before: [requirePicture, express.raw({ type: TYPES, limit: MAX_PICTURE_BYTES })],
      handle: (req, res) => upload(deps, req, res),
    },
  ];
}

async function upload({ ports, now = Date.now }: ApiDeps, req: Request, res: Response): Promise<void> {
  const bytes: unknown = req.body;
  if (!Buffer.isBuffer(bytes) || bytes.length === 0)
    throw new HttpError(400, 'invalid', 'the body is empty: send the bytes of a JPEG, PNG or WebP picture');
  const { format, width, height } = await ports.pictures.inspect(bytes);
  if (!FORMATS.includes(format))
    throw new HttpError(415, 'no-picture', `the picture is of format ${format}: send JPEG, PNG or WebP`);
  // By its content: sent twice it is one picture, and the job that reads it is one job.
  const id = createHash('sha256').update(bytes).digest('hex').slice(0, 32);
  const key = `uploads/${new Date(now()).toISOString().slice(0, 10)}/${id}`;
  await ports.snapshots.put(key, bytes);
  const detail = { format, width, height, bytes: bytes.length };
  await ports.audit.append({
    at: now(),
    actor: asker(res).actor,
    action: 'picture.upload',
    subject: key,
    detail,
  });
  res.status(201).json({ key, ...detail });
}

const requirePicture: express.RequestHandler = (req, _res, next) => {
  if (!req.is(TYPES))
    throw new HttpError(
      415,
      'no-picture',
      `send the picture as the body, with Content-Type ${TYPES.join(', ').replace(/, ([^,]*)$/, ' or $1')}`,
    );
  next();
};
