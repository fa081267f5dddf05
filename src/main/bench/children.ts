import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';

/** Processes of the system under measurement. Unlike those of `run` they are not restarted: a death spoils the numbers. */
export interface Children {
  /** @param args as one would type them: `worker motion` */
  start(name: string, ...args: string[]): void;
  /** Process ids by name. */
  pids(): Record<string, number>;
  /** Rejects when a child dies before `stop`; never resolves. */
  readonly died: Promise<never>;
  /** SIGTERM, and SIGKILL to what is left after a while; resolves when all are gone. */
  stop(): Promise<void>;
}

/** The command line beside this file, compiled or not. */
const CLI = join(__dirname, `../cli${extname(__filename)}`);
const STOP_MS = 15_000;

/** @param logDir the children's output goes to `<logDir>/<name>.log` */
export function createChildren(env: NodeJS.ProcessEnv, logDir: string): Children {
  const alive = new Map<string, ChildProcess>();
  let stopping = false;
  let fail: (error: Error) => void = () => undefined;
  const died = new Promise<never>((_, reject) => (fail = reject));
  // Whoever does not wait for it learns of the death by other means.
  died.catch(() => undefined);
  const onExit = async (name: string, how: string): Promise<void> => {
    const log = await readFile(join(logDir, `${name}.log`), 'utf8').catch(() => '');
    fail(new Error(`the ${name} process ended (${how}): ${log.trim().split('\n').slice(-3).join(' | ')}`));
  };
  return {
    start(name, ...args) {
      const output = openSync(join(logDir, `${name}.log`), 'a');
      const child = fork(CLI, args, { env, stdio: ['ignore', output, output, 'ipc'] });
      closeSync(output);
      alive.set(name, child);
      child.once('exit', (code, signal) => {
        alive.delete(name);
        // A sampler whose files are all read ends by itself.
        if (!stopping && code !== 0) void onExit(name, String(signal ?? code));
      });
    },
    pids: () =>
      Object.fromEntries(
        [...alive].flatMap(([name, { pid }]) => (pid === undefined ? [] : [[name, pid] as const])),
      ),
    died,
    async stop() {
      stopping = true;
      await Promise.all([...alive.values()].map(stopChild));
    },
  };
}

async function stopChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  // A frozen process takes its SIGTERM only when it is continued.
  child.kill('SIGCONT');
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
  await gone;
  clearTimeout(timer);
}
