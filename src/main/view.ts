import type { FrameCounts } from '../domain/frame.js';

/** What the live terminal view shows; read by `readSystem`, drawn by `drawSystem`. */
export interface SystemState {
  readonly elapsedMs: number;
  readonly cameras: readonly CameraLine[];
  readonly queues: readonly QueueLine[];
  /** The last ones, newest first. */
  readonly incidents: readonly {
    readonly number: number;
    readonly at: number;
    readonly summary: string;
    readonly state: string;
    readonly alerts: number;
  }[];
}

export interface CameraLine {
  readonly id: string;
  readonly status: string;
  readonly reason?: string;
  readonly fps?: number;
  readonly progress?: number;
  readonly counts: FrameCounts;
  readonly in: number;
  readonly out: number;
  /** Objects tracked right now. */
  readonly current: number;
}

export interface QueueLine {
  readonly name: string;
  readonly waiting: number;
  readonly active: number;
  readonly delayed: number;
  readonly failed: number;
  readonly done: number;
}

/**
 * The view as text lines, at most `columns` wide.
 * @param timeZone IANA name, for the times of incidents
 */
export function drawSystem(state: SystemState, columns: number, timeZone: string): string[] {
  const cameras = [
    ['SOURCE', 'STATUS', 'FPS', 'IN', 'OUT', 'NOW', 'ANALYSED', 'GATED', 'DROPPED', 'FAILED', 'DONE'],
    ...state.cameras.map((camera) => [
      camera.id,
      camera.status,
      camera.fps === undefined ? '-' : camera.fps.toFixed(1),
      ...[camera.in, camera.out, camera.current].map(String),
      ...[camera.counts.analysed, camera.counts.gated, camera.counts.dropped, camera.counts.failed].map(
        String,
      ),
      camera.progress === undefined ? '-' : `${Math.floor(camera.progress * 100)}%`,
    ]),
  ];
  const queues = [
    ['QUEUE', 'WAITING', 'ACTIVE', 'DELAYED', 'FAILED', 'DONE'],
    ...state.queues.map((queue) => [
      queue.name,
      ...[queue.waiting, queue.active, queue.delayed, queue.failed, queue.done].map(String),
    ]),
  ];
  const reasons = state.cameras
    .filter(({ reason }) => reason !== undefined)
    .map(({ id, reason }) => `  ${id}: ${reason ?? ''}`);
  const incidents = state.incidents.map(
    ({ number, at, summary, state: stands, alerts }) =>
      `  #${number}  ${clock(at, timeZone)}  ${summary}  [${stands}, ${alerts} ${alerts === 1 ? 'alert' : 'alerts'}]`,
  );
  const lines = [
    `Camqueue  ${(state.elapsedMs / 1000).toFixed(0)} s`,
    '',
    ...table(cameras),
    ...reasons,
    '',
    ...table(queues),
    '',
    'LAST INCIDENTS',
    ...(incidents.length > 0 ? incidents : ['  none yet']),
  ];
  return lines.map((line) => (line.length > columns ? `${line.slice(0, Math.max(1, columns - 1))}…` : line));
}

/** One line for logs and pipes, where no picture can be redrawn. */
export function plainLine(state: SystemState): string {
  const cameras = state.cameras.map(
    ({ id, status, fps, counts, in: ins, out, current }) =>
      `${id} ${status} ${(fps ?? 0).toFixed(1)} fps in ${ins} out ${out} now ${current} analysed ${counts.analysed} gated ${counts.gated} dropped ${counts.dropped}`,
  );
  const waiting = state.queues.reduce((sum, queue) => sum + queue.waiting, 0);
  return `${(state.elapsedMs / 1000).toFixed(0).padStart(3)} s | ${cameras.join(' | ')} | ${waiting} jobs waiting | incidents ${state.incidents.length}`;
}

/** Columns aligned: the first to the left, numbers to the right. */
export function table(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => (row[column] ?? '').length)),
  );
  return rows.map((row) =>
    row
      .map((cell, column) =>
        isNumber(cell) || (rows[0] === row && isNumber(rows[1]?.[column] ?? ''))
          ? cell.padStart(widths[column] ?? 0)
          : cell.padEnd(widths[column] ?? 0),
      )
      .join('  ')
      .trimEnd(),
  );
}

export function clock(at: number, timeZone: string): string {
  return new Intl.DateTimeFormat('en-GB', { timeZone, timeStyle: 'medium' }).format(at);
}

function isNumber(cell: string): boolean {
  return /^[\d.%-]+$/.test(cell);
}
