import { escapeHtml } from '../domain/escape-html.js';
import { header, page } from './pages.js';

/** Vehicles by their plates, what a person should look at, and the lists; /assets/plates.js fills it. */
export function platesPage(options: { site: string; who: string; role: string }): string {
  return page(
    `${options.site} · plates`,
    `${header('/plates', options)}
    <main id="plates" data-role="${escapeHtml(options.role)}">
      <h1 class="hidden-title">Plates</h1>
      <nav class="tabs" aria-label="Views">
        <a href="#passages">Passages</a>
        <a href="#review">Needs review <span id="review-count" class="count" hidden></span></a>
        <a href="#lists">Lists</a>
      </nav>
      <p id="problem" class="problem" role="alert" hidden></p>
      <p id="said" class="said" role="status"></p>
      ${PASSAGES}
      ${REVIEW}
      ${LISTS}
    </main>
    <noscript><p class="problem">This page needs JavaScript; the same is at <a href="/api/v1/passages">/api/v1/passages</a>.</p></noscript>
    <script src="/assets/plates.js" defer></script>`,
    ['/assets/plates.css'],
  );
}

const PASSAGES = `<section id="passages" aria-label="Passages">
        <form id="search" class="search card" autocomplete="off">
          <label class="wide">Plate <input name="text" type="search" maxlength="64" placeholder="30A-339.18" spellcheck="false" aria-describedby="wildcards"></label>
          <label>Camera <select name="camera"><option value="">all</option></select></label>
          <label>List <select name="list"><option value="">any or none</option></select></label>
          <label>Result <select name="verdict"><option value="">all</option><option value="accepted">accepted</option><option value="needs-review">needs review</option><option value="rejected">rejected</option></select></label>
          <label>From <input name="from" type="datetime-local"></label>
          <label>To <input name="to" type="datetime-local"></label>
          <label class="check"><input name="fuzzy" type="checkbox"> similar plates too</label>
          <span class="buttons"><button class="main">Search</button> <button type="reset">Clear</button></span>
          <p id="wildcards" class="hint">With or without marks. <kbd>*</kbd> stands for any number of characters, <kbd>?</kbd> for one: <code>30A*</code>, <code>*339*</code>, <code>29-B? 256*</code>. “Similar” also finds plates one or two characters away, look-alikes (0 and D, 8 and B) first of all.</p>
        </form>
        <p id="found" class="summary" role="status"></p>
        <ul id="results" class="passages"></ul>
        <p><button id="more" hidden>Show older ones</button></p>
      </section>`;

const REVIEW = `<section id="review" aria-label="Needs review" hidden>
        <p class="hint">Plates that could not be read with certainty. Say what the plate says; what you say is what searches and lists go by.</p>
        <ul id="queue" class="queue"></ul>
        <p id="nothing-to-review" class="empty" hidden>Nothing to review: every plate was read with certainty, or looked at by somebody.</p>
      </section>`;

const LISTS = `<section id="lists" aria-label="Lists" hidden>
        <ul id="list-names" class="list-names"></ul>
        <p id="no-lists" class="empty" hidden>There is no list yet. Vehicles on a <b>deny</b> list raise an alert; those on an <b>allow</b> list are expected; <b>watch</b> only marks them.</p>
        <form id="new-list" class="search card" autocomplete="off" hidden>
          <label>New list <input name="id" required pattern="[A-Za-z0-9_\\-]{1,64}" placeholder="residents" title="letters, digits, - and _" spellcheck="false"></label>
          <label>Name <input name="name" maxlength="100" placeholder="Cư dân toà A"></label>
          <label>Kind <select name="kind"><option value="deny">deny</option><option value="allow">allow</option><option value="watch">watch</option></select></label>
          <label class="check"><input name="alertUnknown" type="checkbox"> alert on vehicles that are on no allow list</label>
          <span class="buttons"><button>Make list</button></span>
        </form>
        <div id="list" hidden>
          <h2 id="list-title"></h2>
          <form id="add" class="search card" autocomplete="off">
            <label>Plate <input name="pattern" required maxlength="64" placeholder="30A-339.18 or 30A*" spellcheck="false"></label>
            <label>From <input name="validFrom" type="date"></label>
            <label>To, that day too <input name="validTo" type="date"></label>
            <label>Reason <input name="reason" maxlength="200"></label>
            <label>Owner <input name="owner" maxlength="200"></label>
            <label class="wide">Note <input name="note" maxlength="1000"></label>
            <span class="buttons"><button class="main">Add</button></span>
          </form>
          <p class="files">
            <a id="export" download>Export CSV</a>
            <label>Import CSV <input id="import" type="file" accept=".csv,text/csv"></label>
            <label class="check"><input id="partial" type="checkbox"> take the good rows even if others are bad</label>
          </p>
          <div id="bad-rows" class="bad-rows" role="alert" hidden></div>
          <div class="scroll"><table class="entries"><thead><tr><th>Plate</th><th>From</th><th>To</th><th>Reason</th><th>Owner</th><th>Note</th><th>Added</th><th><span class="hidden-title">Remove</span></th></tr></thead><tbody id="entries"></tbody></table></div>
          <p id="no-entries" class="empty" hidden>The list is empty: add a plate above, or import a file whose first line is <code>plate,valid_from,valid_to,reason,owner,note</code>.</p>
          <p><button id="more-entries" hidden>Show more</button></p>
        </div>
      </section>`;
