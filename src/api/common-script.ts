/**
 * What pages of the incidents' and plates' kind share, in the browser: plain JavaScript, the first part of their script.
 * Text from the server is only ever set as text.
 */
export const COMMON_JS = String.raw`'use strict';
const byId = (id) => document.getElementById(id);
const role = document.querySelector('main').dataset.role;
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
/** Replaces what an element shows only when that is something else: texts that are selected, and focus, stay. */
const replaceIfNew = (element, key, parts) => {
  if (element.dataset.shown === key) return;
  element.dataset.shown = key;
  element.replaceChildren(...parts());
};
async function ask(path, options) {
  const answer = await fetch(path, { ...options, headers: { Accept: 'application/json', ...(options && options.headers) } });
  if (answer.status === 401) location.assign('/login?next=' + encodeURIComponent(location.pathname));
  if (answer.status === 204) return {};
  const body = await answer.json();
  if (answer.ok) return body;
  throw Object.assign(new Error(body.error.message), { body });
}
const send = (method, path, value) => ask(path, { method, headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(value) });
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

/** Shows one of the views; the first one unless the address names another. @returns its name */
function shownView(names) {
  const name = names.find((one) => location.hash === '#' + one) || names[0];
  for (const one of names) byId(one).hidden = one !== name;
  for (const link of document.querySelectorAll('.tabs a')) {
    if (link.hash === '#' + name) link.setAttribute('aria-current', 'page');
    else link.removeAttribute('aria-current');
  }
  return name;
}
/** Refreshes again and again while somebody looks; says when that does not work, and no more when it does again. */
async function keepFresh(refresh, everyMs) {
  if (!document.hidden) {
    try {
      await refresh();
      if (byId('problem').dataset.kind === 'live') { wrong(); delete byId('problem').dataset.kind; }
    } catch (error) {
      wrong(new Error('Not up to date: ' + error.message));
      byId('problem').dataset.kind = 'live';
    }
  }
  setTimeout(keepFresh, everyMs, refresh, everyMs);
}
`;
