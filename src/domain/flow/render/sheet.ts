import type { FlowReport } from '../report.js';
import type { FlowAbout } from './about.js';
import { type Format, formatOf } from './format.js';
import { mergeReports, total } from './merge.js';
import { FLOW_WORDS, type FlowWords } from './words.js';

/** A report with all that is needed to put it into words and plots. */
export interface Sheet {
  /** Of all windows together. */
  readonly report: FlowReport;
  /** As they were given. */
  readonly windows: readonly FlowReport[];
  readonly about: FlowAbout;
  readonly words: FlowWords;
  readonly format: Format;
  /** For people: `Main gate`. */
  readonly cameraName: string;
  /** Whether anything is known of congestion. */
  readonly isJudged: boolean;
  /** What a direction is called; without a line, or where lines differ: `in`, `out`. */
  readonly direction: (direction: 'in' | 'out', line?: string) => string;
  /** What begins then: `14:00`, or `Sat 21/11` where parts are days. */
  readonly partLabel: (at: number) => string;
  /** The same on an axis: as short as can be. */
  readonly tickLabel: (at: number) => string;
}

/** @param reports as `flowPage` takes them */
export function sheetOf(reports: readonly FlowReport[], about: FlowAbout): Sheet {
  const report = mergeReports(reports);
  const words = FLOW_WORDS[about.language];
  const format = formatOf(about.language, about.site.timeZone);
  const isOfDays = reports.length > 1 && report.granularity === 'day';
  return {
    ...{ report, windows: reports, about, words, format },
    isJudged: !report.notes.includes('not-judged') && total(Object.values(report.congestion.minutes)) > 0,
    cameraName: about.camera.name ?? about.camera.id,
    direction: (direction, line) => {
      const names = report.lines.filter(
        (one) => one.direction === direction && (line === undefined || one.line === line),
      );
      const [name, ...others] = new Set(names.map((one) => one.name));
      return others.length === 0 && name !== undefined ? name : words.directions[direction];
    },
    partLabel: isOfDays ? format.shortDay : format.clock,
    tickLabel: isOfDays ? format.date : format.clock,
  };
}
