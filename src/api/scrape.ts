import { effectiveStatus } from '../domain/camera-status.js';
import { CameraStatus } from '../domain/events.js';
import { NO_FRAMES, type FrameCounts } from '../domain/frame.js';
import type { MetricFamily } from '../ports.js';
import type { ApiDeps } from './deps.js';

/** Together they are all captured frames. */
const FRAME_ENDS = [
  'analysed',
  'gated',
  'dropped',
  'failed',
] as const satisfies readonly (keyof FrameCounts)[];

type Sample = MetricFamily['values'][number];

/** What no worker knows and everybody asks: how long the queues are and how the cameras are. Read at each scrape. */
export async function scrape(
  deps: Pick<ApiDeps, 'registry' | 'inspector' | 'ports' | 'now'>,
): Promise<MetricFamily[]> {
  const [queues, cameras] = await Promise.all([queueFamilies(deps), cameraFamilies(deps)]);
  return [...queues, ...cameras];
}

async function queueFamilies({
  registry,
  inspector,
}: Pick<ApiDeps, 'registry' | 'inspector'>): Promise<MetricFamily[]> {
  const queues = await Promise.all(
    Object.keys(registry).map(async (queue) => {
      const [counts, oldestMs] = await Promise.all([
        inspector.counts(queue),
        inspector.oldestWaitingMs(queue),
      ]);
      return { queue, counts, oldestMs };
    }),
  );
  const depth = queues.flatMap(({ queue, counts }) =>
    Object.entries(counts).map(([state, value]): Sample => ({ value, labels: { queue, state } })),
  );
  const oldest = queues.map(({ queue, oldestMs }): Sample => ({ value: oldestMs / 1000, labels: { queue } }));
  return [
    { name: 'camqueue_queue_jobs', help: 'Jobs in a queue by state', type: 'gauge', values: depth },
    {
      name: 'camqueue_queue_oldest_waiting_seconds',
      help: 'Age of the oldest job that could start now',
      type: 'gauge',
      values: oldest,
    },
  ];
}

async function cameraFamilies({
  ports,
  now = Date.now,
}: Pick<ApiDeps, 'ports' | 'now'>): Promise<MetricFamily[]> {
  const frames: Sample[] = [];
  const statuses: Sample[] = [];
  const lastFrames: Sample[] = [];
  const up: Sample[] = [];
  for (const camera of ports.cameras.all()) {
    const [source, checkpoint] = await Promise.all([
      ports.states.source(camera.id),
      ports.states.read(camera.id),
    ]);
    const counts = checkpoint?.counts ?? NO_FRAMES;
    for (const outcome of FRAME_ENDS)
      frames.push({ value: counts[outcome], labels: { camera: camera.id, outcome } });
    const { status } = effectiveStatus(camera, source, now());
    for (const one of CameraStatus.options)
      statuses.push({ value: one === status ? 1 : 0, labels: { camera: camera.id, status: one } });
    up.push({ value: status === 'ok' ? 1 : 0, labels: { camera: camera.id } });
    if (source?.lastFrameAt !== undefined)
      lastFrames.push({ value: source.lastFrameAt / 1000, labels: { camera: camera.id } });
  }
  return [
    {
      name: 'camqueue_frames_total',
      help: 'Sampled frames of a camera by how they ended',
      type: 'counter',
      values: frames,
    },
    {
      name: 'camqueue_camera_status',
      help: '1 for the status a camera has, 0 for the others',
      type: 'gauge',
      values: statuses,
    },
    {
      name: 'camqueue_camera_up',
      help: '1 while a camera gives pictures that can be believed',
      type: 'gauge',
      values: up,
    },
    {
      name: 'camqueue_camera_last_frame_timestamp_seconds',
      help: 'Capture time of the newest frame, Unix time',
      type: 'gauge',
      values: lastFrames,
    },
  ];
}
