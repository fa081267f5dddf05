import type { PassThrough, Readable } from 'node:stream';
import { ZipFile } from 'yazl';

/** Pieces in which local files are read: fewer of them are quicker, and a few of them are no memory. */
export const PIECE_BYTES = 1024 ** 2;

/** One file of a ZIP. */
export interface ZipEntry {
  readonly path: string;
  readonly bytes: number;
  readonly open: () => Promise<Readable>;
}

/**
 * A ZIP as a stream: files in this order, stored and not deflated, ZIP64 where that is needed. The same files and time make
 * the same bytes anywhere, which `verify` relies on.
 * @param at time of all files, epoch ms; ZIP knows no zones, it is written in UTC
 * @returns the stream, and how long it will be
 */
export function packZip(
  entries: readonly ZipEntry[],
  at: number,
): { readonly stream: Readable; readonly bytes: number } {
  const zip = new ZipFile();
  const stream = zip.outputStream as PassThrough;
  let open: Readable | undefined;
  // Whoever reads it hears of an error; it may come before he begins.
  stream.on('error', () => undefined);
  zip.on('error', (error: Error) => stream.destroy(error));
  stream.once('close', () => open?.destroy());
  for (const { path, bytes, open: begin } of entries)
    zip.addReadStreamLazy(
      path,
      { mtime: dosTime(at), forceDosTimestamp: true, mode: 0o100644, compress: false, size: bytes },
      (found) => {
        begin().then(
          (file) => {
            open = file;
            file.once('error', (error) => stream.destroy(error));
            if (stream.destroyed) file.destroy();
            else found(undefined, file);
          },
          (error: unknown) => stream.destroy(error as Error),
        );
      },
    );
  let bytes = 0;
  // Known at once, as all sizes are; the types do not say that it is handed over.
  zip.end(undefined, ((total: number) => void (bytes = total)) as () => void);
  return { stream, bytes };
}

/** yazl writes local time. */
function dosTime(at: number): Date {
  const utc = new Date(at);
  return new Date(
    ...([utc.getUTCFullYear(), utc.getUTCMonth(), utc.getUTCDate()] as const),
    ...([utc.getUTCHours(), utc.getUTCMinutes(), utc.getUTCSeconds()] as const),
  );
}
