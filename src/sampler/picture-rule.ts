/** Capture times are rounded and jitter: a frame that comes this share of `everyMs` too early is in time. */
const EARLY_SHARE = 0.1;

/**
 * Does this entry carry its picture? Only the entries that the detector is to look at do; the tracker carries the
 * boxes through those between.
 * @param at capture time of the entry, epoch ms
 * @param dueAt when the next picture is due (see `nextDue`); undefined: none was carried yet
 * @param everyMs `detect.everyMs` of the camera; 0: every entry carries its picture
 */
export function wantsPicture(
  kind: 'moved' | 'heartbeat',
  at: number,
  dueAt: number | undefined,
  everyMs: number,
): boolean {
  if (kind === 'heartbeat' || dueAt === undefined) return true;
  return at >= dueAt - Math.min(everyMs, Math.max(2, everyMs * EARLY_SHARE));
}

/**
 * When the picture after the one of `at` is due. It follows the beat, not the picture: frames of a camera of 24 a second,
 * sampled at 10, lie 83 and 125 ms apart, and one that came late must not cost the next its look.
 * @param dueAt when this one was due
 */
export function nextDue(at: number, dueAt: number | undefined, everyMs: number): number {
  const isOnBeat = dueAt !== undefined && at >= dueAt - everyMs * EARLY_SHARE && at < dueAt + everyMs;
  return (isOnBeat ? dueAt : at) + everyMs;
}
