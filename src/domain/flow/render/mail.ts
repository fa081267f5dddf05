import { cutTo, oneLine } from '../../alerting/one-line.js';
import type { FlowReport } from '../report.js';
import type { FlowAbout } from './about.js';
import { flowMailPage, flowPage, flowTitle } from './page.js';
import { localIso } from './format.js';
import { flowText } from './text.js';

/** A report as a mail: its words, and what is attached. */
export interface FlowMail {
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  /** The page with its plots: mail programs show none. */
  readonly page: { readonly name: string; readonly text: string };
  /** What the table is called. */
  readonly tableName: string;
}

/** Longer subjects are cut off by mail programs anyway. */
const MOST_SUBJECT = 150;

export function flowMail(report: FlowReport, about: FlowAbout): FlowMail {
  const reports = [report];
  const start = localIso(report.from, about.site.timeZone).slice(0, 16).replace(':', '');
  const name = `${report.cameraId}-${report.granularity === 'day' ? start.slice(0, 10) : start}`;
  return {
    subject: cutTo(oneLine(`[${about.site.name}] ${flowTitle(reports, about)}`), MOST_SUBJECT),
    text: flowText(reports, about),
    html: flowMailPage(reports, about),
    page: { name: `${name}.html`, text: flowPage(reports, about) },
    tableName: `${name}.csv`,
  };
}
