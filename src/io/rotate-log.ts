import { createReadStream, createWriteStream } from 'node:fs';
import { rename, rm, stat } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';

/**
 * Moves a log that has grown too long out of the way and packs it: `x.log` becomes `x.log.1.gz`, that one `x.log.2.gz` … For
 * files that their writers open for each line; a crash leaves at worst an unpacked `x.log.1`, which the next run packs.
 * @param maxBytes shorter ones stay
 * @param keep so many packed ones are kept
 * @returns whether it was moved
 */
export async function rotateLog(path: string, maxBytes: number, keep: number): Promise<boolean> {
  const size = async (file: string): Promise<number | undefined> => {
    try {
      return (await stat(file)).size;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw error;
    }
  };
  const moved = `${path}.1`;
  const isLeft = (await size(moved)) !== undefined;
  if (!isLeft && ((await size(path)) ?? 0) <= maxBytes) return false;
  if (!isLeft) {
    await rm(`${path}.${keep}.gz`, { force: true });
    for (let i = keep - 1; i >= 1; i--)
      if ((await size(`${path}.${i}.gz`)) !== undefined)
        await rename(`${path}.${i}.gz`, `${path}.${i + 1}.gz`);
    await rename(path, moved);
  }
  const packed = `${moved}.gz`;
  await pipeline(createReadStream(moved), createGzip(), createWriteStream(`${packed}.part`, { mode: 0o600 }));
  await rename(`${packed}.part`, packed);
  await rm(moved);
  return true;
}
