import type { Readable } from 'node:stream';
import type { CameraId } from '../domain/ids.js';
import type { ArchiveReport } from '../domain/archive/report.js';
import type { RetentionRule } from '../domain/camera-fields/retention.js';
import type { ObjectStore } from './storage.js';

/** One recording file. */
export interface Segment {
  /** `<cameraId>-<startAt>` */
  readonly id: string;
  readonly cameraId: CameraId;
  /** The recordings folder it is in, by its name. */
  readonly node: string;
  /** Relative to the recordings folder, `/` between. */
  readonly path: string;
  /** Capture times, epoch ms; `endAt` is the newest known while it is open. */
  readonly startAt: number;
  readonly endAt: number;
  readonly bytes: number;
  readonly codec: string;
  readonly width: number;
  readonly height: number;
  readonly why: 'always' | 'motion';
  readonly state: 'open' | 'closed';
  /** Of a closed one. */
  readonly sha256?: string;
  /** Where it is read: in the recordings folder of `node`, or in the cold store. */
  readonly tier: 'hot' | 'cold';
  /** Its copy in the cold store; a restored one (hot again) keeps it, and its file is a copy of that (see `fileOf`). */
  readonly cold?: ColdCopy;
  /** A restored one is hot until then, epoch ms. */
  readonly restoredUntil?: number;
  /** When its bytes were last compared with their hash, epoch ms. */
  readonly checkedAt?: number;
  /** Set: its bytes are not what they were. Epoch ms. */
  readonly damagedAt?: number;
  /** A hold touches it: not removed to make room, nor by age. Computed; `open` takes no notice. */
  readonly isProtected: boolean;
}

export interface ColdCopy {
  /** In the cold store. */
  readonly key: string;
  readonly bytes: number;
  /** Of the copy: another than the segment's where it was encoded anew. */
  readonly sha256: string;
  readonly codec: string;
  /** Epoch ms. */
  readonly movedAt: number;
}

export interface RecordingIndex {
  /** A segment with the same id is left as it is. */
  open(segment: Segment): Promise<void>;
  /** How far an open segment has come. */
  grow(id: string, endAt: number, bytes: number): Promise<void>;
  close(id: string, end: { endAt: number; bytes: number; sha256: string }): Promise<void>;
  get(id: string): Promise<Segment | undefined>;
  /**
   * Those that touch [from, to), oldest first.
   * @param filter.after only those after this one; `newestFirst`: the other way round, without `after`
   */
  list(filter: {
    cameraId?: CameraId;
    from: number;
    to: number;
    after?: Pick<Segment, 'startAt' | 'id'>;
    newestFirst?: boolean;
    limit: number;
  }): Promise<Segment[]>;
  /**
   * Closed, unprotected segments of a node, oldest first.
   * @param filter.before only those that ended before, epoch ms
   * @param filter.isRestored those that have a copy in the cold store as well, or have none; default: both
   */
  removable(filter: {
    node: string;
    cameraId?: CameraId;
    why?: Segment['why'];
    before?: number;
    isRestored?: boolean;
    limit: number;
  }): Promise<Segment[]>;
  /** Closed segments of a node that have no cold copy, held and damaged ones too, oldest first; those after `after`. */
  aging(filter: {
    node: string;
    cameraId?: CameraId;
    after?: Pick<Segment, 'startAt' | 'id'>;
    limit: number;
  }): Promise<Segment[]>;
  /**
   * Its verified copy counts from now on; the original may still lie there (see `leftovers`).
   * @returns `false`: it is held, is not hot any more, or is gone, and nothing was changed.
   */
  moved(id: string, copy: ColdCopy): Promise<boolean>;
  /**
   * Segments of a node with a cold copy whose file in the recordings folder is to go: moved ones, restored ones whose time
   * was over before `before` (epoch ms), and what a crash left of restoring.
   */
  leftovers(filter: { node: string; before: number; limit: number }): Promise<Segment[]>;
  /**
   * It is read in the cold store from now on; the file in the recordings folder may still lie there.
   * @param before only when its time was over before then, epoch ms; default: whatever was said
   * @returns `false`: it has no cold copy, or time is left.
   */
  endRestore(id: string, before?: number): Promise<boolean>;
  /** Nothing of them lies in the recordings folder any more. */
  settled(ids: readonly string[]): Promise<void>;
  /**
   * It is being restored to its node, or its time there is prolonged; a shorter time than it has changes nothing.
   * @returns `false`: it has no cold copy.
   */
  restoring(id: string, until: number): Promise<boolean>;
  /** It is in the recordings folder again. @returns `false`: nobody said that it was to be. */
  restored(id: string): Promise<boolean>;
  /** Those only in the cold store that ended before, held ones too, oldest first; those after `after`. */
  cold(filter: {
    cameraId: CameraId;
    why: Segment['why'];
    before: number;
    after?: Pick<Segment, 'startAt' | 'id'>;
    limit: number;
  }): Promise<Segment[]>;
  /** Its bytes were compared with their hash, and are right. */
  checked(id: string, at: number): Promise<void>;
  /** Its bytes are not what they were, or gone. @returns `false`: that was known, or it is gone. */
  damaged(id: string, at: number): Promise<boolean>;
  /**
   * Closed, sound ones of a node and of the cold store that were last looked at before, those longest not looked at first.
   * @param filter.isColdToo default true
   */
  unchecked(filter: { node: string; before: number; isColdToo?: boolean; limit: number }): Promise<Segment[]>;
  /** Start of the oldest recording kept anywhere, by camera. */
  oldest(): Promise<{ cameraId: CameraId; startAt: number }[]>;
  /** What there is, added up. Restored ones are `cold`: that is where they belong. @param node default: all */
  sums(node?: string): Promise<RecordingSum[]>;
  /** Recordings folders that something is in, by name. */
  nodes(): Promise<string[]>;
  /** What a crash left open on that node. */
  unclosed(node: string): Promise<Segment[]>;
  remove(id: string): Promise<void>;
  totals(): Promise<{ cameraId: CameraId; segments: number; bytes: number }[]>;
}

export interface RecordingSum {
  readonly cameraId: CameraId;
  readonly why: Segment['why'];
  readonly tier: Segment['tier'];
  readonly segments: number;
  /** Of the recordings as they were made. */
  readonly bytes: number;
}

/** The recordings folder of this machine. */
export interface RecordingFiles {
  readonly node: string;
  /** Whether the folder is there, and is the one of that name: a disk that is not mounted has lost nothing. */
  isThere(): Promise<boolean>;
  /**
   * Works while no other process does such work on this folder; it ends with the process.
   * @throws NotReadyError while another one does
   */
  exclusively<T>(work: () => Promise<T>): Promise<T>;
  /** A file of this machine, for reading only; nothing is said of whether it is there. */
  localPath(path: string): string;
  /**
   * As `ObjectStore.read`: no faster than it is taken, and closed when it is destroyed or the signal is aborted.
   * @param options.from first byte, default 0; `to`: the byte after the last, default the end
   * @returns `undefined` when it is not there. It ends in an error where the file is shorter than `to`.
   */
  read(
    path: string,
    options?: { from?: number; to?: number; signal?: AbortSignal },
  ): Promise<Readable | undefined>;
  /**
   * Writes whole or not at all, and durably, what must have that length and hash.
   * @throws PermanentError when it has not; Error with `code` ENOSPC and the like when there is no room.
   */
  receive(
    path: string,
    source: AsyncIterable<Uint8Array>,
    expected: { bytes: number; sha256: string; signal?: AbortSignal },
  ): Promise<void>;
  /** @throws Error with `code` ENOSPC and the like when the disk does not take it. */
  create(path: string, init: Uint8Array): Promise<SegmentFile>;
  /** `false`: it was not there. */
  remove(path: string): Promise<boolean>;
  /** @throws when it cannot be read. */
  sha256(path: string): Promise<{ bytes: number; sha256: string } | undefined>;
  /** Of the disk the folder is on. */
  space(): Promise<{ freeBytes: number; totalBytes: number }>;
  /** Writes a little and removes it again. @throws what the disk answers. */
  check(): Promise<void>;
  /** Paths of a camera's files of so many of its newest days, oldest first. */
  list(cameraId: CameraId, days: number): Promise<string[]>;
  /** When it was last written to, epoch ms; `undefined`: it is not there. */
  changedAt(path: string): Promise<number | undefined>;
  /**
   * Puts a file in order whose writer was killed: cuts it after its last whole fragment.
   * @returns what is left; `undefined` when nothing in it can be played, or it is not there.
   */
  repair(path: string): Promise<RepairedFile | undefined>;
}

export interface RepairedFile extends Pick<Segment, 'bytes' | 'codec' | 'width' | 'height'> {
  readonly sha256: string;
  readonly durationMs: number;
}

export interface SegmentFile {
  /** @param bytes a fragment. After a failure nothing more can be appended, and it still wants to be closed. */
  append(bytes: Uint8Array): Promise<void>;
  /** Safely on the disk afterwards. @throws when nobody knows what the disk holds. */
  close(): Promise<{ bytes: number; sha256: string }>;
}

/** The cold store of old recordings. */
export interface ColdRecordings {
  readonly store: ObjectStore;
  /** Room on the recordings' disk that is not used for restored recordings. */
  readonly minFreeBytes: number;
  readonly encoder: RecordingEncoder;
}

/** Encodes recordings anew, one at a time, at low priority. */
export interface RecordingEncoder {
  /**
   * Every picture of the result was decoded, and it lasts as long as the original.
   * @param id names the working file; `remove` it afterwards
   * @param path a file of this machine
   * @throws PermanentError saying what is wrong with the recording or with the result
   */
  encode(
    id: string,
    path: string,
    how: NonNullable<RetentionRule['encode']>,
    signal: AbortSignal,
  ): Promise<{ path: string; bytes: number; sha256: string; codec: string }>;
  remove(id: string): Promise<void>;
}

/** Legal hold: what was recorded in a stretch of time is kept until somebody releases it. */
export interface Hold {
  readonly id: string;
  readonly cameraId: CameraId;
  /** Capture times, epoch ms; also recordings still to come are held. */
  readonly from: number;
  readonly to: number;
  readonly reason: string;
  /** Person, key or job. */
  readonly by: string;
  /** Number of the incident it is for. */
  readonly incident?: number;
  readonly createdAt: number;
  readonly releasedAt?: number;
  readonly releasedBy?: string;
}

export interface Holds {
  /** One with the same id stays as it is. @returns the hold as it is stored. */
  add(hold: Omit<Hold, 'releasedAt' | 'releasedBy'>): Promise<Hold>;
  get(id: string): Promise<Hold | undefined>;
  /** @returns `undefined`: there is no such hold. One released before stays as it is. */
  release(id: string, by: string, at: number): Promise<Hold | undefined>;
  /** Newest first. `active`: not released. */
  list(filter: {
    cameraId?: CameraId;
    active?: boolean;
    /** Those that touch [from, to). */
    from?: number;
    to?: number;
    limit: number;
  }): Promise<Hold[]>;
}

export interface ArchiveReports {
  /** One with the same id is replaced. */
  put(report: ArchiveReport): Promise<void>;
  get(id: string): Promise<ArchiveReport | undefined>;
  /** Newest first. */
  list(filter: { limit: number }): Promise<ArchiveReport[]>;
  removeBefore(before: number): Promise<number>;
}
