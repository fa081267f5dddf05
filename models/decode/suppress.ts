import { iou } from '../../src/domain/geometry.js';
import type { Candidate } from './candidate.js';

/** Two boxes of one class that overlap more than this are the same object. */
const SAME_OBJECT_IOU = 0.5;

/** Networks often give one vehicle two boxes of neighbouring classes (car and truck): only the better one stays. */
const VEHICLES = new Set(['car', 'bus', 'truck']);

/**
 * Non-maximum suppression, greedy, within each class and across the vehicle classes.
 * @returns the candidates that stay, best first.
 */
export function suppress(candidates: readonly Candidate[], labels: readonly string[]): Candidate[] {
  const kept: Candidate[] = [];
  for (const candidate of candidates.toSorted((a, b) => b.score - a.score)) {
    const repeats = (better: Candidate) =>
      competes(better.labelIndex, candidate.labelIndex, labels) &&
      iou(better.box, candidate.box) > SAME_OBJECT_IOU;
    if (!kept.some(repeats)) kept.push(candidate);
  }
  return kept;
}

function competes(a: number, b: number, labels: readonly string[]): boolean {
  return a === b || (VEHICLES.has(labels[a] ?? '') && VEHICLES.has(labels[b] ?? ''));
}
