import { escapeHtml } from '../domain/escape-html.js';

/** The pages for people (plates-page.ts has another). No inline script or style: the content security policy forbids them. */

/**
 * The login form.
 * @param options.next path of this server to go to afterwards
 * @param options.problem why the last try failed
 */
export function loginPage(options: { next: string; problem?: string }): string {
  const problem =
    options.problem === undefined ? '' : `<p class="problem" role="alert">${escapeHtml(options.problem)}</p>`;
  return page(
    'Log in',
    `<main class="login">
      <form method="post" action="/login" class="card">
        <h1>Camqueue</h1>
        ${problem}
        <input type="hidden" name="next" value="${escapeHtml(options.next)}">
        <label>User <input name="user" autocomplete="username" autocapitalize="none" required autofocus></label>
        <label>Password <input name="password" type="password" autocomplete="current-password" required></label>
        <button>Log in</button>
      </form>
    </main>`,
  );
}

/** Cameras and queues at a glance; /assets/cameras.js fills it and keeps it fresh. */
export function camerasPage(options: { site: string; who: string; role: string }): string {
  return page(
    `${options.site} · cameras`,
    `${header('/cameras', options)}
    <main>
      <p id="problem" class="problem" role="alert" hidden></p>
      <p id="catalogue" class="banner" role="alert" hidden></p>
      <details id="health" class="banner" hidden><summary></summary><ul></ul></details>
      <p id="summary" class="summary" hidden></p>
      <section id="queues" class="queues" aria-label="Queues"></section>
      <section id="cameras" class="cameras" aria-label="Cameras"><p>Loading …</p></section>
      <p class="legend" aria-label="Colours of the strips"><b>Last 24 hours, recording above analysis:</b>
        <span class="key covered">there</span> <span class="key still">nothing moved</span>
        <span class="key camera">camera</span> <span class="key network">network</span>
        <span class="key disk">disk</span> <span class="key process">process</span>
        <span class="key none">off or not there</span> <span class="key unknown">unknown</span>
      </p>
    </main>
    <noscript><p class="problem">This page needs JavaScript; the same is at <a href="/api/v1/cameras">/api/v1/cameras</a>.</p></noscript>
    <script src="/assets/cameras.js" defer></script>`,
  );
}

const LINKS = [
  ['/cameras', 'Cameras'],
  ['/live', 'Live'],
  ['/recordings', 'Recordings'],
  ['/incidents', 'Incidents'],
  ['/plates', 'Plates'],
  ['/counting', 'Counting'],
  ['/flow', 'Traffic'],
  ['/admin/queues/', 'Queues'],
  ['/api/v1/cameras', 'JSON'],
  ['/api/v1/openapi.json', 'API'],
] as const;

/** What every page has at its top. @param current path of the page */
export function header(current: string, options: { site: string; who: string; role: string }): string {
  const links = LINKS.map(
    ([path, name]) => `<a href="${path}"${path === current ? ' aria-current="page"' : ''}>${name}</a>`,
  );
  return `<header>
      <strong>${escapeHtml(options.site)}</strong>
      <nav>
        ${links.join('\n        ')}
      </nav>
      <form method="post" action="/logout"><span>${escapeHtml(options.who)} (${escapeHtml(options.role)})</span> <button>Log out</button></form>
    </header>`;
}

/** @param styles addresses of style sheets beside the common one. @param language of the text, BCP 47 */
export function page(title: string, body: string, styles: readonly string[] = [], language = 'en'): string {
  return `<!doctype html>
<html lang="${language}">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="robots" content="noindex">
    <title>${escapeHtml(title)}</title>
    <link rel="icon" href="data:,">
    ${['/assets/pages.css', ...styles].map((href) => `<link rel="stylesheet" href="${href}">`).join('\n    ')}
  </head>
  <body>
    ${body}
  </body>
</html>
`;
}
