import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { InputError } from '../../errors.js';

/** Which programs to run: a name found on PATH, or a path. */
export interface FfmpegBinaries {
  readonly ffmpeg: string;
  readonly ffprobe: string;
}

export const ON_PATH: FfmpegBinaries = { ffmpeg: 'ffmpeg', ffprobe: 'ffprobe' };

/**
 * Makes sure that ffmpeg and ffprobe can be run; call it once at start.
 * @throws InputError naming the program and the package to install.
 */
export async function checkFfmpeg(binaries: FfmpegBinaries = ON_PATH): Promise<void> {
  for (const program of [binaries.ffmpeg, binaries.ffprobe]) {
    try {
      await promisify(execFile)(program, ['-hide_banner', '-version'], { timeout: 10_000 });
    } catch (error) {
      throw notRunnable(program, error);
    }
  }
}

/** The error for a program that did not start. */
export function notRunnable(program: string, error: unknown): InputError {
  const code = (error as NodeJS.ErrnoException).code;
  const what =
    code === 'ENOENT' ? 'is not installed' : code === 'EACCES' ? 'may not be executed' : 'does not run';
  return new InputError(
    `${program} ${what}; install ffmpeg 5.1 or newer (Debian and Ubuntu: apt-get install ffmpeg)`,
  );
}

export function isNotRunnable(error: unknown): boolean {
  const { code, syscall } = error as NodeJS.ErrnoException;
  return (code === 'ENOENT' || code === 'EACCES') && syscall?.startsWith('spawn') === true;
}
