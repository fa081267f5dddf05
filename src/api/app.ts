import express, { Router, type Express } from 'express';
import helmet from 'helmet';
import { redactUrls } from '../domain/redact.js';
import { acknowledgeRoutes } from './acknowledge.js';
import { CAMERAS_JS, PAGES_CSS } from './assets.js';
import { archiveRoutes } from './archive.js';
import { areaRoutes } from './areas.js';
import { auditRoutes } from './audit.js';
import { BOARD_PATH, boardRoutes } from './board-mount.js';
import { calibrationRoutes } from './calibration.js';
import { cameraAdminRoutes } from './camera-admin.js';
import { cameraRoutes } from './cameras.js';
import { channelRoutes } from './channels.js';
import { countingRoutes } from './counting.js';
import { COUNTING_CSS, COUNTING_JS } from './counting-assets.js';
import { countingPage } from './counting-page.js';
import { coverageRoutes } from './coverage.js';
import type { ApiDeps } from './deps.js';
import { deliveryRoutes } from './deliveries.js';
import { eventRoutes } from './events.js';
import { evidenceRoutes } from './evidence.js';
import { exportFileRoutes } from './export-files.js';
import { exportRoutes } from './exports.js';
import { flowRoutes } from './flow.js';
import { FLOW_CSS, FLOW_JS } from './flow-assets.js';
import { drawFlow } from './flow-page.js';
import { healthRoutes } from './health.js';
import { holdRoutes } from './holds.js';
import { errorHandler, notFound } from './http-error.js';
import { askerOf, identify, loginFirst, requireRole, type Door } from './identity.js';
import { incidentActionRoutes } from './incident-actions.js';
import { incidentClipRoutes } from './incident-clip.js';
import { incidentRoutes } from './incidents.js';
import { INCIDENTS_CSS, INCIDENTS_JS } from './incidents-assets.js';
import { incidentsPage } from './incidents-page.js';
import { jobRoutes } from './jobs.js';
import { liveRoutes } from './live.js';
import { LIVE_CSS, LIVE_JS } from './live-assets.js';
import { livePage } from './live-page.js';
import { loginRoutes } from './login.js';
import { maintenanceRoutes } from './maintenance.js';
import { camerasPage } from './pages.js';
import { passageRoutes } from './passages.js';
import { pictureRoutes } from './pictures.js';
import { plateListRoutes } from './plate-lists.js';
import { PLATES_CSS, PLATES_JS } from './plates-assets.js';
import { platesPage } from './plates-page.js';
import { pushTokenRoutes } from './push-tokens.js';
import { recordingRoutes } from './recordings.js';
import { RECORDINGS_CSS, RECORDINGS_JS } from './recordings-assets.js';
import { recordingsPage } from './recordings-page.js';
import { handlersOf, type Route } from './route.js';
import { sameOrigin } from './same-origin.js';
import { createSessions } from './session.js';
import { smsHookRoutes } from './sms-hooks.js';
import { systemRoutes } from './system.js';

/** The HTTP API, its pages and Bull Board, as an express application; listening is `startApi`'s. */
export function createApi(deps: ApiDeps): Express {
  const { principals, ports, now = Date.now, log } = deps;
  const door: Door = { principals, now, sessions: createSessions(deps.sessionSecret) };
  const app = express();
  app.set('trust proxy', deps.trustProxy ?? 'loopback');
  app.set('etag', false);
  // The last door for credentials: no URL in any answer keeps them, whatever a store or an error put there.
  app.set('json replacer', (_key: string, value: unknown) =>
    typeof value === 'string' ? redactUrls(value) : value,
  );
  app.use(securityHeaders());
  app.use(assets());
  for (const route of apiRoutes(deps).filter(({ role }) => role === 'open'))
    app[route.method](route.path, ...handlersOf(route));
  app.use(acknowledgeRoutes(deps), smsHookRoutes(deps));
  app.use(identify(door), sameOrigin);
  app.use(loginRoutes({ ...door, audit: ports.audit }));
  app.use(BOARD_PATH, boardRoutes(deps));
  app.use((_req, res, next) => {
    res.set('Cache-Control', 'no-store');
    next();
  });
  for (const route of apiRoutes(deps).filter(({ role }) => role !== 'open'))
    app[route.method](route.path, ...handlersOf(route));
  app.use(pages(deps));
  app.use(notFound);
  app.use(errorHandler(log));
  return app;
}

/** Everything under /api/v1, and health and metrics: the one list that is mounted, documented and tested. */
export function apiRoutes(deps: ApiDeps): Route[] {
  const routes = [
    ...jobRoutes(deps),
    ...cameraAdminRoutes(deps),
    ...cameraRoutes(deps),
    ...liveRoutes(deps),
    ...calibrationRoutes(deps),
    ...coverageRoutes(deps),
    ...recordingRoutes(deps),
    ...eventRoutes(deps),
    ...evidenceRoutes(deps),
    ...exportRoutes(deps),
    ...exportFileRoutes(deps),
    ...incidentClipRoutes(deps),
    ...countingRoutes(deps),
    ...archiveRoutes(deps),
    ...holdRoutes(deps),
    ...areaRoutes(deps),
    ...flowRoutes(deps),
    ...incidentRoutes(deps),
    ...incidentActionRoutes(deps),
    ...deliveryRoutes(deps),
    ...channelRoutes(deps),
    ...maintenanceRoutes(deps),
    ...pushTokenRoutes(deps),
    ...auditRoutes(deps),
    ...healthRoutes(deps),
    ...passageRoutes(deps),
    ...pictureRoutes(deps),
    ...plateListRoutes(deps),
  ];
  return [...routes, ...systemRoutes(deps, routes)];
}

function pages(deps: ApiDeps): Router {
  const { ports } = deps;
  const router = Router();
  router.get('/', loginFirst, requireRole('viewer'), (_req, res) => res.redirect(303, '/cameras'));
  for (const [path, draw] of [
    ['/cameras', camerasPage],
    ['/live{/:id}', livePage],
    ['/incidents{/:number}', incidentsPage],
    ['/plates', platesPage],
    ['/counting', countingPage],
    ['/recordings{/:camera}', recordingsPage],
  ] as const)
    router.get(path, loginFirst, requireRole('viewer'), (_req, res) => {
      const { actor, role } = askerOf(res);
      const who = actor.replace(/^(person|key):/, '');
      const { name: site, timeZone } = ports.cameras.site;
      res.type('html').send(draw({ site, timeZone, who, role }));
    });
  router.get('/flow', loginFirst, requireRole('viewer'), (req, res) => drawFlow(deps, req, res));
  return router;
}

/** Open to all: the login page needs the style, and nothing in them is a secret. */
function assets(): Router {
  const router = Router();
  const oneHour = 'public, max-age=3600';
  for (const [name, text] of Object.entries({
    'pages.css': PAGES_CSS,
    'cameras.js': CAMERAS_JS,
    'live.css': LIVE_CSS,
    'live.js': LIVE_JS,
    'incidents.css': INCIDENTS_CSS,
    'incidents.js': INCIDENTS_JS,
    'plates.css': PLATES_CSS,
    'plates.js': PLATES_JS,
    'counting.css': COUNTING_CSS,
    'counting.js': COUNTING_JS,
    'recordings.css': RECORDINGS_CSS,
    'recordings.js': RECORDINGS_JS,
    'flow.css': FLOW_CSS,
    'flow.js': FLOW_JS,
  }))
    router.get(
      `/assets/${name}`,
      (_req, res) =>
        void res
          .set('Cache-Control', oneHour)
          .type(name.split('.').pop() ?? '')
          .send(text),
    );
  return router;
}

function securityHeaders(): express.RequestHandler {
  return helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        scriptSrc: ["'self'"],
        // Bull Board sets styles from its script.
        styleSrc: ["'self'", "'unsafe-inline'"],
        imgSrc: ["'self'", 'data:'],
        fontSrc: ["'self'", 'data:'],
        mediaSrc: ["'self'"],
        connectSrc: ["'self'"],
        manifestSrc: ["'self'"],
        baseUri: ["'self'"],
        formAction: ["'self'"],
        frameAncestors: ["'none'"],
      },
    },
    // With no-referrer a form has no Origin either, and over plain http browsers say nothing else of where it is from.
    referrerPolicy: { policy: 'same-origin' },
    // Whether every host of the domain has TLS is the proxy's to know.
    strictTransportSecurity: false,
  });
}
