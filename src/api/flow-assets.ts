import { FLOW_CSS as REPORT_CSS } from '../domain/flow/render/style.js';

/** What the page of traffic loads beside the common style. Kept as text, so that the build has no files to copy. */
export const FLOW_CSS = `${REPORT_CSS}
#choose { max-width: 1100px; margin: 0 auto .9rem; }
#choose .hour { display: none; } #choose:has(option[value=hour]:checked) .hour { display: grid; }
.steps { display: flex; flex-wrap: wrap; gap: .4rem 1.2rem; align-items: center; max-width: 1100px; margin: 0 auto 1.2rem; }
.steps .live { color: var(--dim); font-size: .85rem; } .steps .live::before { content: "●"; margin-right: .35em; color: var(--good); }
.steps .files { display: flex; flex-wrap: wrap; gap: .4rem 1.2rem; align-items: center; margin-left: auto; }
@media print { header, #choose, .steps { display: none; } main { padding: 0; } }
`;

/** Runs in the browser: plain JavaScript. The report is drawn by the server; here it is only fetched again. */
export const FLOW_JS = String.raw`'use strict';
const EVERY_MS = 20000;
const byId = (id) => document.getElementById(id);
function wrong(error) {
  byId('problem').textContent = error ? error.message : '';
  byId('problem').hidden = !error;
}
/** The page as it is now; only its report takes the place of the old one. */
async function refresh() {
  const answer = await fetch(location.href, { headers: { Accept: 'text/html' } });
  if (answer.redirected || answer.status === 401) return location.reload();
  if (!answer.ok) throw new Error('Not up to date: the server answered ' + answer.status);
  const fresh = new DOMParser().parseFromString(await answer.text(), 'text/html').getElementById('report');
  if (!fresh) return location.reload();
  if (fresh.innerHTML !== byId('report').innerHTML) byId('report').replaceWith(fresh);
}
async function live() {
  if (!document.hidden && byId('report').hasAttribute('data-live')) {
    try { await refresh(); wrong(); } catch (error) { wrong(error); }
  }
  setTimeout(live, EVERY_MS);
}
async function compute({ target: button }) {
  const label = button.textContent;
  button.disabled = true;
  button.textContent = button.dataset.busy;
  wrong();
  try {
    const answer = await fetch('/api/v1/flow?wait=20', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: button.dataset.body });
    if (!answer.ok) throw new Error((await answer.json()).error.message);
    await refresh();
  } catch (error) { wrong(error); }
  button.textContent = label;
  button.disabled = false;
}
if (byId('compute')) byId('compute').addEventListener('click', compute);
// A date is typed piece by piece: only what is chosen shows at once.
if (byId('choose')) byId('choose').addEventListener('change', ({ target }) => { if (target.matches('select') && target.form.reportValidity()) target.form.requestSubmit(); });
if (byId('report')) setTimeout(live, EVERY_MS);
`;
