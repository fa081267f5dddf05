import { z } from 'zod';
import { CameraId, PartId } from './ids.js';
import { CongestionLevel, FlowMinute } from './flow/minute.js';
import { Verdict } from './plates/reading.js';

/** What people and programs are told happened. Times are epoch ms inside, ISO 8601 at the doors (`publicEvent`). */
const UnitBoxSchema = z
  .object({ x: z.number(), y: z.number(), width: z.number(), height: z.number() })
  .brand<'unit'>();

const base = {
  /** Derived from what the event is about, so that a repeated frame gives the same id. */
  id: z.string().min(1).max(200),
  cameraId: CameraId,
  /** Capture time, epoch ms. */
  at: z.number().int().nonnegative(),
  /** 0-based index of the source's own frame. */
  frame: z.number().int().nonnegative().optional(),
  trackId: z.number().int().positive().optional(),
  class: z.string().optional(),
  score: z.number().min(0).max(1).optional(),
  box: UnitBoxSchema.optional(),
  /** Key of the stored picture, when one was kept. */
  snapshot: z.string().optional(),
};

/** [x, y, capture time in epoch ms] */
export const TracePoint = z.tuple([z.number(), z.number(), z.number()]);
export type TracePoint = z.infer<typeof TracePoint>;
/** Points a crossing keeps of its track's way. */
export const MOST_TRACE = 16;

/** Of a calibrated camera: how fast it went; absent where the data cannot support a number. */
const speed = {
  speedKmh: z.number().nonnegative().optional(),
  /** Half of the 95 % interval: residual, timing jitter and calibration together. */
  speedErrorKmh: z.number().nonnegative().optional(),
};

export const CameraStatus = z.enum([
  'connecting',
  'ok',
  'no_signal',
  'frozen',
  'retrying',
  'connection_failed',
  'disabled',
  'finished',
]);
export type CameraStatus = z.infer<typeof CameraStatus>;

/** What was done to a camera: its picture went dark, something stands before its lens, it looks elsewhere. */
export const TamperKind = z.enum(['blackout', 'covered', 'moved']);
export type TamperKind = z.infer<typeof TamperKind>;

export const CameraEvent = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('crossing'),
    ...base,
    line: PartId,
    direction: z.enum(['in', 'out']),
    name: z.string().optional(),
    /** The way it came, oldest first: ground points in unit coordinates with their capture times. */
    trace: z.array(TracePoint).max(MOST_TRACE).optional(),
    ...speed,
  }),
  z.object({
    type: z.literal('threshold'),
    ...base,
    zone: PartId,
    phase: z.enum(['begin', 'end']),
    /** Things in the zone at that moment, and how many are too many. */
    count: z.number().int().nonnegative(),
    limit: z.number().int().positive(),
  }),
  z.object({
    type: z.literal('congestion'),
    ...base,
    phase: z.enum(['begin', 'end']),
    level: CongestionLevel,
  }),
  z.object({
    /** A minute of traffic in view, `at` its start; minutes in which nothing was in view have none. */
    type: z.literal('flow'),
    ...base,
    ...FlowMinute.shape,
  }),
  z.object({
    type: z.literal('zone'),
    ...base,
    zone: PartId,
    zoneKind: z.string(),
    phase: z.enum(['enter', 'dwell', 'exit']),
    dwellMs: z.number().optional(),
  }),
  z.object({ type: z.literal('motion'), ...base, phase: z.enum(['begin', 'end']) }),
  z.object({ type: z.literal('tamper'), ...base, kind: TamperKind, phase: z.enum(['begin', 'end']) }),
  z.object({
    type: z.literal('plate'),
    ...base,
    /** The passage has the text, all looks and their pictures: they are kept for less long than events. */
    passageId: z.string().min(1).max(400),
    verdict: Verdict,
    /** Probability that the whole text is right, 0..1. */
    p: z.number().min(0).max(1),
    /** The lists it is on, or may be on. */
    lists: z.array(
      z.object({
        list: z.string(),
        kind: z.enum(['deny', 'allow', 'watch']),
        match: z.enum(['exact', 'possible']),
      }),
    ),
  }),
  z.object({ type: z.literal('camera'), ...base, status: CameraStatus, reason: z.string().optional() }),
]);
export type CameraEvent = z.infer<typeof CameraEvent>;

/** The event as it leaves the system: time as ISO 8601, nothing else changed. */
export function publicEvent<E extends { at: number }>(event: E): Omit<E, 'at'> & { at: string } {
  return { ...event, at: new Date(event.at).toISOString() };
}
