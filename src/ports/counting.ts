import type { CameraId, PartId } from '../domain/ids.js';
import type { FlowReport, Granularity } from '../domain/flow/report.js';
import type { OccupancyMark } from '../domain/occupancy/mark.js';

export type { OccupancyMark } from '../domain/occupancy/mark.js';

/** A crossing as counts and statistics need it. */
export interface CrossingRow {
  readonly id: string;
  readonly cameraId: CameraId;
  /** Capture time, epoch ms. */
  readonly at: number;
  readonly line: PartId;
  readonly direction: 'in' | 'out';
  readonly class: string;
  readonly trackId: number;
  readonly speedKmh?: number;
}

/** Whether an area is over its threshold, and how often it has been said: the number makes alerts' ids. */
export interface AreaState {
  readonly areaId: string;
  readonly isOver: boolean;
  /** Epoch ms. */
  readonly since: number;
  readonly said: number;
}

export interface OccupancyStore {
  /** A mark whose id is known is left as it is. @returns whether it was new. */
  addMark(mark: OccupancyMark): Promise<boolean>;
  /** The newest mark of an area at or before `at`. */
  lastMark(areaId: string, at: number): Promise<OccupancyMark | undefined>;
  /** Newest first. */
  marks(filter: { areaId: string; limit: number }): Promise<OccupancyMark[]>;
  state(areaId: string): Promise<AreaState | undefined>;
  putState(state: AreaState): Promise<void>;
}

export interface FlowReports {
  /** Writes a report; one of the same camera, granularity and start gives way. */
  put(report: FlowReport): Promise<void>;
  get(cameraId: CameraId, granularity: Granularity, from: number): Promise<FlowReport | undefined>;
  /** Those whose start lies in [from, to), oldest first. */
  list(filter: {
    cameraId: CameraId;
    granularity: Granularity;
    from: number;
    to: number;
    limit: number;
  }): Promise<FlowReport[]>;
  /** Those whose window began before that time, epoch ms. @returns how many went. */
  removeBefore(before: number): Promise<number>;
}
