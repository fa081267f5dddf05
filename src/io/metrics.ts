import { AggregatorRegistry, Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { MetricFamily, Metrics } from '../ports.js';

/** Durations run from under a millisecond (an empty doorbell) to minutes (an alert that waited for a mail server). */
const JOB_SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300];
const INFERENCE_SECONDS = [0.002, 0.005, 0.01, 0.02, 0.03, 0.05, 0.1, 0.2, 0.5, 1];
/** Around the promise of the road: half of all frames in 0.3 s, 95 of 100 in 1 s. */
const LATENCY_SECONDS = [0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 1, 2, 5, 10, 30];

export interface ProcessMetrics extends Metrics {
  /** The process's own metrics in the Prometheus text format. */
  text(): Promise<string>;
  /** The same as data, every sample with the label `process`: what `publishMetrics` shares. */
  json(): Promise<MetricFamily[]>;
}

/**
 * The metrics of one process.
 * @param options.process unique among all processes that share a Redis, for example `host-1:worker-motion-2`. It is a
 * label of every sample, so that a restarted process begins its own series and no sum ever falls.
 */
export function createMetrics(options: { process: string }): ProcessMetrics {
  const registry = new Registry();
  registry.setDefaultLabels({ process: options.process });
  const registers = [registry];
  const jobs = new Counter({
    name: 'camqueue_jobs_total',
    help: 'Ended tries of jobs by queue and outcome',
    labelNames: ['queue', 'outcome'],
    registers,
  });
  const duration = new Histogram({
    name: 'camqueue_job_duration_seconds',
    help: 'Time a try of a job ran',
    labelNames: ['queue', 'outcome'],
    buckets: JOB_SECONDS,
    registers,
  });
  const wait = new Histogram({
    name: 'camqueue_job_wait_seconds',
    help: 'Time a job could have run before it did',
    labelNames: ['queue', 'outcome'],
    buckets: JOB_SECONDS,
    registers,
  });
  const inference = new Histogram({
    name: 'camqueue_inference_seconds',
    help: 'Time of one run of a network',
    labelNames: ['network'],
    buckets: INFERENCE_SECONDS,
    registers,
  });
  const latency = new Histogram({
    name: 'camqueue_frame_latency_seconds',
    help: 'Wall clock from sampling a frame to the end of its analysis',
    labelNames: ['camera'],
    buckets: LATENCY_SECONDS,
    registers,
  });
  addProcessGauges(registers);
  return {
    jobEnded(queue, outcome, durationMs, waitMs) {
      jobs.inc({ queue, outcome });
      duration.observe({ queue, outcome }, durationMs / 1000);
      wait.observe({ queue, outcome }, waitMs / 1000);
    },
    inference: (network, ms) => inference.observe({ network }, ms / 1000),
    analysed: (camera, latencyMs) => latency.observe({ camera }, latencyMs / 1000),
    text: () => registry.metrics(),
    json: async () => (await registry.getMetricsAsJSON()) as unknown as MetricFamily[],
  };
}

/** Few and cheap: prom-client's default set adds about forty series a process and keeps observers running. */
function addProcessGauges(registers: Registry[]): void {
  new Gauge({
    name: 'process_resident_memory_bytes',
    help: 'Memory of the process, all included',
    registers,
    collect() {
      this.set(process.memoryUsage.rss());
    },
  });
  new Gauge({
    name: 'nodejs_heap_used_bytes',
    help: 'Part of the memory that is JavaScript objects',
    registers,
    collect() {
      this.set(process.memoryUsage().heapUsed);
    },
  });
  new Counter({
    name: 'process_cpu_seconds_total',
    help: 'Processor time used by the process, user and system',
    registers,
    collect() {
      const { user, system } = process.cpuUsage();
      this.reset();
      this.inc((user + system) / 1e6);
    },
  });
  const startedAt = Date.now() - process.uptime() * 1000;
  new Gauge({
    name: 'process_start_time_seconds',
    help: 'When the process started, Unix time',
    registers,
  }).set(startedAt / 1000);
}

/**
 * One exposition of several processes' metrics: one HELP and TYPE a name; samples with equal labels are summed.
 * @param sets what `json()` of each process gave, and families computed at the scrape
 */
export function exposeMetrics(sets: readonly (readonly MetricFamily[])[]): Promise<string> {
  const summed = sets.map((set) => set.map((family) => ({ ...family, aggregator: 'sum' })));
  return AggregatorRegistry.aggregate(summed).metrics();
}
