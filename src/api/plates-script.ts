/**
 * Runs in the browser: plain JavaScript. Text from the server is only ever set as text. What is searched for goes in
 * request bodies: addresses end up in the logs of proxies and in the browser's history.
 */
export const COMMON_JS = String.raw`'use strict';
const EVERY_MS = 4000;
const byId = (id) => document.getElementById(id);
const role = byId('plates').dataset.role;
const mayWrite = role !== 'viewer';
const make = (tag, className, text) => {
  const element = document.createElement(tag);
  if (className) element.className = className;
  if (text !== undefined) element.textContent = text;
  return element;
};
const at = (iso) => {
  const time = make('time', '', new Date(iso).toLocaleString());
  time.dateTime = iso;
  return time;
};
async function ask(path, options) {
  const answer = await fetch(path, { ...options, headers: { Accept: 'application/json', ...(options && options.headers) } });
  if (answer.status === 401) location.assign('/login?next=/plates');
  if (answer.status === 204) return {};
  const body = await answer.json();
  if (answer.ok) return body;
  throw Object.assign(new Error(body.error.message), { body });
}
const send = (method, path, value) => ask(path, { method, headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(value) });
const search = (filter) => send('POST', '/api/v1/passages/search', filter);
function tell(text) { byId('said').textContent = text; }
function wrong(error) {
  byId('problem').textContent = error ? error.message : '';
  byId('problem').hidden = !error;
  if (error) tell('');
}
/** Runs what a person asked for: says what is wrong, and keeps its button from being pressed twice. */
async function act(button, work) {
  if (button) button.disabled = true;
  wrong();
  try { await work(); } catch (error) { wrong(error); }
  if (button) button.disabled = false;
}

`;

/** Which view is shown, and keeping it fresh. */
export const VIEWS_JS = String.raw`// Which view, and keeping it fresh
function view() {
  const name = ['review', 'lists'].find((one) => location.hash === '#' + one) || 'passages';
  for (const one of ['passages', 'review', 'lists']) byId(one).hidden = one !== name;
  for (const link of document.querySelectorAll('.tabs a')) {
    if (link.hash === '#' + name) link.setAttribute('aria-current', 'page');
    else link.removeAttribute('aria-current');
  }
  return name;
}
async function refresh() {
  const name = view();
  await names();
  await showReview();
  if (name === 'passages') await showPassages();
  if (name === 'lists') showLists();
}
async function live() {
  if (!document.hidden) {
    try {
      await refresh();
      if (byId('problem').dataset.kind === 'live') { wrong(); delete byId('problem').dataset.kind; }
    } catch (error) {
      wrong(new Error('Not up to date: ' + error.message));
      byId('problem').dataset.kind = 'live';
    }
  }
  setTimeout(live, EVERY_MS);
}
addEventListener('hashchange', () => { tell(''); wrong(); refresh().catch(wrong); scrollTo(0, 0); });
live();
`;
