import type { ExportRequest } from '../domain/export/request.js';
import type { CameraId } from '../domain/ids.js';
import type { ClipGap } from '../domain/export/plan-clip.js';

/** `partial`: done, with parts that were not recorded. */
export type ExportState = 'waiting' | 'running' | 'done' | 'failed' | 'cancelled' | 'expired';

/** One export, from the wish to the removal of its file. */
export interface Export {
  /** Derived from what is asked for; also the id of its job. */
  readonly id: string;
  readonly request: ExportRequest;
  readonly state: ExportState;
  readonly requestedAt: number;
  /** Person, key or job. */
  readonly requestedBy: string;
  /** Number of the incident whose clip it is. */
  readonly incident?: number;
  /** First time that a worker took it. */
  readonly startedAt?: number;
  readonly endedAt?: number;
  /** Its files go then; epoch ms. */
  readonly expiresAt?: number;
  /** Failed: why, for people. */
  readonly reason?: string;
  readonly result?: ExportResult;
}

export interface ExportResult {
  /** In the storage. */
  readonly key: string;
  readonly poster: string;
  readonly sprite: {
    readonly key: string;
    readonly columns: number;
    readonly count: number;
    readonly everyMs: number;
    readonly widthPx: number;
    readonly heightPx: number;
  };
  /** What is in it, with every gap; JSON. */
  readonly manifest: string;
  readonly bytes: number;
  readonly sha256: string;
  readonly durationMs: number;
  readonly width: number;
  readonly height: number;
  readonly codec: string;
  readonly how: 'copy' | 'encode';
  readonly gaps: readonly ClipGap[];
  readonly evidence?: {
    readonly id: string;
    readonly key: string;
    readonly bytes: number;
    readonly sha256: string;
  };
}

/** What all exports of an installation have in common. */
export interface ExportSettings {
  readonly keepDays: number;
  readonly keepEvidenceDays: number;
  /** PNG drawn with watermarks, a file of this machine. */
  readonly logo?: string;
}

export interface ExportStore {
  /**
   * One with the same id stays as it is, unless it failed, was cancelled or has expired: then it begins anew. States go no
   * other way back.
   */
  request(
    wanted: Pick<Export, 'id' | 'request' | 'requestedAt' | 'requestedBy' | 'incident'>,
  ): Promise<Export>;
  get(id: string): Promise<Export | undefined>;
  /** Newest first. */
  list(filter: {
    cameraId?: CameraId;
    incident?: number;
    state?: ExportState;
    after?: { readonly at: number; readonly id: string };
    limit: number;
  }): Promise<Export[]>;
  /** A waiting one. @returns it as it is now; `undefined`: there is none */
  running(id: string, at: number): Promise<Export | undefined>;
  /** A waiting or running one; another stays as it is. @returns it as it is now */
  done(id: string, result: ExportResult, at: number, expiresAt: number): Promise<Export | undefined>;
  /** A waiting or running one; another stays as it is. @returns it as it is now */
  ended(id: string, state: 'failed' | 'cancelled', reason: string, at: number): Promise<Export | undefined>;
  /** Done ones whose time is over, oldest first. */
  due(before: number, limit: number): Promise<Export[]>;
  /** A done one whose files are gone. */
  expired(id: string): Promise<void>;
  /** Forgets those that ended before then, but for done ones: their files come first. @returns how many went. */
  removeBefore(before: number): Promise<number>;
}
