import { type ClipGap, type ClipPlan, type ClipStretch, JOINT_MS } from './plan-clip.js';

/** Longest that a gap is shown, ms. */
export const LONGEST_GAP_SHOWN_MS = 60_000;

/** What comes after what in a clip. */
export type ClipItem =
  | {
      readonly kind: 'stretch';
      readonly stretch: ClipStretch;
      /** It goes on where the one before it ended: what little is between them stays; else what is between is left out. */
      readonly isJoined: boolean;
      /** Pictures of its recording are taken up to then: to the clip's end where nothing else follows. */
      readonly until: number;
    }
  | { readonly kind: 'gap'; readonly gap: ClipGap; readonly shownMs: number };

/**
 * The order of a clip: stretches as they were recorded, and, where gaps are shown, the gaps between them. A recording may
 * hold a little more than its row says (the clock of its camera is followed by the row, not by the file): where a stretch
 * ends with its recording, all that is in the file goes in.
 * @param isWhole whether a stretch goes on to the end of its recording
 */
export function clipItems(
  { to, stretches, gaps }: ClipPlan,
  options: { readonly showGaps: boolean; readonly isWhole: (stretch: ClipStretch) => boolean },
): ClipItem[] {
  const items: ClipItem[] = [];
  const left = options.showGaps ? gaps.filter((gap) => gap.to > gap.from) : [];
  let next = 0;
  const showBefore = (at: number): void => {
    for (; next < left.length && left[next]!.from < at; next++) items.push(shown(left[next]!));
  };
  for (const [i, stretch] of stretches.entries()) {
    showBefore(stretch.from);
    const before = stretches[i - 1];
    const isJoined =
      before !== undefined && stretch.from - before.to <= JOINT_MS && items.at(-1)?.kind !== 'gap';
    const until = options.isWhole(stretch) ? to : stretch.to;
    items.push({ kind: 'stretch', stretch, isJoined, until });
  }
  showBefore(Infinity);
  return items;
}

function shown(gap: ClipGap): ClipItem {
  return { kind: 'gap', gap, shownMs: Math.min(gap.to - gap.from, LONGEST_GAP_SHOWN_MS) };
}
