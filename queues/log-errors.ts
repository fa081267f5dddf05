import { messageOf } from '../src/errors.js';
import type { Log } from '../src/log.js';

const QUIET_MS = 10_000;

/**
 * A listener for 'error' events of connections and workers. While Redis is away the same error comes many times a
 * second: each distinct message is logged once per 10 s, with how often it came in between.
 */
export function errorLogger(log: Log, what: string): (error: unknown) => void {
  const seen = new Map<string, { at: number; suppressed: number }>();
  return (error) => {
    const message = messageOf(error) || String((error as { code?: unknown } | undefined)?.code ?? error);
    const now = Date.now();
    const last = seen.get(message);
    if (last && now - last.at < QUIET_MS) {
      last.suppressed += 1;
      return;
    }
    log.warn({ what, reason: message, repeated: last?.suppressed ?? 0 }, 'connection or worker error');
    if (seen.size > 100) seen.clear();
    seen.set(message, { at: now, suppressed: 0 });
  };
}
