import { readdir, readFile } from 'node:fs/promises';
import { availableParallelism, cpus } from 'node:os';

/** Resident memory of a process, MB (10^6 bytes); `undefined` where there is no /proc, or no such process. */
export async function residentMb(pid: number): Promise<number | undefined> {
  return memoryMb(pid, 'VmRSS');
}

/** The most that a process has had resident since it was started, otherwise like `residentMb`. */
export async function peakMb(pid: number): Promise<number | undefined> {
  return memoryMb(pid, 'VmHWM');
}

async function memoryMb(pid: number, field: 'VmRSS' | 'VmHWM'): Promise<number | undefined> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  const kilobytes = new RegExp(String.raw`^${field}:\s+(\d+) kB`, 'm').exec(status)?.[1];
  return kilobytes === undefined ? undefined : (Number(kilobytes) * 1024) / 1e6;
}

/** Measures the share of all cores that is busy, by whomever, between now and the call of what it gives; 0..100. */
export function startLoadMeter(): () => number {
  const before = ticks();
  return () => {
    const after = ticks();
    const all = after.all - before.all;
    return all > 0 ? (100 * (after.busy - before.busy)) / all : 0;
  };
}

function ticks(): { all: number; busy: number } {
  const times = cpus().map((cpu) => cpu.times);
  const idle = times.reduce((sum, time) => sum + time.idle, 0);
  const all = times.reduce((sum, { user, nice, sys, idle, irq }) => sum + user + nice + sys + idle + irq, 0);
  return { all, busy: all - idle };
}

/** Kernel ticks a second; 100 on every Linux that Node runs on. */
const TICKS_PER_SECOND = 100;

/** What processes used of the processor. */
export interface CpuUse {
  /** s */
  readonly seconds: number;
  /** Of all cores, 0..100. */
  readonly share: number;
}

/**
 * Measures what these processes and all their descendants use between now and the call of what it gives; those that
 * have ended and were waited for included.
 */
export async function startCpuMeter(roots: readonly number[]): Promise<() => Promise<CpuUse>> {
  const [before, startedAt] = [await cpuSeconds(roots), performance.now()];
  return async () => {
    const elapsedS = (performance.now() - startedAt) / 1000;
    const seconds = (await cpuSeconds(roots)) - before;
    return { seconds, share: (100 * seconds) / elapsedS / availableParallelism() };
  };
}

/** Processor time that these processes and all their descendants have used, s; 0 where there is no /proc. */
async function cpuSeconds(roots: readonly number[]): Promise<number> {
  const names = (await readdir('/proc').catch(() => [] as string[])).filter((name) => /^\d+$/.test(name));
  const found = await Promise.all(names.map(readStat));
  const stats = found.filter((stat) => stat !== undefined);
  const ours = new Set(roots);
  // Parents may be listed after their children: as many passes as the tree is deep.
  for (let size = -1; size !== ours.size;) {
    size = ours.size;
    for (const { pid, parent } of stats) if (ours.has(parent)) ours.add(pid);
  }
  return stats.filter(({ pid }) => ours.has(pid)).reduce((sum, { seconds }) => sum + seconds, 0);
}

async function readStat(name: string): Promise<{ pid: number; parent: number; seconds: number } | undefined> {
  const text = await readFile(`/proc/${name}/stat`, 'utf8').catch(() => '');
  // The name of the program, in brackets, may hold blanks.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  // proc(5): ppid, and from utime on: its own time as user and in the kernel, and that of children that have ended.
  const [parent, ...ticks] = [fields[1], ...fields.slice(11, 15)].map(Number);
  if (parent === undefined || ticks.length < 4) return undefined;
  return { pid: Number(name), parent, seconds: ticks.reduce((sum, n) => sum + n) / TICKS_PER_SECOND };
}
