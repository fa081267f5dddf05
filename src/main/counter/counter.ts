import { fork, type ChildProcess } from 'node:child_process';
import { EventEmitter } from 'node:events';
import { availableParallelism, loadavg } from 'node:os';
import { extname, join, resolve } from 'node:path';
import { InputError } from '../../errors.js';
import { checkFfmpeg } from '../../io/ffmpeg/binary.js';
import type { Log } from '../../log.js';
import { loadConfig } from '../installation.js';
import { createCountLogs } from './count-logs.js';
import { CROSSING_COLUMNS, crossingRow, totalRows } from './count-rows.js';
import { Coordinator } from './coordinator.js';
import {
  allFrames,
  countedSource,
  documentOf,
  sourceResult,
  type CountDocument,
  type CountedSource,
} from './document.js';
import { measurePressure, residentBytes } from './measure-pressure.js';
import { checkDefaults, planSource, type AskedSource, type CountDefaults } from './plan-sources.js';
import type { Crossing } from './protocol.js';
import { openResults, type Results } from './results.js';
import { currentOf, type CountAlert, type Tally } from './tally.js';
import { createWorkerPool, type WorkerPool } from './worker-pool.js';

export type { CountAlert } from './tally.js';
export type { Crossing } from './protocol.js';
export type { CountDocument, CountedSource } from './document.js';
export type { AskedSource } from './plan-sources.js';
export type { GivenLine } from './count-lines.js';

export interface CounterOptions extends CountDefaults {
  /** Worker processes; default: one a core, never more than sources. */
  readonly workers?: number | undefined;
  readonly maxWorkers?: number | undefined;
  /** Folder for results and logs; default: none are written. */
  readonly output?: string | undefined;
  /** pino level of the logs; default: info. */
  readonly logLevel?: string | undefined;
  /** Live sources end after this long, s; default: when stopped. */
  readonly durationS?: number | undefined;
  /** Hold back under CPU or memory pressure; default: true. */
  readonly throttle?: boolean | undefined;
  /** What Node.js is started with for workers; default: as this process. */
  readonly execArgv?: readonly string[] | undefined;
}

export interface CounterStatistics {
  readonly elapsedMs: number;
  readonly workers: { readonly wanted: number; readonly ready: number; readonly pids: readonly number[] };
  readonly sources: Readonly<Record<'waiting' | 'running' | 'finished' | 'stopped' | 'failed', number>>;
  /** Sampled frames a second of all that runs. */
  readonly fps: number;
  /** Frames dropped or failed, of those captured, 0..1. */
  readonly errorRate: number;
  /** Of this process and its workers. */
  readonly memoryBytes: number;
  readonly load: number;
  readonly throttle: { readonly level: number; readonly why?: 'cpu' | 'memory' };
  /** Results or logs cannot be written: why. */
  readonly trouble?: string;
}

/** A source as it stands: the document's entry, and what only matters while it runs. */
export interface SourceNow extends CountedSource {
  readonly alias?: string;
  /** `in` minus `out`, not below 0. */
  readonly current: number;
  readonly reason?: string;
  /** Of a file, 0..1. */
  readonly progress?: number;
  readonly elapsedMs: number;
}

/** Counts what crosses lines in many cameras and files at once, in worker processes. */
export interface Counter {
  /**
   * A live source, or anything by its address. What is wrong with it (its line lies outside the picture) makes it fail, and
   * no other. @returns its id. @throws InputError when its id cannot be used.
   */
  addCamera(camera: AskedSource): string;
  /** A video file; the same, with the name it has elsewhere. */
  addVideo(video: Omit<AskedSource, 'source'> & { readonly path: string }): string;
  /** Sources may be added before and after. @throws InputError when the output folder or ffmpeg cannot be used. */
  start(): Promise<void>;
  /** Resolves when every source has ended, and its results are written. */
  done(): Promise<CountDocument>;
  /** Ends everything with what was counted so far. */
  stop(): Promise<CountDocument>;
  /** Kills the workers; for those who cannot wait. */
  kill(): void;
  results(): CountDocument;
  now(): SourceNow[];
  statistics(): Promise<CounterStatistics>;
  /** @returns what ends the telling; so with the others */
  onCrossing(listener: (source: string, crossing: Crossing) => void): () => void;
  onStatus(listener: (source: SourceNow) => void): () => void;
  onAlert(listener: (source: string, alert: CountAlert) => void): () => void;
}

const PRESSURE_MS = 2000;
const SAVE_MS = 5000;
const STOP_GRACE_MS = 10_000;

/** @throws InputError when lines or classes for all sources are wrong. */
export function createCounter(options: CounterOptions = {}): Counter {
  checkDefaults(options);
  return new ParallelCounter(options);
}

class ParallelCounter implements Counter {
  readonly #events = new EventEmitter();
  readonly #taken = new Set<string>();
  readonly #logs;
  readonly #log: Log;
  readonly #pool: WorkerPool;
  readonly #coordinator: Coordinator;
  readonly #changed = new Set<string>();
  #timers: NodeJS.Timeout[] = [];
  #results: Results | undefined;
  #startedAt: number | undefined;
  #trouble: string | undefined;
  #closing: Promise<CountDocument> | undefined;

  constructor(private readonly options: CounterOptions) {
    const { output, logLevel = 'info', durationS } = options;
    const onTrouble = (reason: string): void => this.#troubled(reason);
    this.#logs = createCountLogs(
      output === undefined ? undefined : join(output, 'logs'),
      logLevel,
      onTrouble,
    );
    this.#log = this.#logs.log;
    this.#pool = createWorkerPool({
      fork: () => this.#fork(),
      log: this.#log,
      onReady: () => this.#coordinator.assign(),
      onMessage: (worker, message) => this.#coordinator.take(worker, message),
      onDeath: (worker, how) => this.#coordinator.lost(worker, how),
      onGivenUp: (reason) => this.#coordinator.fail(reason),
    });
    this.#coordinator = new Coordinator(
      this.#pool,
      () => this.#workers(),
      this.#log,
      {
        onBegin: (id, tally) => this.#began(id, tally),
        onCrossing: (id, crossing, tally) => this.#crossed(id, crossing, tally),
        onAlert: (id, alert) => this.#alerted(id, alert),
        onStatus: (id, tally) => this.#stands(id, tally),
        onLog: (line, id) => this.#logs.write(line, id),
      },
      durationS === undefined ? undefined : durationS * 1000,
    );
  }

  addCamera(camera: AskedSource): string {
    const source = planSource(camera, this.options, this.#taken);
    this.#taken.add(source.id.toLowerCase());
    this.#coordinator.add(source);
    if (this.#startedAt !== undefined) this.#pool.grow(this.#workers());
    return source.id;
  }

  addVideo({ path, ...video }: Omit<AskedSource, 'source'> & { readonly path: string }): string {
    return this.addCamera({ ...video, source: path });
  }

  async start(): Promise<void> {
    if (this.#startedAt !== undefined) throw new InputError('this counter was started before');
    this.#startedAt = Date.now();
    await checkFfmpeg();
    const { output } = this.options;
    if (output !== undefined) {
      const ids = this.#coordinator.tallies().map(({ source }) => source.id);
      this.#results = await openResults(resolve(output), ids, (reason) => this.#troubled(reason));
      ids.forEach((id) => this.#changed.add(id));
    }
    this.#pool.grow(this.#workers());
    this.#timers = [
      setInterval(() => void this.#press(), PRESSURE_MS),
      setInterval(() => this.#save(), SAVE_MS),
    ];
  }

  async done(): Promise<CountDocument> {
    await this.#coordinator.done();
    return this.#close();
  }

  async stop(): Promise<CountDocument> {
    this.#coordinator.stop();
    const graceful = this.#coordinator.done();
    const timer = setTimeout(() => this.#pool.kill(), STOP_GRACE_MS);
    await graceful;
    clearTimeout(timer);
    return this.#close();
  }

  kill(): void {
    this.#pool.kill();
  }

  results(): CountDocument {
    return documentOf(this.#coordinator.tallies(), Date.now());
  }

  now(): SourceNow[] {
    return this.#coordinator.tallies().map((tally) => this.#nowOf(tally));
  }

  async statistics(): Promise<CounterStatistics> {
    const tallies = this.#coordinator.tallies();
    const ended = (end: Tally['end']): number => tallies.filter((tally) => tally.end === end).length;
    const frames = allFrames(tallies);
    const running = tallies.filter(({ end }) => end === undefined);
    const { waiting, throttle } = this.#coordinator;
    return {
      elapsedMs: this.#startedAt === undefined ? 0 : Date.now() - this.#startedAt,
      workers: { wanted: this.#workers(), ready: this.#pool.ready().length, pids: this.#pool.pids() },
      sources: {
        ...{ waiting, running: this.#coordinator.running },
        ...{ finished: ended('finished'), stopped: ended('stopped'), failed: ended('failed') },
      },
      fps: Math.round(running.reduce((sum, { fps = 0 }) => sum + fps, 0) * 10) / 10,
      errorRate: frames.captured === 0 ? 0 : (frames.dropped + frames.failed) / frames.captured,
      memoryBytes: await residentBytes([process.pid, ...this.#pool.pids()]),
      load: loadavg()[0] ?? 0,
      throttle: { level: throttle.level, ...(throttle.why && { why: throttle.why }) },
      ...(this.#trouble !== undefined && { trouble: this.#trouble }),
    };
  }

  onCrossing(listener: (source: string, crossing: Crossing) => void): () => void {
    return this.#on('crossing', listener);
  }
  onStatus(listener: (source: SourceNow) => void): () => void {
    return this.#on('status', listener);
  }
  onAlert(listener: (source: string, alert: CountAlert) => void): () => void {
    return this.#on('alert', listener);
  }

  #on<A extends unknown[]>(name: string, listener: (...args: A) => void): () => void {
    const call = listener as (...args: unknown[]) => void;
    this.#events.on(name, call);
    return () => this.#events.off(name, call);
  }

  #workers(): number {
    const { workers = availableParallelism(), maxWorkers = Infinity } = this.options;
    const sources = this.#coordinator.tallies().filter(({ source }) => !('refused' in source)).length;
    return Math.max(1, Math.min(workers, maxWorkers, sources));
  }

  #fork(): ChildProcess {
    const { execArgv, logLevel = 'info' } = this.options;
    const { MODELS_DIR } = loadConfig();
    const file = join(__dirname, `worker${extname(__filename)}`);
    // A group of its own: Ctrl-C reaches this process only, which ends the workers in order.
    const child = fork(file, [MODELS_DIR, logLevel], {
      ...(execArgv && { execArgv: [...execArgv] }),
      detached: true,
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    child.stderr?.setEncoding('utf8').on('data', (text: string) => this.#log.error({ text }, 'worker'));
    return child;
  }

  #began(id: string, tally: Tally): void {
    // A live source that goes on keeps what it has.
    if (tally.source.kind === 'file' || tally.reading === 1) this.#results?.begin(id, CROSSING_COLUMNS);
    this.#changed.add(id);
  }

  #crossed(id: string, crossing: Crossing, tally: Tally): void {
    this.#results?.append(id, crossingRow(crossing, tally.reading));
    this.#changed.add(id);
    this.#events.emit('crossing', id, crossing);
  }

  #alerted(id: string, alert: CountAlert): void {
    const { phase, current, threshold } = alert;
    const about = { source: id, phase, current, threshold };
    if (phase === 'begin') this.#log.warn(about, 'over the threshold');
    else this.#log.info(about, 'below the threshold again');
    this.#events.emit('alert', id, alert);
  }

  #stands(id: string, tally: Tally): void {
    const { status, reason, end } = tally;
    this.#log[end === 'failed' ? 'error' : 'info']({ source: id, status, reason }, 'source');
    this.#changed.add(id);
    this.#events.emit('status', this.#nowOf(tally));
    if (end !== undefined) this.#save();
  }

  #nowOf(tally: Tally): SourceNow {
    const now = Date.now();
    const { source, startedAt, endedAt, reason, progress, fps, end } = tally;
    const counted = countedSource(tally, now);
    const isPaused = this.#coordinator.isPaused(source.id);
    return {
      ...counted,
      ...(isPaused && { status: 'paused' }),
      // Of what has no end the rate of the last seconds says more than the mean.
      ...(end === undefined && source.kind === 'live' && fps !== undefined && { fps }),
      ...(source.alias !== undefined && { alias: source.alias }),
      current: currentOf(tally),
      ...(reason !== undefined && { reason }),
      ...(progress !== undefined && { progress }),
      elapsedMs: startedAt === undefined ? 0 : (endedAt ?? now) - startedAt,
    };
  }

  async #press(): Promise<void> {
    if (this.options.throttle === false) return;
    this.#coordinator.press(await measurePressure());
  }

  /** What has changed is written as a whole: a reader never finds half a file, and a kill costs seconds. */
  #save(): void {
    if (!this.#results || this.#changed.size === 0) return;
    const now = Date.now();
    const tallies = this.#coordinator.tallies();
    for (const tally of tallies)
      if (this.#changed.has(tally.source.id)) this.#results.json(tally.source.id, sourceResult(tally, now));
    this.#changed.clear();
    this.#results.json('total', { ...documentOf(tallies, now), writtenAt: new Date(now).toISOString() });
    this.#results.table('total', totalRows(tallies));
  }

  #troubled(reason: string): void {
    this.#trouble ??= reason;
    this.#log?.error({ reason }, 'trouble');
  }

  #close(): Promise<CountDocument> {
    this.#closing ??= (async () => {
      this.#timers.forEach((timer) => clearInterval(timer));
      await this.#pool.stop(STOP_GRACE_MS);
      this.#save();
      await this.#results?.settled();
      await this.#logs.close();
      return this.results();
    })();
    return this.#closing;
  }
}
