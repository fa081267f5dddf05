import pino, { type Logger } from 'pino';
import { redactUrls } from './domain/redact.js';

export type Log = Logger;

/**
 * The process's logger: JSON lines on stderr (stdout belongs to results). Every string that looks like a URL
 * with credentials is redacted, in messages, fields and errors alike.
 * @param name the process: `sampler`, `worker`, `api` …
 * @param level pino level; `silent` turns it off.
 * @param write where lines go instead
 */
export function createLog(
  name: string,
  level: string,
  write: (line: string) => void = (line) => process.stderr.write(line),
): Log {
  return pino(
    {
      name,
      level,
      base: { pid: process.pid },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    { write: (line: string) => write(redactUrls(line)) },
  );
}
