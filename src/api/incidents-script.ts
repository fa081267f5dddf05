/** The incidents page's list; the first part of its script after common-script.ts. */
export const LIST_JS = String.raw`const EVERY_MS = 3000;
const STATES = { unanswered: 'open,notified', acknowledged: 'acknowledged', ended: 'resolved,expired', all: '' };
const STATE_NAMES = { open: 'nobody told yet', notified: 'nobody has reacted', acknowledged: 'acknowledged', resolved: 'over', expired: 'expired' };
const PAGE = 50;
const MOST = 200;
let filter = {};
let wanted = PAGE;
const rows = new Map();
const openStorms = new Set();
const tab = () => (location.hash.slice(1) in STATES ? location.hash.slice(1) : 'all');
const words = (kind) => { const text = kind.replaceAll('-', ' '); return text[0].toUpperCase() + text.slice(1); };
const who = (actor) => actor === 'event' ? 'itself' : actor === 'system' ? 'the system' : actor.replace(/^(person|key|recipient):/, '');
const when = (iso) => {
  const time = at(iso);
  const date = new Date(iso);
  if (date.toDateString() === new Date().toDateString()) time.textContent = date.toLocaleTimeString();
  time.title = date.toLocaleString();
  return time;
};
const query = (given) => new URLSearchParams(Object.entries(given).filter(([, value]) => value !== '' && value !== undefined)).toString();
const hrefOf = (number) => '/incidents/' + number + location.hash;

function rowOf(incident) {
  const row = make('li', 'row card');
  row.number = incident.number;
  const link = make('a', 'open');
  link.addEventListener('click', (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    go(row.number);
  });
  row.append(link);
  if (incident.isStorm) row.append(...stormParts(row));
  return row;
}
function drawRow(row, incident) {
  const { number, severity, state, kind, cameraName, camera, subject, alerts } = incident;
  const link = row.querySelector('a.open');
  link.href = hrefOf(number);
  row.classList.toggle('current', number === chosen);
  if (number === chosen) link.setAttribute('aria-current', 'true'); else link.removeAttribute('aria-current');
  replaceIfNew(link, JSON.stringify(incident), () => {
    row.className = 'row card ' + severity + ' ' + state + (number === chosen ? ' current' : '');
    const head = make('span', 'head');
    head.append(make('b', '', words(kind)), make('span', 'severity ' + severity, severity));
    const where = make('span', 'dim', [camera === 'system' ? '' : cameraName, subject, alerts > 1 ? alerts + ' alerts' : '', incident.isFlapping ? 'again and again' : ''].filter(Boolean).join(' · '));
    const foot = make('span', 'foot');
    foot.append(make('span', 'state ' + (incident.storm ? 'in-storm ' : '') + state, stateText(incident)), ' · ', when(incident.firstAt), ' · #' + number);
    return [head, where, foot];
  });
}
function stateText({ state, acknowledged, ended, verdict, storm }) {
  if (verdict && verdict.isFalseAlarm) return 'false alarm';
  if (state === 'acknowledged') return 'acknowledged by ' + who(acknowledged.by);
  if (state === 'resolved') return ended.by === 'event' ? 'over by itself' : 'ended by ' + who(ended.by);
  return state === 'open' && storm ? 'part of storm #' + storm : STATE_NAMES[state];
}
/** Rows in the order of the numbers, newest first; those that are there stay where and what they are. */
function place(list, found, known, lowest) {
  const there = new Set(found.map(({ number }) => number));
  for (const [number, row] of known) {
    if (there.has(number) || number < lowest) continue;
    if (row.contains(document.activeElement)) { const next = row.nextElementSibling || row.previousElementSibling; if (next) next.querySelector('a').focus(); }
    row.remove();
    known.delete(number);
  }
  for (const incident of found) {
    let row = known.get(incident.number);
    if (!row) {
      row = rowOf(incident);
      known.set(incident.number, row);
      list.insertBefore(row, [...list.children].find((one) => one.number < incident.number) || null);
    }
    drawRow(row, incident);
  }
}
function stormParts(row) {
  const button = make('button', 'unfold', 'Show what it gathered');
  const inner = make('ul', 'rows gathered');
  const known = new Map();
  inner.hidden = true;
  button.setAttribute('aria-expanded', 'false');
  row.unfold = async () => {
    const { incidents } = await ask('/api/v1/incidents?' + query({ storm: row.number, limit: MOST }));
    place(inner, incidents, known, 0);
  };
  button.addEventListener('click', () => act(undefined, async () => {
    const isOpen = !openStorms.has(row.number);
    if (isOpen) openStorms.add(row.number); else openStorms.delete(row.number);
    button.setAttribute('aria-expanded', String(isOpen));
    button.textContent = isOpen ? 'Hide them' : 'Show what it gathered';
    if (isOpen) await row.unfold();
    inner.hidden = !isOpen;
  }));
  return [button, inner];
}

async function showList() {
  const [asked, state] = [filter, tab()];
  // Those gathered in a storm are shown below it; who looks for something finds them too.
  const isPlain = Object.keys(asked).length === 0;
  const limit = Math.min(wanted, MOST);
  const page = await ask('/api/v1/incidents?' + query({ ...asked, state: STATES[state], storm: isPlain ? 'none' : '', limit }));
  if (asked !== filter || state !== tab()) return;
  const found = page.incidents;
  place(byId('rows'), found, rows, page.next || 0);
  if (wanted <= MOST) byId('more').hidden = !page.next;
  learn(found);
  say(state, isPlain);
  for (const number of openStorms) { const row = rows.get(number); if (row) await row.unfold(); else openStorms.delete(number); }
}
function learn(found) {
  const known = new Set([...byId('kinds').options].map(({ value }) => value));
  for (const { kind } of found) if (!known.has(kind)) { known.add(kind); byId('kinds').append(new Option('', kind)); }
}
function say(state, isPlain) {
  const count = rows.size;
  byId('found').className = count > 0 ? 'summary' : 'empty';
  byId('found').textContent = count > 0
    ? count + (byId('more').hidden ? '' : ' or more') + (count === 1 ? ' incident' : ' incidents') + ', newest first'
    : !isPlain ? 'Nothing fits this filter.'
    : state === 'unanswered' ? 'Nothing waits for anybody.'
    : state === 'all' ? 'Nothing has happened.'
    : 'There is none.';
}
async function showCounts() {
  const { counts } = await ask('/api/v1/incidents/counts');
  for (const link of document.querySelectorAll('.tabs a')) {
    const name = link.hash.slice(1);
    if (name === tab()) link.setAttribute('aria-current', 'page'); else link.removeAttribute('aria-current');
    const badge = link.querySelector('.count');
    if (!badge) continue;
    const count = STATES[name].split(',').reduce((sum, state) => sum + counts[state], 0);
    badge.textContent = count;
    badge.hidden = count === 0;
  }
  const waiting = counts.open + counts.notified;
  document.title = (waiting > 0 ? '(' + waiting + ') ' : '') + pageTitle;
}
const pageTitle = document.title;
async function more() {
  if (wanted < MOST) { wanted += PAGE; return showList(); }
  const before = Math.min(...rows.keys());
  const page = await ask('/api/v1/incidents?' + query({ ...filter, state: STATES[tab()], storm: Object.keys(filter).length === 0 ? 'none' : '', limit: PAGE, before }));
  wanted += PAGE;
  for (const incident of page.incidents) { const row = rowOf(incident); rows.set(incident.number, row); byId('rows').append(row); drawRow(row, incident); }
  byId('more').hidden = !page.next;
}
function anew() {
  wanted = PAGE;
  rows.clear();
  openStorms.clear();
  byId('rows').replaceChildren();
  byId('found').textContent = '';
  return refresh();
}
byId('more').addEventListener('click', (event) => act(event.target, more));
byId('filter').addEventListener('submit', (event) => {
  event.preventDefault();
  const given = Object.fromEntries([...new FormData(event.target)].filter(([, value]) => value.trim() !== ''));
  for (const name of ['from', 'to']) if (given[name]) given[name] = new Date(given[name]).toISOString();
  filter = given;
  byId('filtered').textContent = Object.keys(given).length > 0 ? '(' + Object.keys(given).join(', ') + ')' : '';
  act(event.submitter, anew);
});
byId('filter').addEventListener('reset', () => setTimeout(() => byId('filter').requestSubmit()));

`;
