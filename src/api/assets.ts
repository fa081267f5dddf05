import { COLOURS } from './coverage-svg.js';
import { FORMS_CSS } from './forms-css.js';

/** What the pages load. Kept as text beside them, so that the build has no files to copy. */
const KEYS = Object.entries({ ...COLOURS, none: COLOURS.off })
  .map(([cause, colour]) => `.key.${cause}::before { background: ${colour}; }`)
  .join('\n');

export const PAGES_CSS = `
:root { color-scheme: light dark; --back: #f4f5f7; --card: #fff; --text: #1c2330; --dim: #667085; --edge: #dfe3ea; --good: #14804a; --bad: #c02626; --wait: #a15c07; --accent: #2453c9; }
@media (prefers-color-scheme: dark) { :root { --back: #12161d; --card: #1b212b; --text: #e6eaf0; --dim: #98a2b3; --edge: #2b3340; --good: #4cc38a; --bad: #ff7b72; --wait: #e0a63b; --accent: #7aa2ff; } }
* { box-sizing: border-box; }
[hidden] { display: none !important; }
body { margin: 0; background: var(--back); color: var(--text); font: 15px/1.45 system-ui, sans-serif; }
a { color: var(--accent); }
header { display: flex; flex-wrap: wrap; gap: .5rem 1.5rem; align-items: center; padding: .7rem 1.2rem; background: var(--card); border-bottom: 1px solid var(--edge); }
header nav { display: flex; flex-wrap: wrap; gap: .3rem 1rem; flex: 1; }
header nav a { text-decoration: none; }
header nav a[aria-current] { color: var(--text); font-weight: 600; }
header span { color: var(--dim); }
main { padding: 1.2rem; max-width: 1500px; margin: auto; }
button { font: inherit; padding: .35rem .8rem; border: 1px solid var(--edge); border-radius: 6px; background: var(--card); color: var(--text); cursor: pointer; }
.card { background: var(--card); border: 1px solid var(--edge); border-radius: 10px; overflow: hidden; }
.login { min-height: 100vh; display: grid; place-items: center; }
.login form { width: min(22rem, 100%); padding: 1.6rem; display: grid; gap: .9rem; }
.login h1 { margin: 0; font-size: 1.4rem; }
.login label { display: grid; gap: .25rem; color: var(--dim); }
.login input { font: inherit; padding: .5rem .6rem; border: 1px solid var(--edge); border-radius: 6px; background: var(--back); color: var(--text); }
.login button { background: var(--accent); border-color: var(--accent); color: #fff; padding: .5rem; }
@media (prefers-color-scheme: dark) { .login button { color: #0d1117; } }
.problem { color: var(--bad); margin: 0 0 .8rem; }
.queues { display: flex; flex-wrap: wrap; gap: .6rem; margin-bottom: 1.2rem; }
.queues a { display: block; padding: .5rem .8rem; text-decoration: none; color: inherit; }
.queues b { display: block; }
.queues span, dt, .reason { color: var(--dim); }
.queues .failed { color: var(--bad); }
.cameras { display: grid; gap: 1rem; grid-template-columns: repeat(auto-fill, minmax(320px, 1fr)); }
.cameras .picture { aspect-ratio: 16 / 9; background: #0b0e13; display: grid; place-items: center; color: #7d8794; }
.cameras img { width: 100%; height: 100%; object-fit: contain; display: block; }
.cameras .about { padding: .8rem 1rem 1rem; }
.cameras h2 { margin: 0; font-size: 1rem; display: flex; justify-content: space-between; gap: .6rem; }
.status { font-size: .85rem; font-weight: 600; color: var(--wait); white-space: nowrap; }
.status::before { content: "●"; margin-right: .35em; }
.status.ok { color: var(--good); } .status.finished, .status.disabled { color: var(--dim); } .status.no_signal, .status.frozen, .status.connection_failed { color: var(--bad); }
.cameras article.bad { border-color: var(--bad); }
.cameras .picture { position: relative; }
.cameras .stale img { filter: grayscale(1) brightness(.6); }
.cameras .stale:has(img:not([hidden]))::after { content: "not live"; position: absolute; inset: auto .6rem .5rem auto; padding: .1rem .5rem; border-radius: 4px; background: #000a; color: #fff; font-size: .8rem; }
.strip { display: block; width: 100%; height: 18px; margin: .7rem 0 0; border-radius: 4px; background: var(--edge); object-fit: fill; }
.cameras img.strip { height: 18px; object-fit: fill; }
.tags { display: flex; flex-wrap: wrap; gap: .3rem; margin: .5rem 0 0; }
.tags span { padding: 0 .5rem; border: 1px solid var(--edge); border-radius: 9px; font-size: .8rem; color: var(--dim); }
.tags .warn { color: var(--wait); border-color: currentcolor; }
.banner { margin: 0 0 .8rem; padding: .6rem .9rem; border: 1px solid var(--edge); border-left: 4px solid var(--wait); border-radius: 6px; background: var(--card); white-space: pre-line; overflow-wrap: anywhere; }
.banner.fail { border-left-color: var(--bad); }
.banner summary { cursor: pointer; font-weight: 600; }
.banner ul { margin: .5rem 0 0; padding-left: 1.2rem; white-space: normal; }
.banner li { margin: .15rem 0; } .banner li.fail b { color: var(--bad); } .banner li.warn b { color: var(--wait); }
.summary { margin: 0 0 .8rem; color: var(--dim); }
.legend { margin: 1.2rem 0 0; color: var(--dim); font-size: .85rem; display: flex; flex-wrap: wrap; gap: .2rem .9rem; }
.key::before { content: ""; display: inline-block; width: .8em; height: .8em; margin-right: .35em; border-radius: 2px; vertical-align: -.05em; background: currentcolor; }
${KEYS}
.reason { margin: .2rem 0 0; font-size: .85rem; overflow-wrap: anywhere; }
dl { display: grid; grid-template-columns: auto 1fr; gap: .1rem .8rem; margin: .6rem 0 0; font-variant-numeric: tabular-nums; }
dd { margin: 0; }
${FORMS_CSS}`;

/** Runs in the browser: plain JavaScript. Text from the server is only ever set as text. */
export const CAMERAS_JS = String.raw`'use strict';
const EVERY_MS = 3000;
const STRIP_EVERY_MS = 60000;
const HEALTH_STALE_MS = 180000;
const HEALTH_KEPT_MS = 30 * 86400000;
const BAD = ['no_signal', 'frozen', 'retrying', 'connection_failed'];
const cards = new Map();
const byId = (id) => document.getElementById(id);
const make = (tag, className, text) => {
  const element = document.createElement(tag);
  if (className) element.className = className;
  if (text !== undefined) element.textContent = text;
  return element;
};
const ago = (iso) => {
  if (!iso) return 'never';
  const s = Math.max(0, Math.round((Date.now() - Date.parse(iso)) / 1000));
  if (s < 120) return s + ' s ago';
  if (s < 7200) return Math.round(s / 60) + ' min ago';
  return new Date(iso).toLocaleString();
};
async function get(path) {
  const answer = await fetch(path, { headers: { Accept: 'application/json' } });
  if (answer.status === 401) location.assign('/login?next=/cameras');
  const body = await answer.json();
  if (!answer.ok) throw new Error(body.error.message);
  return body;
}
function cardOf(camera) {
  let card = cards.get(camera.id);
  if (card) return card;
  const element = make('article', 'card');
  const picture = make('a', 'picture');
  picture.href = '/live/' + encodeURIComponent(camera.id);
  picture.title = 'Watch it live';
  const image = make('img');
  image.alt = 'Latest picture of ' + camera.name;
  image.hidden = true;
  const none = make('span', '', 'no picture yet');
  image.onload = () => { image.hidden = false; none.hidden = true; };
  image.onerror = () => { image.hidden = true; none.hidden = false; };
  picture.append(image, none);
  const about = make('div', 'about');
  element.append(picture, about);
  const strip = make('img', 'strip');
  strip.alt = 'What was analysed and recorded in the last 24 hours';
  strip.title = strip.alt;
  about.append(strip);
  card = { element, picture, image, about, strip, stripAt: 0 };
  cards.set(camera.id, card);
  byId('cameras').append(element);
  return card;
}
function show(camera) {
  const card = cardOf(camera);
  const { element, picture, image, about, strip } = card;
  const isBad = BAD.includes(camera.status);
  element.classList.toggle('bad', isBad);
  picture.classList.toggle('stale', camera.status !== 'ok' && camera.status !== 'finished');
  if (Date.now() - card.stripAt > STRIP_EVERY_MS) {
    card.stripAt = Date.now();
    strip.src = '/api/v1/cameras/' + encodeURIComponent(camera.id) + '/coverage.svg?t=' + card.stripAt;
  }
  if (camera.lastFrameAt) image.src = camera.latest + '?overlay=1&t=' + Date.now();
  const title = make('h2');
  title.append(make('span', '', camera.name), make('span', 'status ' + camera.status, camera.status.replaceAll('_', ' ')));
  const facts = make('dl');
  const fact = (name, value) => facts.append(make('dt', '', name), make('dd', '', value));
  fact('Last frame', ago(camera.lastFrameAt) + (camera.fps ? ' · ' + camera.fps.toFixed(1) + ' fps' : ''));
  const { captured, analysed, gated, dropped, failed } = camera.counts;
  fact('Frames', captured + ' = ' + analysed + ' analysed + ' + gated + ' still + ' + dropped + ' dropped + ' + failed + ' failed');
  for (const line of camera.lines) {
    const names = line.names || { in: 'in', out: 'out' };
    fact('Line ' + line.id, line.in + ' ' + names.in + ' · ' + line.out + ' ' + names.out);
  }
  const now = Object.entries(camera.current).map(([name, count]) => count + ' ' + name);
  if (now.length > 0 && camera.status === 'ok') fact('Now', now.join(', '));
  if (camera.source) fact('Source', camera.source);
  about.replaceChildren(title);
  const reason = [camera.reason, nextTry(camera)].filter(Boolean).join(' · ');
  if (reason) about.append(make('p', 'reason', reason));
  const tags = tagsOf(camera);
  if (tags.length > 0) about.append(tags.reduce((list, tag) => (list.append(tag), list), make('p', 'tags')));
  about.append(strip, facts);
}
function nextTry({ retries, nextTryAt }) {
  if (!nextTryAt) return '';
  const s = Math.max(0, Math.round((Date.parse(nextTryAt) - Date.now()) / 1000));
  return 'try ' + ((retries || 0) + 1) + (s > 0 ? ', next in ' + (s < 120 ? s + ' s' : Math.round(s / 60) + ' min') : ', now');
}
function tagsOf(camera) {
  const tags = [];
  if (camera.origin === 'api') tags.push(make('span', '', 'added here'));
  if (camera.recording && camera.recording !== 'off') tags.push(make('span', '', camera.recording === 'motion' ? 'records movement' : 'records always'));
  if (camera.isIdle) tags.push(make('span', '', 'idle: nothing moves'));
  if (camera.degraded) tags.push(make('span', 'warn', 'reduced, step ' + camera.degraded + ' of 3: the machine is too slow'));
  if (camera.quality && camera.quality.decodeErrorsPerMin > 0) tags.push(make('span', 'warn', camera.quality.decodeErrorsPerMin.toFixed(0) + ' damaged pieces a minute'));
  return tags;
}
function showSummary(cameras) {
  const bad = cameras.filter(({ status }) => BAD.includes(status)).length;
  const ok = cameras.filter(({ status }) => status === 'ok').length;
  const parts = [cameras.length + (cameras.length === 1 ? ' camera' : ' cameras'), ok + ' ok'];
  if (bad > 0) parts.push(bad + ' in trouble');
  byId('summary').textContent = cameras.length === 0
    ? 'There is no camera yet: add one to the camera file, or with POST /api/v1/cameras.'
    : parts.join(' · ');
  byId('summary').hidden = false;
}
function showProblem(problem) {
  byId('catalogue').textContent = problem || '';
  byId('catalogue').hidden = !problem;
}
async function showHealth() {
  const banner = byId('health');
  // The list is empty, not an error, where no check has run yet.
  const { reports } = await get('/api/v1/health/reports?limit=1&from=' + new Date(Date.now() - HEALTH_KEPT_MS).toISOString());
  const report = reports[0];
  const ageMs = report ? Date.now() - Date.parse(report.at) : 0;
  const isStale = ageMs > HEALTH_STALE_MS;
  const wrong = report ? report.entries.filter(({ state, subject }) => state !== 'ok' && !subject.startsWith('camera/')) : [];
  banner.hidden = !report || (wrong.length === 0 && !isStale);
  if (banner.hidden) return;
  banner.className = 'banner ' + (isStale || wrong.some(({ state }) => state === 'fail') ? 'fail' : 'warn');
  banner.querySelector('summary').textContent = isStale
    ? 'No health check has run for ' + Math.round(ageMs / 60000) + ' min: is the scheduler running?'
    : wrong.map(({ subject }) => subject).slice(0, 4).join(', ') + (wrong.length > 4 ? ' and ' + (wrong.length - 4) + ' more' : '') + (wrong.length === 1 ? ' needs' : ' need') + ' attention';
  banner.querySelector('ul').replaceChildren(...wrong.map(({ subject, state, detail }) => {
    const item = make('li', state);
    item.append(make('b', '', subject), make('span', '', ': ' + detail));
    return item;
  }));
}
function dropGone(cameras) {
  const there = new Set(cameras.map(({ id }) => id));
  for (const [id, { element }] of cards) if (!there.has(id)) { element.remove(); cards.delete(id); }
}
function showQueues(queues) {
  byId('queues').replaceChildren(...queues.map(({ queue, counts, oldestWaitingMs }) => {
    const link = make('a', 'card');
    link.href = '/admin/queues/queue/' + encodeURIComponent(queue);
    const waiting = counts.waiting + counts.prioritized + counts.delayed;
    const oldest = oldestWaitingMs > 1000 ? ' (oldest ' + Math.round(oldestWaitingMs / 1000) + ' s)' : '';
    link.append(make('b', '', queue), make('span', '', waiting + ' waiting' + oldest + ' · ' + counts.active + ' active · '), make('span', counts.failed > 0 ? 'failed' : '', counts.failed + ' failed'));
    return link;
  }));
}
async function refresh() {
  const problem = byId('problem');
  try {
    const [{ cameras, problem: wrong }, { queues }] = await Promise.all([get('/api/v1/cameras'), get('/api/v1/queues')]);
    if (cards.size === 0) byId('cameras').replaceChildren();
    dropGone(cameras);
    cameras.forEach(show);
    showSummary(cameras);
    showProblem(wrong);
    await showHealth();
    showQueues(queues);
    problem.hidden = true;
  } catch (error) {
    problem.textContent = 'Not up to date: ' + error.message;
    problem.hidden = false;
  }
  setTimeout(refresh, EVERY_MS);
}
refresh();
`;
