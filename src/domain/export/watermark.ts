import { cutTo, oneLine } from '../alerting/one-line.js';
import type { Size } from '../geometry.js';
import { localTimeOf } from '../local-time.js';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const LONGEST_TITLE = 120;

/** A piece of time over which the clock on the wall runs evenly. */
export interface ClockPiece {
  /** Capture times, epoch ms; `to` is not included. */
  readonly from: number;
  readonly to: number;
  /** Local time minus UTC, ms. */
  readonly offsetMs: number;
}

/**
 * Cuts [from, to) where the clocks of the zone are put forward or back.
 * @param timeZone IANA name
 */
export function clockPieces(from: number, to: number, timeZone: string): ClockPiece[] {
  const pieces: ClockPiece[] = [];
  let begin = from;
  let offsetMs = offsetOf(from, timeZone);
  // Clocks are never changed twice within an hour.
  for (let at = from; at < to; at += HOUR_MS) {
    const next = Math.min(to, at + HOUR_MS);
    const after = offsetOf(next, timeZone);
    if (after === offsetMs) continue;
    const change = changeBetween(at, next, offsetMs, timeZone);
    if (change < to) {
      if (change > begin) pieces.push({ from: begin, to: change, offsetMs });
      begin = change;
      offsetMs = after;
    }
  }
  pieces.push({ from: begin, to, offsetMs });
  return pieces;
}

/** +07:00 */
export function offsetLabel(offsetMs: number): string {
  const minutes = Math.abs(Math.round(offsetMs / MINUTE_MS));
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${offsetMs < 0 ? '-' : '+'}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
}

/** Names as they are drawn: one line, marks joined with their letters, no longer than anybody reads. */
export function watermarkTitle(title: string): string {
  return cutTo(oneLine(title.normalize('NFC').replace(/\p{Cs}/gu, ' ')), LONGEST_TITLE);
}

/** The letters and digits that a font must know, each once; what is missing of emoji and the like is no loss. */
export function lettersOf(title: string): string[] {
  return [...new Set(title)].filter((letter) => /[\p{L}\p{M}\p{N}]/u.test(letter));
}

/** Sizes of the watermark's parts, pixels: they follow the picture. */
export interface WatermarkSizes {
  readonly fontPx: number;
  /** Of the dark outline around the letters, on each side. */
  readonly outlinePx: number;
  readonly marginPx: number;
  /** Baseline to baseline. */
  readonly lineHeightPx: number;
  /** The logo is scaled down to fit. */
  readonly logo: Size;
}

/** The clock's line is 29 letters of about 0.62 font sizes: it must fit beside the margins. */
const CLOCK_WIDTH = 29 * 0.7;

export function watermarkSizes({ width, height }: Size): WatermarkSizes {
  const marginPx = 2 * Math.max(2, Math.round(Math.min(width, height) / 100));
  const fontPx = Math.max(
    8,
    Math.floor(Math.min(Math.max(14, height * 0.035), (width - 2 * marginPx) / CLOCK_WIDTH)),
  );
  return {
    fontPx,
    outlinePx: Math.max(1, Math.round(fontPx * 0.11)),
    marginPx,
    lineHeightPx: Math.round(fontPx * 1.3),
    logo: { width: Math.max(8, Math.round(width * 0.2)), height: Math.max(8, Math.round(height * 0.1)) },
  };
}

function offsetOf(at: number, timeZone: string): number {
  const { day, minute } = localTimeOf(at, timeZone);
  return (day * 1440 + minute) * MINUTE_MS - Math.floor(at / MINUTE_MS) * MINUTE_MS;
}

/** The first ms in (from, to] whose offset is another. */
function changeBetween(from: number, to: number, offsetMs: number, timeZone: string): number {
  let [before, after] = [from, to];
  while (after - before > 1) {
    const middle = Math.floor((before + after) / 2);
    if (offsetOf(middle, timeZone) === offsetMs) before = middle;
    else after = middle;
  }
  return after;
}
