/** What one run over the recordings did, or would do. Instants are epoch ms. */
export interface ArchiveReport {
  readonly id: string;
  readonly startedAt: number;
  readonly endedAt: number;
  /** It only says what it would do. */
  readonly isDryRun: boolean;
  /** Of which recordings folder. */
  readonly node: string;
  readonly moved: Tally;
  /** Of the moved: encoded anew; `savedBytes` smaller. */
  readonly compressed: Tally & { readonly savedBytes: number };
  /** Copies in the cold store whose time is over are `cold`, the others `hot`. */
  readonly deleted: { readonly hot: Tally; readonly cold: Tally };
  readonly restored: Tally;
  /** Would have gone, and is held. */
  readonly protected: Tally;
  readonly failed: readonly { readonly segmentId: string; readonly step: string; readonly reason: string }[];
  readonly space: {
    readonly before: { readonly freeBytes: number; readonly totalBytes: number };
    readonly after: { readonly freeBytes: number; readonly totalBytes: number };
  };
  /** Start of the oldest recording kept, by camera. */
  readonly oldestKept: Readonly<Record<string, number>>;
  readonly byCamera: Readonly<Record<string, { readonly moved: Tally; readonly deleted: Tally }>>;
}

export interface Tally {
  readonly count: number;
  readonly bytes: number;
}
