import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { CameraEvent } from '../../src/domain/events.js';
import type { FrameCounts } from '../../src/domain/frame.js';
import { messageOf } from '../../src/errors.js';
import { createRedisCameraStates } from '../../src/io/redis/camera-states.js';
import { connectRedis } from '../../src/io/redis/connection.js';
import { createEventStore } from '../../src/io/sql/event-store.js';
import { openDatabase } from '../../src/io/sql/open.js';
import type { CameraStates, SourceState } from '../../src/ports.js';

/** The compiled system as its users have it: its command line, its processes, and a look at what they stored. */
const ROOT = resolve(__dirname, '../..');
const CLI = join(ROOT, 'dist/src/main/cli.js');
const POLL_MS = 20;

// Several processes start and a network looks at a clip: seconds on a quiet machine, a minute and more on a busy one.
// Waits end with what they wait for, so patience costs nothing.
jest.setTimeout(300_000);
const PATIENCE_MS = 120_000;

/** Call it in `beforeAll`: old code would be tested otherwise. */
export function needFreshBuild(): void {
  const builtAt = statSync(CLI, { throwIfNoEntry: false })?.mtimeMs;
  if (builtAt === undefined) throw new Error(`${CLI} is missing: run scripts/setup.sh`);
  const sources = ['src', 'jobs', 'queues', 'models'].flatMap((room) =>
    readdirSync(join(ROOT, room), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts'))
      .map((name) => join(room, name)),
  );
  const newer = sources.find((name) => statSync(join(ROOT, name)).mtimeMs > builtAt);
  if (newer !== undefined) throw new Error(`${newer} is newer than the build in dist/: run scripts/setup.sh`);
}

/** A short path: the sockets of the embedded Redis are in it. */
export function newFolder(): string {
  return mkdtempSync(join(tmpdir(), 'camqueue-'));
}

export interface Cli {
  readonly pid: number;
  readonly stdout: () => string;
  readonly stderr: () => string;
  readonly signal: (name: NodeJS.Signals) => void;
  /** As Ctrl-C in a terminal does: to the process and all its children that did not leave its group. */
  readonly signalGroup: (name: NodeJS.Signals) => void;
  readonly hasEnded: () => boolean;
  /** Exit code, or the signal that ended it. */
  readonly ended: Promise<number | string>;
}

/** Starts `camqueue …`; nothing of the caller's own Camqueue settings gets through. */
export function startCli(args: readonly string[], env: NodeJS.ProcessEnv = {}): Cli {
  const output = { stdout: '', stderr: '' };
  const { REDIS_URL: _, FRAME_REDIS_URL: __, DATABASE_URL: ___, SMTP_URL: ____, ...own } = process.env;
  const child: ChildProcess = spawn(process.execPath, [CLI, ...args], {
    cwd: tmpdir(),
    env: { ...own, HTTP_PORT: '0', MOTION_WORKERS: '1', LOG_LEVEL: 'info', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  for (const name of ['stdout', 'stderr'] as const)
    child[name]?.setEncoding('utf8').on('data', (text: string) => (output[name] += text));
  const pid = child.pid ?? 0;
  return {
    pid,
    stdout: () => output.stdout,
    stderr: () => output.stderr,
    hasEnded: () => child.exitCode !== null || child.signalCode !== null,
    signal: (name) => void child.kill(name),
    signalGroup: (name) => void process.kill(-pid, name),
    // `exit`, not `close`: children that outlive it hold its pipes.
    ended: new Promise((end) => child.once('exit', (code, signal) => end(code ?? signal ?? 'unknown'))),
  };
}

export interface Ended {
  readonly code: number | string;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `camqueue …` to its end. */
export async function cli(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Ended> {
  const started = startCli(args, env);
  const code = await started.ended;
  // What it wrote last may still be in the pipe.
  await delay(POLL_MS);
  return { code, stdout: started.stdout(), stderr: started.stderr() };
}

/**
 * Polls until `read` gives what is wanted.
 * @throws Error with what was seen last, when that takes longer than `withinMs`.
 */
export async function until<T>(
  what: string,
  read: () => T | Promise<T>,
  isWanted: (seen: T) => boolean,
  withinMs = PATIENCE_MS,
): Promise<T> {
  const deadline = Date.now() + withinMs;
  for (;;) {
    let last: string;
    try {
      const seen = await read();
      if (isWanted(seen)) return seen;
      last = JSON.stringify(seen);
    } catch (error) {
      last = messageOf(error);
    }
    if (Date.now() > deadline) throw new Error(`waited ${withinMs} ms for ${what}; last seen: ${last}`);
    await delay(POLL_MS);
  }
}

interface Process {
  readonly pid: number;
  readonly command: string;
}

/** What is running and belongs to the installation in this folder. */
export function processesOf(folder: string): Process[] {
  return readdirSync('/proc').flatMap((name) => {
    if (!/^\d+$/.test(name) || Number(name) === process.pid) return [];
    try {
      const command = readFileSync(`/proc/${name}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
      const environment = readFileSync(`/proc/${name}/environ`, 'utf8');
      const isOurs = command !== '' && (command.includes(folder) || environment.includes(folder));
      return isOurs ? [{ pid: Number(name), command }] : [];
    } catch {
      return []; // It ended while we looked.
    }
  });
}

/** One installation in a folder of its own. */
export class Installation {
  readonly folder = newFolder();
  readonly data = join(this.folder, 'data');
  readonly cameraFile = join(this.folder, 'cameras.yaml');
  readonly #running = new Set<Cli>();
  #redis: ReturnType<typeof connectRedis> | undefined;

  /** @param file what the camera file holds */
  constructor(private readonly file: { readonly cameras: object[] } & Record<string, unknown>) {
    this.#write();
  }

  /** Another camera in the camera file: what runs takes it on within two seconds. */
  add(camera: object): void {
    this.file.cameras.push(camera);
    this.#write();
  }

  #write(): void {
    writeFileSync(this.cameraFile, JSON.stringify(this.file));
  }

  run(env: NodeJS.ProcessEnv = {}, ...more: string[]): Cli {
    return this.start(['run', '--cameras', this.cameraFile, ...more], env);
  }

  start(args: readonly string[], env: NodeJS.ProcessEnv = {}): Cli {
    const started = startCli([...args, '--data', this.data], env);
    this.#running.add(started);
    return started;
  }

  /** The states that the jobs' Redis holds while it is there. */
  get states(): CameraStates {
    this.#redis ??= connectRedis({ path: join(this.data, 'redis/jobs.sock') }, 'jobs');
    return createRedisCameraStates(this.#redis, 'camqueue');
  }

  /** Like `until`, but does not go on waiting when nothing runs any more. */
  async #until<T>(what: string, read: () => Promise<T>, isWanted: (seen: T) => boolean): Promise<T> {
    let ended: Cli | undefined;
    const readRunning = async (): Promise<T> => {
      const all = [...this.#running];
      if (all.every((started) => started.hasEnded())) ended = all.at(-1);
      return read();
    };
    const seen = await until(what, readRunning, (found) => ended !== undefined || isWanted(found));
    if (!isWanted(seen)) throw new Error(`ended while waiting for ${what}:\n${ended?.stderr().slice(-1000)}`);
    return seen;
  }

  /** Waits until so many of the camera's frames are accounted for. */
  async untilCaptured(cameraId: string, frames: number): Promise<FrameCounts> {
    const read = async (): Promise<FrameCounts | undefined> => (await this.states.read(cameraId))?.counts;
    const counts = await this.#until(
      `frame ${frames} of ${cameraId}`,
      read,
      (seen) => (seen?.captured ?? 0) >= frames,
    );
    return counts!;
  }

  /** Waits until the source has this status. */
  async untilStatus(cameraId: string, status: SourceState['status']): Promise<SourceState> {
    const read = (): Promise<SourceState | undefined> => this.states.source(cameraId);
    return (await this.#until(`${cameraId} to be ${status}`, read, (seen) => seen?.status === status))!;
  }

  /** kill -9 of the one process whose command line matches. */
  async kill9(command: RegExp): Promise<void> {
    const matching = (): Process[] => processesOf(this.folder).filter((found) => command.test(found.command));
    const [victim] = await until(`one process ${String(command)}`, matching, ({ length }) => length === 1);
    process.kill(victim!.pid, 'SIGKILL');
    await until('its end', matching, (left) => left.every(({ pid }) => pid !== victim!.pid));
  }

  /** kill -9 of everything that runs here. */
  killAll9(): void {
    for (const { pid } of processesOf(this.folder)) {
      try {
        process.kill(pid, 'SIGKILL');
      } catch (error) {
        // It ended between the look and the shot.
        if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
      }
    }
  }

  async counts(cameraId: string): Promise<FrameCounts | undefined> {
    return (await this.states.read(cameraId))?.counts;
  }

  /** All events of the camera, oldest first. */
  async events(cameraId: string): Promise<CameraEvent[]> {
    const database = await openDatabase({ dataDir: this.data });
    try {
      return (await createEventStore(database).list({ cameraId, limit: 100_000 })).reverse();
    } finally {
      await database.close();
    }
  }

  async crossings(cameraId: string): Promise<Crossing[]> {
    return crossingsOf(await this.events(cameraId));
  }

  /** SIGTERM to everything started here; waits until no process is left. */
  async stop(): Promise<void> {
    this.#redis?.disconnect();
    this.#redis = undefined;
    for (const started of this.#running) started.signal('SIGTERM');
    await Promise.all([...this.#running].map(({ ended }) => ended));
    this.#running.clear();
    await this.untilGone();
  }

  /** Waits until no process of the installation is left. */
  async untilGone(): Promise<void> {
    await until(
      'the end of all processes',
      () => processesOf(this.folder),
      (found) => found.length === 0,
      PATIENCE_MS / 2,
    );
  }

  /** For `afterEach`: also after a test that failed in the middle. */
  async remove(): Promise<void> {
    this.#redis?.disconnect();
    for (const started of this.#running) started.signal('SIGTERM');
    await this.untilGone().catch((error: unknown) => {
      this.killAll9();
      throw error;
    });
    await rm(this.folder, { recursive: true, force: true });
  }
}

export interface Crossing {
  readonly frame: number;
  readonly direction: 'in' | 'out';
  readonly class: string;
  /** Tells tracks that went on from tracks that began anew. */
  readonly trackId?: number | undefined;
}

export function crossingsOf(events: readonly object[]): Crossing[] {
  return (events as readonly Partial<CameraEvent>[]).flatMap((event) =>
    event.type === 'crossing'
      ? [
          {
            frame: event.frame ?? -1,
            direction: event.direction!,
            class: event.class ?? '',
            trackId: event.trackId,
          },
        ]
      : [],
  );
}
