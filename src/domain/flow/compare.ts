import type { FlowReport } from './report.js';
import { weeksBefore } from './windows.js';

/** Weeks a report is compared with. */
const WEEKS = [1, 2, 3, 4] as const;

/** Starts of the same window of the weeks before, newest first, epoch ms. */
export function comparedStarts(from: number, timeZone: string): number[] {
  return WEEKS.flatMap((weeks) => weeksBefore(from, weeks, timeZone) ?? []);
}

/** What a report keeps of an earlier one. */
export function comparedWith({ from, crossings, speed }: FlowReport): FlowReport['before'][number] {
  return { from, crossings, ...(speed.mean !== undefined && { meanKmh: speed.mean }) };
}
