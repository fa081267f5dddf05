import type { Point, Quad } from '../../src/domain/plates/quad.js';
import { growQuad, quadSize } from '../../src/domain/plates/quad.js';
import { smallestRectangle } from '../../src/domain/plates/smallest-rectangle.js';
import type { InputSpec } from '../network.js';

/** What PP-OCR's detection network wants to see (PaddleOCR configs/det/ch_PP-OCRv4: NormalizeImage, order BGR). */
export const DETECTION_INPUT: InputSpec = {
  order: 'bgr',
  mean: [0.485 * 255, 0.456 * 255, 0.406 * 255],
  std: [0.229 * 255, 0.224 * 255, 0.225 * 255],
  fit: 'stretch',
  padGrey: 0,
};
/** Sides of its input are multiples of this. */
export const DETECTION_STEP = 32;

/** A line of text the network saw. */
export interface TextRegion {
  /** In pixels of the network's input. */
  readonly quad: Quad;
  /** Mean probability of text in it, 0..1. */
  readonly score: number;
}

/** A pixel counts as text from here (DBPostProcess `thresh`). */
const TEXT_FROM = 0.3;
/** The network marks the middle of a line; its outline is this much further out (DBPostProcess `unclip_ratio`). */
const UNCLIP = 1.6;
/** Smaller things are noise, pixels of the map. */
const MIN_SIDE_PX = 3;

/**
 * Lines of text in the network's answer: differentiable binarisation, Liao et al. 2020 (connected regions, smallest
 * rectangle, grown by area x ratio / perimeter).
 * @param map probability of text by pixel, row by row
 * @param minScore 0..1
 */
export function textRegions(
  map: Float32Array,
  { width, height }: { width: number; height: number },
  minScore: number,
): TextRegion[] {
  const regions: TextRegion[] = [];
  for (const { outline, score } of components(map, width, height)) {
    if (score < minScore) continue;
    const core = smallestRectangle(outline);
    const size = quadSize(core);
    if (Math.min(size.width, size.height) < MIN_SIDE_PX) continue;
    const grow = (size.width * size.height * UNCLIP) / (2 * (size.width + size.height));
    regions.push({ quad: growQuad(core, grow, grow), score });
  }
  return regions.sort((a, b) => b.score - a.score);
}

/** Connected regions (by sides and corners), each as the outer corners of its rows' ends. */
function components(map: Float32Array, width: number, height: number): { outline: Point[]; score: number }[] {
  const seen = new Uint8Array(width * height);
  const stack: number[] = [];
  const found: { outline: Point[]; score: number }[] = [];
  for (let start = 0; start < seen.length; start++) {
    if (seen[start] === 1 || map[start]! < TEXT_FROM) continue;
    const rows = new Map<number, { from: number; to: number }>();
    let sum = 0;
    let count = 0;
    seen[start] = 1;
    stack.push(start);
    for (let at = stack.pop(); at !== undefined; at = stack.pop()) {
      const y = Math.floor(at / width);
      const x = at - y * width;
      sum += map[at]!;
      count++;
      const row = rows.get(y);
      if (!row) rows.set(y, { from: x, to: x });
      else if (x < row.from) row.from = x;
      else if (x > row.to) row.to = x;
      for (let ny = Math.max(0, y - 1); ny <= Math.min(height - 1, y + 1); ny++) {
        for (let nx = Math.max(0, x - 1); nx <= Math.min(width - 1, x + 1); nx++) {
          const next = ny * width + nx;
          if (seen[next] === 1 || map[next]! < TEXT_FROM) continue;
          seen[next] = 1;
          stack.push(next);
        }
      }
    }
    found.push({ outline: outlineOf(rows), score: sum / count });
  }
  return found;
}

function outlineOf(rows: ReadonlyMap<number, { from: number; to: number }>): Point[] {
  const outline: Point[] = [];
  for (const [y, { from, to }] of rows) {
    outline.push({ x: from, y }, { x: to + 1, y }, { x: from, y: y + 1 }, { x: to + 1, y: y + 1 });
  }
  return outline;
}
