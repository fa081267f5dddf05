import type { Keep } from '../../src/domain/archive/keep.js';
import { messageOf, PermanentError } from '../../src/errors.js';
import type { Segment } from '../../src/ports.js';
import { keyOf } from './cold-place.js';
import { markDamaged, vanished } from './damaged.js';
import type { Work } from './needs.js';

/** What lies in the cold store now, not yet believed. */
export interface Copied {
  readonly segment: Segment;
  readonly key: string;
  readonly bytes: number;
  readonly sha256: string;
  readonly codec: string;
  readonly isEncoded: boolean;
}

/**
 * Copies one recording to the cold store. A copy that an earlier run left is taken when its bytes are right, and else made
 * anew.
 * @returns `undefined`: nothing was copied, and the ledger says why
 * @throws what is wrong with the cold store: nothing more can be moved then
 */
export async function copyToCold(work: Work, segment: Segment, keep: Keep): Promise<Copied | undefined> {
  const { ctx, ledger } = work;
  const { recordingFiles, cold } = ctx.ports;
  const { signal } = ctx;
  const key = keyOf(segment);
  const { bytes, codec, sha256 = '' } = segment;
  const original = { segment, key, bytes, sha256, codec, isEncoded: false };
  if ((await recordingFiles.changedAt(segment.path)) === undefined) {
    await vanished(work, segment, key);
    return undefined;
  }
  try {
    if (keep.encode) {
      const encoded = await encodeToCold(work, segment, keep.encode);
      if (encoded !== 'as it is') return encoded;
    } else if ((await cold.store.stat(key))?.bytes === bytes) {
      if ((await cold.store.sha256(key, signal))?.sha256 === sha256) return original;
    }
    const put = await cold.store.putFile(key, recordingFiles.localPath(segment.path), { signal });
    if (put.sha256 === sha256) return original;
    await cold.store.remove(key);
    if (!(await isSourceBad(work, segment)))
      await ledger.failed(
        segment,
        'copy',
        'what arrived in cold storage was not what was sent; it is tried again',
      );
    return undefined;
  } catch (error) {
    signal.throwIfAborted();
    // The disk it is read from, or the one it is written to?
    if (await isSourceBad(work, segment)) return undefined;
    if (!(error instanceof PermanentError)) throw error;
    await ledger.failed(segment, 'copy', messageOf(error));
    return undefined;
  }
}

async function encodeToCold(
  work: Work,
  segment: Segment,
  how: NonNullable<Keep['encode']>,
): Promise<Copied | 'as it is' | undefined> {
  const { ctx, ledger } = work;
  const { cold, recordingFiles } = ctx.ports;
  // Nothing proves later that it was whole.
  if (await isSourceBad(work, segment)) return undefined;
  try {
    const path = recordingFiles.localPath(segment.path);
    const made = await cold.encoder.encode(segment.id, path, how, ctx.signal);
    if (made.bytes >= segment.bytes) return 'as it is';
    const key = keyOf(segment);
    const put = await cold.store.putFile(key, made.path, { signal: ctx.signal });
    const { sha256, bytes, codec } = made;
    if (put.sha256 === sha256) return { segment, key, bytes, sha256, codec, isEncoded: true };
    await cold.store.remove(key);
    await ledger.failed(
      segment,
      'copy',
      'what arrived in cold storage was not what was sent; it is tried again',
    );
    return undefined;
  } catch (error) {
    ctx.signal.throwIfAborted();
    if (!(error instanceof PermanentError)) throw error;
    await ledger.failed(segment, 'encode', `${messageOf(error)}; it is moved as it is`);
    return 'as it is';
  } finally {
    await cold.encoder.remove(segment.id);
  }
}

/**
 * Reads the copy back, believes it, and removes the original; in this order, so that after a crash anywhere all bytes are at
 * the source, or verified at the target. A hold that came meanwhile is heeded.
 * @returns whether the original's file is gone, so that its row can be settled
 * @throws what is wrong with the cold store
 */
export async function finishMove(work: Work, copied: Copied): Promise<boolean> {
  const { ctx, ledger } = work;
  const { recordings, recordingFiles, cold } = ctx.ports;
  const { segment, key, bytes, sha256, codec, isEncoded } = copied;
  const found = await cold.store.sha256(key, ctx.signal);
  if (found?.sha256 !== sha256) {
    await cold.store.remove(key);
    if (!(await isSourceBad(work, segment)))
      await ledger.failed(
        segment,
        'verify',
        found
          ? 'the copy in cold storage is bad, the recording is good; it is tried again'
          : 'the copy has gone from cold storage; it is tried again',
      );
    return false;
  }
  if (!(await recordings.moved(segment.id, { key, bytes, sha256, codec, movedAt: ctx.now() }))) {
    await leave(work, segment, key);
    return false;
  }
  await ledger.did(segment, { kind: 'moved', copyBytes: bytes, isEncoded });
  return removeOriginal(work, segment, () => recordingFiles.remove(segment.path));
}

/** It was held or removed while it was copied: the copy goes, unless another run has made it count. */
async function leave({ ctx, ledger }: Work, segment: Segment, key: string): Promise<void> {
  const { recordings, cold } = ctx.ports;
  const row = await recordings.get(segment.id);
  if (row?.cold?.key === key) return;
  await cold.store.remove(key);
  if (row?.isProtected === true) await ledger.did(segment, { kind: 'protected' });
}

/** @returns `false`: the disk does not let it go, and the next run tries again. */
export async function removeOriginal(
  { ledger }: Pick<Work, 'ledger'>,
  segment: Segment,
  remove: () => Promise<unknown>,
): Promise<boolean> {
  try {
    await remove();
    return true;
  } catch (error) {
    await ledger.failed(segment, 'remove', messageOf(error));
    return false;
  }
}

/** Looks at the original. When it is bad, that is marked and told. */
async function isSourceBad(work: Work, segment: Segment): Promise<boolean> {
  const { recordingFiles } = work.ctx.ports;
  let found: { readonly sha256: string } | undefined;
  try {
    found = await recordingFiles.sha256(segment.path);
  } catch (error) {
    await markDamaged(work, segment, 'recordings', `its file cannot be read: ${messageOf(error)}`);
    return true;
  }
  if (found?.sha256 === segment.sha256) return false;
  if (found) await markDamaged(work, segment, 'recordings', 'its bytes are not what was recorded');
  else await vanished(work, segment, keyOf(segment));
  return true;
}
