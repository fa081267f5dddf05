import type { Request, RequestHandler, Response } from 'express';
import type { Principals, Role } from '../ports.js';
import { HttpError } from './http-error.js';
import { nameOfKey, verifyKey } from './secrets.js';
import { SESSION_COOKIE, type Sessions } from './session.js';

const RANK = { viewer: 1, operator: 2, admin: 3 } as const satisfies Record<Role, number>;

/** Who is asking. */
export interface Identity {
  /** For the audit trail and jobs' origins: `key:backend-1`, `person:lan`. */
  readonly actor: string;
  readonly role: Role;
  readonly via: 'key' | 'session';
}

export interface Door {
  readonly principals: Principals;
  readonly sessions: Sessions;
  readonly now: () => number;
}

/** Finds out who is asking, for every request; does not yet refuse anybody but a bad key. */
export function identify(door: Door): RequestHandler {
  return async (req, res, next) => {
    const key = keyOf(req);
    const identity = key !== undefined ? await ofKey(door, key) : await ofSession(door, req);
    res.locals['identity'] = identity;
    next();
  };
}

export function identityOf(res: Response): Identity | undefined {
  return res.locals['identity'] as Identity | undefined;
}

/** @throws HttpError 401 when nobody is known to ask. */
export function askerOf(res: Response): Identity {
  const identity = identityOf(res);
  if (identity) return identity;
  throw new HttpError(
    401,
    'unauthorized',
    'send an API key as "Authorization: Bearer cq_…" or "X-Api-Key", or log in at /login',
  );
}

/** Lets pass who has the role or a higher one; 401 for strangers, 403 for others. */
export function requireRole(role: Role): RequestHandler {
  return (_req, res, next) => {
    const asker = askerOf(res);
    if (!hasRole(asker, role)) {
      throw new HttpError(403, 'forbidden', `this needs the role ${role}; ${asker.actor} is ${asker.role}`);
    }
    next();
  };
}

export function hasRole(identity: Identity, role: Role): boolean {
  return RANK[identity.role] >= RANK[role];
}

/** Sends a person who is not logged in to the login page and back; programs get their 401. */
export const loginFirst: RequestHandler = (req, res, next) => {
  if (identityOf(res) || req.method !== 'GET' || !wantsPage(req)) return next();
  res.redirect(303, `/login?next=${encodeURIComponent(req.originalUrl)}`);
};

function wantsPage(req: Request): boolean {
  return (req.get('Accept') ?? '').includes('text/html');
}

async function ofKey({ principals }: Door, key: string): Promise<Identity> {
  const name = nameOfKey(key);
  const principal = name === undefined ? undefined : await principals.find('key', name);
  if (!principal || principal.disabledAt !== undefined || !verifyKey(key, principal.hash)) {
    throw new HttpError(401, 'bad-key', 'this API key is not known or disabled');
  }
  return { actor: `key:${principal.name}`, role: principal.role, via: 'key' };
}

async function ofSession({ principals, sessions, now }: Door, req: Request): Promise<Identity | undefined> {
  const session = sessions.read(cookieOf(req, SESSION_COOKIE), now());
  const person = session && (await principals.find('person', session.name));
  if (!person || person.disabledAt !== undefined || !sessions.isOf(session, person)) return undefined;
  return { actor: `person:${person.name}`, role: person.role, via: 'session' };
}

function keyOf(req: Request): string | undefined {
  const bearer = /^Bearer +(\S+)$/i.exec(req.get('Authorization') ?? '')?.[1];
  return bearer ?? req.get('X-Api-Key');
}

/** @returns '' when there is no such cookie. */
export function cookieOf(req: Request, name: string): string {
  for (const part of (req.get('Cookie') ?? '').split(';')) {
    const [key, ...value] = part.split('=');
    if (key?.trim() === name) return value.join('=').trim();
  }
  return '';
}
