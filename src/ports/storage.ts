import type { Readable } from 'node:stream';

/**
 * Files kept for people and for later, by key: in a folder or in S3, the same for both (one contract suite). Keys are
 * relative paths of safe segments, for example `exports/gate-1/x.mp4`; others are refused with PermanentError.
 */
export interface ObjectStore {
  /** Set: there is none; says which setting would make one. Every call then ends in PermanentError. */
  readonly off?: string;
  /** Where it is, for people: a folder, or host and bucket; never credentials. */
  readonly place: string;
  /**
   * Writes whole or not at all, and durably: what was there stays until the new one is complete. Streams: memory stays flat.
   * @param options.sha256 what the bytes must be; others are refused and nothing is kept
   * @throws PermanentError when the hash is another; Error with `code` ENOSPC and the like when there is no room;
   * NotReadyError when the store cannot be reached
   */
  put(key: string, source: Uint8Array | AsyncIterable<Uint8Array>, options?: PutOptions): Promise<PutResult>;
  /** As `put`, from a file of this machine; a folder on the same file system may link instead of copying. */
  putFile(key: string, path: string, options?: PutOptions): Promise<PutResult>;
  /**
   * @param options.from first byte, default 0; `to`: the byte after the last, default the end
   * @returns `undefined` when there is none. The caller reads it to its end or destroys it.
   */
  read(
    key: string,
    options?: { from?: number; to?: number; signal?: AbortSignal },
  ): Promise<Readable | undefined>;
  stat(key: string): Promise<ObjectStat | undefined>;
  /** Reads all of it. `undefined`: it is not there. */
  sha256(key: string, signal?: AbortSignal): Promise<{ bytes: number; sha256: string } | undefined>;
  /** `false`: it was not there. */
  remove(key: string): Promise<boolean>;
  /** Those below a folder (`''`: all), by key in ascending order. */
  list(folder: string, signal?: AbortSignal): AsyncIterable<ObjectStat>;
  /**
   * Removes what was written before that time (epoch ms) under a folder (never `''`), and what a crash left unfinished there.
   * @returns how many went.
   */
  removeBefore(folder: string, before: number, signal: AbortSignal): Promise<number>;
  /** Removes only what a crash left unfinished before that time, under a folder (`''`: everywhere). @returns how many went. */
  removeUnfinished(folder: string, before: number, signal: AbortSignal): Promise<number>;
  /** A file of this machine that holds it, where the store is a folder; for reading only. */
  localPath(key: string): string | undefined;
  /** An address that gives it without a login until it expires; `undefined`: this store gives none. */
  link(key: string, options: { expiresInS: number; fileName?: string }): Promise<string | undefined>;
  /** Free room, where that is known. */
  space(): Promise<{ freeBytes: number; totalBytes: number } | undefined>;
  /** Writes a little, reads it and removes it again. @throws with what is wrong. */
  check(signal?: AbortSignal): Promise<void>;
  close(): Promise<void>;
}

export interface PutOptions {
  readonly sha256?: string;
  /** Known length; lets the store check it and ask for room. */
  readonly bytes?: number;
  /** Default by the key's ending. */
  readonly contentType?: string;
  /** `false`: a folder does not wait for the disk, so the last ones may be lost in a power cut. Default true. */
  readonly durable?: boolean;
  readonly signal?: AbortSignal;
}

export interface PutResult {
  readonly bytes: number;
  readonly sha256: string;
}

export interface ObjectStat {
  readonly key: string;
  readonly bytes: number;
  /** Epoch ms. */
  readonly changedAt: number;
}
