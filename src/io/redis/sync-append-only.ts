import { open, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Log } from '../../log.js';
import { messageOf } from '../../errors.js';

const EVERY_MS = 1000;

/**
 * Brings the append-only file to the disk each second, from outside. Redis' own `everysec` holds writes back for up to
 * two seconds while a sync is under way: on a busy disk a killed server then loses what it has confirmed. With
 * `appendfsync no` each write reaches the kernel before its reply, so a kill loses nothing; this bounds what a power cut
 * can take to about a second.
 * @param folder `dir` of the server
 * @returns stops it
 */
export function syncAppendOnly(folder: string, log: Log): () => void {
  let failing = false;
  let busy = false;
  const sync = async (): Promise<void> => {
    const files = join(folder, 'appendonlydir');
    for (const name of await readdir(files)) {
      if (!name.endsWith('.incr.aof')) continue;
      const file = await open(join(files, name), 'r+');
      await file.datasync().finally(() => file.close());
    }
  };
  const timer = setInterval(() => {
    if (busy) return;
    busy = true;
    sync()
      .then(() => (failing = false))
      .catch((error: unknown) => {
        // A file that a rewrite has just replaced is synced by Redis itself; the next second finds the new one.
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
        if (!failing) log.warn({ reason: messageOf(error) }, 'append-only file not synced; trying again');
        failing = true;
      })
      .finally(() => (busy = false));
  }, EVERY_MS);
  timer.unref();
  return () => clearInterval(timer);
}
