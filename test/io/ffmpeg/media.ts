import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

export async function makeFolder(): Promise<{ path: (name: string) => string; remove: () => Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'camqueue-media-'));
  return { path: (name) => join(folder, name), remove: () => rm(folder, { recursive: true, force: true }) };
}

/** Makes a clip with ffmpeg: `input` is a lavfi source, `output` the options between input and file. */
export async function makeClip(file: string, input: string, ...output: string[]): Promise<string> {
  await run('ffmpeg', ['-v', 'error', '-nostdin', '-y', '-f', 'lavfi', '-i', input, ...output, file]);
  return file;
}

export const H264 = ['-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p'];

/** Ids of the running processes whose command line holds this text. */
export async function processesWith(text: string): Promise<number[]> {
  const { stdout } = await run('ps', ['-eo', 'pid=,stat=,args=', '-ww'], { maxBuffer: 1 << 24 });
  return stdout
    .split('\n')
    .filter((line) => line.includes(text) && !/^\s*\d+\s+Z/.test(line))
    .map((line) => Number.parseInt(line, 10));
}
