import { nearestRank } from '../percentiles.js';

/**
 * Time between one vehicle and the next over a line in one direction, s (headway, Highway Capacity Manual: between
 * the same point of successive vehicles; here of all lanes the line crosses together).
 * @param times capture times of one window, epoch ms, in any order
 * @returns `undefined` with fewer than two
 */
export function headwayOf(times: readonly number[]): { median: number; mean: number } | undefined {
  const sorted = [...times].sort((a, b) => a - b);
  const gaps = sorted.slice(1).map((at, i) => at - sorted[i]!);
  if (gaps.length === 0) return undefined;
  const mean = gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length;
  gaps.sort((a, b) => a - b);
  return { median: hundredths(nearestRank(gaps, 0.5)), mean: hundredths(mean) };
}

function hundredths(ms: number): number {
  return Math.round(ms / 10) / 100;
}
