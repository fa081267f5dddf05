import { escapeHtml } from '../escape-html.js';
import { ALONE_CSS, FLOW_CSS } from '../flow/render/style.js';
import { type ArchiveAbout, type ArchiveSheet, archiveSheet } from './render-sheet.js';
import type { ArchiveReport } from './report.js';

/** A page of its own for people, to read, print and send: no script, nothing from elsewhere; mail programs show it too. */
export function archivePage(report: ArchiveReport, about: ArchiveAbout): string {
  const sheet = archiveSheet(report, about);
  return `<!doctype html>
<html lang="${about.language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<link rel="icon" href="data:,">
<title>${escapeHtml(sheet.title)}</title>
<style>${ALONE_CSS}${FLOW_CSS}</style>
</head>
<body>
<article class="flow">
<h1>${escapeHtml(sheet.title)}</h1>
<p class="where">${escapeHtml(sheet.where)}</p>
<ul class="figures">${sheet.figures.map(figureOf).join('')}</ul>
<ul class="notes">${sheet.notes.map((note) => `<li>${escapeHtml(note)}</li>`).join('')}</ul>
${sheet.tables.map(tableOf).join('\n')}
</article>
</body>
</html>
`;
}

function figureOf({ label, value, detail }: ArchiveSheet['figures'][number]): string {
  return `<li><span class="label">${escapeHtml(label)}</span><b>${escapeHtml(value)}</b><span class="detail">${escapeHtml(detail)}</span></li>`;
}

function tableOf({ title, columns, rows, words }: ArchiveSheet['tables'][number]): string {
  const cells = (tag: 'th' | 'td', texts: readonly string[]): string =>
    texts
      .map((text, i) => `<${tag}${i < words ? ' class="word"' : ''}>${escapeHtml(text)}</${tag}>`)
      .join('');
  return `<section><h2>${escapeHtml(title)}</h2><div class="scroll"><table><thead><tr>${cells('th', columns)}</tr></thead><tbody>${rows.map((row) => `<tr>${cells('td', row)}</tr>`).join('')}</tbody></table></div></section>`;
}
