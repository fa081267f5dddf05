import type { Request, Response } from 'express';
import { liveFrame } from '../../jobs/live-frame/job.js';
import { cameraOf, noPictureYet } from './cameras.js';
import type { ApiDeps } from './deps.js';
import { HttpError } from './http-error.js';
import type { Identity } from './identity.js';
import { createLiveHub, type Drawn, type LiveHub } from './live-hub.js';
import { EVENTS, MJPEG, startLiveStream, type LiveStream, type StreamFormat } from './live-stream.js';
import { asker, type Route } from './route.js';

/** A stream may last for days: whether its viewer may still see it is asked this often, ms. */
const ASK_AGAIN_MS = 30_000;

/** What the system sees, while it sees it: the analysed pictures with everything drawn in. */
export function liveRoutes(deps: ApiDeps): Route[] {
  const hub = createLiveHub({
    live: deps.ports.live,
    ring: (cameraId) => deps.producer.enqueue(liveFrame, { cameraId }),
    log: deps.log,
  });
  return [
    {
      method: 'get',
      path: '/api/v1/cameras/:id/live.mjpeg',
      role: 'viewer',
      summary: 'the processed stream as motion JPEG, for <img> and players; slow viewers get fewer pictures',
      produces: 'multipart/x-mixed-replace',
      handle: (req, res) => stream(deps, hub, MJPEG, req, res),
    },
    {
      method: 'get',
      path: '/api/v1/cameras/:id/live',
      role: 'viewer',
      summary:
        'the processed stream as server-sent events: event `frame` with {"at": capture time, "jpeg": base64}',
      produces: 'text/event-stream',
      handle: (req, res) => stream(deps, hub, EVENTS, req, res),
    },
  ];
}

async function stream(
  deps: ApiDeps,
  hub: LiveHub,
  format: StreamFormat,
  req: Request,
  res: Response,
): Promise<void> {
  const camera = cameraOf(deps, req);
  if (!camera.enabled)
    throw new HttpError(409, 'camera-off', `camera ${camera.id} is switched off: switch it on to watch it`);
  if (!(await deps.ports.frames.latest(camera.id))) throw await noPictureYet(deps, camera);
  // What comes before the answer has begun is kept until it has.
  const viewer: { stream?: LiveStream; early?: Drawn } = {};
  const leave = await hub.join(camera.id, (drawn) => {
    if (viewer.stream) viewer.stream.show(drawn);
    else viewer.early = drawn;
  });
  // Gone while we waited: nothing will say so any more.
  if (res.destroyed || req.socket.destroyed) return leave();
  const started = startLiveStream(res, format, () => {
    clearInterval(asking);
    deps.stopping?.removeEventListener('abort', started.end);
    leave();
  });
  const asking = setInterval(() => {
    void mayStay(deps, asker(res)).then((may) => (may ? undefined : started.end()));
  }, ASK_AGAIN_MS);
  deps.stopping?.addEventListener('abort', started.end);
  viewer.stream = started;
  if (viewer.early) started.show(viewer.early);
}

/** While the database does not answer everybody stays. */
async function mayStay({ principals }: ApiDeps, { actor }: Identity): Promise<boolean> {
  const [kind, ...name] = actor.split(':');
  const found = principals.find(kind === 'key' ? 'key' : 'person', name.join(':'));
  const principal = await found.catch(() => 'unknown' as const);
  return principal === 'unknown' || (principal !== undefined && principal.disabledAt === undefined);
}
