import { percentilesOf, type Percentiles } from '../../domain/percentiles.js';
import { histogramPercentiles } from '../../io/histogram-percentiles.js';
import type { Figure } from './figure.js';
import { countOf, since } from './looks.js';
import type { BenchContext } from './parts.js';
import { startCpuMeter, startLoadMeter } from './processes.js';
import { onStage, type Stage } from './stage.js';

const WORKERS = 2;
const FPS = 10;
/** `detect.everyMs` is 200 by default. */
const LOOKS_A_SECOND = 5;
const SHARE_OF_MOST = 0.7;
const MOST_CAMERAS = 16;
/** First frames and tracks, and the workers have shared their metrics of them. */
const SETTLE_MS = 5500;
/** Workers share their metrics every 5 s; alerts of the last frames are stored meanwhile. */
const SHARED_MS = 6000;
const LATENCY = 'camqueue_frame_latency_seconds';

/** The sample in real time on so many cameras that the machine is about 70 % busy: from capture to analysis, to alert. */
export async function measureLatency(context: BenchContext): Promise<Figure[]> {
  const { footage, seconds, signal } = context;
  const count = camerasFor(context);
  const source = await footage.long();
  const cameras = Array.from({ length: count }, (_, i) => ({
    id: `live-${i + 1}`,
    source,
    fps: FPS,
    pace: 'realtime',
    zones: [
      {
        id: 'all',
        polygon: [
          [0, 0],
          [1, 0],
          [1, 1],
          [0, 1],
        ],
        kind: 'restricted',
        minDwellMs: 0,
      },
    ],
    alerts: { cooldownS: 1 },
  }));
  return onStage(cameras, signal, async (stage) => {
    await stage.workers(...Array<string[]>(WORKERS).fill(['motion']), ['alert', 'notification']);
    stage.children.start('sampler', 'sampler', '--exit-when-finished');
    const { states } = await stage.world.ports(['states']);
    const isOk = async (id: string) => (await states.source(id))?.status === 'ok';
    await stage.until('reading of the cameras', 60_000, async () =>
      (await Promise.all(cameras.map(({ id }) => isOk(id)))).every((ok) => ok),
    );
    await stage.wait(SETTLE_MS);
    const early = await stage.metrics();
    const from = Date.now();
    const load = startLoadMeter();
    const cpu = await startCpuMeter(Object.values(stage.children.pids()));
    await stage.wait(seconds * 1000);
    const busy = load();
    const { share: own } = await cpu();
    const until = Date.now();
    await stage.wait(SHARED_MS);
    const alerts = await alertLatencies(
      stage,
      cameras.map(({ id }) => id),
      from,
      until,
    );
    const sets = since(early, await stage.metrics());
    if (countOf(sets, LATENCY) === 0) throw new Error('no frame was analysed');
    return [
      { part: 'latency', what: 'cameras in real time', value: count, unit: '' },
      { part: 'latency', what: 'load of the machine', value: busy, unit: '%' },
      { part: 'latency', what: 'of it the system under test', value: own, unit: '%' },
      ...lines('capture to analysed', histogramPercentiles(sets, LATENCY)),
      ...lines('capture to alert stored', percentilesOf(alerts)),
      { part: 'latency', what: 'alerts', value: alerts.length, unit: '' },
    ];
  });
}

/** So many that the detector is asked for a share of the looks that it managed at its most; without that measured, a guess. */
function camerasFor({ figures }: BenchContext): number {
  const most = figures.find(({ part, unit }) => part.startsWith('four') && unit === 'looks/s')?.value ?? 30;
  return Math.min(MOST_CAMERAS, Math.max(1, Math.floor((SHARE_OF_MOST * most) / LOOKS_A_SECOND)));
}

function lines(what: string, percentiles: Percentiles | undefined): Figure[] {
  if (!percentiles) return [];
  return [
    { part: 'latency', what: `${what}, p50`, value: percentiles.p50, unit: 'ms', aim: { most: 300 } },
    { part: 'latency', what: `${what}, p95`, value: percentiles.p95, unit: 'ms', aim: { most: 1000 } },
  ];
}

/** Of the alerts captured in [from, until): from when the sampler had the frame to when the alert was stored, ms. */
async function alertLatencies(
  stage: Stage,
  ids: readonly string[],
  from: number,
  until: number,
): Promise<number[]> {
  const { states, incidents } = await stage.world.ports(['states', 'incidents']);
  const found: number[] = [];
  for (const cameraId of ids) {
    const source = await states.source(cameraId);
    // A file's capture times begin when it is opened, its frames when ffmpeg has the first one.
    const lag = source?.file ? source.since - source.file.startedAt : 0;
    for (const { at, createdAt } of await incidents.alerts({ cameraId, limit: 10_000 }))
      if (at + lag >= from && at + lag < until) found.push(createdAt - at - lag);
  }
  return found;
}
