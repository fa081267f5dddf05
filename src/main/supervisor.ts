import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { openSync, closeSync } from 'node:fs';
import { join } from 'node:path';
import type { Log } from '../log.js';
import { EXIT_OK, EXIT_USAGE } from './exit-codes.js';

/** One child process of `run`: a role and its arguments, as one would type them. */
export interface Role {
  readonly name: string;
  readonly args: readonly string[];
}

export interface Supervisor {
  /** The children that are alive, by role name. */
  pids(): Record<string, number>;
  /** Resolves, with the role's name, when a child gave up because its input is wrong: a restart would not help. */
  readonly gaveUp: Promise<string>;
  /** Asks all children to stop (SIGTERM), kills those that have not after `graceMs`. */
  stop(graceMs: number): Promise<void>;
}

/** What a child tells its parent before it ends for want of work: it is not started again. */
export const ALL_DONE = 'all-done';

const FIRST_RESTART_MS = 250;
const LAST_RESTART_MS = 15_000;
/** A child that lived this long was healthy: its next restart is quick again. */
const HEALTHY_MS = 60_000;

/**
 * Starts the roles as child processes and restarts those that die. Children notice the death of this process by
 * their IPC channel and stop by themselves.
 * @param options.logDir when given, each child's output goes to `<logDir>/<role>.log` instead of this process's.
 */
export function supervise(
  roles: readonly Role[],
  options: { env: NodeJS.ProcessEnv; log: Log; logDir?: string },
): Supervisor {
  const alive = new Map<string, ChildProcess>();
  const timers = new Set<NodeJS.Timeout>();
  let stopping = false;
  let giveUp: (role: string) => void = () => undefined;
  const gaveUp = new Promise<string>((resolve) => (giveUp = resolve));

  function start(role: Role, delayMs: number): void {
    const output =
      options.logDir === undefined ? undefined : openSync(join(options.logDir, `${role.name}.log`), 'a');
    const child = fork(join(__dirname, 'cli.js'), role.args, {
      env: options.env,
      stdio: ['ignore', output ?? 'inherit', output ?? 'inherit', 'ipc'],
    });
    if (output !== undefined) closeSync(output);
    alive.set(role.name, child);
    const startedAt = Date.now();
    let isAllDone = false;
    child.on('message', (message) => {
      isAllDone ||= message === ALL_DONE;
    });
    child.once('exit', (code, signal) => {
      alive.delete(role.name);
      if (stopping) return;
      if (code === EXIT_USAGE) return giveUp(role.name);
      if (isAllDone && code === EXIT_OK)
        return options.log.info({ role: role.name }, 'a process has done all its work');
      const nextMs =
        Date.now() - startedAt > HEALTHY_MS ? FIRST_RESTART_MS : Math.min(delayMs * 2, LAST_RESTART_MS);
      options.log.warn(
        { role: role.name, code, signal, restartMs: nextMs },
        'a process died; it is started again',
      );
      const timer = setTimeout(() => {
        timers.delete(timer);
        start(role, nextMs);
      }, nextMs);
      timers.add(timer);
    });
  }

  for (const role of roles) start(role, FIRST_RESTART_MS / 2);
  return {
    gaveUp,
    pids: () =>
      Object.fromEntries(
        [...alive].flatMap(([name, child]) => (child.pid === undefined ? [] : [[name, child.pid]])),
      ),
    stop: async (graceMs) => {
      stopping = true;
      timers.forEach((timer) => clearTimeout(timer));
      await Promise.all([...alive.values()].map((child) => stopChild(child, graceMs)));
    },
  };
}

async function stopChild(child: ChildProcess, graceMs: number): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), graceMs);
  await gone;
  clearTimeout(timer);
}
