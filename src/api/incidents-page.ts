import { escapeHtml } from '../domain/escape-html.js';
import { header, page } from './pages.js';

/** What happened and who reacted; /assets/incidents.js fills it. `/incidents/<number>` opens that one. */
export function incidentsPage(options: { site: string; who: string; role: string }): string {
  return page(
    `${options.site} · incidents`,
    `${header('/incidents', options)}
    <main id="incidents" data-role="${escapeHtml(options.role)}">
      <h1 class="hidden-title">Incidents</h1>
      <p id="problem" class="problem" role="alert" hidden></p>
      <p id="said" class="said" role="status"></p>
      <ul id="maintenance" class="banner maintenance" aria-label="Maintenance" hidden></ul>
      <nav class="tabs" aria-label="States">
        <a href="#unanswered">Unanswered <span class="count" hidden></span></a>
        <a href="#acknowledged">Acknowledged <span class="count" hidden></span></a>
        <a href="#ended">Over <span class="count" hidden></span></a>
        <a href="#all">All</a>
      </nav>
      <div class="split">
        <section id="list" aria-label="List">
          ${FILTER}
          <p id="found" class="summary" role="status"></p>
          <ul id="rows" class="rows"></ul>
          <p><button id="more" hidden>Show older ones</button></p>
        </section>
        ${DETAIL}
      </div>
      ${MAINTENANCE}
      ${CHANNELS}
    </main>
    <noscript><p class="problem">This page needs JavaScript; the same is at <a href="/api/v1/incidents">/api/v1/incidents</a>.</p></noscript>
    <script src="/assets/incidents.js" defer></script>`,
    ['/assets/incidents.css'],
  );
}

const FILTER = `<details class="filter"><summary>Filter <span id="filtered"></span></summary>
            <form id="filter" class="search card" autocomplete="off">
              <label>Camera <select name="camera"><option value="">all</option></select></label>
              <label>Severity <select name="severity"><option value="">all</option><option>critical</option><option>warning</option><option>info</option></select></label>
              <label>Kind <input name="kind" list="kinds" maxlength="63" placeholder="intrusion" spellcheck="false"></label>
              <datalist id="kinds"></datalist>
              <label>From <input name="from" type="datetime-local"></label>
              <label>To <input name="to" type="datetime-local"></label>
              <span class="buttons"><button class="main">Show</button> <button type="reset">Clear</button></span>
            </form>
          </details>`;

const DETAIL = `<section id="detail" class="card" aria-label="Incident" tabindex="-1" hidden>
          <p class="close"><a id="back" href="/incidents">Close</a></p>
          <div id="about"></div>
          <div id="picture" class="shot" hidden><img alt=""></div>
          <div id="acts" class="acts" hidden>
            <button id="acknowledge" class="main">Acknowledge</button>
            <button id="resolve">Resolve</button>
          </div>
          <div id="clip" class="clip" hidden>
            <span class="buttons"><button id="ask-clip" hidden>Clip</button> <a id="see-recording">Recording</a> <span id="clip-said" class="dim" role="status"></span></span>
            <video controls playsinline preload="none" hidden></video>
            <p class="problem" role="alert" hidden></p>
          </div>
          <form id="verdict" class="say" autocomplete="off" hidden>
            <label>What was it? <input name="reason" list="reasons" maxlength="500" placeholder="a cat"></label>
            <datalist id="reasons"><option>animal</option><option>light or shadow</option><option>rain, wind or leaves</option><option>insect or cobweb on the lens</option><option>our own people</option></datalist>
            <span class="buttons"><button name="false">False alarm</button> <button name="real">It was real</button></span>
          </form>
          <h2>What happened</h2>
          <ol id="timeline" class="timeline"></ol>
          <form id="note" class="say" autocomplete="off" hidden>
            <label>Note <input name="text" required maxlength="2000"></label>
            <span class="buttons"><button>Write down</button></span>
          </form>
          <details id="history" hidden><summary>Audit trail</summary><ol class="timeline"></ol></details>
        </section>`;

const MAINTENANCE = `<details id="plan" class="more" hidden><summary>Maintenance: tell nobody for a while</summary>
        <form id="maintain" class="search card" autocomplete="off">
          <label>Camera <select name="camera"><option value="">the whole site</option></select></label>
          <label>For <select name="minutes"><option value="15">15 minutes</option><option value="60" selected>1 hour</option><option value="240">4 hours</option><option value="480">8 hours</option><option value="1440">1 day</option></select></label>
          <label class="wide">Reason <input name="reason" maxlength="300" placeholder="cleaning the lens"></label>
          <span class="buttons"><button>Begin</button></span>
          <p class="hint">Alerts are kept, with this as the reason why nobody was told.</p>
        </form>
      </details>`;

const CHANNELS = `<details id="channels" class="more" hidden><summary>Channels</summary>
        <ul id="channel-list" class="channels card"></ul>
        <form id="test" class="search card" autocomplete="off">
          <label>Channel <select name="channel"></select></label>
          <label>Recipient <select name="to"></select></label>
          <span class="buttons"><button>Send a test message</button></span>
        </form>
      </details>`;
