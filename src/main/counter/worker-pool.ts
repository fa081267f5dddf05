import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { Log } from '../../log.js';
import { FromWorker, type ToWorker } from './protocol.js';

/** The worker processes of a counter. One that dies is replaced; workers are numbered by their place, from 1. */
export interface WorkerPool {
  /** Workers that can take sources. */
  ready(): number[];
  pids(): number[];
  send(worker: number, message: ToWorker): void;
  /** How many there are to be; more are started, none is ended. */
  grow(size: number): void;
  /** Asks all to end; those that have not after `graceMs` are killed. Nothing is replaced any more. */
  stop(graceMs: number): Promise<void>;
  /** At once, without asking. */
  kill(): void;
}

interface PoolOptions {
  /** Starts a worker; its IPC channel speaks `protocol.ts`. */
  readonly fork: () => ChildProcess;
  readonly log: Log;
  readonly onReady: () => void;
  readonly onMessage: (worker: number, message: FromWorker) => void;
  /** Its sources are to be begun again. */
  readonly onDeath: (worker: number, how: string) => void;
  /** No worker can be had: why. */
  readonly onGivenUp: (reason: string) => void;
}

const FIRST_RESTART_MS = 100;
const LAST_RESTART_MS = 10_000;
/** So many deaths in a row before a worker was ready, and none is tried any more. */
const HOPELESS = 5;
/** A worker says every two seconds that it lives. A loaded machine may keep it for long. */
const SILENT_MS = 60_000;

interface Place {
  child?: ChildProcess;
  isReady: boolean;
  heardAt: number;
  /** Deaths in a row before it was ready. */
  failures: number;
  timer?: NodeJS.Timeout;
}

export function createWorkerPool(options: PoolOptions): WorkerPool {
  const { fork, log, onReady, onMessage, onDeath, onGivenUp } = options;
  const places: Place[] = [];
  let isStopping = false;
  const giveUp = (reason: string): void => {
    if (isStopping) return;
    isStopping = true;
    onGivenUp(reason);
  };

  function start(place: Place): void {
    const worker = places.indexOf(place) + 1;
    const child = fork();
    Object.assign(place, { child, isReady: false, heardAt: Date.now() });
    child.on('message', (raw) => {
      place.heardAt = Date.now();
      const message = FromWorker.parse(raw);
      if (message.type === 'unfit') return giveUp(message.reason);
      if (message.type === 'ready') {
        Object.assign(place, { isReady: true, failures: 0 });
        log.info({ worker, workerPid: child.pid }, 'worker is ready');
        return onReady();
      }
      if (message.type !== 'alive') onMessage(worker, message);
    });
    // Told again by its exit; a message to a process that has just died is no failure of ours.
    child.on('error', (error) => log.debug({ err: error, worker }, 'worker'));
    // `close`, not `exit`: what it said last is read before.
    child.once('close', (code, signal) => died(place, worker, signal ?? `exit code ${String(code)}`));
  }

  function died(place: Place, worker: number, how: string): void {
    const wasReady = place.isReady;
    delete place.child;
    Object.assign(place, { isReady: false, failures: wasReady ? 0 : place.failures + 1 });
    if (isStopping) return;
    if (place.failures >= HOPELESS)
      return giveUp(`worker processes end before they are ready (${how}); see the log`);
    const restartMs = Math.min(LAST_RESTART_MS, FIRST_RESTART_MS * 2 ** (place.failures * 2));
    log.warn({ worker, how, restartMs }, 'a worker died; it is replaced');
    onDeath(worker, how);
    place.timer = setTimeout(() => start(place), restartMs);
  }

  const watch = setInterval(() => {
    for (const { child, heardAt } of places) {
      if (!child || Date.now() - heardAt < SILENT_MS) continue;
      log.warn({ workerPid: child.pid }, 'a worker has fallen silent; it is killed');
      child.kill('SIGKILL');
    }
  }, 5000);
  watch.unref();

  const children = (): ChildProcess[] => places.flatMap(({ child }) => (child ? [child] : []));
  const end = (): void => {
    isStopping = true;
    clearInterval(watch);
    places.forEach(({ timer }) => clearTimeout(timer));
  };
  return {
    ready: () => places.flatMap(({ isReady }, i) => (isReady ? [i + 1] : [])),
    pids: () => children().flatMap(({ pid }) => (pid === undefined ? [] : [pid])),
    send(worker, message) {
      const child = places[worker - 1]?.child;
      // One that is gone takes its sources with it: its death is told apart.
      if (child?.connected === true) child.send(message, undefined, undefined, () => undefined);
    },
    grow(size) {
      while (places.length < size && !isStopping) {
        const place: Place = { isReady: false, heardAt: Date.now(), failures: 0 };
        places.push(place);
        start(place);
      }
    },
    async stop(graceMs) {
      end();
      const gone = children().map((child) => once(child, 'close'));
      for (const child of children()) child.send({ type: 'stop' }, undefined, undefined, () => undefined);
      const timer = setTimeout(() => children().forEach((child) => child.kill('SIGKILL')), graceMs);
      await Promise.all(gone);
      clearTimeout(timer);
    },
    kill() {
      end();
      children().forEach((child) => child.kill('SIGKILL'));
    },
  };
}
