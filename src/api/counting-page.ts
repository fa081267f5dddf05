import { escapeHtml } from '../domain/escape-html.js';
import { header, page } from './pages.js';

/** Counts of the day, how many are inside areas, and each count with its proof; /assets/counting.js fills it. */
export function countingPage(options: { site: string; who: string; role: string }): string {
  return page(
    `${options.site} · counting`,
    `${header('/counting', options)}
    <main id="counting" data-role="${escapeHtml(options.role)}">
      <h1 class="hidden-title">Counting</h1>
      <nav class="tabs" aria-label="Views">
        <a href="#today">Today</a>
        <a href="#crossings">Each count</a>
      </nav>
      <p id="problem" class="problem" role="alert" hidden></p>
      <p id="said" class="said" role="status"></p>
      <section id="today" aria-label="Today">
        <ul id="areas" class="areas" aria-label="How many are inside"></ul>
        <p id="total" class="summary" role="status"></p>
        <div id="lines" class="counted"></div>
        <p id="no-lines" class="empty" hidden>No camera has a line yet. Lines are in the camera file: <code>lines: [ { id: door, from: [0, 0.5], to: [1, 0.5] } ]</code>; with <code>occupancy: {}</code> the camera also counts how many are inside.</p>
      </section>
      <section id="crossings" aria-label="Each count" hidden>
        <form id="search" class="search card" autocomplete="off">
          <label>Camera <select name="camera"><option value="">all</option></select></label>
          <label>Line <select name="line"><option value="">all</option></select></label>
          <label>Direction <select name="direction"><option value="">both</option><option value="in">in</option><option value="out">out</option></select></label>
          <label>Class <select name="class"><option value="">all</option></select></label>
          <label>From <input name="from" type="datetime-local"></label>
          <label>To <input name="to" type="datetime-local"></label>
          <span class="buttons"><button class="main">Search</button> <button type="reset">Clear</button></span>
        </form>
        <p id="found" class="summary" role="status"></p>
        <ul id="results" class="crossings"></ul>
        <p><button id="more" hidden>Show older ones</button></p>
      </section>
    </main>
    <noscript><p class="problem">This page needs JavaScript; the same is at <a href="/api/v1/counts">/api/v1/counts</a>.</p></noscript>
    <script src="/assets/counting.js" defer></script>`,
    ['/assets/counting.css'],
  );
}
