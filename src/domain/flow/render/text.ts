import type { FlowReport } from '../report.js';
import type { FlowAbout } from './about.js';
import { figuresOf } from './figures.js';
import { emptyText, notesOf } from './notes.js';
import { sheetOf } from './sheet.js';
import { type Table, tablesOf } from './tables.js';

/** The report as plain text: for terminals and mail programs. @param reports as `flowPage` takes them */
export function flowText(reports: readonly FlowReport[], about: FlowAbout): string {
  const sheet = sheetOf(reports, about);
  const { report, words, format, cameraName } = sheet;
  const figures = figuresOf(sheet).map(
    ({ label, value, details }) =>
      `${label}: ${value}${details.length > 0 ? ` (${details.join('; ')})` : ''}`,
  );
  return [
    `${cameraName} · ${format.window(report)}`,
    `${words.title} · ${about.site.name} · ${about.site.timeZone} (${format.zone(report)})`,
    ...['', ...figures, ...(report.crossings === 0 ? [emptyText(sheet)] : []), ''],
    ...notesOf(sheet).map((note) => `* ${note}`),
    ...tablesOf(sheet).flatMap((table) => ['', table.title, ...linesOf(table)]),
    '',
  ].join('\n');
}

/** Columns under each other: words to the left, numbers to the right. */
function linesOf({ columns, rows, words }: Table): string[] {
  const widths = columns.map((column, i) =>
    Math.max(column.length, ...rows.map((row) => row[i]?.length ?? 0)),
  );
  return [columns, ...rows].map((row) =>
    row
      .map((cell, i) => (i < words ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0)))
      .join('  ')
      .trimEnd(),
  );
}
