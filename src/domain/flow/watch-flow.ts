import type { Calibration } from '../camera-fields/calibration.js';
import type { Flow } from '../camera-fields/counting.js';
import type { Line, Zone } from '../camera-fields/lines-zones.js';
import type { SceneEvent } from '../scene.js';
import type { Moment, Track } from '../track.js';
import { badness, judgeMinute, settled } from './judge.js';
import type { CongestionLevel } from './minute.js';
import { type FlowSums, inView, NOTHING, summed } from './moment.js';

/** What is remembered of how traffic flows; checkpointed with the scene. */
export interface FlowMemory {
  /** Start of the minute being summed, epoch ms. */
  readonly minuteAt: number;
  readonly sums: FlowSums;
  readonly level: CongestionLevel;
  /** What each of the newest minutes in a row would have been by itself, oldest first; no more than `flow.minutes`. */
  readonly recent: readonly CongestionLevel[];
  /** The begin of congestion was said, its end was not. */
  readonly isSaid: boolean;
}

export interface FlowConfig {
  readonly lines: readonly Line[];
  readonly zones: readonly Zone[];
  readonly flow?: Flow | undefined;
  readonly calibration?: Calibration | undefined;
  readonly motion?: { readonly heartbeatMs: number } | undefined;
}

interface Watched {
  readonly memory?: FlowMemory | undefined;
  readonly events: SceneEvent[];
}

const MINUTE_MS = 60_000;
/** A minute that was watched for less than this is not judged, ms. */
const LEAST_WATCHED_MS = 20_000;
/** Between two heartbeats of a camera on which nothing moves; and how late one may be, ms. */
const HEARTBEAT_MS = 5000;
const LATE_MS = 1000;

/**
 * Sums one moment of what is in view into its minute, and judges the flow when a minute is over. Cameras without lines
 * and without `flow` are not summed: no report is made of them. Time between two moments counts as watched as far as
 * the motion gate can have held frames back; beyond that the camera was blind.
 * @param tracks all that are followed
 * @param elapsedMs since the last moment that was taken in; 0 when there was none, or time went backwards
 */
export function watchFlow(
  before: FlowMemory | undefined,
  tracks: readonly Track[],
  elapsedMs: number,
  config: FlowConfig,
  now: Moment,
): Watched {
  if (config.lines.length === 0 && !config.flow)
    return { events: before?.isSaid ? [congestion('end', before.level, now.at)] : [] };
  const events: SceneEvent[] = [];
  const view = inView(tracks, config, now);
  let memory = before ?? begun(now.at);
  const closeBefore = (minuteAt: number): void => {
    const closed = close(memory, minuteAt, config.flow);
    events.push(...closed.events);
    memory = closed.memory;
  };
  // A clock put back a little goes on in the minute at hand; a source read again begins anew, the level stays.
  if (memory.minuteAt - now.at > MINUTE_MS) closeBefore(minuteOf(now.at));
  const blindAfterMs = (config.motion?.heartbeatMs ?? HEARTBEAT_MS) + LATE_MS;
  for (let at = now.at - Math.min(elapsedMs, blindAfterMs); at < now.at;) {
    if (minuteOf(at) > memory.minuteAt) closeBefore(minuteOf(at));
    const until = Math.min(now.at, minuteOf(at) + MINUTE_MS);
    memory = { ...memory, sums: summed(memory.sums, view, until - at) };
    at = until;
  }
  if (minuteOf(now.at) > memory.minuteAt) closeBefore(minuteOf(now.at));
  return { memory, events };
}

/** Ends the minute at hand; the next one begins at `nextAt`. */
function close(
  memory: FlowMemory,
  nextAt: number,
  flow: Flow | undefined,
): { memory: FlowMemory; events: SceneEvent[] } {
  const { minuteAt, sums } = memory;
  const judged = flow ? judge(memory, flow) : { level: 'free' as const, recent: [], isSaid: false };
  const isNext = nextAt === minuteAt + MINUTE_MS;
  const events: SceneEvent[] = [];
  if (Object.values(sums.presentMs).some((ms) => ms > 0))
    events.push({ type: 'flow', at: minuteAt, ...sums, level: judged.level });
  if (judged.isSaid !== memory.isSaid)
    events.push(congestion(judged.isSaid ? 'begin' : 'end', judged.level, minuteAt + MINUTE_MS));
  return {
    // After a gap the row of minutes begins anew: what was in between nobody knows.
    memory: { ...judged, minuteAt: nextAt, sums: NOTHING, recent: isNext ? judged.recent : [] },
    events,
  };
}

function judge(
  { sums, level: current, recent: earlier, isSaid }: FlowMemory,
  flow: Flow,
): Pick<FlowMemory, 'level' | 'recent' | 'isSaid'> {
  if (sums.watchedMs < LEAST_WATCHED_MS) return { level: current, recent: [], isSaid };
  const recent = [...earlier, judgeMinute(sums, current, flow)].slice(-flow.minutes);
  const level = recent.length < flow.minutes ? current : settled(current, recent);
  return { level, recent, isSaid: flow.alert !== 'never' && badness(level) >= badness(flow.alert) };
}

function begun(at: number): FlowMemory {
  return { minuteAt: minuteOf(at), sums: NOTHING, level: 'free', recent: [], isSaid: false };
}

function minuteOf(at: number): number {
  return Math.floor(at / MINUTE_MS) * MINUTE_MS;
}

function congestion(phase: 'begin' | 'end', level: CongestionLevel, at: number): SceneEvent {
  return { type: 'congestion', at, phase, level };
}
