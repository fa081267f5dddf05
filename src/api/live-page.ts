import { escapeHtml } from '../domain/escape-html.js';
import { header, page } from './pages.js';

/** What the system sees now: all cameras as still pictures, or one as a stream; /assets/live.js fills it. */
export function livePage(options: { site: string; who: string; role: string }): string {
  return page(
    `${options.site} · live`,
    `${header('/live', options)}
    <main id="live" data-role="${escapeHtml(options.role)}">
      <h1 class="hidden-title">Live</h1>
      <p id="problem" class="problem" role="alert" hidden></p>
      <p id="said" class="said" role="status"></p>
      <section id="all" class="views" aria-label="Cameras" hidden></section>
      <section id="one" aria-label="Camera" hidden>
        <p class="bar"><a href="/live">All cameras</a> <strong id="name"></strong> <span id="state" class="state" role="status">connecting</span> <button id="full">Full screen</button></p>
        <div id="screen" class="screen"><img id="picture" alt="" hidden><span id="none">Waiting for the first picture …</span></div>
        <p id="about" class="summary"></p>
        <p class="hint">As a stream for players: <a id="mjpeg"></a></p>
      </section>
    </main>
    <noscript><p class="problem">This page needs JavaScript; a stream that needs none is at /api/v1/cameras/&lt;id&gt;/live.mjpeg.</p></noscript>
    <script src="/assets/live.js" defer></script>`,
    ['/assets/live.css'],
  );
}
