import type { FrameSource, SourceProblem } from '../domain/frame-source.js';
import type { CameraContext } from './options.js';

/** Notices a stream that is open and sends nothing. Time that the ring takes is not the camera's. */
export interface SilenceWatch {
  /** The reading waits for the next frame, or has it. */
  waiting(is: boolean): void;
  /** Why the source was closed, when it was. */
  gaveUp(): SourceProblem | undefined;
  stop(): void;
}

export interface SilenceHandlers {
  readonly isIdle: () => boolean;
  /** Nothing but key frames was asked for, and none comes. */
  readonly wake: () => void;
  /** No signal; told again for as long as it lasts. */
  readonly onSilence: () => void;
}

/** An idling camera sends key frames at least this often, or is woken so that every frame counts again. */
const KEY_FRAME_WITHIN_MS = 15_000;

/** A connection that fails is a complaint or two; so many come from something that sends what is no video. */
const GARBAGE_ERRORS = 10;

/** @param label of the source, for people */
export function createSilenceWatch(
  { camera, now, timing }: CameraContext,
  source: FrameSource,
  label: string,
  { isIdle, wake, onSilence }: SilenceHandlers,
): SilenceWatch {
  // A camera of one frame in ten seconds is not silent for eight.
  const noSignalMs = Math.max(camera.noSignalAfterS * 1000, 3000 / camera.fps);
  const giveUpMs = Math.max(timing.giveUpMs, 10_000 / camera.fps, noSignalMs * 2);
  const openedAt = source.stats().heardAt;
  let waitingSince: number | undefined;
  let hasFrames = false;
  let problem: SourceProblem | undefined;

  /** Without a frame, what else came says that somebody is there: what cannot be decoded is no signal either. */
  function isConnected(): boolean {
    const { heardAt, decodeErrors } = source.stats();
    return hasFrames || heardAt > openedAt || decodeErrors >= GARBAGE_ERRORS;
  }

  function look(): void {
    if (waitingSince === undefined || problem) return;
    const withoutFrameMs = now() - waitingSince;
    if (isIdle() && withoutFrameMs >= KEY_FRAME_WITHIN_MS) wake();
    // While it idles packets come that nobody decodes.
    const silentMs = isIdle() ? Math.min(withoutFrameMs, now() - source.stats().heardAt) : withoutFrameMs;
    if (silentMs >= giveUpMs) {
      problem = {
        fault: 'timeout',
        message: `${label} sent no picture for ${Math.round(giveUpMs / 1000)} s`,
      };
      void source.close();
    } else if (silentMs >= noSignalMs && isConnected()) {
      onSilence();
    }
  }

  const timer = setInterval(look, Math.min(1000, noSignalMs / 4));
  return {
    waiting(is) {
      hasFrames ||= !is;
      waitingSince = is ? now() : undefined;
    },
    gaveUp: () => problem,
    stop: () => clearInterval(timer),
  };
}
