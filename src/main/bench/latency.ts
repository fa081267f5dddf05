import { availableParallelism } from 'node:os';
import { histogramPercentiles, percentilesOf, type Percentiles } from '../percentiles.js';
import type { Figure } from './figure.js';
import { countOf } from './looks.js';
import type { BenchContext } from './parts.js';
import { cpuSeconds, startLoadMeter } from './processes.js';
import { onStage, type Stage } from './stage.js';

const WORKERS = 2;
const FPS = 10;
/** `detect.everyMs` is 200 by default. */
const LOOKS_A_SECOND = 5;
/** Of the workers' time, for the network alone; decoding, gate and the rest bring the machine to about 0.7. */
const NETWORK_SHARE = 0.55;
const MOST_CAMERAS = 16;
/** Connecting, first frames, first tracks. */
const SETTLE_MS = 3000;
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
    stage.children.start('sampler', 'sampler');
    const { states } = await stage.world.ports(['states']);
    const isOk = async (id: string) => (await states.source(id))?.status === 'ok';
    await stage.until('reading of the cameras', 60_000, async () =>
      (await Promise.all(cameras.map(({ id }) => isOk(id)))).every((ok) => ok),
    );
    await stage.wait(SETTLE_MS);
    const from = Date.now();
    const load = startLoadMeter();
    const cpu = await startCpuMeter(stage);
    await stage.wait(seconds * 1000);
    const busy = load();
    const own = await cpu();
    const until = Date.now();
    await stage.wait(SHARED_MS);
    const alerts = await alertLatencies(
      stage,
      cameras.map(({ id }) => id),
      from,
      until,
    );
    const sets = await stage.metrics();
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

/** As many as the bare loop's speed, measured before, says; without it a guess. */
function camerasFor({ figures }: BenchContext): number {
  const bare = figures.find(({ part }) => part === 'bare')?.value ?? 30;
  const cores = Math.min(WORKERS, availableParallelism());
  return Math.min(MOST_CAMERAS, Math.max(1, Math.floor((NETWORK_SHARE * cores * bare) / LOOKS_A_SECOND)));
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
  const { states, alerts } = await stage.world.ports(['states', 'alerts']);
  const found: number[] = [];
  for (const cameraId of ids) {
    const source = await states.source(cameraId);
    // A file's capture times begin when it is opened, its frames when ffmpeg has the first one.
    const lag = source?.file ? source.since - source.file.startedAt : 0;
    for (const { at, createdAt } of await alerts.list({ cameraId, limit: 10_000 }))
      if (at + lag >= from && at + lag < until) found.push(createdAt - at - lag);
  }
  return found;
}

/** Share of all cores that our processes and their ffmpegs use, 0..100; without Redis, which is small. */
async function startCpuMeter(stage: Stage): Promise<() => Promise<number>> {
  const roots = Object.values(stage.children.pids());
  const [before, startedAt] = [await cpuSeconds(roots), performance.now()];
  return async () => {
    const seconds = (performance.now() - startedAt) / 1000;
    return (100 * ((await cpuSeconds(roots)) - before)) / seconds / availableParallelism();
  };
}
