import type { FrameSource, SourceFrame } from '../domain/frame-source.js';

/** Lets a camera idle while nothing moves in front of it. */
export interface IdleControl {
  /** After every frame. @param at its capture time, epoch ms */
  seen(frame: Pick<SourceFrame, 'skippedBefore'>, at: number, hasMoved: boolean): void;
  readonly wake: () => void;
  readonly isIdle: () => boolean;
}

/** Frames that were under way when the source was told to idle still come, one after the other. */
const UNDER_WAY_MS = 2000;

/** @param afterMs nothing moved for this long; `undefined`: never */
export function createIdleControl(source: FrameSource, afterMs: number | undefined): IdleControl {
  let isIdle = false;
  let toldAt = -Infinity;
  let movedAt: number | undefined;

  function wake(): void {
    if (isIdle) source.setIdle(false);
    isIdle = false;
    movedAt = undefined;
  }

  return {
    seen({ skippedBefore = 0 }, at, hasMoved) {
      if (afterMs === undefined) return;
      if (hasMoved) wake();
      movedAt ??= at;
      // No frame was skipped: the stream's own data showed movement and the source has woken by itself.
      const hasWoken = isIdle && skippedBefore === 0 && at - toldAt > UNDER_WAY_MS;
      if (hasMoved || hasWoken) movedAt = at;
      if (hasWoken) isIdle = false;
      if (isIdle || at - movedAt < afterMs) return;
      isIdle = true;
      toldAt = at;
      source.setIdle(true);
    },
    wake,
    isIdle: () => isIdle,
  };
}
