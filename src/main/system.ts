import { existsSync, mkdirSync, openSync, closeSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from '../config.js';
import type { Camera } from '../domain/camera.js';
import { InputError } from '../errors.js';
import type { Log } from '../log.js';
import { CLOSE_MS } from './role.js';
import { supervise, type Role, type Supervisor } from './supervisor.js';

/** What a worker needs to tell people. */
const ALERT_QUEUES = ['alert', 'escalation', 'notification', 'incident-sweep', 'occupancy', 'health-check'];
/** Nobody waits for these: alerts must not wait for them either. */
const QUIET_QUEUES = ['traffic-flow', 'report', 'calibration-check', 'cleanup', 'backup'];
/** Long work on files, one job at a time each, at low priority. */
const MEDIA_QUEUES = ['export-clip', 'archive'];
/** Works only while somebody watches. */
const LIVE_QUEUES = ['live-frame'];

export interface System extends Pick<Supervisor, 'pids' | 'gaveUp'> {
  stop(): Promise<void>;
}

/**
 * Starts everything on this machine as child processes: samplers, motion workers (one core each), one worker for
 * the light queues, scheduler, API.
 * @param options.plates a camera reads plates: workers for them are started as well
 * @param options.restream a camera is published: a process for that is started as well
 * @param options.exitWhenFinished samplers end when every enabled camera is a file that is through
 * @param options.logDir when given, the children write their logs there
 * @throws InputError when the installation is running already.
 */
export function startSystem(
  config: Config,
  log: Log,
  options: {
    again: boolean;
    plates: boolean;
    restream?: boolean;
    exitWhenFinished?: boolean;
    logDir?: string;
  },
): System {
  const unlock = lockInstallation(config.DATA_DIR);
  // Children take everything from the environment, so that each sees the same paths as this process.
  const env = { ...process.env, DATA_DIR: config.DATA_DIR, CAMERAS_FILE: config.CAMERAS_FILE };
  const supervisor = supervise(rolesOf(config, options), {
    env,
    log,
    ...(options.logDir === undefined ? {} : { logDir: options.logDir }),
  });
  return {
    pids: () => supervisor.pids(),
    gaveUp: supervisor.gaveUp,
    stop: async () => {
      await supervisor.stop(config.SHUTDOWN_GRACE_MS + CLOSE_MS + 1000);
      unlock();
    },
  };
}

function rolesOf(
  config: Config,
  options: { again: boolean; plates: boolean; restream?: boolean; exitWhenFinished?: boolean },
): Role[] {
  const motion = Array.from({ length: config.MOTION_WORKERS }, (_, i) => ({
    name: `motion-${i + 1}`,
    args: ['worker', 'motion'],
  }));
  const plates = Array.from({ length: options.plates ? config.PLATE_WORKERS : 0 }, (_, i) => ({
    name: `plates-${i + 1}`,
    args: ['worker', 'license-plate'],
  }));
  const flags = [
    ...(options.again ? ['--again'] : []),
    ...(options.exitWhenFinished === true ? ['--exit-when-finished'] : []),
  ];
  const samplers = Array.from({ length: config.SAMPLERS }, (_, i) => ({
    name: config.SAMPLERS === 1 ? 'sampler' : `sampler-${i + 1}`,
    args: ['sampler', ...flags],
  }));
  return [
    { name: 'api', args: ['api'] },
    { name: 'alerts', args: ['worker', ...ALERT_QUEUES] },
    { name: 'reports', args: ['worker', ...QUIET_QUEUES] },
    { name: 'media', args: ['worker', ...MEDIA_QUEUES] },
    { name: 'live', args: ['worker', ...LIVE_QUEUES] },
    ...motion,
    ...plates,
    ...(options.restream === true ? [{ name: 'restream', args: ['restream'] }] : []),
    { name: 'scheduler', args: ['scheduler'] },
    ...samplers,
  ];
}

/** Whether any camera that is on reads plates. */
export function hasPlates(cameras: readonly Camera[]): boolean {
  return cameras.some(({ enabled, plates }) => enabled && plates?.enabled === true);
}

/** Whether its processed stream is published. */
export function isRestreamed({ enabled, restream }: Pick<Camera, 'enabled' | 'restream'>): boolean {
  return enabled && restream !== undefined;
}

/** @throws InputError when a `run` of this data folder is alive. */
export function refuseWhenRunning(dataDir: string): void {
  const path = join(dataDir, 'run.pid');
  if (!existsSync(path)) return;
  const pid = Number(readFileSync(path, 'utf8'));
  if (isAlive(pid))
    throw new InputError(`this installation is running already (process ${pid}, data folder ${dataDir})`);
}

/** One `run` an installation: two would read every camera twice. The lock of a process that died is taken over. */
function lockInstallation(dataDir: string): () => void {
  mkdirSync(dataDir, { recursive: true });
  const path = join(dataDir, 'run.pid');
  for (;;) {
    try {
      const file = openSync(path, 'wx');
      writeSync(file, String(process.pid));
      closeSync(file);
      return () => rmSync(path, { force: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      refuseWhenRunning(dataDir);
      rmSync(path, { force: true });
    }
  }
}

function isAlive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0 || pid === process.pid) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
