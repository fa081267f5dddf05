import type { registry } from '../../jobs/registry.js';
import { queueNames } from '../../jobs/registry.js';
import { effectiveStatus } from '../domain/camera-status.js';
import type { Camera } from '../domain/camera.js';
import { NO_FRAMES } from '../domain/frame.js';
import { newScene, sceneCounters } from '../domain/scene.js';
import type { Ports, SourceState } from '../ports.js';
import type { CameraLine, QueueLine, SystemState } from './view.js';
import type { World } from './world.js';

type Read = Pick<Ports, 'cameras' | 'states' | 'incidents'>;

/** Reads what the live view shows from the same stores as everybody else; nothing is asked of the processes. */
export async function readSystem(
  world: World,
  ports: Read,
  startedAt: number,
  now: number,
): Promise<SystemState> {
  const cameras = await Promise.all(ports.cameras.all().map((camera) => readCamera(camera, ports, now)));
  const queues = await Promise.all(queueNames.map((name) => readQueue(name, world)));
  const incidents = (await ports.incidents.list({ limit: 5 })).map((incident) => {
    const { number, firstAt: at, summary, state, alerts } = incident;
    return { number, at, summary, state, alerts };
  });
  return { elapsedMs: now - startedAt, cameras, queues, incidents };
}

async function readCamera(camera: Camera, ports: Read, now: number): Promise<CameraLine> {
  const { id } = camera;
  const source = await ports.states.source(id);
  const checkpoint = await ports.states.read(id);
  const counters = sceneCounters(checkpoint?.scene ?? newScene());
  const { status, reason } = effectiveStatus(camera, source, now);
  const sum = (direction: 'in' | 'out'): number =>
    counters.lines.reduce((total, line) => total + line[direction], 0);
  return {
    id,
    status,
    ...(reason === undefined
      ? {}
      : { reason: source?.status === status ? reason + triesOf(source, now) : reason }),
    ...(source?.fps === undefined ? {} : { fps: source.fps }),
    ...(source?.progress === undefined ? {} : { progress: source.progress }),
    counts: checkpoint?.counts ?? NO_FRAMES,
    in: sum('in'),
    out: sum('out'),
    current: Object.values(counters.current).reduce((total, count) => total + count, 0),
  };
}

/** For people: how often it was tried and when it is again; empty where that is not the matter. */
function triesOf(source: SourceState | undefined, now: number): string {
  const { retries, nextTryAt } = source ?? {};
  if (retries === undefined || nextTryAt === undefined) return '';
  const inS = Math.ceil((nextTryAt - now) / 1000);
  return ` (failed ${retries}x, ${inS > 0 ? `next try in ${inS} s` : 'trying'})`;
}

async function readQueue(name: keyof typeof registry, world: World): Promise<QueueLine> {
  const counts = await world.inspector().counts(name);
  const ended = await world.inspector().outcomes(name);
  return {
    name,
    waiting: counts.waiting + counts.prioritized,
    active: counts.active,
    delayed: counts.delayed,
    failed: counts.failed,
    done: (ended.done ?? 0) + (ended.skipped ?? 0),
  };
}
