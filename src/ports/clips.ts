import type { ClipGap, ClipPlan } from '../domain/export/plan-clip.js';
import type { ClipFormat } from '../domain/export/request.js';
import type { Camera } from '../domain/camera.js';

/** How the pictures of a clip are changed; without any of it they stay as they were recorded. */
export interface ClipLook {
  /** Camera name, place and running capture time, drawn into the pictures. */
  readonly watermark?: {
    readonly title: string;
    /** IANA zone that the time is written in. */
    readonly timeZone: string;
    /** PNG with transparency, a file of this machine; drawn small in a corner. */
    readonly logo?: string;
  };
  /** Boxes, ids, zones, lines and counts, found anew in the recorded pictures. */
  readonly overlay?: boolean;
  readonly blurFaces?: boolean;
}

export interface ClipOrder {
  /** Names the working folder: the same id goes on where a crash ended it. */
  readonly id: string;
  readonly camera: Camera;
  readonly timeZone: string;
  readonly plan: ClipPlan;
  readonly format: ClipFormat;
  readonly look: ClipLook;
  /** Gaps are shown as a black picture with the cause, as long as they lasted (at most a minute each); else left out. */
  readonly showGaps: boolean;
  /** Recordings that are gone or damaged are left out and listed as gaps; else they are an error. */
  readonly partial?: boolean;
}

export interface ClipEstimate {
  /** Of the finished file. */
  readonly bytes: number;
  /** Most that the working folder holds meanwhile. */
  readonly workBytes: number;
  /** `copy`: pictures are copied, the edges encoded; `encode`: all are encoded. */
  readonly how: 'copy' | 'encode';
}

/** Cuts recordings into one file. One at a time in a process, at low priority: live analysis goes first. */
export interface ClipMaker {
  /** @throws PermanentError naming what is wrong with a segment. Reads only what it must. */
  estimate(order: ClipOrder): Promise<ClipEstimate>;
  /**
   * Makes the file in a working folder of its own; parts that an earlier try finished are not made again. `remove` the folder
   * when the file is kept elsewhere.
   * @param onProgress 0..1 and the time left, ms
   * @throws NotReadyError when recordings are on another machine or the cold store is away; PermanentError when one is gone or
   * damaged (named); Error `ENOSPC` when the disk is full
   */
  make(
    order: ClipOrder,
    options: { signal: AbortSignal; onProgress?: (fraction: number, leftMs?: number) => void },
  ): Promise<MadeClip>;
  /** Removes the working folder of an order. */
  remove(id: string): Promise<void>;
  /** Removes working folders untouched since then. @returns how many went. */
  removeBefore(before: number): Promise<number>;
  /** The disk that the working folders are on. */
  space(): Promise<{ freeBytes: number; totalBytes: number }>;
}

export interface MadeClip {
  /** Files of this machine, in the working folder. */
  readonly path: string;
  readonly poster: string;
  /** Small pictures over the whole length in one file, and which is where. */
  readonly sprite: {
    readonly path: string;
    readonly columns: number;
    readonly rows: number;
    readonly count: number;
    readonly everyMs: number;
    readonly widthPx: number;
    readonly heightPx: number;
  };
  readonly bytes: number;
  readonly sha256: string;
  readonly durationMs: number;
  readonly frames: number;
  readonly width: number;
  readonly height: number;
  readonly codec: string;
  readonly audioCodec?: string;
  readonly how: 'copy' | 'encode';
  /** Capture times of the first and the last picture, epoch ms. */
  readonly firstAt: number;
  readonly lastAt: number;
  /** Which stretch of the file shows which stretch of capture time. */
  readonly stretches: readonly {
    readonly atMs: number;
    readonly durationMs: number;
    readonly from: number;
    readonly segmentId?: string;
  }[];
  readonly gaps: readonly ClipGap[];
}
