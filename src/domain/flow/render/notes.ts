import type { FlowNote } from '../report.js';
import { shareText } from './figures.js';
import type { Sheet } from './sheet.js';

/** What must be known to read the numbers right: what they do not say, and why. */
export function notesOf({ report, words, format }: Sheet): string[] {
  const { notes } = words;
  const { known, unknown } = report.speed;
  const has = (note: FlowNote): boolean => report.notes.includes(note);
  const number = (value: number): string => format.number(value);
  const lines = new Set(report.lines.map(({ line }) => line)).size;
  return [
    ...(has('unfinished') ? [notes.notOver(format.moment(report.computedAt))] : []),
    ...(has('not-watched') ? [notes.unwatched(shareText(report.watched, format))] : []),
    ...(has('not-calibrated') && known === 0 ? [notes.notCalibrated] : []),
    ...(!has('not-calibrated') && unknown > 0 && known === 0 ? [notes.allUnknown] : []),
    ...(unknown > 0 && known > 0 ? [notes.someUnknown(number(unknown), number(known + unknown))] : []),
    ...(has('not-judged') ? [notes.notJudged] : []),
    ...(lines > 1 ? [notes.severalLines] : []),
    notes.computed(format.moment(report.computedAt)),
  ];
}

/** Instead of plots, where nothing was counted. */
export function emptyText({ report, words }: Sheet): string {
  return report.watched === 0 ? words.notSeen : words.nothing;
}
