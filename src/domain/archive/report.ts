/** What one run over the recordings did, or would do. Instants are epoch ms. */
export interface ArchiveReport {
  readonly id: string;
  readonly action: 'move' | 'restore' | 'scrub';
  readonly startedAt: number;
  readonly endedAt: number;
  /** It only says what it would do. */
  readonly isDryRun: boolean;
  /** Of which recordings folder. */
  readonly node: string;
  /** Why the run ended before it was through, for people; the next one goes on. */
  readonly problem?: string;
  readonly moved: Tally;
  /** Of the moved: encoded anew; `savedBytes` smaller. */
  readonly compressed: Tally & { readonly savedBytes: number };
  /** Copies in the cold store whose time is over are `cold`, the others `hot`. */
  readonly deleted: { readonly hot: Tally; readonly cold: Tally };
  readonly restored: Tally;
  /** Compared with their hashes. */
  readonly checked: Tally;
  /** Would have gone, and is held. */
  readonly protected: Tally;
  /** The first of them (`MOST_FAILED`); `failedCount` is all. */
  readonly failed: readonly ArchiveFailure[];
  readonly failedCount: number;
  readonly space: {
    readonly before: { readonly freeBytes: number; readonly totalBytes: number };
    readonly after: { readonly freeBytes: number; readonly totalBytes: number };
  };
  /** Start of the oldest recording kept, by camera. */
  readonly oldestKept: Readonly<Record<string, number>>;
  readonly byCamera: Readonly<Record<string, { readonly moved: Tally; readonly deleted: Tally }>>;
}

export interface ArchiveFailure {
  readonly segmentId: string;
  readonly step: ArchiveStep;
  readonly reason: string;
}

export type ArchiveStep = 'copy' | 'encode' | 'verify' | 'remove' | 'restore' | 'check';

export interface Tally {
  readonly count: number;
  readonly bytes: number;
}

/** More would make a report nobody reads, and a row nobody wants. */
export const MOST_FAILED = 200;

const NONE: Tally = { count: 0, bytes: 0 };

/** A report in which nothing has happened yet. */
export function newReport(
  about: Pick<ArchiveReport, 'id' | 'action' | 'startedAt' | 'isDryRun' | 'node'>,
  space: ArchiveReport['space']['before'],
): ArchiveReport {
  return {
    ...about,
    endedAt: about.startedAt,
    ...{ moved: NONE, compressed: { ...NONE, savedBytes: 0 }, deleted: { hot: NONE, cold: NONE } },
    ...{ restored: NONE, checked: NONE, protected: NONE, failed: [], failedCount: 0 },
    space: { before: space, after: space },
    ...{ oldestKept: {}, byCamera: {} },
  };
}

/** A run that goes on after a crash: what was done stays, what failed or was held is found anew. */
export function resumed(report: ArchiveReport): ArchiveReport {
  const { problem: _, ...rest } = report;
  return { ...rest, protected: NONE, failed: [], failedCount: 0 };
}

/** What happened to a recording. `bytes` are those of the recording as it was made. */
export type ArchiveDeed =
  | { readonly kind: 'moved'; readonly copyBytes: number; readonly isEncoded: boolean }
  | { readonly kind: 'deleted'; readonly tier: 'hot' | 'cold' }
  | { readonly kind: 'restored' | 'checked' | 'protected' };

/** Adds one recording to a report. */
export function reckon(
  report: ArchiveReport,
  about: { readonly cameraId: string; readonly bytes: number },
  deed: ArchiveDeed,
): ArchiveReport {
  const { bytes, cameraId } = about;
  const camera = report.byCamera[cameraId] ?? { moved: NONE, deleted: NONE };
  const ofCamera = (changed: Partial<typeof camera>): Pick<ArchiveReport, 'byCamera'> => ({
    byCamera: { ...report.byCamera, [cameraId]: { ...camera, ...changed } },
  });
  switch (deed.kind) {
    case 'moved': {
      const { compressed } = report;
      return {
        ...report,
        ...ofCamera({ moved: plus(camera.moved, bytes) }),
        moved: plus(report.moved, bytes),
        ...(deed.isEncoded && {
          compressed: {
            ...plus(compressed, bytes),
            savedBytes: compressed.savedBytes + bytes - deed.copyBytes,
          },
        }),
      };
    }
    case 'deleted':
      return {
        ...report,
        ...ofCamera({ deleted: plus(camera.deleted, bytes) }),
        deleted: { ...report.deleted, [deed.tier]: plus(report.deleted[deed.tier], bytes) },
      };
    case 'restored':
    case 'checked':
    case 'protected':
      return { ...report, [deed.kind]: plus(report[deed.kind], bytes) };
  }
}

/** Adds what went wrong with one recording. */
export function reckonFailure(report: ArchiveReport, failure: ArchiveFailure): ArchiveReport {
  return {
    ...report,
    failedCount: report.failedCount + 1,
    failed: report.failed.length < MOST_FAILED ? [...report.failed, failure] : report.failed,
  };
}

function plus({ count, bytes }: Tally, more: number): Tally {
  return { count: count + 1, bytes: bytes + more };
}
