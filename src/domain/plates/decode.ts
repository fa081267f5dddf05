import { alignSight, likelihood, type Alignment } from './align.js';
import { keyOf } from './characters.js';
import { textOf, type Grammar, type Layout, type Part } from './grammar.js';
import { isSameShape, readingRate } from './lookalikes.js';
import type { PlateText } from './reading.js';
import { seenLines, type Seen } from './seen.js';
import type { PlateSight } from './sight.js';

/** A text it may be. */
export interface Hypothesis extends PlateText {
  /** Before calibration; those of one plate, and that it is of no known form, add up to 1. */
  readonly p: number;
  /** Lines of that form. */
  readonly lines: number;
}

export interface Decoded {
  /** Likeliest first, one a key, at most 12. */
  readonly hypotheses: readonly Hypothesis[];
  /** That it is written in none of the known forms. */
  readonly unknownP: number;
}

/** A sight with its say among others: the weights of all add up to how much they count together (1 for one sight). */
export interface Weighed {
  readonly sight: PlateSight;
  readonly weight: number;
}

/**
 * Nothing fits every text, but it must not cost more than this (in nats) over what was read to fit a form: beyond it the
 * text is of no known form. One look-alike costs 3 to 4, two cost too much, with BEND.
 */
const UNKNOWN_COST = 5.7;
/** For every character after the first that was read as another shape by all: a form must not be made to fit. */
const BEND = 2;
/** Less than that share of what was read is no support for a character. */
const SUPPORT = 0.05;
/** Among several sights one that is sure and wrong must not outvote them all: no sight says never. */
const NEVER = 0.01;
/** A sight that cannot be read as the form at all counts against it. */
const MISFIT = 3;
const COLOUR_NOT_NAMED = 0.02;

/** Seen as digits only: telephone numbers are, plates are not. On something that looks like a plate, and on a sign. */
const NO_LETTER = { plate: 1, sign: 4 } as const;
/** Costs more than the best by so much (in nats) do not matter. */
const HOPELESS = 5.5;

const BEAM = 16;
const PART_OPTIONS = 6;
const KEPT = 12;

/**
 * What a plate's text is under the grammars: position decides between letter and digit, codes are checked, what was
 * seen beside the text is left out at a cost, what was not seen is never made up. With several sights, each position is
 * decided by all of them.
 */
export function decode(looks: readonly Weighed[], grammars: readonly Grammar[]): Decoded {
  const views = looks.map(({ sight, weight }) => ({ sight, weight, lines: seenLines(sight) }));
  const total = views.reduce((sum, { weight }) => sum + weight, 0);
  if (total <= 0) return { hypotheses: [], unknownP: 1 };
  const unknown = UNKNOWN_COST * total + sumOf(views, ({ lines, weight }) => weight * asReadCost(lines));
  const fits = grammars.flatMap(({ shapes }) => shapes.flatMap((layouts) => fitOf(layouts, views) ?? []));
  const worth = Math.min(unknown, ...fits.map(({ least }) => least)) + HOPELESS;
  const found = fits.flatMap((fit) => (fit.least <= worth ? textsOf(fit) : []));
  const least = Math.min(unknown, ...found.map(({ cost }) => cost));
  const byKey = new Map<string, Hypothesis & { best: number }>();
  let all = Math.exp(least - unknown);
  for (const { cost, ...text } of found) {
    const p = Math.exp(least - cost);
    all += p;
    const before = byKey.get(text.key);
    if (!before || cost < before.best) byKey.set(text.key, { ...text, p: p + (before?.p ?? 0), best: cost });
    else byKey.set(text.key, { ...before, p: before.p + p });
  }
  const hypotheses = [...byKey.values()]
    .sort((a, b) => b.p - a.p)
    .slice(0, KEPT)
    .map(({ best: _, p, ...text }) => ({ ...text, p: p / all }));
  return { hypotheses, unknownP: Math.exp(least - unknown) / all };
}

interface View extends Weighed {
  readonly lines: readonly (readonly Seen[])[];
}

/** What it costs to take a sight as it was read. */
function asReadCost(lines: View['lines']): number {
  return sumOf(
    lines.flat(),
    ({ markP, topP }) => -Math.log(Math.max(topP * readingRate('A', 'A'), 1e-6)) * (1 - markP),
  );
}

type Priced = Omit<Hypothesis, 'p'> & { readonly cost: number };

/** How well the sights fit layouts of one shape, whatever their text. */
interface Fit {
  /** Of the same lines. */
  readonly layouts: readonly Layout[];
  readonly fitting: readonly (View & { readonly alignment: Alignment })[];
  /** Of what was seen but is not written in that shape. */
  readonly base: number;
  /** By layout: how usual it is, and its colour. */
  readonly priors: readonly number[];
  /** No text of these layouts costs less. */
  readonly least: number;
}

function fitOf(layouts: readonly Layout[], views: readonly View[]): Fit | undefined {
  const [layout] = layouts;
  if (!layout) return undefined;
  const aligned = views.map((view) => ({ ...view, alignment: alignSight(view.lines, layout) }));
  const fitting = aligned.filter((view): view is (typeof aligned)[number] & { alignment: Alignment } =>
    Boolean(view.alignment),
  );
  if (fitting.length === 0) return undefined;
  const base =
    sumOf(fitting, ({ weight, alignment }) => weight * alignment.cost) +
    sumOf(aligned, ({ weight, lines, alignment }) => (alignment ? 0 : weight * (asReadCost(lines) + MISFIT)));
  const all = sumOf(views, ({ weight }) => weight);
  const priors = layouts.map(
    (each) =>
      -Math.log(each.weight) + sumOf(views, ({ sight, weight }) => weight * groundCost(each, sight)) / all,
  );
  const floor = fitting.length > 1 ? -Math.log(NEVER) : Infinity;
  const least = sumOf(
    fitting,
    ({ weight, alignment: { cost, least, seen } }) => weight * Math.min(least - cost, floor * seen.length),
  );
  return { layouts, fitting, base, priors, least: base + Math.min(...priors) + least };
}

function textsOf({ layouts, fitting, base, priors }: Fit): Priced[] {
  const [layout] = layouts;
  if (!layout) return [];
  let slot = 0;
  const parts = layout.lines.flatMap(({ parts }) => parts);
  const options = parts.map((part) => {
    const first = slot;
    slot += part.width;
    return partOptions(part, first, fitting);
  });
  const weight = sumOf(fitting, (view) => view.weight);
  const noLetter = sumOf(fitting, (view) => view.weight * noLetterCost(view.sight));
  return likeliest(options, weight, noLetter).flatMap(({ codes, cost }) => {
    const text = textOf(layout, codes);
    const province = placeOf(parts, codes);
    const known = { text, key: keyOf(text), ...(province !== undefined && { province }) };
    return layouts.map(({ country, format, lines }, at) => ({
      ...{ ...known, country, format, lines: lines.length, cost: base + cost + (priors[at] ?? 0) },
    }));
  });
}

function noLetterCost({ plausibility }: PlateSight): number {
  return NO_LETTER.plate + (NO_LETTER.sign - NO_LETTER.plate) * (1 - plausibility);
}

function groundCost({ grounds }: Layout, { ground }: PlateSight): number {
  return -Math.log(grounds[ground] ?? COLOUR_NOT_NAMED);
}

function placeOf(parts: readonly Part[], codes: readonly string[]): string | undefined {
  const at = parts.findIndex(({ names }) => names !== undefined);
  return parts[at]?.names?.get(codes[at] ?? '');
}

interface Option {
  readonly code: string;
  readonly cost: number;
  /** Characters that were read as another shape. */
  readonly bends: number;
  /** Letters that were read as such. */
  readonly letters: number;
}

/** What a part may be, cheapest first. @param first its first slot */
function partOptions(
  { codes, width }: Part,
  first: number,
  views: readonly { weight: number; alignment: Alignment }[],
): Option[] {
  const floor = views.length > 1 ? NEVER : 1e-7;
  const total = sumOf(views, ({ weight }) => weight);
  const slots = Array.from({ length: width }, (_, offset) => {
    const known = new Map<string, { cost: number; isBent: boolean }>();
    return (char: string) => {
      const before = known.get(char);
      if (before) return before;
      let cost = 0;
      let support = 0;
      for (const { weight, alignment } of views) {
        const seen = alignment.seen[first + offset];
        if (!seen) continue;
        cost -= weight * Math.log(likelihood(seen, char) + floor);
        support += weight * sumOf(seen.options, ([read, p]) => (isSameShape(read, char) ? p : 0));
      }
      const value = { cost, isBent: support < SUPPORT * total };
      known.set(char, value);
      return value;
    };
  });
  const options = codes
    .map((code) => {
      let cost = 0;
      let bends = 0;
      let letters = 0;
      for (const [offset, costOf] of slots.entries()) {
        const { cost: own, isBent } = costOf(code.charAt(offset));
        cost += own;
        if (isBent) bends += 1;
        else if (/\D/.test(code.charAt(offset))) letters += 1;
      }
      return { code, cost, bends, letters };
    })
    .sort((a, b) => a.cost - b.cost)
    .slice(0, PART_OPTIONS);
  const worth = (options[0]?.cost ?? 0) + HOPELESS;
  return options.filter(({ cost }) => cost <= worth);
}

/** The cheapest combinations of the parts. */
function likeliest(
  options: readonly (readonly Option[])[],
  weight: number,
  noLetter: number,
): { codes: readonly string[]; cost: number }[] {
  const priceOf = ({ cost, bends }: Omit<Option, 'code'>) => cost + Math.max(0, bends - 1) * BEND * weight;
  let beam: (Omit<Option, 'code'> & { codes: readonly string[] })[] = [
    { codes: [], cost: 0, bends: 0, letters: 0 },
  ];
  for (const part of options) {
    const least = Math.min(...beam.map(priceOf)) + (part[0]?.cost ?? 0);
    const longer = beam.flatMap((each) =>
      part.flatMap(({ code, cost, bends, letters }) => {
        const next = {
          cost: each.cost + cost,
          bends: each.bends + bends,
          letters: each.letters + letters,
        };
        const price = priceOf(next);
        return price > least + HOPELESS ? [] : [{ ...next, price, codes: [...each.codes, code] }];
      }),
    );
    beam = longer.sort((a, b) => a.price - b.price).slice(0, BEAM);
  }
  return beam.map((each) => ({
    codes: each.codes,
    cost: priceOf(each) + (each.letters > 0 ? 0 : noLetter),
  }));
}

function sumOf<T>(things: readonly T[], of: (thing: T) => number): number {
  return things.reduce((sum, thing) => sum + of(thing), 0);
}
