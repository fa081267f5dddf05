/** A backup as it lies in the backup storage. */
export interface Backup {
  /** Key in the storage. */
  readonly key: string;
  /** Wall clock, epoch ms. */
  readonly madeAt: number;
  readonly bytes: number;
  readonly sha256: string;
  /** Rows by table. */
  readonly rows: Readonly<Record<string, number>>;
  readonly isEncrypted: boolean;
}

export interface Backups {
  /** For people. */
  readonly place: string;
  /**
   * Makes a backup, reads it back from the storage and restores it into a database of its own: what is returned can be
   * restored. Made again for the same time it replaces itself.
   * @param madeAt wall clock, epoch ms; names it
   * @throws Error saying what is wrong with the copy; it is removed then
   */
  make(
    madeAt: number,
    options: { signal: AbortSignal; onProgress?: (fraction: number) => void },
  ): Promise<Backup>;
  /** Newest first. */
  list(): Promise<{ readonly key: string; readonly madeAt: number; readonly bytes: number }[]>;
  /** Removes the oldest beyond so many. @returns how many went. */
  keepNewest(count: number, signal: AbortSignal): Promise<number>;
}
