/** A backup as it lies in the backup storage. */
export interface Backup {
  /** Key in the storage. */
  readonly key: string;
  readonly madeAt: number;
  readonly bytes: number;
  readonly sha256: string;
  /** Rows by table. */
  readonly rows: Readonly<Record<string, number>>;
  readonly isEncrypted: boolean;
  /** Whether it was read back, and every row and hash found in it. */
  readonly isVerified: boolean;
}

export interface Backups {
  /** For people. */
  readonly place: string;
  /** @param id names it: called again after a crash it is one backup. */
  make(
    id: string,
    options: { signal: AbortSignal; onProgress?: (fraction: number) => void },
  ): Promise<Backup>;
  /** Newest first. */
  list(): Promise<{ readonly key: string; readonly madeAt: number; readonly bytes: number }[]>;
  /** Removes the oldest beyond so many. @returns how many went. */
  keepNewest(count: number, signal: AbortSignal): Promise<number>;
}
