/** Capture times are rounded and jitter: a frame that comes this share of `everyMs` too early is in time. */
const EARLY_SHARE = 0.1;

/**
 * Does this entry carry its picture? Only the entries that the detector is to look at do; the tracker carries the
 * boxes through those between.
 * @param at capture time of the entry, epoch ms
 * @param lastPictureAt capture time of the last entry that carried one; undefined: none did yet
 * @param everyMs `detect.everyMs` of the camera; 0: every entry carries its picture
 */
export function wantsPicture(
  kind: 'moved' | 'heartbeat',
  at: number,
  lastPictureAt: number | undefined,
  everyMs: number,
): boolean {
  if (kind === 'heartbeat' || lastPictureAt === undefined) return true;
  return at >= lastPictureAt + everyMs - Math.min(everyMs, Math.max(2, everyMs * EARLY_SHARE));
}
