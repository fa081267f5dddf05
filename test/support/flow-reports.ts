import type { FlowReport } from '../../src/domain/flow/report.js';

/** The report of a quiet hour of gate-1, with what a test says of it. */
export function flowReport(parts: Partial<FlowReport> = {}): FlowReport {
  const from = parts.from ?? 1_795_251_600_000;
  return {
    ...{ cameraId: 'gate-1', granularity: 'hour', from, to: from + 3_600_000, computedAt: from + 3_900_000 },
    ...{ crossings: 0, lines: [], byClass: {}, speed: { known: 0, unknown: 0, histogram: [] }, trips: [] },
    ...{ density: {}, series: [], before: [], watched: 1, notes: [] },
    congestion: { worst: 'free', minutes: { free: 60, dense: 0, congested: 0, standstill: 0 } },
    ...parts,
  };
}
