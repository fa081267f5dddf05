import { speedOf, type Speed } from './speed/track-speed.js';
import { extended, showsFoot } from './trail.js';
import type { Line } from './camera-fields/lines-zones.js';
import { leave, meet, walk, type Crossing, type LineMemory } from './crossing.js';
import { boxOf } from './kalman.js';
import type { SceneConfig, SceneEvent } from './scene.js';
import { groundOf, isConfirmed, labelOf, trackScale, visibleBox, type Moment, type Track } from './track.js';
import { isFor } from './zone-watch.js';

export interface LineCount {
  readonly in: number;
  readonly out: number;
  readonly byClass: Readonly<Record<string, { readonly in: number; readonly out: number }>>;
}
type Counts = Readonly<Record<string, LineCount>>;

/**
 * Walks every track that was seen at this moment over all lines, and lets those that ended leave them.
 * @param ended tracks given up at this moment
 * @returns the tracks with what the lines remember, the new totals, and one event a crossing
 */
export function watchLines(
  tracks: readonly Track[],
  ended: readonly Track[],
  before: Counts,
  { lines, calibration }: Pick<SceneConfig, 'lines' | 'calibration'>,
  now: Moment,
): { tracks: Track[]; counts: Counts; events: SceneEvent[] } {
  let counts: Counts = {
    ...Object.fromEntries(lines.map(({ id }) => [id, { in: 0, out: 0, byClass: {} }])),
    ...before,
  };
  const events: SceneEvent[] = [];
  const report = (line: Line, track: Track, crossing: Crossing | undefined): void => {
    const label = labelOf(track);
    if (!crossing || !isFor(line, label)) return;
    counts = { ...counts, [line.id]: counted(counts[line.id]!, label, crossing.direction) };
    events.push(
      crossingEvent(line, track, crossing, calibration && speedOf(track.trail, calibration, now.aspect)),
    );
  };
  const walked = tracks.map((track) => {
    if (!isConfirmed(track) || track.seenAt !== now.at) return track;
    const box = boxOf(track.motion);
    const path = { ...groundOf(track.motion), at: now.at, frame: now.frame };
    // What a speed is taken from must be where the thing stands; elsewhere any place is better than none.
    const trail = !calibration || showsFoot(box) ? extended(track.trail, path) : track.trail;
    const measure = { scale: trackScale(track, now.aspect), aspect: now.aspect };
    const memories: Record<string, LineMemory> = {};
    for (const line of lines) {
      const known = track.lines[line.id] ?? meet(line, track.path, box, measure);
      const { memory, crossing } = walk(line, known, { from: track.path, to: path, box }, measure);
      const { kept, counts: due } = whenOfClass(line, track, crossing ?? known.uncounted, now.at);
      memories[line.id] = kept ? { ...memory, uncounted: kept } : memory;
      report(line, { ...track, trail }, due);
    }
    return { ...track, path, trail, lines: memories };
  });
  for (const track of ended) {
    const measure = { scale: trackScale(track, now.aspect), aspect: now.aspect };
    for (const line of lines) {
      const memory = track.lines[line.id];
      if (memory)
        report(
          line,
          track,
          leave(line, memory, track.path, { x: track.motion.vx, y: track.motion.vy }, measure),
        );
    }
  }
  return { tracks: walked, counts, events };
}

/** A thing may be told from the others only after it went over the line: whoever was taken for a person rides, ms. */
const TOLD_LATE_MS = 4000;

/** A crossing counts when the thing is of a class that the line counts, or is found to be so soon after. */
function whenOfClass(
  line: Line,
  track: Track,
  crossing: Crossing | undefined,
  at: number,
): { counts?: Crossing; kept?: Crossing } {
  if (!crossing) return {};
  if (isFor(line, labelOf(track))) return { counts: crossing };
  return at - crossing.at < TOLD_LATE_MS ? { kept: crossing } : {};
}

function counted(count: LineCount, label: string, direction: 'in' | 'out'): LineCount {
  const ofClass = count.byClass[label] ?? { in: 0, out: 0 };
  return {
    ...count,
    [direction]: count[direction] + 1,
    byClass: { ...count.byClass, [label]: { ...ofClass, [direction]: ofClass[direction] + 1 } },
  };
}

function crossingEvent(
  line: Line,
  track: Track,
  { direction, at, frame }: Crossing,
  speed: Speed | undefined,
): SceneEvent {
  const name = line.names?.[direction];
  return {
    type: 'crossing',
    at,
    frame,
    trackId: track.id,
    class: labelOf(track),
    score: track.score,
    box: visibleBox(track),
    line: line.id,
    direction,
    ...(name !== undefined && { name }),
    trace: track.trail.length > 0 ? [...track.trail] : [[track.path.x, track.path.y, track.path.at]],
    ...(speed && { speedKmh: speed.kmh, speedErrorKmh: speed.errorKmh }),
  };
}
