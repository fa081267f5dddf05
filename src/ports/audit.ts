/** Append-only, each entry sealed with a hash over it and the one before: a changed or removed row is found by `verify`. */
export interface AuditLog {
  /** @param entry.onceKey an entry whose key is there already is not written again; for handlers that may run twice. */
  append(entry: NewAuditEntry): Promise<void>;
  /** Newest first. */
  list(filter: AuditFilter): Promise<AuditEntry[]>;
  /**
   * Goes through the whole chain, oldest first.
   * @returns the hash of the newest entry (write it down elsewhere: a chain cut off at its end has another), or the first
   * entry that does not fit.
   */
  verify(
    signal?: AbortSignal,
  ): Promise<
    | { readonly isIntact: true; readonly entries: number; readonly head: string }
    | { readonly isIntact: false; readonly entries: number; readonly brokenId: number; readonly why: string }
  >;
}

export interface NewAuditEntry {
  readonly at: number;
  readonly actor: string;
  readonly action: string;
  readonly subject: string;
  readonly detail?: Record<string, unknown>;
  readonly onceKey?: string;
}

export interface AuditEntry {
  readonly id: number;
  readonly at: number;
  readonly actor: string;
  readonly action: string;
  readonly subject: string;
  readonly detail: Record<string, unknown>;
  readonly hash: string;
}

export interface AuditFilter {
  readonly subject?: string;
  readonly actor?: string;
  /** The beginning of an action, for example `incident.`. */
  readonly action?: string;
  /** `from` included, `to` not, epoch ms. */
  readonly from?: number;
  readonly to?: number;
  /** Id of the last entry of the page before. */
  readonly before?: number;
  readonly limit: number;
}
