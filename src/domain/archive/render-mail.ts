import { cutTo, oneLine } from '../alerting/one-line.js';
import { archivePage } from './render-page.js';
import { type ArchiveAbout, archiveSheet } from './render-sheet.js';
import { archiveText } from './render-text.js';
import type { ArchiveReport } from './report.js';

/** Longer subjects are cut off by mail programs anyway. */
const MOST_SUBJECT = 150;

/** A report as a mail; that something went wrong is in its subject. */
export function archiveMail(
  report: ArchiveReport,
  about: ArchiveAbout,
): { readonly subject: string; readonly text: string; readonly html: string } {
  const { title } = archiveSheet(report, about);
  const isBad = report.failedCount > 0 || report.problem !== undefined;
  return {
    subject: cutTo(oneLine(`${isBad ? '⚠ ' : ''}[${about.site.name}] ${title}`), MOST_SUBJECT),
    text: archiveText(report, about),
    html: archivePage(report, about),
  };
}
