import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { open, readFile, stat, truncate } from 'node:fs/promises';
import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { InputError, messageOf } from '../../errors.js';
import type { Log } from '../../log.js';

/** A redis-server on a unix socket. */
export interface ServerPlan {
  readonly role: 'jobs' | 'frames';
  readonly binary: string;
  readonly socket: string;
  readonly pidFile: string;
  /** What the server prints is appended here. */
  readonly logFile: string;
  readonly args: readonly string[];
  /** Memory it may use; not set: no bound. */
  readonly maxBytes?: number;
}

/** XTRIM MINID and BullMQ's commands need it. */
const OLDEST = [6, 2] as const;
/** Loading a large append-only file takes its time: about 1 GB in 10 s. */
export const START_TIMEOUT_MS = 60_000;
const STOP_TIMEOUT_MS = 15_000;
const POLL_MS = 20;
const PROBE_TIMEOUT_MS = 1000;
const LOG_MAX_BYTES = 1_000_000;
const LOG_TAIL_LINES = 4;

/**
 * Makes sure that the server answers: finds it running, waits while it loads, or starts it. Only the holder of
 * the installation's lock may call this: two servers on one append-only file would ruin it.
 * @throws InputError without a usable binary; Error with the end of the server's log when it does not come up.
 */
export async function ensureServing(plan: ServerPlan, log: Log): Promise<void> {
  const deadline = Date.now() + START_TIMEOUT_MS;
  let child: ChildProcess | undefined;
  for (;;) {
    const state = await probe(plan.socket);
    if (state === 'ready') break;
    if (state === 'gone' && child === undefined) {
      await endUnreachable(plan);
      child = await launch(plan);
      log.info({ redis: plan.role, pid: child.pid }, 'redis-server started');
    }
    if (child !== undefined && (child.exitCode ?? child.signalCode) !== null) {
      throw new Error(`redis-server for ${plan.role} ended at start: ${await tailOf(plan.logFile)}`);
    }
    if (Date.now() > deadline)
      throw new Error(`redis-server at ${plan.socket} does not answer; see ${plan.logFile}`);
    await delay(POLL_MS);
  }
  child?.unref();
}

/** Waits until a server that was told to shut down is gone. */
export async function untilGone(plan: ServerPlan, pid: number): Promise<void> {
  const deadline = Date.now() + STOP_TIMEOUT_MS;
  while ((await probe(plan.socket)) !== 'gone' || (await isServer(pid, plan))) {
    if (Date.now() > deadline) throw new Error(`redis-server ${pid} does not stop; see ${plan.logFile}`);
    await delay(POLL_MS);
  }
}

/** `busy`: it is there, but loads its data or is held up. */
type Presence = 'ready' | 'busy' | 'gone';

function probe(socketPath: string): Promise<Presence> {
  return new Promise((resolve, reject) => {
    const socket = connect(socketPath);
    const end = (presence: Presence): void => {
      socket.destroy();
      resolve(presence);
    };
    socket.setTimeout(PROBE_TIMEOUT_MS, () => end('busy'));
    socket.once('connect', () => socket.write('PING\r\n'));
    socket.once('data', (data) => end(data.toString().startsWith('+PONG') ? 'ready' : 'busy'));
    socket.once('end', () => end('busy'));
    socket.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT' || error.code === 'ECONNREFUSED') end('gone');
      else if (error.code === 'EACCES')
        reject(
          new InputError(`${socketPath} belongs to another user: run as that user, or set another DATA_DIR`),
        );
      else end('busy');
    });
  });
}

async function launch(plan: ServerPlan): Promise<ChildProcess> {
  await refuseOld(plan.binary);
  const size = await stat(plan.logFile).then(
    (found) => found.size,
    () => 0,
  );
  if (size > LOG_MAX_BYTES) await truncate(plan.logFile);
  const output = await open(plan.logFile, 'a', 0o600);
  try {
    const child = spawn(plan.binary, plan.args, {
      // A session of its own: Ctrl-C in the terminal is for us, who stop the server when the last of us leaves.
      detached: true,
      stdio: ['ignore', output.fd, output.fd],
      // Nothing of our environment: it holds passwords, and the server may outlive us.
      env: { PATH: process.env['PATH'] },
    });
    await new Promise((resolve, reject) => child.once('spawn', resolve).once('error', reject));
    return child;
  } finally {
    await output.close();
  }
}

async function refuseOld(binary: string): Promise<void> {
  const { stdout } = await promisify(execFile)(binary, ['--version']).catch(
    (error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT')
        throw new InputError(`${binary} cannot be run (${messageOf(error)}): set REDIS_URL`);
      throw new InputError(
        "redis-server was not found: install Debian's package redis-server (apt-get install redis-server) or set REDIS_URL",
      );
    },
  );
  const [, version = 'unknown', major, minor] = /v=((\d+)\.(\d+)[\d.]*)/.exec(stdout) ?? [];
  const isNewEnough =
    Number(major) > OLDEST[0] || (Number(major) === OLDEST[0] && Number(minor) >= OLDEST[1]);
  if (!isNewEnough) {
    throw new InputError(
      `redis-server is version ${version}: ${OLDEST.join('.')} or newer is needed; update it or set REDIS_URL`,
    );
  }
}

/** Ends a server of ours whose socket file was removed: nobody can reach it, but it still holds its files. */
async function endUnreachable(plan: ServerPlan): Promise<void> {
  const pid = Number(await readFile(plan.pidFile, 'utf8').catch(() => ''));
  if (!(await isServer(pid, plan))) return;
  process.kill(pid, 'SIGTERM');
  await untilGone(plan, pid);
}

/** True when that process runs and is this server: Redis puts its socket into its title. */
async function isServer(pid: number, { socket }: ServerPlan): Promise<boolean> {
  if (!(pid > 0)) return false;
  const title = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
  return title.includes(socket);
}

async function tailOf(file: string): Promise<string> {
  const lines = (await readFile(file, 'utf8')).trimEnd().split('\n');
  return lines.slice(-LOG_TAIL_LINES).join(' | ');
}
