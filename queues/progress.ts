import { z } from 'zod';
import { durationText } from '../src/domain/duration-text.js';

/**
 * How far a job is, as it is stored: Bull Board draws a ring from `progress` (per cent) and shows all of it in the job's
 * tab "Progress".
 */
const KeptProgress = z.object({ progress: z.number(), leftMs: z.number().optional() });

/**
 * @param fraction 0..1; what is outside counts as the nearer end
 * @param leftMs time it will still take
 */
export function keptProgress(fraction: number, leftMs?: number): object {
  const progress = Math.round(Math.min(Math.max(fraction, 0), 1) * 1000) / 10;
  const isKnown = leftMs !== undefined && Number.isFinite(leftMs);
  return {
    progress,
    ...(isKnown && { left: durationText(leftMs), leftMs: Math.max(0, Math.round(leftMs)) }),
  };
}

/** @param stored by this version, or a fraction by an older one. @returns 0..1 */
export function progressOf(stored: unknown): { progress: number; leftMs?: number } {
  if (typeof stored === 'number') return { progress: stored };
  const kept = KeptProgress.safeParse(stored);
  if (!kept.success) return { progress: 0 };
  const { progress, leftMs } = kept.data;
  return { progress: progress / 100, ...(leftMs !== undefined && { leftMs }) };
}
