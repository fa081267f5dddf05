import { redactUrls } from '../../domain/redact.js';
import type { Log } from '../../log.js';
import { assign } from './assign.js';
import type { CountGap, Crossing, FromWorker } from './protocol.js';
import { isRefused, type PlannedSource } from './source-spec.js';
import {
  begun,
  crossed,
  ended,
  newTally,
  told,
  type CountAlert,
  type CountEnd,
  type Tally,
} from './tally.js';
import { allowance, NO_THROTTLE, throttled, type Pressure, type Throttle } from './throttle.js';
import type { WorkerPool } from './worker-pool.js';

/** What is told of the sources, in the order in which it happens. */
export interface CountListeners {
  /** A reading begins; what was counted of a file before counts no more. */
  onBegin(id: string, tally: Tally): void;
  onCrossing(id: string, crossing: Crossing, tally: Tally): void;
  onAlert(id: string, alert: CountAlert): void;
  /** Its status changed, or it ended. */
  onStatus(id: string, tally: Tally): void;
  onLog(line: string, id: string | undefined): void;
}

/** A file whose worker died so often is what kills them. */
const MOST_LOST = 3;

interface Running {
  readonly worker: number;
  isPaused: boolean;
  share: number;
  endTimer?: NodeJS.Timeout;
}

/** Gives sources to workers, adds up what they tell, and begins again what a dead worker left. */
export class Coordinator {
  readonly #tallies = new Map<string, Tally>();
  readonly #waiting: string[] = [];
  readonly #running = new Map<string, Running>();
  #throttle: Throttle = NO_THROTTLE;
  #isStopping = false;
  #settled: (() => void)[] = [];

  constructor(
    private readonly pool: WorkerPool,
    private readonly workers: () => number,
    private readonly log: Log,
    private readonly tell: CountListeners,
    /** Live sources end after this long, ms. */
    private readonly durationMs: number | undefined,
  ) {}

  tallies(): Tally[] {
    return [...this.#tallies.values()];
  }

  get waiting(): number {
    return this.#waiting.length;
  }

  get running(): number {
    return this.#running.size;
  }

  get throttle(): Throttle {
    return this.#throttle;
  }

  add(source: PlannedSource): void {
    this.#put(newTally(source));
    if (isRefused(source)) return this.#end(source.id, 'failed', source.refused);
    this.#waiting.push(source.id);
    this.assign();
  }

  /** Resolves when every source has ended. */
  async done(): Promise<void> {
    if (this.#isDone()) return;
    await new Promise<void>((resolve) => this.#settled.push(resolve));
  }

  /** Gives what waits to whoever is ready. */
  assign(): void {
    if (this.#isStopping) return;
    const slots = this.pool.ready().map((worker) => {
      const mine = [...this.#running].filter(([, running]) => running.worker === worker);
      const files = mine.filter(([id]) => this.#of(id).source.kind === 'file').length;
      return { worker, files, lives: mine.length - files };
    });
    const waiting = this.#waiting.map((id) => ({ id, kind: this.#of(id).source.kind }));
    for (const { id, worker } of assign(waiting, slots, this.#allowed().files)) this.#begin(id, worker);
  }

  take(worker: number, message: FromWorker): void {
    if (message.type === 'log') return this.tell.onLog(message.line, message.id);
    if (!('reading' in message)) return;
    const { id, reading } = message;
    const tally = this.#tallies.get(id);
    const isOurs = tally?.reading === reading && this.#running.get(id)?.worker === worker;
    if (!tally || !isOurs) return;
    switch (message.type) {
      case 'status':
        return this.#said(id, told(tally, message));
      case 'crossing':
        return this.#crossed(id, tally, message.crossing);
      case 'gap':
        return this.#put({ ...tally, gaps: withGap(tally.gaps, message.gap) });
      case 'ended': {
        const now = told(tally, { ...message, status: tally.status });
        this.#put(now);
        this.#free(id);
        const { end, reason } = endOf(now, message.end);
        this.#end(id, end, reason);
        this.assign();
      }
    }
  }

  /** The sources of a dead worker are begun again: files from their start, at most so often. */
  lost(worker: number, how: string): void {
    const mine = [...this.#running].filter(([, running]) => running.worker === worker).map(([id]) => id);
    for (const id of mine.reverse()) {
      this.#free(id);
      const tally = this.#of(id);
      if (this.#isStopping) {
        this.#end(id, 'failed', `its worker died (${how})`);
        continue;
      }
      const isFile = tally.source.kind === 'file';
      const lost = tally.lost + (isFile ? 1 : 0);
      const gap = { from: Date.now(), reason: `its worker died (${how})` };
      this.#put({ ...tally, lost, ...(!isFile && { gaps: [...tally.gaps, gap] }) });
      if (lost > MOST_LOST) {
        this.#end(id, 'failed', `its worker died ${lost} times (${how}); it is not tried again`);
        continue;
      }
      this.log.warn(
        { source: id, how },
        isFile
          ? 'its worker died: the file is counted again from its start'
          : 'its worker died: the live source goes on, with a gap',
      );
      this.#waiting.unshift(id);
      this.#said(id, { ...this.#of(id), status: 'waiting' });
    }
    this.assign();
  }

  /** No worker can be had: nothing can be counted any more. */
  fail(reason: string): void {
    for (const id of [...this.#waiting.splice(0), ...this.#running.keys()]) {
      this.#free(id);
      this.#end(id, 'failed', reason);
    }
  }

  /** Files wait and live sources thin out while the machine is short of something. */
  press(pressure: Pressure): void {
    const before = this.#throttle;
    this.#throttle = throttled(before, pressure, Date.now());
    if (before.level !== this.#throttle.level) {
      const { files, share } = this.#allowed();
      this.log.warn(
        { level: this.#throttle.level, why: this.#throttle.why, ...pressure, files, share },
        this.#throttle.level > before.level
          ? 'the machine is short: less is done at once'
          : 'the machine has room: more is done at once',
      );
    }
    this.#govern();
    this.assign();
  }

  /** What waits is over, what runs ends with what it has. */
  stop(): void {
    this.#isStopping = true;
    for (const id of this.#waiting.splice(0)) this.#end(id, 'stopped', 'stopped before it was begun');
    for (const [id, { worker }] of this.#running) this.#askToEnd(id, worker);
  }

  #begin(id: string, worker: number): void {
    const source = this.#of(id).source;
    if (isRefused(source)) return;
    this.#waiting.splice(this.#waiting.indexOf(id), 1);
    const tally = begun(this.#of(id), Date.now());
    this.#put(tally);
    const running: Running = { worker, isPaused: false, share: 1 };
    this.#running.set(id, running);
    this.tell.onBegin(id, this.#of(id));
    this.pool.send(worker, { type: 'begin', source, reading: tally.reading });
    this.tell.onStatus(id, this.#of(id));
    if (source.kind === 'live' && this.durationMs !== undefined) {
      const leftMs = this.durationMs - (Date.now() - (tally.startedAt ?? Date.now()));
      running.endTimer = setTimeout(() => this.#askToEnd(id, worker), Math.max(0, leftMs));
    }
    this.#govern();
  }

  #askToEnd(id: string, worker: number): void {
    this.pool.send(worker, { type: 'end', id, reading: this.#of(id).reading });
  }

  /** The files begun last wait first. */
  #govern(): void {
    const { files: most, share } = this.#allowed();
    let files = 0;
    for (const [id, running] of this.#running) {
      const isFile = this.#of(id).source.kind === 'file';
      const next = { isPaused: isFile && ++files > most, share: isFile ? 1 : share };
      if (running.isPaused === next.isPaused && running.share === next.share) continue;
      Object.assign(running, next);
      this.pool.send(running.worker, { type: 'govern', id, reading: this.#of(id).reading, ...next });
    }
  }

  isPaused(id: string): boolean {
    return this.#running.get(id)?.isPaused === true;
  }

  #allowed(): { files: number; share: number } {
    return allowance(this.#throttle, this.workers());
  }

  #crossed(id: string, before: Tally, crossing: Crossing): void {
    const { tally, alert } = crossed(before, crossing);
    this.#put(tally);
    this.tell.onCrossing(id, crossing, tally);
    if (alert) this.tell.onAlert(id, alert);
  }

  #said(id: string, tally: Tally): void {
    const before = this.#of(id);
    this.#put(tally.status === 'ok' ? { ...tally, gaps: endGap(tally.gaps, Date.now()) } : tally);
    if (before.status !== tally.status || before.reason !== tally.reason) this.tell.onStatus(id, tally);
  }

  #free(id: string): void {
    clearTimeout(this.#running.get(id)?.endTimer);
    this.#running.delete(id);
  }

  #end(id: string, end: CountEnd, reason?: string): void {
    this.#put(ended(this.#of(id), end, Date.now(), reason === undefined ? undefined : redactUrls(reason)));
    this.tell.onStatus(id, this.#of(id));
    if (!this.#isDone()) return;
    for (const resolve of this.#settled.splice(0)) resolve();
  }

  #isDone(): boolean {
    return [...this.#tallies.values()].every(({ end }) => end !== undefined);
  }

  #put(tally: Tally): void {
    this.#tallies.set(tally.source.id, tally);
  }

  #of(id: string): Tally {
    const tally = this.#tallies.get(id);
    if (!tally) throw new Error(`there is no source "${id}"`);
    return tally;
  }
}

/** A live source that gave frames was counted for as long as was asked; a file that was cut off was not. */
function endOf(
  { source, frames, reason }: Tally,
  end: CountEnd,
): { end: CountEnd; reason?: string | undefined } {
  if (source.kind === 'file' || end !== 'stopped') return { end, reason };
  if (frames.captured === 0) return { end: 'failed', reason: reason ?? 'it gave no picture in its time' };
  return { end: 'finished', reason };
}

/** A gap that ends is told again with its end. */
function withGap(gaps: readonly CountGap[], gap: CountGap): CountGap[] {
  return [...gaps.filter(({ from }) => from !== gap.from), gap];
}

function endGap(gaps: readonly CountGap[], now: number): readonly CountGap[] {
  if (gaps.every(({ to }) => to !== undefined)) return gaps;
  return gaps.map((gap) => (gap.to === undefined ? { ...gap, to: now } : gap));
}
