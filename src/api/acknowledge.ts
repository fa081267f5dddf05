import { Router, type Request, type RequestHandler, type Response } from 'express';
import { rateLimit } from 'express-rate-limit';
import type { Language } from '../domain/alerting/config.js';
import { drawMeant, meantBy } from './acknowledge-link.js';
import { acknowledgeProblemPage } from './acknowledge-page.js';
import { ACKNOWLEDGE_WORDS } from './acknowledge-words.js';
import type { ApiDeps } from './deps.js';
import { HttpError } from './http-error.js';

/** Of one address; a proxy that does not tell them apart makes one of all. Right links pass, and count for nothing. */
const WRONG_LINKS = 100;
const WINDOW_MS = 15 * 60_000;
type Ports = ApiDeps['ports'];

/**
 * GET and POST /a/:token: the link in messages. Open: who has the link may acknowledge, and sees the little that the
 * message said. Looking changes nothing, for mail programs open links too; pressing the button does.
 */
export function acknowledgeRoutes({ ports, now = Date.now }: ApiDeps): Router {
  const router = Router();
  router.use('/a', quiet, limitWrongLinks(ports));
  router.get('/a/:token', async (req, res) => {
    const meant = await meantBy(ports, tokenOf(req));
    if (!meant) return sendBadLink(ports, req, res);
    res.type('html').send(await drawMeant(ports, meant, languageOf(ports, req)));
  });
  router.post('/a/:token', fromThisPage, async (req, res) => {
    const meant = await meantBy(ports, tokenOf(req));
    if (!meant) return sendBadLink(ports, req, res);
    const by = `recipient:${meant.delivery.recipient} by link`;
    for (const { id } of [meant.incident, ...meant.also]) await ports.incidents.acknowledge(id, by, now());
    // Relative: this may be reached below another path. The page says what has come of it.
    res.redirect(303, tokenOf(req));
  });
  return router;
}

/** The reader's language, where it is one of ours; else the site's. */
function languageOf({ cameras }: Ports, req: Request): Language {
  const ofSite = cameras.site.language;
  const wanted = req.acceptsLanguages(ofSite, ofSite === 'vi' ? 'en' : 'vi');
  return wanted === 'vi' || wanted === 'en' ? wanted : ofSite;
}

function sendBadLink(ports: Ports, req: Request, res: Response): void {
  const language = languageOf(ports, req);
  const { badLink, badLinkHint } = ACKNOWLEDGE_WORDS[language];
  res
    .status(404)
    .type('html')
    .send(acknowledgeProblemPage(language, badLink, badLinkHint));
}

function tokenOf(req: Request): string {
  const token = req.params['token'];
  return typeof token === 'string' ? token : '';
}

/** The address holds a secret: it is not kept, and no other site is told of it. */
const quiet: RequestHandler = (_req, res, next) => {
  res.set({
    'Cache-Control': 'no-store',
    'Referrer-Policy': 'no-referrer',
    'X-Robots-Tag': 'noindex, nofollow',
  });
  next();
};

/**
 * The link itself is the proof, and no other site knows it; a browser that says the form is of another site is refused
 * all the same. Older ones say nothing: the page is sent with no-referrer, so they have no Origin either.
 */
const fromThisPage: RequestHandler = (req, _res, next) => {
  const site = req.get('Sec-Fetch-Site');
  if (site !== undefined && site !== 'same-origin' && site !== 'none')
    throw new HttpError(403, 'cross-origin', 'this is only taken from the page behind the link');
  next();
};

function limitWrongLinks(ports: Ports): RequestHandler {
  return rateLimit({
    windowMs: WINDOW_MS,
    limit: WRONG_LINKS,
    skipSuccessfulRequests: true,
    standardHeaders: 'draft-7',
    legacyHeaders: false,
    handler: (req, res) => {
      const language = languageOf(ports, req);
      res
        .status(429)
        .type('html')
        .send(acknowledgeProblemPage(language, ACKNOWLEDGE_WORDS[language].tooMany));
    },
  });
}
