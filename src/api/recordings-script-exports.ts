/** The recordings page: exports are asked for, followed, fetched, linked and removed. */
export const EXPORTS_JS = String.raw`// Asking for one
const form = byId('export');
form.hidden = !mayWrite;
byId('hold').hidden = !mayWrite;
byId('only-look').hidden = mayWrite;
const OPTIONS = ['watermark', 'overlay', 'blurFaces', 'evidence', 'partial'];
function wish() {
  const { format, gaps, reason } = form.elements;
  const given = { cameraId, from: iso(stretch.from), to: iso(stretch.to), format: format.value, gaps: gaps.value };
  for (const name of OPTIONS) given[name] = form.elements[name].checked;
  return { ...given, ...(reason.value.trim() && { reason: reason.value.trim() }) };
}
function needStretch() { if (!stretch) throw new Error('Choose a stretch first: drag over the strip, or type the times.'); }
let soon;
let guesses = 0;
/** Says what it would be, a moment after the last change. */
function estimateSoon() {
  clearTimeout(soon);
  byId('estimate').textContent = '';
  wrongAt(form);
  guesses += 1;
  if (mayWrite && stretch && cameraId) soon = setTimeout(estimate, 500);
}
async function estimate() {
  const mine = guesses;
  byId('estimate').textContent = 'Estimating …';
  try {
    const found = await send('POST', '/api/v1/exports?dryRun=1', wish());
    if (mine === guesses) byId('estimate').textContent = estimateText(found);
  } catch (error) {
    if (mine !== guesses) return;
    byId('estimate').textContent = '';
    wrongAt(form, error);
  }
}
function estimateText({ bytes, how, gaps, lack, coveredMs, storedBytes }) {
  const parts = ['About ' + sizeText(bytes), lengthText(coveredMs) + ' recorded', how === 'copy' ? 'pictures are copied, which is fast' : 'all pictures are encoded anew, which takes longer'];
  if (gaps.length > 0) parts.push(gaps.length + (gaps.length === 1 ? ' gap' : ' gaps') + ' (' + lengthText(gaps.reduce((sum, gap) => sum + spanOf(gap).to - spanOf(gap).from, 0)) + ')');
  if (storedBytes > bytes * 1.05) parts.push(sizeText(storedBytes) + ' with the evidence');
  return parts.join(' · ') + (lack ? '. It cannot be made now: ' + lack : '');
}
form.addEventListener('change', estimateSoon);
form.addEventListener('submit', (event) => {
  event.preventDefault();
  actAt(form, event.submitter, async () => {
    needStretch();
    const made = await send('POST', '/api/v1/exports', wish());
    location.hash = '#exports';
    tell(made.state === 'done' ? 'This was exported before: here it is.' : 'The export has begun. It goes on when this page is closed.');
  });
});

// One in the list
const items = new Map();
const isLive = ({ state }) => state === 'waiting' || state === 'running';
const STATES = { waiting: 'waits', running: 'is being made', done: 'done', failed: 'failed', cancelled: 'cancelled', expired: 'removed' };
function exportItem(id) {
  let item = items.get(id);
  if (item) return item;
  const element = make('li', 'export card');
  element.dataset.id = id;
  const [look, about, link] = [make('div', 'look'), make('div', 'about'), make('form', 'link')];
  link.hidden = true;
  const problem = make('p', 'problem');
  problem.setAttribute('role', 'alert');
  problem.hidden = true;
  const body = make('div', 'body');
  body.append(about, problem, link);
  element.append(look, body);
  item = { element, look, about, link, problem };
  items.set(id, item);
  return item;
}
function optionsText({ format, watermark, overlay, blurFaces, evidence, gaps }) {
  return [format.toUpperCase(), watermark && 'watermark', overlay && 'boxes', blurFaces && 'faces blurred', evidence && 'evidence', gaps === 'black' && 'gaps black'].filter(Boolean).join(', ');
}
function showExport(one) {
  const item = exportItem(one.id);
  replaceIfNew(item.look, JSON.stringify(one.result && one.result.poster), () => [one.result ? posterOf(one) : make('span', '', 'no picture yet')]);
  const { progress, leftMs, ...still } = one;
  // Buttons keep the focus while the bar moves.
  replaceIfNew(item.about, JSON.stringify([still, cameras.length]), () => aboutExport(one, item));
  const bar = item.about.querySelector('progress');
  if (bar) {
    bar.value = progress || 0;
    item.about.querySelector('.left').textContent = one.state === 'waiting' ? 'waits for a worker' : Math.round((progress || 0) * 100) + ' %' + (leftMs === undefined ? '' : ', ' + lengthText(leftMs) + ' left');
  }
  return item.element;
}
function posterOf({ result, request }) {
  const link = make('a');
  link.href = hrefOf(request);
  link.title = 'Show where it was recorded';
  const image = make('img');
  image.loading = 'lazy';
  image.alt = 'A picture from the export of ' + cameraName(request.cameraId);
  image.onerror = () => { link.replaceWith(make('span', '', 'no picture')); };
  image.src = result.poster;
  link.append(image);
  return link;
}
const hrefOf = ({ cameraId: id, from, to }) => '/recordings/' + encodeURIComponent(id) + '?' + new URLSearchParams({ from, to }) + '#watch';
const linkTo = (href, text, className) => { const link = make('a', className, text); link.href = href; return link; };
function aboutExport(one, item) {
  const { request, state, reason, result, requestedBy, requestedAt, expiresAt, incident } = one;
  const title = make('h2', '', cameraName(request.cameraId) + ' ');
  title.append(make('span', 'state ' + state, STATES[state] || state));
  const parts = [title, make('div', '', spanText(spanOf(request))), make('div', 'dim', [optionsText(request), 'by ' + who(requestedBy) + ', ' + whenText(Date.parse(requestedAt)), request.reason].filter(Boolean).join(' · '))];
  if (incident) { const about = make('div', 'dim', 'Of '); about.append(linkTo('/incidents/' + incident, 'incident #' + incident)); parts.push(about); }
  if (isLive(one)) {
    const bar = make('progress');
    bar.max = 1;
    bar.setAttribute('aria-label', 'How far it is');
    parts.push(bar, make('div', 'left dim'));
  }
  if (reason) parts.push(make('div', 'dim', reason));
  if (state === 'done') parts.push(make('div', 'dim', [sizeText(result.bytes), lengthText(result.durationMs), result.gaps.length > 0 ? result.gaps.length + (result.gaps.length === 1 ? ' gap' : ' gaps') : 'no gap', expiresAt ? 'kept until ' + whenText(Date.parse(expiresAt)) : ''].filter(Boolean).join(' · ')));
  parts.push(buttonsOf(one, item));
  return parts;
}
function buttonsOf(one, item) {
  const buttons = make('div', 'buttons');
  const button = (text, work) => {
    const element = make('button', '', text);
    element.type = 'button';
    element.addEventListener('click', () => actAt(item.problem, element, work));
    buttons.append(element);
  };
  const path = '/api/v1/exports/' + encodeURIComponent(one.id);
  if (one.state === 'done') {
    buttons.append(linkTo(one.result.clip, 'Download', 'button main'), linkTo(one.result.manifest, 'Manifest', 'button'));
    if (mayWrite && one.result.evidence) buttons.append(linkTo(one.result.evidence.href + '/package.zip', 'Evidence package (' + sizeText(one.result.evidence.bytes) + ')', 'button'));
    if (mayWrite) button('Link', () => showLink(one, item, path));
  }
  if (!mayWrite) return buttons;
  if (isLive(one)) button('Cancel', async () => { await ask(path, { method: 'DELETE' }); await showExports(); });
  else if (one.state === 'done') {
    if (!one.result.evidence || role === 'admin') button('Remove', async () => { if (confirm('Remove this export' + (one.result.evidence ? ' and its evidence' : '') + '? The recordings stay.')) { await ask(path, { method: 'DELETE' }); await showExports(); } });
  } else button(one.state === 'failed' ? 'Try again' : 'Make it again', async () => { await send('POST', '/api/v1/exports', one.request); await showExports(); });
  return buttons;
}

// Links without a login
const EXPIRES = [[3600, '1 hour'], [86400, '1 day'], [7 * 86400, '7 days'], [30 * 86400, '30 days']];
function showLink({ result }, item, path) {
  const { link } = item;
  link.hidden = !link.hidden;
  if (link.hidden) return;
  const expires = make('select');
  expires.append(...EXPIRES.map(([seconds, text]) => new Option(text, seconds)));
  expires.value = '86400';
  const file = make('select');
  file.append(new Option('the clip', 'clip'), ...(result.evidence ? [new Option('the evidence package', 'evidence')] : []));
  const label = (text, element) => { const one = make('label', '', text + ' '); one.append(element); return one; };
  const out = make('div', 'made');
  link.replaceChildren(label('A link to', file), label('works for', expires), make('button', 'main', 'Make the link'), make('span', 'hint', 'Whoever has it needs no login.'), out);
  link.onsubmit = (event) => {
    event.preventDefault();
    actAt(item.problem, event.submitter, async () => {
      const made = await send('POST', path + '/link', { file: file.value, expiresInS: Number(expires.value) });
      showMade(out, made);
    });
  };
  file.focus();
}
function showMade(out, { path, url, expiresAt }) {
  const text = make('input');
  Object.assign(text, { readOnly: true, value: url || location.origin + path, ariaLabel: 'The link' });
  text.addEventListener('focus', () => text.select());
  const copy = make('button', '', 'Copy');
  copy.type = 'button';
  const said = make('span', 'hint', 'until ' + whenText(Date.parse(expiresAt)));
  // Over plain http browsers have no clipboard: then it is selected, to be copied by hand.
  copy.addEventListener('click', async () => { text.select(); try { await navigator.clipboard.writeText(text.value); said.textContent = 'Copied; works until ' + whenText(Date.parse(expiresAt)); } catch { said.textContent = 'Copy it with Ctrl+C'; } });
  out.replaceChildren(text, copy, said);
  copy.focus();
}

// The list
let nextExports;
let pages = 1;
async function showExports() {
  const { exports: found, next } = await ask('/api/v1/exports?limit=20');
  const list = byId('export-list');
  const older = pages > 1 ? [...list.children].filter(({ dataset }) => !found.some(({ id }) => id === dataset.id)) : [];
  if (pages === 1) nextExports = next;
  const elements = [...found.map(showExport), ...older];
  if (elements.length !== list.children.length || elements.some((element, i) => element !== list.children[i])) list.replaceChildren(...elements);
  byId('no-exports').hidden = elements.length > 0;
  byId('more-exports').hidden = !nextExports;
  const running = found.filter(isLive).length;
  byId('running').textContent = running;
  byId('running').hidden = running === 0;
}
byId('more-exports').addEventListener('click', (event) => act(event.target, async () => {
  pages += 1;
  const page = await ask('/api/v1/exports?' + new URLSearchParams({ limit: 20, after: nextExports }));
  nextExports = page.next;
  byId('export-list').append(...page.exports.map(showExport));
  byId('more-exports').hidden = !nextExports;
}));
`;
