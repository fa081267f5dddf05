import type { Request, RequestHandler } from 'express';
import { HttpError } from './http-error.js';
import { identityOf } from './identity.js';

const SAFE = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Another site must not act through a visitor's browser. A browser says where a request comes from
 * (Sec-Fetch-Site, older ones Origin); a session's change that says neither is refused too. Keys are never sent
 * by a browser on its own, so requests with a key pass.
 */
export const sameOrigin: RequestHandler = (req, res, next) => {
  if (SAFE.has(req.method) || identityOf(res)?.via === 'key') return next();
  const isSession = identityOf(res) !== undefined;
  if (!comesFromHere(req, isSession)) {
    throw new HttpError(
      403,
      'cross-origin',
      'changes with a login session are only taken from pages of this server',
    );
  }
  next();
};

function comesFromHere(req: Request, mustSay: boolean): boolean {
  const site = req.get('Sec-Fetch-Site');
  if (site !== undefined) return site === 'same-origin' || site === 'none';
  const origin = req.get('Origin');
  if (origin === undefined) return !mustSay;
  return URL.canParse(origin) && new URL(origin).host === req.host;
}
