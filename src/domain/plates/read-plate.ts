import { calibrated } from './calibration.js';
import { isLetterOrDigit, keyOf } from './characters.js';
import { decode, type Decoded, type Hypothesis } from './decode.js';
import type { Grammar } from './grammar.js';
import { lookalikeDistance } from './lookalikes.js';
import type { PlateReading } from './reading.js';
import { seenLines } from './seen.js';
import type { PlateGround, PlateSight } from './sight.js';
import { judge } from './verdict.js';

export { isSettled } from './verdict.js';

/** A sight and when it was captured, epoch ms. */
export interface SeenAt {
  readonly sight: PlateSight;
  readonly at: number;
}

/** Texts at most so far apart are sights of one plate. */
const SAME_PLATE = 2;
/** More sights than that add time, not certainty: the best are used. */
const MAX_SIGHTS = 24;
/**
 * How much several sights count together, in sights: the errors of one camera at one place are much alike, so the count
 * grows with the root of their number, and not for ever.
 */
const MOST_SAY = 2;
/** Sights of nearly the same text with this share of the weight count as much as those they contradict: 1 / it. */
const DISAGREEMENT = 2;
/** More than that of the sights of one text seldom make it surer, and take time. */
const MOST_TRIED = 8;
/** Calibration ends there. */
const ENOUGH = 0.99;
/** Where a view stops to get better by growing, px. */
const [SMALL_PX, LARGE_PX] = [8, 26];

/**
 * What the sights of one vehicle say together: every position of the text is decided by all of them, larger, sharper
 * and more plate-like ones having more say. Sights of another text (a neighbour's plate) are left aside.
 * @returns `undefined`: none shows a letter or digit
 */
export function fuse(sights: readonly SeenAt[], grammars: readonly Grammar[]): PlateReading | undefined {
  const views = sights
    .map(({ sight }) => viewOf(sight, grammars))
    .filter((view) => view !== undefined)
    .sort((a, b) => b.weight - a.weight)
    .slice(0, MAX_SIGHTS);
  const groups = groupsOf(views);
  const [group, ...others] = groups;
  if (!group) return undefined;
  const rival = sum(others.map(({ evidence }) => evidence)) / group.evidence;
  const [only] = group.views;
  const together = only && group.views.length === 1 ? only.decoded : decode(weighed(group.views), grammars);
  const [best] = together.hypotheses;
  return best && best.p >= together.unknownP
    ? readingOf(best, together, group.views, { rival, p: certaintyOf(best, group.views, rival, grammars) })
    : unknownReading(together, group.views, rival);
}

/** What one sight alone says. */
export function readPlate(sight: PlateSight, grammars: readonly Grammar[]): PlateReading | undefined {
  return fuse([{ sight, at: 0 }], grammars);
}

/** The plates of one picture, each by itself, in the order given; sights without a letter or digit are left out. */
export function readPlates(
  sights: readonly PlateSight[],
  grammars: readonly Grammar[],
): { readonly sight: PlateSight; readonly reading: PlateReading }[] {
  return sights.flatMap((sight) => {
    const reading = readPlate(sight, grammars);
    return reading ? [{ sight, reading }] : [];
  });
}

interface View {
  readonly sight: PlateSight;
  /** How much it has to say beside the others, above 0 to 1. */
  readonly weight: number;
  readonly decoded: Decoded;
  /** As it was read, without a grammar. */
  readonly asRead: AsRead;
  /** What it says by itself. */
  readonly key: string;
  readonly p: number;
}

interface AsRead {
  readonly text: string;
  readonly key: string;
  readonly charP: readonly number[];
}

function viewOf(sight: PlateSight, grammars: readonly Grammar[]): View | undefined {
  const asRead = asReadOf(sight);
  if (asRead.key === '') return undefined;
  const decoded = decode([{ sight, weight: 1 }], grammars);
  const [best] = decoded.hypotheses;
  const isKnown = best !== undefined && best.p >= decoded.unknownP;
  return {
    ...{ sight, decoded, asRead, weight: weightOf(sight, asRead) },
    ...(isKnown ? { key: best.key, p: best.p } : { key: asRead.key, p: decoded.unknownP / 2 }),
  };
}

function weightOf({ charHeightPx, sharpness, plausibility }: PlateSight, { charP }: AsRead): number {
  const size = Math.min(1, Math.max(0.05, (charHeightPx - SMALL_PX) / (LARGE_PX - SMALL_PX)));
  const sureness = sum(charP) / charP.length;
  return size * (0.2 + 0.8 * sharpness) * (0.3 + 0.7 * plausibility) * sureness ** 2;
}

function asReadOf(sight: PlateSight): AsRead {
  const seen = seenLines(sight);
  const text = seen
    .map((line) => line.map(({ top }) => (isLetterOrDigit(top) || /^[-. ]$/.test(top) ? top : ' ')).join(''))
    .map((line) => line.replace(/ +/g, ' ').replace(/^[-. ]+|[-. ]+$/g, ''))
    .join(' ')
    .slice(0, 32)
    .trim();
  const key = keyOf(text).slice(0, 24);
  const charP = seen.flatMap((line) =>
    line.filter(({ top }) => isLetterOrDigit(top)).map(({ topP }) => topP),
  );
  return { text, key, charP: charP.slice(0, key.length) };
}

interface Group {
  readonly views: readonly View[];
  readonly evidence: number;
}

/** Sights of one text together, those with most evidence first. */
function groupsOf(views: readonly View[]): Group[] {
  const groups: View[][] = [];
  for (const view of [...views].sort((a, b) => b.weight * b.p - a.weight * a.p)) {
    const group = groups.find(([head]) => head && isOneText(head, view));
    if (group) group.push(view);
    else groups.push([view]);
  }
  return groups
    .map((group) => ({ views: group, evidence: sum(group.map(({ weight, p }) => weight * (0.1 + p))) }))
    .sort((a, b) => b.evidence - a.evidence);
}

function isOneText(a: View, b: View): boolean {
  return (
    lookalikeDistance(a.key, b.key, SAME_PLATE) <= SAME_PLATE ||
    lookalikeDistance(a.asRead.key, b.asRead.key, SAME_PLATE) <= SAME_PLATE
  );
}

function weighed(views: readonly View[]): { sight: PlateSight; weight: number }[] {
  const all = sum(views.map(({ weight }) => weight));
  const most = Math.max(...views.map(({ weight }) => weight));
  const say = Math.min(MOST_SAY, Math.sqrt(all / most));
  return views.map(({ sight, weight }) => ({ sight, weight: (weight / all) * say }));
}

/**
 * How sure a text is that several sights show. All of them together are more doubtful than one clear sight among poor
 * ones: so as sure as the sights that agree on it make it, each of which may add and none take away; the more weight
 * the others have, the nearer to what all say together.
 */
function certaintyOf(
  { key, p }: Hypothesis,
  views: readonly View[],
  rival: number,
  grammars: readonly Grammar[],
): number {
  const agreeing = views.filter((view) => view.key === key);
  if (views.length === 1 || agreeing.length === 0) return calibrated(p, rival);
  const others = views.filter((view) => view.key !== key);
  const doubt = disagreement(views, agreeing);
  const alone = doubt < 1 ? surest(key, agreeing, [], grammars) : 0;
  const against = doubt > 0 ? Math.max(p, surest(key, agreeing, others, grammars)) : 0;
  return Math.max(
    calibrated(p, rival),
    (1 - doubt) * calibrated(alone, rival) + doubt * calibrated(against, rival),
  );
}

/** 0: none of the sights shows another text; 1: those that do are to be taken as seriously as the others. */
function disagreement(views: readonly View[], agreeing: readonly View[]): number {
  const weightOfAll = sum(views.map(({ weight }) => weight));
  const weightFor = sum(agreeing.map(({ weight }) => weight));
  return weightFor === 0 ? 1 : Math.min(1, (DISAGREEMENT * (weightOfAll - weightFor)) / weightFor);
}

/** What the sights that show this text say of it together with `others`, those left out that only blur it; the weightiest first. */
function surest(
  key: string,
  agreeing: readonly View[],
  others: readonly View[],
  grammars: readonly Grammar[],
): number {
  const used: View[] = [...others];
  let best = 0;
  for (const view of agreeing.slice(0, MOST_TRIED)) {
    if (best >= ENOUGH) break;
    const { hypotheses } = used.length === 0 ? view.decoded : decode(weighed([...used, view]), grammars);
    const p = hypotheses.find((text) => text.key === key)?.p ?? 0;
    if (best > 0 && p < best) continue;
    best = p;
    used.push(view);
  }
  return best;
}

function readingOf(
  { p: raw, lines, ...text }: Hypothesis,
  { hypotheses }: Decoded,
  views: readonly View[],
  { rival, p }: { readonly rival: number; readonly p: number },
): PlateReading {
  const known = sum(hypotheses.map((other) => other.p));
  const charP = [...text.key].map((char, at) => {
    const agreeing = hypotheses.filter(
      ({ key }) => key.length === text.key.length && key.charAt(at) === char,
    );
    return Math.max(p, calibrated(sum(agreeing.map((other) => other.p)) / known, rival));
  });
  const alternatives = hypotheses.slice(1, 5).map(({ p: other, lines: _, ...otherText }) => ({
    ...otherText,
    p: ((1 - p) * other) / Math.max(1 - raw, 1e-6),
  }));
  return finished({ ...text, lines, p, charP, alternatives }, views);
}

/** Of no known form: as most of the sights show it. */
function unknownReading(
  { hypotheses, unknownP }: Decoded,
  views: readonly View[],
  rival: number,
): PlateReading | undefined {
  const votes = new Map<string, number>();
  for (const { weight, asRead } of views) votes.set(asRead.key, (votes.get(asRead.key) ?? 0) + weight);
  const [key, votesFor] = [...votes].reduce((a, b) => (b[1] > a[1] ? b : a));
  const shown = views.find(({ asRead }) => asRead.key === key);
  if (!shown) return undefined;
  const share = votesFor / sum([...votes.values()]);
  const { text, charP } = shown.asRead;
  const all = charP.reduce((product, each) => product * each, 1);
  const p = Math.min(calibrated(all * share, rival), unknownP);
  const alternatives = hypotheses.slice(0, 4).map(({ lines: _, ...known }) => known);
  const lines = Math.min(3, Math.max(1, seenLines(shown.sight).length));
  return finished(
    { text, key, lines, p, charP: charP.map((each) => Math.max(p, each)), alternatives },
    views,
  );
}

function finished(
  reading: Omit<PlateReading, 'ground' | 'verdict' | 'reason' | 'sights'>,
  views: readonly View[],
): PlateReading {
  const look = {
    charHeightPx: Math.max(...views.map(({ sight }) => sight.charHeightPx)),
    plausibility: Math.max(...views.map(({ sight }) => sight.plausibility)),
  };
  return { ...reading, ground: groundOf(views), ...judge(reading, look), sights: views.length };
}

function groundOf(views: readonly View[]): PlateGround {
  const votes = new Map<PlateGround, number>();
  for (const { sight, weight } of views)
    if (sight.ground !== 'unknown') votes.set(sight.ground, (votes.get(sight.ground) ?? 0) + weight);
  return [...votes].reduce<[PlateGround, number]>((a, b) => (b[1] > a[1] ? b : a), ['unknown', 0])[0];
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
