import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { messageOf } from '../../errors.js';
import type { Size } from '../../domain/geometry.js';

/** The clips' frames a second, and how many frames lie between two looks: `plates.everyMs` is 250 by default. */
export const CLIP_FPS = 12;
export const LOOK_EVERY = 3;
export const LOOKS = 8;

/** Height of a character at the beginning and at the end of a clip, px: the vehicle comes nearer. */
const CHAR_PX = { from: 11, to: 16 };
/** The still picture that a clip is made of shows its characters so high: blur is made at twice the size. */
export const STILL_CHAR_PX = 2 * CHAR_PX.to;
/** Of the still picture so much is shown at the beginning that there is room to shake. */
const FIRST_ZOOM = 1.1;
/** Positions that one exposure of the shutter is made of. */
const EXPOSED = 4;
/**
 * The vehicle shakes before the camera, so that some frames are blurred and some are not: how far, px of the clip, and
 * how many frames a swing takes.
 */
const SWING = { x: { px: 5, frames: 11 }, y: { px: 3, frames: 7 } };
/** Uniform noise of this strength of 0..255, new in every frame: a small sensor at dusk. */
const NOISE = 16;
/** Of H.264 (0 best .. 51): a camera that has to save. */
const CRF = 33;

/**
 * A clip of a still picture of a vehicle: small, moving, blurred by its motion, noisy, and compressed hard.
 * @param still path of a picture whose characters are `STILL_CHAR_PX` high, and its size
 */
export function clipArguments(still: string, { width, height }: Size, clip: string): string[] {
  const frames = 1 + (LOOKS - 1) * LOOK_EVERY;
  const exposures = frames * EXPOSED;
  const lastZoom = (FIRST_ZOOM * CHAR_PX.to) / CHAR_PX.from;
  const zoom = `${FIRST_ZOOM}+${lastZoom - FIRST_ZOOM}*on/${exposures}`;
  // Twice the clip's size; at the end of the approach a pixel of the still picture is one of these.
  const doubled = { width: even(width / lastZoom), height: even(height / lastZoom) };
  const half = { width: even(doubled.width / 2), height: even(doubled.height / 2) };
  const moving = (size: string, { px, frames: period }: (typeof SWING)['x']): string =>
    `(${size}-${size}/zoom)/2+${px}*2*(${lastZoom}/zoom)*sin(2*PI*on/${period * EXPOSED})`;
  const filters = [
    `zoompan=z='${zoom}':x='${moving('iw', SWING.x)}':y='${moving('ih', SWING.y)}':d=1:s=${doubled.width}x${doubled.height}:fps=${CLIP_FPS * EXPOSED}`,
    `tmix=frames=${EXPOSED}`,
    `select='eq(mod(n,${EXPOSED}),${EXPOSED - 1})'`,
    `setpts=N/${CLIP_FPS}/TB`,
    `scale=${half.width}:${half.height}:flags=area`,
    `noise=alls=${NOISE}:allf=t`,
    'format=yuv420p',
  ];
  return [
    ...['-loop', '1', '-framerate', String(CLIP_FPS * EXPOSED), '-i', still, '-vf', filters.join(',')],
    ...['-r', String(CLIP_FPS), '-frames:v', String(frames)],
    ...['-c:v', 'libx264', '-preset', 'veryfast', '-crf', String(CRF), '-bf', '0', '-g', '50', clip],
  ];
}

export async function makeClip(args: readonly string[], signal: AbortSignal): Promise<void> {
  try {
    await promisify(execFile)('ffmpeg', ['-v', 'error', '-nostdin', '-y', ...args], { signal });
  } catch (error) {
    signal.throwIfAborted();
    throw new Error(`ffmpeg: ${messageOf(error).trim().split('\n').at(-1) ?? ''}`);
  }
}

function even(length: number): number {
  return Math.max(2, 2 * Math.round(length / 2));
}
