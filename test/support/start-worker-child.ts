import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

export interface WorkerChild {
  readonly pid: number;
  /** The next message that has this key; messages that came earlier count. */
  said(key: 'started' | 'aborted' | 'handedBack' | 'ready'): Promise<Record<string, unknown>>;
  signal(name: 'SIGKILL' | 'SIGTERM' | 'SIGSTOP' | 'SIGCONT'): void;
  /** Resolves to the exit code, or the signal that ended it. */
  readonly exited: Promise<number | string | null>;
}

/** Starts worker-child.ts as a process of its own; resolves when it takes jobs. */
export async function startWorkerChild(path: string, prefix: string, graceMs: number): Promise<WorkerChild> {
  const child: ChildProcess = fork(join(__dirname, 'worker-child.ts'), [path, prefix, String(graceMs)], {
    execArgv: ['-r', join(__dirname, 'register-ts.cjs')],
  });
  const messages: Record<string, unknown>[] = [];
  let wake: () => void = () => undefined;
  child.on('message', (message: Record<string, unknown>) => {
    messages.push(message);
    wake();
  });
  const exited = once(child, 'exit').then(([code, signal]) => (code ?? signal) as number | string | null);
  const said: WorkerChild['said'] = async (key) => {
    for (;;) {
      const at = messages.findIndex((message) => key in message);
      if (at >= 0) return messages.splice(at, 1)[0] ?? {};
      await Promise.race([
        new Promise<void>((resolve) => (wake = resolve)),
        exited.then((code) => {
          if (!messages.some((message) => key in message))
            throw new Error(`the worker ended (${code}) without saying "${key}"`);
        }),
      ]);
    }
  };
  exited.catch(() => undefined);
  await said('ready');
  return { pid: child.pid ?? 0, said, signal: (name) => void child.kill(name), exited };
}
