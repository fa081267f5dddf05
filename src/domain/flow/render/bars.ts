import { escapeHtml } from '../../escape-html.js';
import { fillOf, type PatternName } from './patterns.js';

/** What is stacked, from the bottom up. */
export interface Segment {
  readonly fill: PatternName;
  readonly value: number;
}

/** One place on the axis below: one column, or some side by side. */
export interface Slot {
  /** On the axis; '' for none. */
  readonly label: string;
  /** All that it holds, in words: shown when pointed at. */
  readonly title: string;
  readonly columns: readonly (readonly Segment[])[];
}

const WIDTH = 480;
const HEIGHT = 220;
const LEFT = 60;
const BOTTOM = 26;
const TOP = 10;
/** Of a slot that its columns take. */
const FILLED = 0.78;

/**
 * Bars as SVG. Numbers stand in a table near it: this is to see at a glance.
 * @param options.max where the axis ends; default: a round number above the highest column
 * @param options.edges labels stand at the left edges of slots: steps of a histogram
 */
export function barPlot(
  name: string,
  slots: readonly Slot[],
  options: { tick: (value: number) => string; max?: number; edges?: boolean },
): string {
  const highest = Math.max(0, ...slots.flatMap(({ columns }) => columns.map(heightOf)));
  const ticks = options.max === undefined ? ticksTo(highest) : [0, options.max / 2, options.max];
  const max = ticks.at(-1) || 1;
  const y = (value: number): number => HEIGHT - BOTTOM - (value / max) * (HEIGHT - BOTTOM - TOP);
  const step = (WIDTH - LEFT) / Math.max(1, slots.length);
  const grid = ticks.map(
    (tick) =>
      `<path class="grid" d="M${LEFT} ${f(y(tick))}H${WIDTH}"/><text x="${LEFT - 6}" y="${f(y(tick) + 4)}" text-anchor="end">${escapeHtml(options.tick(tick))}</text>`,
  );
  const drawn = slots.map((slot, i) => slotAt(slot, LEFT + i * step, step, y, options.edges === true));
  return `<svg class="plot" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${escapeHtml(name)}">${grid.join('')}${drawn.join('')}</svg>`;
}

function slotAt(
  { label, title, columns }: Slot,
  left: number,
  step: number,
  y: (value: number) => number,
  isEdge: boolean,
): string {
  const width = (step * FILLED) / Math.max(1, columns.length);
  const start = left + (step * (1 - FILLED)) / 2;
  const bars = columns.map((segments, i) => columnAt(segments, start + i * width, width, y));
  const at = isEdge ? left : left + step / 2;
  const text =
    label === ''
      ? ''
      : `<text x="${f(at)}" y="${HEIGHT - 8}" text-anchor="middle">${escapeHtml(label)}</text>`;
  return `<g><title>${escapeHtml(title)}</title>${bars.join('')}${text}</g>`;
}

function columnAt(
  segments: readonly Segment[],
  x: number,
  width: number,
  y: (value: number) => number,
): string {
  let below = 0;
  return segments
    .map(({ fill, value }) => {
      const [bottom, top] = [y(below), y(below + value)];
      below += value;
      if (value <= 0) return '';
      return `<rect x="${f(x)}" y="${f(top)}" width="${f(Math.max(1, width - 1))}" height="${f(bottom - top)}" fill="${fillOf(fill)}"/>`;
    })
    .join('');
}

function heightOf(segments: readonly Segment[]): number {
  return segments.reduce((sum, { value }) => sum + value, 0);
}

/** 0 and two to five round numbers, the last not below `highest`. */
function ticksTo(highest: number): number[] {
  const rough = Math.max(1, highest / 4);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((one) => one * power).find((one) => one >= rough) ?? power;
  const count = Math.max(1, Math.ceil(highest / step));
  return Array.from({ length: count + 1 }, (_, i) => i * step);
}

function f(value: number): string {
  return value.toFixed(1);
}
