import type { CaughtMail } from '../../io/mail-catcher.js';
import type { Percentiles } from '../../domain/percentiles.js';
import { clock, table, type SystemState } from '../view.js';

/** What the demonstration has to show for itself. */
export interface DemoResult {
  readonly system: SystemState;
  readonly timeZone: string;
  readonly events: Readonly<Record<string, number>>;
  readonly lines: readonly {
    readonly camera: string;
    readonly line: string;
    readonly names: { in: string; out: string };
    readonly in: number;
    readonly out: number;
  }[];
  readonly alerts: { readonly all: number; readonly incidents: number; readonly sent: number };
  readonly mails: readonly CaughtMail[];
  /** Wall clock from sampling a frame to the end of its analysis, ms. */
  readonly captureToAnalysed: Percentiles | undefined;
  /** Wall clock from capture to the stored alert, ms. */
  readonly captureToAlert: Percentiles | undefined;
  readonly files: readonly { readonly what: string; readonly path: string }[];
}

export function summaryLines(result: DemoResult): string[] {
  const { system, alerts, mails } = result;
  const captured = system.cameras.map(({ id, counts, status, reason }) => [
    id,
    ...[counts.captured, counts.analysed, counts.gated, counts.dropped, counts.failed].map(String),
    reason === undefined ? status : `${status}: ${reason}`,
  ]);
  const latency = (name: string, value: Percentiles | undefined): string =>
    value
      ? `  ${name}  p50 ${Math.round(value.p50)} ms  p95 ${Math.round(value.p95)} ms  (${value.count})`
      : `  ${name}  nothing measured`;
  return [
    `Summary after ${(system.elapsedMs / 1000).toFixed(0)} s`,
    '',
    ...table([['FRAMES', 'CAPTURED', 'ANALYSED', 'GATED', 'DROPPED', 'FAILED', 'STATUS'], ...captured]),
    '',
    'COUNTED',
    ...result.lines.map(
      ({ camera, line, names, in: ins, out }) =>
        `  ${camera} / ${line}: ${names.in} ${ins}, ${names.out} ${out}`,
    ),
    '',
    `EVENTS  ${
      Object.entries(result.events)
        .map(([type, count]) => `${type} ${count}`)
        .join(', ') || 'none'
    }`,
    `ALERTS  ${alerts.all}, gathered in ${alerts.incidents} ${alerts.incidents === 1 ? 'incident' : 'incidents'}; ${alerts.sent} ${alerts.sent === 1 ? 'message' : 'messages'} sent`,
    ...mails
      .slice(0, 3)
      .map(
        ({ to, subject, pictures }) =>
          `  e-mail to ${to.join(', ')}: "${subject}"${pictures.length > 0 ? ', picture inline' : ''}`,
      ),
    ...(alerts.all > 0 ? [] : ['  (nobody entered a restricted zone)']),
    '',
    ...table([
      ['JOBS', 'DONE', 'FAILED'],
      ...system.queues.map(({ name, done, failed }) => [name, String(done), String(failed)]),
    ]),
    '',
    'LATENCY',
    latency('capture to analysed', result.captureToAnalysed),
    latency('capture to alert   ', result.captureToAlert),
    '',
    'LOOK AT',
    ...result.files.map(({ what, path }) => `  ${what.padEnd(18)}${path}`),
    ...(system.incidents[0]
      ? [
          '',
          `Last incident at ${clock(system.incidents[0].at, result.timeZone)}: ${system.incidents[0].summary}`,
        ]
      : []),
  ];
}
