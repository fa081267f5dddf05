import { readdirSync, readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';

/** Fails the run when a process that a test started is still alive five seconds after the last test. */
export default async function teardown(): Promise<void> {
  const mark = `CAMQUEUE_TEST_RUN=${process.env['CAMQUEUE_TEST_RUN'] ?? ''}`;
  for (let waited = 0; waited < 5000 && leftBehind(mark).length > 0; waited += 200) await delay(200);
  await rm(process.env['CAMQUEUE_TEST_DATABASES'] ?? '', { recursive: true, force: true });
  const left = leftBehind(mark);
  if (left.length === 0) return;
  for (const { pid } of left) process.kill(pid, 'SIGKILL');
  throw new Error(
    `tests left processes running:\n${left.map(({ pid, command }) => `  ${pid} ${command}`).join('\n')}`,
  );
}

function leftBehind(mark: string): { pid: number; command: string }[] {
  const found: { pid: number; command: string }[] = [];
  for (const name of readdirSync('/proc').filter((entry) => /^\d+$/.test(entry))) {
    const pid = Number(name);
    if (pid === process.pid || pid === process.ppid) continue;
    try {
      if (!readFileSync(`/proc/${name}/environ`, 'utf8').split('\0').includes(mark)) continue;
      const command = readFileSync(`/proc/${name}/cmdline`, 'utf8').split('\0').join(' ').trim();
      // Jest's own workers carry the mark too and end by themselves.
      if (command !== '' && !command.includes('jest-worker')) found.push({ pid, command });
    } catch {
      // The process ended while we looked at it, or is not ours to read.
    }
  }
  return found;
}
