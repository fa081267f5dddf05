import type { ChildProcess } from 'node:child_process';
import type { Readable } from 'node:stream';

const KILL_AFTER_MS = 2000;
const LONGEST_LINE = 400;

/** Calls back with each line that comes out of a pipe, without its end; very long ones are cut short. */
export function readLines(pipe: Readable, onLine: (line: string) => void): void {
  let rest = '';
  pipe.setEncoding('utf8');
  pipe.on('data', (text: string) => {
    const lines = (rest + text).split('\n');
    rest = (lines.pop() ?? '').slice(0, LONGEST_LINE);
    lines.forEach((line) => onLine(line.slice(0, LONGEST_LINE)));
  });
  pipe.on('error', () => undefined);
}

/**
 * Ends an ffmpeg: asks it, and kills it when it does not obey in time.
 * @param outputs what it writes to: it finishes the write it is in before it obeys, and closing our end ends that write
 * @param closed resolves when it is gone and all it wrote has been read
 */
export async function stopChild(
  child: ChildProcess,
  outputs: readonly Readable[],
  closed: Promise<void>,
): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM');
  for (const stream of outputs) stream.destroy();
  const kill = setTimeout(() => child.kill('SIGKILL'), KILL_AFTER_MS);
  await closed;
  clearTimeout(kill);
}
