import type { PublicReport } from '../../domain/health/report.js';
import { clock } from '../view.js';

const COLOURS = { ok: '32', warn: '33', fail: '31' } as const;

/**
 * A report for people: worst first, one line a thing.
 * @param options.timeZone IANA name, for the times
 * @param options.colour only where a terminal shows it
 */
export function drawReport(
  report: PublicReport,
  options: { readonly timeZone: string; readonly colour: boolean },
): string[] {
  const paint = (state: keyof typeof COLOURS, text: string): string =>
    options.colour ? `\u001b[${COLOURS[state]}m${text}\u001b[0m` : text;
  const at = clock(Date.parse(report.at), options.timeZone);
  const stale = report.isStale
    ? [
        paint(
          'fail',
          `This report is ${report.ageS} s old: no health check runs. Is the scheduler running, and a worker of health-check?`,
        ),
      ]
    : [];
  const width = Math.max(0, ...report.entries.map(({ subject }) => subject.length));
  return [
    `${paint(report.state, report.state.toUpperCase())}  ${at}, ${report.ageS} s ago`,
    ...stale,
    '',
    ...report.entries.map(({ subject, state, detail, since, isAlerted }) => {
      const begun =
        state === 'ok'
          ? ''
          : ` (since ${clock(Date.parse(since), options.timeZone)}${isAlerted ? ', alerted' : ''})`;
      return `${paint(state, state.padEnd(4))}  ${subject.padEnd(width)}  ${detail}${begun}`;
    }),
  ];
}
