import type { CongestionLevel } from '../minute.js';

/** A colour with a hatch over it: told apart on light and dark, by people who see few colours, and in black and white. */
interface Pattern {
  readonly colour: string;
  /** Path of strokes in a square of 8, white. */
  readonly hatch?: string;
}

const RISING = 'M-2 2 L2 -2 M0 8 L8 0 M6 10 L10 6';
const FALLING = 'M-2 6 L2 10 M0 0 L8 8 M6 -2 L10 2';
const FLAT = 'M0 2 H8 M0 6 H8';
const UPRIGHT = 'M2 0 V8 M6 0 V8';
const DOTS = 'M1 2 h2 M5 6 h2';

/** Colours of Okabe and Ito, "Color Universal Design", 2008. */
const PATTERNS = {
  car: { colour: '#0072b2' },
  motorcycle: { colour: '#e69f00', hatch: RISING },
  bus: { colour: '#009e73', hatch: FLAT },
  truck: { colour: '#d55e00', hatch: `${RISING} ${FALLING}` },
  bicycle: { colour: '#cc79a7', hatch: DOTS },
  person: { colour: '#56b4e9', hatch: FALLING },
  other: { colour: '#7d8794', hatch: UPRIGHT },
  in: { colour: '#0072b2' },
  out: { colour: '#e69f00', hatch: RISING },
  speed: { colour: '#0072b2' },
  free: { colour: '#a8dccd' },
  dense: { colour: '#e6b800', hatch: RISING },
  congested: { colour: '#d55e00', hatch: FLAT },
  standstill: { colour: '#7a0c2e' },
} as const satisfies Record<string, Pattern> & Record<CongestionLevel, Pattern>;

export type PatternName = keyof typeof PATTERNS;

/** Classes in the order in which they are stacked, those of most cameras first. */
const CLASSES = ['motorcycle', 'car', 'bus', 'truck', 'bicycle', 'person'] as const;

/** @returns the class's own, or that of all others */
export function patternOf(name: string): PatternName {
  return CLASSES.find((known) => known === name) ?? 'other';
}

/** Classes of counts in the order of the plots, each once. */
export function orderedClasses(all: readonly Readonly<Record<string, number>>[]): string[] {
  const place = (name: string): number => CLASSES.indexOf(name as never) + 1 || CLASSES.length + 1;
  const names = [...new Set(all.flatMap((one) => Object.keys(one).filter((name) => (one[name] ?? 0) > 0)))];
  return names.sort((a, b) => place(a) - place(b) || a.localeCompare(b));
}

/** What a fill of `fillOf` refers to; once a document, not hidden by `display: none`. */
export function patternDefinitions(): string {
  const patterns = Object.entries<Pattern>(PATTERNS).map(
    ([name, { colour, hatch }]) =>
      `<pattern id="p-${name}" width="8" height="8" patternUnits="userSpaceOnUse"><rect width="8" height="8" fill="${colour}"/>${
        hatch === undefined
          ? ''
          : `<path d="${hatch}" stroke="#fff" stroke-opacity=".75" stroke-width="1.3"/>`
      }</pattern>`,
  );
  return `<svg class="patterns" width="0" height="0" aria-hidden="true"><defs>${patterns.join('')}</defs></svg>`;
}

export function fillOf(name: PatternName): string {
  return `url(#p-${name})`;
}
