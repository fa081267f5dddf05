import type { CameraId } from './ids.js';

/** What one sampler sees when it decides which cameras to take and which to give back. */
export interface ShareView {
  readonly sampler: string;
  /** All samplers that live, this one included. */
  readonly samplers: number;
  /** Cameras that are to be read. */
  readonly cameras: readonly CameraId[];
  /** Who has which camera. */
  readonly holders: ReadonlyMap<CameraId, string>;
  /** For how long a camera has been free as far as this sampler knows, ms. */
  readonly freeMs: (cameraId: CameraId) => number;
  /** Time between two looks of a sampler at the cameras, ms. */
  readonly everyMs: number;
}

/** Free cameras beyond the fair share are left to the others for so many looks. */
const OTHERS_FIRST_LOOKS = 3;

/**
 * Spreads the cameras evenly: each sampler ends with floor or ceil of cameras / samplers, and then nothing moves.
 * What is surely its own a sampler takes at once; the one camera more that some have to take, after one look (so that
 * those who have less come first); more than that only when nobody else has taken it for several looks.
 * @returns `take` in the order given (the caller may find some taken meanwhile), `give` the last ones it holds.
 */
export function fairShare(view: ShareView): { take: CameraId[]; give: CameraId[] } {
  const { cameras, holders, sampler, everyMs } = view;
  const samplers = Math.max(1, view.samplers);
  const least = Math.floor(cameras.length / samplers);
  const most = Math.ceil(cameras.length / samplers);
  const mine = cameras.filter((id) => holders.get(id) === sampler);
  const give = mine.slice(mine.length - surplus(view, mine.length, least, most));
  if (give.length > 0) return { take: [], give };
  const take: CameraId[] = [];
  for (const id of cameras) {
    if (holders.has(id)) continue;
    const having = mine.length + take.length;
    const patienceMs = having < least ? 0 : having < most ? everyMs : OTHERS_FIRST_LOOKS * everyMs;
    if (view.freeMs(id) >= patienceMs) take.push(id);
  }
  return { take, give: [] };
}

/** How many cameras to give back: what is above the share, and the one above `least` when somebody has less than that. */
function surplus(
  { cameras, holders, samplers }: ShareView,
  mine: number,
  least: number,
  most: number,
): number {
  if (mine > most) return mine - most;
  if (mine <= least) return 0;
  const counts = new Map<string, number>();
  for (const id of cameras) {
    const name = holders.get(id);
    if (name !== undefined) counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  const poorest = counts.size < samplers ? 0 : Math.min(...counts.values());
  const isSomeFree = cameras.some((id) => !holders.has(id));
  return poorest < least && !isSomeFree ? 1 : 0;
}
