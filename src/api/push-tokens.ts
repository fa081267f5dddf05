import { createHash } from 'node:crypto';
import { z } from 'zod';
import { addressesOf } from '../domain/alerting/config.js';
import { PartId } from '../domain/ids.js';
import type { ApiDeps } from './deps.js';
import { iso } from './fields.js';
import { HttpError } from './http-error.js';
import { jsonBody } from './json-body.js';
import { parse } from './parse.js';
import { asker, param, type Route } from './route.js';

const MAX_BODY_BYTES = 16 * 1024;

const TokenBody = z.strictObject({
  token: z
    .string()
    .regex(/^[\x21-\x7e]{16,4096}$/, 'is no registration token: 16-4096 characters without blanks')
    .describe('what the phone got from Firebase'),
  recipient: PartId,
  platform: z.enum(['android', 'ios', 'web']),
});

/** Who can be told, and the phones that take push messages for them. Addresses and tokens never leave. */
export function pushTokenRoutes({ ports, now = Date.now }: ApiDeps): Route[] {
  const { pushTokens, audit, cameras } = ports;
  return [
    {
      method: 'get',
      path: '/api/v1/recipients',
      role: 'operator',
      summary: 'who can be told, and by which channels',
      handle: async (_req, res) => {
        const recipients = cameras.recipients.map((one) => ({
          id: one.id,
          name: one.name ?? one.id,
          channels: addressesOf(one),
          language: one.language ?? cameras.site.language,
        }));
        res.json({ recipients });
      },
    },
    {
      method: 'put',
      path: '/api/v1/push-tokens',
      role: 'operator',
      summary: 'this phone takes push messages for this recipient; a phone belongs to the last it was put to',
      body: TokenBody,
      status: 204,
      before: jsonBody('the token', MAX_BODY_BYTES),
      handle: async (req, res) => {
        const { token, recipient, platform } = parse(TokenBody, req.body);
        takesPush(ports, recipient);
        await pushTokens.register({ token, recipient, platform, now: now() });
        // Apps put their token at every start: once is enough.
        const mark = createHash('sha256').update(token).digest('base64url').slice(0, 22);
        await audit.append({
          ...{
            at: now(),
            actor: asker(res).actor,
            action: 'push-token.put',
            subject: `recipient/${recipient}`,
          },
          ...{ detail: { platform }, onceKey: `push-token.put/${recipient}/${mark}` },
        });
        res.status(204).end();
      },
    },
    {
      method: 'get',
      path: '/api/v1/push-tokens',
      role: 'admin',
      summary: 'the phones that take push messages, by id',
      handle: async (_req, res) => {
        const tokens = (await pushTokens.list()).map(({ createdAt, seenAt, ...rest }) => ({
          ...rest,
          createdAt: iso(createdAt),
          seenAt: iso(seenAt),
        }));
        res.json({ tokens });
      },
    },
    {
      method: 'delete',
      path: '/api/v1/push-tokens/:id',
      role: 'admin',
      summary: 'this phone takes no more push messages',
      status: 204,
      handle: async (req, res) => {
        const id = param(req, 'id');
        if (!(await pushTokens.remove({ id })))
          throw new HttpError(404, 'no-such-token', `there is no phone with the id "${id}"`, 'id');
        await audit.append({
          ...{ at: now(), actor: asker(res).actor, action: 'push-token.remove', subject: `push-token/${id}` },
        });
        res.status(204).end();
      },
    },
  ];
}

/** @throws HttpError 422 when messages to that recipient would never go to a phone that was registered */
function takesPush({ cameras }: ApiDeps['ports'], id: string): void {
  const recipient = cameras.recipients.find((one) => one.id === id);
  const refuse = (message: string) => new HttpError(422, 'no-push', `recipient: ${message}`, 'recipient');
  if (!recipient) throw refuse(`there is no recipient "${id}" in the camera file`);
  if (recipient.push === false)
    throw refuse(`"${id}" takes no push messages; give it push: true in the camera file`);
  if (recipient.push !== true)
    throw refuse(`"${id}" is reached by the topic "${recipient.push.topic}": let the phone follow that`);
}
