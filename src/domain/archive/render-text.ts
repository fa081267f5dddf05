import { type ArchiveAbout, type ArchiveSheet, archiveSheet } from './render-sheet.js';
import type { ArchiveReport } from './report.js';

/** The report as plain text: for terminals and mail programs. */
export function archiveText(report: ArchiveReport, about: ArchiveAbout): string {
  const sheet = archiveSheet(report, about);
  return [
    ...[sheet.title, sheet.where, ''],
    ...sheet.figures.map(
      ({ label, value, detail }) => `${label}: ${value}${detail === '' ? '' : ` (${detail})`}`,
    ),
    ...['', ...sheet.notes.map((note) => `* ${note}`)],
    ...sheet.tables.flatMap((table) => ['', table.title, ...linesOf(table)]),
    '',
  ].join('\n');
}

/** Columns under each other: words to the left, numbers to the right. */
function linesOf({ columns, rows, words }: ArchiveSheet['tables'][number]): string[] {
  const all = [columns, ...rows];
  const widths = columns.map((_, i) => Math.max(...all.map((row) => row[i]?.length ?? 0)));
  return all.map((row) =>
    row
      .map((cell, i) => (i < words ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0)))
      .join('  ')
      .trimEnd(),
  );
}
