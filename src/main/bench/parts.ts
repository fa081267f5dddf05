import { measureAlerts } from './alerts.js';
import { measureCountFiles } from './count-files.js';
import { measureCounting } from './counting.js';
import type { Figure } from './figure.js';
import type { Footage } from './footage.js';
import { measureGate } from './gate.js';
import { measureIdle } from './idle.js';
import { measureLatency } from './latency.js';
import { measureFour, measureSixteen } from './many.js';
import { measureArchive, measureDayOfExport, measureExport } from './media.js';
import { measurePlateQueue } from './plate-queue.js';
import { measurePlateVideo } from './plate-video.js';
import { measurePlates } from './plates.js';
import { measureQueue } from './queue.js';
import { measureRoad } from './road.js';

export interface BenchContext {
  readonly footage: Footage;
  /** How long each thing is measured, all its rounds together, s. */
  readonly seconds: number;
  /** Aborted when the benchmark is to end. */
  readonly signal: AbortSignal;
  /** What was measured before. */
  readonly figures: readonly Figure[];
}

/** The measurements, in their order. */
export const PARTS = {
  road: measureRoad,
  gate: measureGate,
  four: measureFour,
  sixteen: measureSixteen,
  queue: measureQueue,
  latency: measureLatency,
  idle: measureIdle,
  'plates-pictures': measurePlates,
  'plates-video': measurePlateVideo,
  'plates-queue': measurePlateQueue,
  counting: measureCounting,
  alerts: measureAlerts,
  'count-files': measureCountFiles,
  'media-export': measureExport,
  'media-archive': measureArchive,
  'media-day': measureDayOfExport,
} satisfies Record<string, (context: BenchContext) => Promise<Figure[]>>;

export type PartName = keyof typeof PARTS;
export const partNames = Object.keys(PARTS) as PartName[];
