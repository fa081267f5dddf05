import { join } from 'node:path';
import { createStream, type RotatingFileStream } from 'rotating-file-stream';
import { createLog, type Log } from '../../log.js';

/** The log of the whole counter and one of each source, JSON lines, in files that do not grow for ever. */
export interface CountLogs {
  readonly log: Log;
  /** A line of a worker. @param id the source it is about */
  write(line: string, id?: string): void;
  close(): Promise<void>;
}

/** Six files of this size each at most: enough to see what led to a failure. */
const SIZE = '5M';
const OLD_ONES = 5;

/**
 * @param folder for the files; without one nothing is kept
 * @param onTrouble told once when they cannot be written
 */
export function createCountLogs(
  folder: string | undefined,
  level: string,
  onTrouble: (reason: string) => void,
): CountLogs {
  const streams = new Map<string, RotatingFileStream>();
  let isTold = false;
  const trouble = (error: Error): void => {
    if (!isTold) onTrouble(`logs cannot be written to ${folder ?? ''}: ${error.message}`);
    isTold = true;
  };
  const streamOf = (name: string, path: string): RotatingFileStream => {
    const known = streams.get(name);
    if (known) return known;
    const stream = createStream(`${name}.log`, { path, size: SIZE, rotate: OLD_ONES });
    stream.on('error', trouble);
    stream.on('warning', trouble);
    streams.set(name, stream);
    return stream;
  };
  const write = (line: string, id?: string): void => {
    if (folder === undefined || isTold) return;
    streamOf('count', folder).write(line);
    if (id !== undefined) streamOf(id, join(folder, 'sources')).write(line);
  };
  return {
    log: createLog('count', level, (line) => write(line, sourceOf(line))),
    write,
    async close() {
      await Promise.all(
        [...streams.values()].map(
          (stream) =>
            new Promise<void>((resolve) => {
              stream.once('error', () => resolve());
              stream.end(resolve);
            }),
        ),
      );
    },
  };
}

function sourceOf(line: string): string | undefined {
  const { source } = JSON.parse(line) as { source?: unknown };
  return typeof source === 'string' ? source : undefined;
}
