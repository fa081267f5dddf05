import { escapeHtml } from '../domain/escape-html.js';
import { header, page } from './pages.js';

/** What was recorded: to watch, to export, to hold, and the room it takes; /assets/recordings.js fills it. */
export function recordingsPage(options: {
  site: string;
  timeZone: string;
  who: string;
  role: string;
}): string {
  const zone = escapeHtml(options.timeZone);
  return page(
    `${options.site} · recordings`,
    `${header('/recordings', options)}
    <main id="recordings" data-role="${escapeHtml(options.role)}" data-zone="${zone}">
      <h1 class="hidden-title">Recordings</h1>
      <nav class="tabs" aria-label="Views">
        <a href="#watch">Watch</a>
        <a href="#exports">Exports <span id="running" class="count" hidden></span></a>
        <a href="#holds">Holds</a>
        <a href="#storage">Storage</a>
      </nav>
      <p id="problem" class="problem" role="alert" hidden></p>
      <p id="said" class="said" role="status"></p>
      <section id="watch" aria-label="Watch">
        ${CHOOSE}
        ${strip(zone)}
        <div class="two">
          ${PLAYER}
          ${ACTS}
        </div>
      </section>
      <section id="exports" aria-label="Exports" hidden>
        <ul id="export-list" class="exports"></ul>
        <p id="no-exports" class="empty" hidden>Nothing was exported yet. Choose a stretch under <a href="#watch">Watch</a> and press Export.</p>
        <p><button id="more-exports" hidden>Show older ones</button></p>
      </section>
      <section id="holds" aria-label="Holds" hidden>
        <p class="summary">What is held is not deleted, not moved and not encoded anew until an admin releases it. <label class="check"><input id="released-too" type="checkbox"> Released ones too</label></p>
        <ul id="hold-list" class="plain"></ul>
        <p id="no-holds" class="empty" hidden>Nothing is held. Choose a stretch under <a href="#watch">Watch</a>, say why, and press Hold.</p>
      </section>
      <section id="storage" aria-label="Storage" hidden>
        ${STORAGE}
      </section>
    </main>
    <noscript><p class="problem">This page needs JavaScript; the same is at /api/v1/cameras/&lt;id&gt;/recordings.</p></noscript>
    <script src="/assets/recordings.js" defer></script>`,
    ['/assets/recordings.css'],
  );
}

const CHOOSE = `<form id="choose" class="choose" autocomplete="off">
          <label>Camera <select name="camera"></select></label>
          <label>Day <input name="day" type="date" required></label>
          <span class="buttons"><button type="button" id="earlier" aria-label="Earlier" title="Earlier">‹</button> <button type="button" id="later" aria-label="Later" title="Later">›</button></span>
          <span class="buttons"><button type="button" id="closer" aria-label="Closer" title="Closer">+</button> <button type="button" id="wider" aria-label="Wider" title="Wider">−</button></span>
        </form>`;

function strip(zone: string): string {
  return `<div id="strip-box" class="strip-box">
          <div id="strip" class="day-strip" role="slider" tabindex="0" aria-label="Time that is played" aria-describedby="strip-help"></div>
          <div id="ticks" class="ticks" aria-hidden="true"></div>
        </div>
        <p id="strip-problem" class="problem" role="alert" hidden></p>
        <p id="strip-said" class="empty" role="status" hidden></p>
        <p id="strip-help" class="hint">Click to watch from there; drag to choose a stretch. <span class="keys">Keys: ← → to move (with Shift further), Home and End, I and O for begin and end of the stretch, space to play.</span> All times are of ${zone}. <span id="hover"></span></p>
        <p class="legend" aria-label="Colours"><span class="key covered">recorded</span> <span class="key still">nothing moved</span> <span class="key camera">camera</span> <span class="key network">network</span> <span class="key disk">disk</span> <span class="key process">process</span> <span class="key none">off or not there</span> <span class="key unknown">unknown</span> <span class="key held">held</span></p>
        <details id="gaps" class="gaps" hidden><summary></summary><ul class="plain"></ul></details>`;
}

const PLAYER = `<section id="player" class="player" aria-label="Player">
            <div id="screen" class="screen"><video muted playsinline preload="auto"></video><video muted playsinline preload="auto" hidden></video><span id="none">Choose a moment on the strip, or press Play.</span></div>
            <p id="clock" class="clock" role="timer" aria-live="off"></p>
            <div class="controls">
              <button id="play" class="main" type="button">Play</button>
              <button id="back10" type="button" title="10 seconds back">−10 s</button>
              <button id="on10" type="button" title="10 seconds on">+10 s</button>
              <label>Speed <select id="speed"><option value="0.25">¼×</option><option value="0.5">½×</option><option value="1" selected>1×</option><option value="2">2×</option><option value="4">4×</option><option value="8">8×</option></select></label>
              <button id="sound" type="button" aria-pressed="false">Sound</button>
              <button id="full" type="button">Full screen</button>
            </div>
            <p id="play-problem" class="problem" role="alert" hidden></p>
            <p id="play-said" class="hint" role="status"></p>
          </section>`;

const ACTS = `<div class="acts">
            <form id="stretch" class="card" autocomplete="off">
              <h2>Stretch</h2>
              <label class="wide">From <input name="from" type="datetime-local" step="1"></label>
              <label class="wide">To <input name="to" type="datetime-local" step="1"></label>
              <span class="buttons"><button type="button" id="begin-here">Begin here</button> <button type="button" id="end-here">End here</button> <button type="button" id="play-stretch">Play it</button></span>
              <p id="length" class="hint" role="status">No stretch is chosen.</p>
              <p class="problem" role="alert" hidden></p>
            </form>
            <form id="export" class="card" autocomplete="off" hidden>
              <h2>Export</h2>
              <label>Format <select name="format"><option value="mp4">MP4</option><option value="mkv">MKV</option><option value="avi">AVI</option></select></label>
              <label>Gaps <select name="gaps"><option value="skip">left out</option><option value="black">black picture with the cause</option></select></label>
              <label class="check"><input name="watermark" type="checkbox"> Watermark: camera, place and time</label>
              <label class="check"><input name="overlay" type="checkbox"> Boxes, lines and counts</label>
              <label class="check"><input name="blurFaces" type="checkbox"> Blur faces</label>
              <label class="check"><input name="evidence" type="checkbox"> Evidence package, signed</label>
              <label class="check"><input name="partial" type="checkbox"> Also when parts are missing</label>
              <label class="wide">Reason <input name="reason" maxlength="500" placeholder="why it is exported; kept with it"></label>
              <p id="estimate" class="hint wide" role="status"></p>
              <p class="problem wide" role="alert" hidden></p>
              <span class="buttons"><button class="main">Export</button></span>
            </form>
            <form id="hold" class="card" autocomplete="off" hidden>
              <h2>Hold</h2>
              <label class="wide">Reason <input name="reason" maxlength="500" required placeholder="why it must not go"></label>
              <p class="problem wide" role="alert" hidden></p>
              <span class="buttons"><button>Hold</button></span>
              <p class="hint wide">Nothing deletes, moves or changes what is held until an admin releases it.</p>
            </form>
            <p id="only-look" class="hint" hidden>You may look. Exports and holds are made by people with the role operator.</p>
          </div>`;

const STORAGE = `<div class="card scroll">
          <table class="numbers">
            <caption>Room that recordings take</caption>
            <thead><tr><th scope="col">Camera</th><th scope="col">On disk</th><th scope="col">In cold storage</th><th scope="col">Oldest</th></tr></thead>
            <tbody id="usage"></tbody>
          </table>
        </div>
        <p id="no-usage" class="empty" hidden>Nothing is recorded. A camera records with <code>record: { mode: always }</code> (or <code>motion</code>) in the camera file.</p>
        <p id="room" class="summary"></p>
        <h2>Archive</h2>
        <p class="summary">Old recordings move to cold storage and go after their time, each night at half past one; how long is in <code>retention</code> of the camera file.</p>
        <div id="run" hidden><span class="buttons"><button id="dry-run" type="button">What would happen</button> <button id="run-now" type="button">Run now</button></span> <p id="run-said" class="hint" role="status"></p><p class="problem" role="alert" hidden></p></div>
        <div class="card scroll"><table class="numbers" id="reports"><caption>Reports</caption>
          <thead><tr><th scope="col">When</th><th scope="col">What</th><th scope="col">Moved</th><th scope="col">Deleted</th><th scope="col">Held back</th><th scope="col">Failed</th><th scope="col"><span class="hidden-title">Report</span></th></tr></thead>
          <tbody></tbody></table></div>
        <p id="no-reports" class="empty" hidden>The archive has not run yet. It runs each night where the scheduler and a worker of the queue archive are.</p>`;
