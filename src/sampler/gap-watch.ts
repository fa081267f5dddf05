import type { Gap, GapCause } from '../ports.js';
import type { CameraContext } from './options.js';
import { createTeller } from './teller.js';

/** Gives every time without good frames of a live camera its name. */
export interface GapWatch {
  /** A good frame; capture time, epoch ms. */
  good(at: number): void;
  /**
   * No good frames, because of that. While it lasts for the same cause nothing more is told.
   * @param from capture time of the last good frame, where it is not the last one given to `good`
   */
  lost(cause: GapCause, reason: string, from?: number): void;
  /** Resolves when everything has been told, or was tried a last time after the signal to stop. */
  close(): Promise<void>;
}

/** The time before this reading that nobody has accounted for. */
export interface Unwatched {
  /** Capture time of the last frame that counts, or when a gap whose reading was cut off was last known to last. */
  readonly from: number;
  readonly reason: string;
  /** A gap lasts in the store, and this one ends it: it is told however short it is. */
  readonly endsAnother: boolean;
}

/** Frames that jitter are no gap. */
const FRAMES_MISSED = 2;

/** @param unwatched undefined: the camera is read for the first time */
export function createGapWatch(context: CameraContext, unwatched: Unwatched | undefined): GapWatch {
  const { camera, now, onGap } = context;
  const teller = createTeller(context);
  const startedAt = now();
  let before = unwatched;
  let goodAt: number | undefined;
  let endedAt = -Infinity;
  let open: Gap | undefined;

  function tell(gap: Gap): void {
    teller.tell(() => onGap(gap));
  }

  function begin(from: number, cause: GapCause, reason: string): void {
    end(from);
    // Gaps are known by their beginning: no two may have the same.
    open = { cameraId: camera.id, track: 'analysis', from: Math.max(from, endedAt), cause, reason };
    tell(open);
  }

  function end(to: number): void {
    if (!open) return;
    endedAt = Math.max(to, open.from + 1);
    tell({ ...open, to: endedAt });
    open = undefined;
  }

  function beginBefore(until: number): void {
    if (!before) return;
    const isLong = until - before.from > (FRAMES_MISSED * 1000) / camera.fps;
    if (before.endsAnother || isLong) begin(before.from, 'process', before.reason);
    before = undefined;
  }

  return {
    good(at) {
      beginBefore(at);
      end(at);
      goodAt = at;
    },
    lost(cause, reason, from) {
      if (open?.cause === cause) return;
      beginBefore(now());
      begin(open ? now() : (from ?? goodAt ?? startedAt), cause, reason);
    },
    close: () => teller.settled(),
  };
}
