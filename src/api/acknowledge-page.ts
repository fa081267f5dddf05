import type { Language, Severity } from '../domain/alerting/config.js';
import type { AcknowledgeWords } from './acknowledge-words.js';
import { escapeHtml } from '../domain/escape-html.js';
import { page } from './pages.js';

/** What the page behind an acknowledge link shows: little, for whoever has the link sees it. */
interface AcknowledgeView {
  readonly language: Language;
  readonly words: AcknowledgeWords;
  readonly site: string;
  readonly number: number;
  readonly headline: string;
  readonly severity: Severity;
  /** Absent: it is about no camera. */
  readonly camera?: string;
  readonly when: string;
  readonly alerts: number;
  /** What has become of it; absent: nothing yet. */
  readonly outcome?: string | undefined;
  /** How many incidents nobody has reacted to; 0: there is no button. */
  readonly waiting: number;
  /** Other incidents the message was about: `#43 Kho`. */
  readonly also: readonly string[];
}

/** One incident and one button, for a phone. The form goes to the page's own address: GET changes nothing. */
export function acknowledgePage(view: AcknowledgeView): string {
  const { words, language, number, headline, severity, outcome, also } = view;
  const rows = [
    ...(view.camera === undefined ? [] : [[words.camera, view.camera]]),
    [words.when, view.when],
    ...(view.alerts > 1 ? [[words.alerts, String(view.alerts)]] : []),
  ].map(([name = '', value = '']) => `<dt>${escapeHtml(name)}</dt><dd>${escapeHtml(value)}</dd>`);
  const others =
    also.length === 0
      ? ''
      : `<p>${escapeHtml(words.also)}</p><ul>${also.map((text) => `<li>${escapeHtml(text)}</li>`).join('')}</ul>`;
  // Of what is critical the headline says so.
  const name = words.severities[severity];
  const pill = headline.includes(name) ? '' : `<p class="severity ${severity}">${escapeHtml(name)}</p>`;
  const button = view.waiting > 1 ? words.buttonAll(view.waiting) : words.button;
  const said = outcome === undefined ? '' : `<p class="outcome" role="status">${escapeHtml(outcome)}</p>`;
  const form =
    view.waiting === 0
      ? ''
      : `<form method="post"><button class="main" autofocus>${escapeHtml(button)}</button></form><p class="hint">${escapeHtml(words.hint)}</p>`;
  return page(
    `#${number} ${headline}`,
    `<main class="acknowledge">
      <article class="card ${severity}">
        <p class="site">${escapeHtml(view.site)} · #${number}</p>
        <h1>${escapeHtml(headline)}</h1>
        ${pill}
        <dl>${rows.join('')}</dl>
        ${said}
        ${others}
        ${form}
        <p class="more"><a href="/incidents/${number}">${escapeHtml(words.open)}</a></p>
      </article>
    </main>`,
    ['/assets/incidents.css'],
    language,
  );
}

/** For a link that is none, and for those who try too many. */
export function acknowledgeProblemPage(language: Language, problem: string, hint = ''): string {
  return page(
    problem,
    `<main class="acknowledge"><article class="card"><h1>${escapeHtml(problem)}</h1><p class="hint">${escapeHtml(hint)}</p></article></main>`,
    ['/assets/incidents.css'],
    language,
  );
}
