import type { PlateReading, Verdict } from './reading.js';

/**
 * Where a reading stands. All thresholds in one place:
 * raising `acceptP` sends more to review and makes fewer mistakes.
 */
const THRESHOLDS = {
  /** From this probability on the whole text is taken as right. */
  acceptP: 0.92,
  /** Below, not even a person can make much of it. */
  reviewP: 0.05,
  /**
   * Characters lower than about 15 px are hardly legible (their height is measured to a pixel): a person looks at them
   * even when the text is probable. When it is not, or below the second height, it is unreadable.
   */
  acceptCharHeightPx: 14,
  minCharHeightPx: 8,
  /** Less plate-like things are signs until a person says otherwise, whatever their text … */
  minPlausibility: 0.2,
  /** … and a text of no known form must look more like a plate than that to be worth a person's look. */
  minForeignPlausibility: 0.4,
  /** What plates of any country have. */
  foreignLength: { min: 4, max: 10 },
  minForeignDigits: 2,
  minForeignP: 0.3,
  /** Enough agreement: so probable, seen so often. */
  settled: [
    { sights: 2, p: 0.985 },
    { sights: 3, p: 0.97 },
    { sights: 5, p: 0.94 },
  ],
} as const;

/** The thing the text was read from, over all sights of it. */
export interface PlateLook {
  /** Of the largest view. */
  readonly charHeightPx: number;
  readonly plausibility: number;
}

/** @param reading what is known of it so far */
export function judge(
  reading: Pick<PlateReading, 'key' | 'country' | 'p'>,
  look: PlateLook,
): { readonly verdict: Verdict; readonly reason?: string } {
  const { acceptP, reviewP, acceptCharHeightPx, minCharHeightPx, minPlausibility } = THRESHOLDS;
  const isSmall = look.charHeightPx < acceptCharHeightPx;
  const height = `characters are ${Math.round(look.charHeightPx)} px high`;
  if (look.charHeightPx < minCharHeightPx || (isSmall && reading.p < acceptP))
    return rejected(`unreadable: ${height}, at least 15 are needed`);
  if (reading.country === undefined) return judgeUnknown(reading, look);
  if (reading.p < reviewP) return rejected('unreadable: too many characters are doubtful');
  if (look.plausibility < minPlausibility)
    return { verdict: 'needs-review', reason: 'it hardly looks like a number plate' };
  if (reading.p < acceptP)
    return { verdict: 'needs-review', reason: `unsure: right with a probability of ${percent(reading.p)}` };
  if (isSmall) return { verdict: 'needs-review', reason: `${height}: less than 15 are easily misread` };
  return { verdict: 'accepted' };
}

function judgeUnknown(
  { key, p }: Pick<PlateReading, 'key' | 'p'>,
  { plausibility }: PlateLook,
): { verdict: Verdict; reason: string } {
  const { foreignLength, minForeignDigits, minForeignP, minForeignPlausibility } = THRESHOLDS;
  const digits = key.replace(/\D/g, '').length;
  const isPlateLike =
    key.length >= foreignLength.min &&
    key.length <= foreignLength.max &&
    digits >= minForeignDigits &&
    plausibility >= minForeignPlausibility;
  if (!isPlateLike) return rejected('not a number plate: the text is in no known form');
  if (p < minForeignP) return rejected('unreadable: in no known form, and its characters are doubtful');
  return { verdict: 'needs-review', reason: 'in no known form: foreign, or misread' };
}

function rejected(reason: string): { verdict: Verdict; reason: string } {
  return { verdict: 'rejected', reason };
}

function percent(p: number): string {
  return `${Math.floor(p * 100)} %`;
}

/** More looks at the vehicle would change nothing. */
export function isSettled(reading: PlateReading | undefined): boolean {
  if (reading?.verdict !== 'accepted') return false;
  return THRESHOLDS.settled.some(({ sights, p }) => reading.sights >= sights && reading.p >= p);
}
