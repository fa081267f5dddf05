import express, { Router, type Request, type RequestHandler, type Response } from 'express';
import { rateLimit } from 'express-rate-limit';
import { z } from 'zod';
import type { Principal } from '../ports.js';
import type { AuditLog } from '../ports/audit.js';
import { HttpError } from './http-error.js';
import { cookieOf, identityOf, type Door } from './identity.js';
import { loginPage } from './pages.js';
import { verifyPassword } from './secrets.js';
import { SESSION_COOKIE, SESSION_MS } from './session.js';

const LoginForm = z.object({
  user: z.string().min(1).max(64),
  password: z.string().min(1).max(200),
  next: z.string().max(2000).optional(),
});
const TRIES = 10;
const TRIES_WINDOW_MS = 15 * 60_000;

/** GET and POST /login, POST /logout: for people. The caller has checked the origin of the request. */
export function loginRoutes(door: Door & { readonly audit: AuditLog }): Router {
  const router = Router();
  router.get('/login', (req, res) => {
    const next = localPath(req.query['next']);
    if (identityOf(res)) return res.redirect(303, next);
    sendPage(res, 200, loginPage({ next }));
  });
  router.post(
    '/login',
    limitTries(),
    express.urlencoded({ extended: false, limit: '8kb' }),
    async (req, res) => {
      const form = LoginForm.safeParse(req.body);
      const person = form.success ? await personOf(door, form.data) : undefined;
      const next = localPath(form.data?.next);
      if (!person) {
        sendPage(res, 401, loginPage({ next, problem: 'This user and password do not match.' }));
        return;
      }
      const now = door.now();
      await door.audit.append({
        at: now,
        actor: `person:${person.name}`,
        action: 'login',
        subject: `person:${person.name}`,
        detail: { ip: req.ip ?? '' },
      });
      res.cookie(SESSION_COOKIE, door.sessions.begin(person, now), {
        ...cookieOptions(req),
        maxAge: SESSION_MS,
      });
      res.redirect(303, next);
    },
  );
  router.post('/logout', (req, res) => {
    const session = door.sessions.read(cookieOf(req, SESSION_COOKIE), door.now());
    if (session) door.sessions.end(session, door.now());
    res.clearCookie(SESSION_COOKIE, cookieOptions(req));
    res.redirect(303, '/login');
  });
  return router;
}

async function personOf(
  door: Door,
  { user, password }: z.infer<typeof LoginForm>,
): Promise<Principal | undefined> {
  const found = await door.principals.find('person', user.trim().toLowerCase());
  const person = found?.disabledAt === undefined ? found : undefined;
  return (await verifyPassword(password, person?.hash)) ? person : undefined;
}

/** Failed tries of one address; also shields the processor from hashing on demand. */
function limitTries(): RequestHandler {
  return rateLimit({
    windowMs: TRIES_WINDOW_MS,
    limit: TRIES,
    skipSuccessfulRequests: true,
    standardHeaders: 'draft-7',
    legacyHeaders: false,
    handler: () => {
      throw new HttpError(
        429,
        'too-many-tries',
        `too many failed logins from this address; wait ${TRIES_WINDOW_MS / 60_000} minutes`,
      );
    },
  });
}

function cookieOptions(req: Request): { httpOnly: boolean; sameSite: 'lax'; secure: boolean; path: string } {
  return { httpOnly: true, sameSite: 'lax', secure: req.secure, path: '/' };
}

function sendPage(res: Response, status: number, html: string): void {
  res.status(status).set('Cache-Control', 'no-store').type('html').send(html);
}

/** A path of this server and nothing else: what follows the login must not lead to another site. */
function localPath(given: unknown): string {
  return typeof given === 'string' && /^\/(?![/\\])[^\\\s]*$/.test(given) ? given : '/';
}
