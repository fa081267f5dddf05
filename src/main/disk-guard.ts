import { setTimeout as timer } from 'node:timers/promises';
import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { RetentionRule } from '../domain/camera-fields/retention.js';
import type { Camera } from '../domain/camera.js';
import { messageOf } from '../errors.js';
import { withFileLock } from '../io/redis/file-lock.js';
import type { Log } from '../log.js';
import type { AuditLog } from '../ports/audit.js';
import type { Gap, RecordingFiles, RecordingIndex } from '../ports.js';
import { recoverSegment } from '../sampler/recover-recordings.js';
import { endRetention, makeRoom } from './remove-recordings.js';

/** What is on the disk that the recordings are on, bytes. */
export interface DiskState {
  readonly freeBytes: number;
  readonly totalBytes: number;
  /** Less than this is too little. */
  readonly minFreeBytes: number;
}

export interface DiskGuardOptions {
  readonly files: RecordingFiles;
  readonly index: RecordingIndex;
  /** As they are now; how long each keeps its recordings. */
  readonly cameras: () => readonly Camera[];
  /** Rules of the camera file; default: none. */
  readonly retention?: () => readonly RetentionRule[];
  /** DISK_MIN_FREE_MB in bytes. */
  readonly minFreeBytes: number;
  /** A file of this machine, better not on the recordings' disk: of several guards, the one that holds it works. */
  readonly lockPath: string;
  /** Told once each time that space runs low. A failure is told again at the next look. */
  readonly onLow: (state: DiskState) => void | Promise<void>;
  /** Told once when there is 10 % more than the least again. */
  readonly onRecovered: (state: DiskState) => void | Promise<void>;
  readonly onGap: (gap: Gap) => void | Promise<void>;
  readonly audit?: Pick<AuditLog, 'append'>;
  readonly log: Log;
  readonly signal: AbortSignal;
  /** How often the free space is looked at, ms. */
  readonly everyMs?: number;
  /** How often recordings that are too old are looked for, and what crashes left open, ms. */
  readonly retentionEveryMs?: number;
  /** Wall clock, epoch ms. */
  readonly now?: () => number;
}

const EVERY_MS = 10_000;
const RETENTION_EVERY_MS = 60_000;
/** Room is made until there is this much of the least. */
const ENOUGH = 1.1;
/** A file that is recorded to changes each second; not for this long: its writer is gone, and nobody came after it. */
const LEFT_AFTER_MS = 5 * 60_000;

/**
 * Keeps room on the disk of the recordings: when it runs low, that is told and the oldest unprotected recordings of this
 * machine go; recordings older than they are kept go too, and those that a crash left open, of cameras that
 * nobody records here any more, are closed. Of several guards on one machine one works, the others wait for its end.
 * @returns when stopped.
 */
export async function startDiskGuard(options: DiskGuardOptions): Promise<void> {
  const { signal, log, everyMs = EVERY_MS, lockPath } = options;
  while (!signal.aborted) {
    try {
      await mkdir(dirname(lockPath), { recursive: true });
      await withFileLock(lockPath, 0, () => guard(options));
    } catch (error) {
      if ((error as { code?: unknown }).code !== 'ELOCKED') {
        log.error({ err: error, lockPath }, 'the disk guard cannot take its lock; it is tried again');
      }
    }
    await wait(everyMs, signal);
  }
}

async function guard(options: DiskGuardOptions): Promise<void> {
  const { signal, log, everyMs = EVERY_MS, retentionEveryMs = RETENTION_EVERY_MS } = options;
  const room = new Room(options);
  let retainedAt = -Infinity;
  while (!signal.aborted) {
    try {
      await room.look();
      if (performance.now() - retainedAt >= retentionEveryMs) {
        await closeLeftOpen(options);
        await endRetention(options);
        retainedAt = performance.now();
      }
    } catch (error) {
      log.error({ err: error, reason: messageOf(error) }, 'the disk guard could not work; it is tried again');
    }
    await wait(everyMs, signal);
  }
}

class Room {
  #isLow = false;

  constructor(private readonly options: DiskGuardOptions) {}

  async look(): Promise<void> {
    const { files, minFreeBytes, onLow, onRecovered, log } = this.options;
    const state: DiskState = { ...(await files.space()), minFreeBytes };
    if (this.#isLow && state.freeBytes >= minFreeBytes * ENOUGH) {
      await onRecovered(state);
      this.#isLow = false;
      log.info(state, 'there is room on the disk of the recordings again');
    }
    if (!this.#isLow && state.freeBytes < minFreeBytes) {
      log.warn(state, 'the disk of the recordings runs full; the oldest unprotected ones go');
      // First: room is wanted even when nobody can be told.
      await this.#makeRoom(state);
      await onLow(state);
      this.#isLow = true;
    } else if (this.#isLow) await this.#makeRoom(state);
  }

  async #makeRoom({ freeBytes, minFreeBytes }: DiskState): Promise<void> {
    const wantedBytes = minFreeBytes * ENOUGH - freeBytes;
    const freedBytes = await makeRoom(this.options, wantedBytes);
    if (freedBytes < wantedBytes) {
      const { log } = this.options;
      log.warn(
        { freedBytes, wantedBytes },
        'no unprotected recordings are left that would make room: free the disk, or protect less',
      );
    }
  }
}

async function closeLeftOpen({ files, index, log, onGap, now = Date.now }: DiskGuardOptions): Promise<void> {
  for (const segment of await index.unclosed(files.node)) {
    const changedAt = await files.changedAt(segment.path);
    if (now() - (changedAt ?? segment.endAt) < LEFT_AFTER_MS) continue;
    await recoverSegment({ stores: { files, index }, log, onGap }, segment);
  }
}

async function wait(ms: number, signal: AbortSignal): Promise<void> {
  await timer(ms, undefined, { signal }).catch(() => undefined);
}
