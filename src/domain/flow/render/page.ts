import { escapeHtml } from '../../escape-html.js';
import type { FlowReport } from '../report.js';
import type { FlowAbout } from './about.js';
import { figuresOf } from './figures.js';
import { emptyText, notesOf } from './notes.js';
import { patternDefinitions } from './patterns.js';
import { plots } from './plots.js';
import { type Sheet, sheetOf } from './sheet.js';
import { ALONE_CSS, FLOW_CSS } from './style.js';
import { type Table, tablesOf } from './tables.js';

/**
 * A page of its own for people, to read, print and send: no script, nothing from elsewhere.
 * @param reports of one camera, one window or several that follow each other (the hours of a day), oldest first, at least one
 */
export function flowPage(reports: readonly FlowReport[], about: FlowAbout): string {
  const sheet = sheetOf(reports, about);
  return documentOf(sheet, `${ALONE_CSS}${FLOW_CSS}`, articleOf(sheet, plots(sheet)));
}

/** The report as part of a page that has `FLOW_CSS`. */
export function flowArticle(reports: readonly FlowReport[], about: FlowAbout): string {
  const sheet = sheetOf(reports, about);
  return articleOf(sheet, plots(sheet));
}

/** The page for mail programs: most of them show no drawings, so it has none. */
export function flowMailPage(reports: readonly FlowReport[], about: FlowAbout): string {
  const sheet = sheetOf(reports, about);
  return documentOf(sheet, `${ALONE_CSS}${FLOW_CSS}`, articleOf(sheet, ''));
}

/** `Traffic report: Main gate, Saturday 21 November 2026`; for a title and a mail's subject. */
export function flowTitle(reports: readonly FlowReport[], about: FlowAbout): string {
  const { words, cameraName, format, report } = sheetOf(reports, about);
  return `${words.title}: ${cameraName}, ${format.window(report)}`;
}

function documentOf({ about, windows }: Sheet, css: string, body: string): string {
  return `<!doctype html>
<html lang="${about.language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<link rel="icon" href="data:,">
<title>${escapeHtml(flowTitle(windows, about))}</title>
<style>${css}</style>
</head>
<body>
${body}
</body>
</html>
`;
}

function articleOf(sheet: Sheet, drawn: string): string {
  const { report, words, format, about, cameraName } = sheet;
  const where = [
    ...(about.camera.name === undefined ? [] : [about.camera.id]),
    ...[about.site.name, `${about.site.timeZone} (${format.zone(report)})`],
  ];
  const title = `${cameraName} · ${format.window(report)}`;
  const figures = figuresOf(sheet).map(
    ({ label, value, details }) =>
      `<li><span class="label">${escapeHtml(label)}</span><b>${escapeHtml(value)}</b>${details.map((text) => `<span class="detail">${escapeHtml(text)}</span>`).join('')}</li>`,
  );
  const notes = notesOf(sheet).map((note) => `<li>${escapeHtml(note)}</li>`);
  return `<article class="flow">
<h1>${escapeHtml(title)}</h1>
<p class="where">${escapeHtml([words.title, ...where].join(' · '))}</p>
<ul class="figures">${figures.join('')}</ul>
<ul class="notes" aria-label="${escapeHtml(words.labels.notes)}">${notes.join('')}</ul>
${report.crossings === 0 ? `<p class="nothing">${escapeHtml(emptyText(sheet))}</p>` : ''}
${drawn === '' ? '' : `${patternDefinitions()}<div class="plots">${drawn}</div>`}
${tablesOf(sheet).map(tableOf).join('\n')}
</article>`;
}

function tableOf({ title, columns, rows, words }: Table): string {
  const cells = (tag: 'th' | 'td', texts: readonly string[]): string =>
    texts
      .map((text, i) => `<${tag}${i < words ? ' class="word"' : ''}>${escapeHtml(text)}</${tag}>`)
      .join('');
  return `<section><h2>${escapeHtml(title)}</h2><div class="scroll"><table><thead><tr>${cells('th', columns)}</tr></thead><tbody>${rows.map((row) => `<tr>${cells('td', row)}</tr>`).join('')}</tbody></table></div></section>`;
}
