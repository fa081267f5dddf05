import type { PlateRead } from './passage.js';
import type { PlateSight } from './sight.js';

/** The look that shows the plate best: the one people are shown. `undefined`: none shows any. */
export function bestRead(
  reads: readonly PlateRead[],
): (PlateRead & { readonly sight: PlateSight }) | undefined {
  let best: (PlateRead & { readonly sight: PlateSight }) | undefined;
  for (const read of reads) {
    const { sight } = read;
    if (sight && (!best || clearness(sight) > clearness(best.sight))) best = { ...read, sight };
  }
  return best;
}

/** Large and sharp characters on a thing that looks like a plate; for comparing only. */
function clearness({ charHeightPx, sharpness, plausibility }: PlateSight): number {
  return charHeightPx * (0.2 + sharpness) * (0.2 + plausibility);
}

/** The best of the whole pictures that are kept of looks; `undefined`: none is. */
export function bestScene(reads: readonly PlateRead[]): string | undefined {
  return bestRead(reads.filter(({ scene }) => scene !== undefined))?.scene;
}
