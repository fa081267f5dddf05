/** One number of the benchmark. Without `aim` it is there to explain the others. */
export interface Figure {
  /** What was measured: `bare`, `road`, `gated` … */
  readonly part: string;
  readonly what: string;
  readonly value: number;
  /** `x` is a ratio, `frames/s`, `ms`, `MB` … */
  readonly unit: string;
  readonly aim?: Aim;
}

export interface Aim {
  readonly least?: number;
  readonly most?: number;
}

/** Whether the figure is what it should be; `undefined` where nothing was aimed at. */
export function isMet({ value, aim }: Figure): boolean | undefined {
  if (!aim) return undefined;
  return value >= (aim.least ?? -Infinity) && value <= (aim.most ?? Infinity);
}

/** The middle value; of an even number of values the mean of the two in the middle. @throws RangeError without any. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const upper = sorted[Math.floor(sorted.length / 2)];
  const lower = sorted[Math.ceil(sorted.length / 2) - 1];
  if (upper === undefined || lower === undefined) throw new RangeError('median of no values');
  return (lower + upper) / 2;
}

/** Header and rows of the figures, for `table`. */
export function figureRows(figures: readonly Figure[]): string[][] {
  const rows = figures.map((figure) => {
    const { part, what, value, unit, aim } = figure;
    const met = isMet(figure);
    return [part, what, shown(value), unit, aimText(aim), met === undefined ? '' : met ? 'met' : 'missed'];
  });
  return [['PART', 'WHAT', 'VALUE', 'UNIT', 'AIM', ''], ...rows];
}

function aimText(aim: Aim | undefined): string {
  if (aim?.least !== undefined) return `at least ${aim.least}`;
  return aim?.most === undefined ? '' : `at most ${aim.most}`;
}

function shown(value: number): string {
  if (Number.isInteger(value)) return String(value);
  return Math.abs(value) >= 100 ? value.toFixed(0) : value.toFixed(Math.abs(value) >= 10 ? 1 : 2);
}
