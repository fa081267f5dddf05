import { readFile } from 'node:fs/promises';
import { cpus, freemem, loadavg, totalmem } from 'node:os';
import type { Pressure } from './throttle.js';

/** How busy the machine is; in a container with a memory limit, that limit counts. */
export async function measurePressure(): Promise<Pressure> {
  return { loadPerCore: (loadavg()[0] ?? 0) / Math.max(1, cpus().length), memory: await memoryShare() };
}

const CGROUP = '/sys/fs/cgroup';

async function memoryShare(): Promise<number> {
  const [limit, used, stat] = await Promise.all([
    readNumber(`${CGROUP}/memory.max`),
    readNumber(`${CGROUP}/memory.current`),
    readFile(`${CGROUP}/memory.stat`, 'utf8').catch(() => ''),
  ]);
  const machine = 1 - (await availableBytes()) / totalmem();
  if (limit === undefined || used === undefined) return machine;
  // Of the page cache the part that was not used lately is given up when it is needed.
  const cache = Number(/^inactive_file (\d+)$/m.exec(stat)?.[1] ?? 0);
  return Math.max(machine, (used - cache) / limit);
}

/** Without `/proc` (not Linux) what is free must do. */
async function availableBytes(): Promise<number> {
  const text = await readFile('/proc/meminfo', 'utf8').catch(() => '');
  const kib = /^MemAvailable:\s+(\d+) kB$/m.exec(text)?.[1];
  return kib === undefined ? freemem() : Number(kib) * 1024;
}

async function readNumber(path: string): Promise<number | undefined> {
  const value = Number(await readFile(path, 'utf8').catch(() => 'none'));
  return Number.isFinite(value) ? value : undefined;
}

/** Resident memory of processes, bytes; those that are gone, and systems without `/proc`, count nothing. */
export async function residentBytes(pids: readonly number[]): Promise<number> {
  const sizes = await Promise.all(
    pids.map(async (pid) => {
      const text = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
      return Number(/^VmRSS:\s+(\d+) kB$/m.exec(text)?.[1] ?? 0) * 1024;
    }),
  );
  return sizes.reduce((sum, bytes) => sum + bytes, 0);
}
