import { stat } from 'node:fs/promises';

/**
 * Watches a file by looking at it: notices also renames over it, links that point elsewhere, and network disks, of
 * which `fs.watch` says nothing. Writers take a moment, so a change counts when two looks see the same.
 */
export interface SettledFile {
  /** Looks once. @returns whether the file has changed since that was last said, and has settled. */
  look(): Promise<boolean>;
}

/** @param path of the file; it may come and go */
export async function watchSettled(path: string): Promise<SettledFile> {
  let known = await fingerprint(path);
  let before = known;
  return {
    look: async () => {
      const now = await fingerprint(path);
      const hasSettled = now === before;
      before = now;
      if (!hasSettled || now === known) return false;
      known = now;
      return true;
    },
  };
}

async function fingerprint(path: string): Promise<string> {
  try {
    const { ino, size, mtimeMs, ctimeMs } = await stat(path);
    return [ino, size, mtimeMs, ctimeMs].join('|');
  } catch (error) {
    return String((error as NodeJS.ErrnoException).code);
  }
}
