import { z } from 'zod';
import { MOST_TRACE, TracePoint } from '../../domain/events.js';
import { SourceSpec } from './source-spec.js';

/**
 * What coordinator and workers tell each other. Each reading of a source has a number: what is still under way from a
 * reading that was given up can be told from what belongs to the new one.
 */
const of = { id: z.string(), reading: z.number().int().positive() };
const count = z.number().int().nonnegative();

export const Frames = z.object({
  captured: count,
  analysed: count,
  gated: count,
  dropped: count,
  failed: count,
});

export const Crossing = z.object({
  line: z.string(),
  direction: z.enum(['in', 'out']),
  class: z.string(),
  /** Capture time, epoch ms. Of a file: counted from when it was last changed. */
  at: z.number(),
  /** After the first frame of this reading. */
  seconds: z.number().nonnegative(),
  frame: count,
  trackId: count,
  score: z.number(),
  trace: z.array(TracePoint).max(MOST_TRACE).optional(),
});
export type Crossing = z.infer<typeof Crossing>;

/** A time in which a live source gave no frames, epoch ms. */
export const CountGap = z.object({
  from: z.number(),
  to: z.number().optional(),
  reason: z.string().optional(),
});
export type CountGap = z.infer<typeof CountGap>;

const progress = {
  frames: Frames,
  /** Of the source's own frames, also those between the sampled ones. */
  sourceFrames: count,
  /** Frames a second over the last seconds. */
  fps: z.number().nonnegative().optional(),
  /** Of a file, 0..1. */
  progress: z.number().min(0).max(1).optional(),
  /** Of a file: how long it plays. */
  mediaMs: z.number().nonnegative().optional(),
};

export const FromWorker = z.discriminatedUnion('type', [
  /** The network is loaded: sources may come. */
  z.object({ type: z.literal('ready') }),
  /** It can never count anything here; a new process could not either. */
  z.object({ type: z.literal('unfit'), reason: z.string() }),
  z.object({
    type: z.literal('status'),
    ...of,
    status: z.string(),
    reason: z.string().optional(),
    ...progress,
  }),
  z.object({ type: z.literal('crossing'), ...of, crossing: Crossing }),
  z.object({ type: z.literal('gap'), ...of, gap: CountGap }),
  z.object({
    type: z.literal('ended'),
    ...of,
    /** stopped: it was told to. */
    end: z.enum(['finished', 'stopped', 'failed']),
    reason: z.string().optional(),
    ...progress,
  }),
  z.object({ type: z.literal('log'), id: z.string().optional(), line: z.string() }),
  z.object({ type: z.literal('alive') }),
]);
export type FromWorker = z.infer<typeof FromWorker>;

export const ToWorker = z.discriminatedUnion('type', [
  z.object({ type: z.literal('begin'), source: SourceSpec, reading: of.reading }),
  z.object({ type: z.literal('end'), ...of }),
  /** Under pressure files wait, and of live sources only a share of the frames is looked at. */
  z.object({ type: z.literal('govern'), ...of, isPaused: z.boolean(), share: z.number().gt(0).max(1) }),
  z.object({ type: z.literal('stop') }),
]);
export type ToWorker = z.infer<typeof ToWorker>;
