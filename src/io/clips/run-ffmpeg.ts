import ffmpeg from 'fluent-ffmpeg';

/** Of ffmpeg while it makes clips: whatever is analysed live goes first. */
const NICENESS = 10;

const UNWRITTEN = /no space left on device|error (closing file|writing trailer)/i;

export interface FfmpegJob {
  /** The arguments of each input, `-i` and its file last. */
  readonly inputs: readonly (readonly string[])[];
  readonly output: readonly string[];
}

/**
 * Runs ffmpeg from files to a file, at low priority.
 * @param options.onProgress time of the output that is done, ms
 * @throws Error with what ffmpeg said, its `code` ENOSPC when the disk was full; the signal's reason when it was aborted
 * (ffmpeg is gone then)
 */
export function runFfmpeg(
  { inputs, output }: FfmpegJob,
  target: string,
  options: { readonly signal: AbortSignal; readonly onProgress?: (doneMs: number) => void },
): Promise<void> {
  const { signal, onProgress } = options;
  return new Promise((done, failed) => {
    if (signal.aborted) return failed(signal.reason as Error);
    let command = ffmpeg({ niceness: NICENESS });
    for (const [i, args] of inputs.entries()) {
      const path = args.at(-1);
      if (path === undefined) throw new Error(`input ${i} has no file`);
      command = command.input(path);
      const before = args.slice(0, -2);
      // Given as a list, fluent-ffmpeg would take arguments with a space in them apart.
      if (before.length > 0) command = command.inputOptions(...before);
    }
    const stop = (): void => {
      command.kill('SIGKILL');
    };
    const end = (): void => signal.removeEventListener('abort', stop);
    command
      .outputOptions(...output)
      // It looks at what ffmpeg can do first: an abort meanwhile found nothing to kill.
      .on('start', () => signal.aborted && stop())
      .on('progress', ({ timemark }: { timemark?: string }) => onProgress?.(millisecondsOf(timemark)))
      .on('end', (_stdout: string | null, stderr: string | null) => {
        end();
        // What it could not write at the very end, ffmpeg 5 says, and calls it a success.
        if (UNWRITTEN.test(stderr ?? '')) failed(told(new Error('the file is not whole'), stderr ?? ''));
        else done();
      })
      .on('error', (error: Error, _stdout: string | null, stderr: string | null) => {
        end();
        failed(signal.aborted ? (signal.reason as Error) : told(error, stderr ?? ''));
      });
    signal.addEventListener('abort', stop, { once: true });
    command.save(target);
  });
}

function told(error: Error, stderr: string): Error {
  const lines = stderr.split('\n').filter((line) => line.trim() !== '');
  const telling = lines.filter((line) => /error|invalid|no space|not found|cannot|could not/i.test(line));
  const words = (telling.at(-1) ?? lines.at(-1) ?? error.message).replace(/^\[[^\]]*\]\s*/, '').slice(0, 300);
  const isFull = /no space left on device/i.test(stderr);
  return Object.assign(new Error(`ffmpeg: ${words}`), isFull && { code: 'ENOSPC' });
}

/** `01:02:03.45`; below 0 or unknown: 0. */
function millisecondsOf(timemark = ''): number {
  const [hours = 0, minutes = 0, seconds = 0] = timemark.split(':').map(Number);
  const ms = ((hours * 60 + minutes) * 60 + seconds) * 1000;
  return ms > 0 ? ms : 0;
}
