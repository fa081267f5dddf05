import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import type { SegmentFile } from '../../ports.js';
import { baseTimeOf, rebaseFragment } from '../mp4/rebase.js';
import { readSetup } from '../mp4/setup.js';
import type { Lane } from './lane.js';

/**
 * How often what was written is forced to the disk. A killed process loses nothing that the kernel has taken; this is
 * about a power cut, after which the kernel's own rhythm (30 s) would leave half a minute of nothing.
 */
const SYNC_EVERY_MS = 2000;

export interface SegmentFileLanes {
  readonly write: Lane;
  readonly sync: Lane;
}

/**
 * One recording being written: fragments are appended at once, with times that begin at 0 in this file. The hash grows
 * with it, so that nothing is read again.
 * @param handle a new, empty file; it belongs to the segment from here on
 */
export async function openSegmentFile(
  handle: FileHandle,
  init: Uint8Array,
  lanes: SegmentFileLanes,
): Promise<SegmentFile> {
  const { stream, pictures, timescales } = readSetup(init);
  const hash = createHash('sha256');
  let bytes = 0;
  let firstTime: bigint | undefined;
  let failure: { readonly error: unknown } | undefined;
  /** Set: nobody knows what the disk holds. */
  let isUnsure = false;
  let syncedAt = performance.now();
  let syncing: Promise<void> | undefined;

  async function write(piece: Uint8Array): Promise<void> {
    if (failure) throw failure.error;
    try {
      await lanes.write(() => handle.writeFile(piece));
    } catch (error) {
      failure = { error };
      // The half that went in would be a torn end; what the hash knows is what stays.
      await handle.truncate(bytes).catch(() => {
        isUnsure = true;
      });
      throw error;
    }
    hash.update(piece);
    bytes += piece.length;
  }

  /** In the background: a disk that fails to is found out by the next append. */
  function syncNowAndThen(): void {
    if (syncing !== undefined || performance.now() - syncedAt < SYNC_EVERY_MS) return;
    syncing = lanes
      .sync(() => handle.datasync())
      .catch((error: unknown) => {
        failure = { error };
        isUnsure = true;
      })
      .finally(() => {
        syncedAt = performance.now();
        syncing = undefined;
      });
  }

  await write(init);
  return {
    append: async (fragment) => {
      // Others read the same bytes.
      const own = Buffer.from(fragment);
      firstTime ??= baseTimeOf(own, pictures) ?? 0n;
      rebaseFragment(own, { units: firstTime, timescale: stream.timescale }, timescales);
      await write(own);
      syncNowAndThen();
    },
    close: async () => {
      try {
        await syncing;
        await lanes.sync(() => handle.datasync());
      } finally {
        await handle.close();
      }
      if (failure && isUnsure) throw failure.error;
      return { bytes, sha256: hash.digest('hex') };
    },
  };
}
