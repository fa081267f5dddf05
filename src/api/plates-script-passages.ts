/** The plates page's list of passages and its search; see plates-script.ts. */
export const PASSAGES_JS = String.raw`const search = (filter) => send('POST', '/api/v1/passages/search', filter);

// One passage
function cropOf(passage) {
  const crop = make(passage.scene ? 'a' : 'span', 'crop');
  if (passage.scene) {
    crop.href = passage.scene;
    crop.target = '_blank';
    crop.rel = 'noreferrer';
    crop.title = 'Show the whole picture';
  }
  if (!passage.crop) { crop.textContent = 'no picture'; return crop; }
  const image = make('img');
  image.loading = 'lazy';
  image.alt = 'Plate ' + passage.text;
  image.onerror = () => { image.replaceWith('no longer kept'); };
  image.src = passage.crop;
  crop.append(image);
  return crop;
}
function hitsOf(passage) {
  const hits = make('span', 'hits');
  for (const { list, kind, match } of passage.hits) {
    const hit = make('span', 'hit ' + kind + ' ' + match, (match === 'possible' ? 'maybe ' : '') + listName(list));
    hit.title = kind + ' list' + (match === 'possible' ? ': a doubtful character decides' : '');
    hits.append(hit);
  }
  return hits;
}
function rowOf(passage) {
  const strongest = ['deny', 'watch', 'allow'].find((kind) => passage.hits.some((hit) => hit.kind === kind));
  const row = make('li', 'passage card' + (strongest ? ' ' + strongest : ''));
  row.dataset.id = passage.id;
  const what = make('div');
  const { province, country, ground } = passage.reading;
  // What a form and a province were found for is what was read.
  const isAsRead = passage.key === passage.reading.key;
  what.append(make('div', 'plate', passage.text), make('div', 'dim', [isAsRead ? province : '', isAsRead && !country ? 'unknown form' : '', ground === 'unknown' || ground === 'white' ? '' : ground + ' plate'].filter(Boolean).join(' · ')));
  const verdict = make('div');
  const how = passage.review ? 'said by ' + passage.review.by.replace(/^(person|key):/, '') : Math.floor(passage.reading.p * 100) + ' % sure, ' + passage.reading.sights + (passage.reading.sights === 1 ? ' look' : ' looks');
  verdict.append(make('div', 'verdict ' + passage.verdict, passage.verdict.replace('-', ' ')), make('div', 'dim', how));
  const where = make('div');
  const line = make('div', 'dim');
  line.append([passage.camera ? cameraName(passage.camera) : 'picture handed in', passage.vehicle].filter(Boolean).join(' · ') + ' · ', at(passage.at));
  where.append(hitsOf(passage), line);
  row.append(cropOf(passage), what, verdict, where);
  return row;
}

// Names of lists and cameras
let lists = [];
let cameras = [];
const listName = (id) => { const list = lists.find((one) => one.id === id); return (list && list.name) || id; };
const cameraName = (id) => { const camera = cameras.find((one) => one.id === id); return (camera && camera.name) || id; };
function fill(select, values) {
  const chosen = select.value;
  select.replaceChildren(select.options[0], ...values.map(({ id, name }) => new Option(name || id, id)));
  select.value = values.some(({ id }) => id === chosen) ? chosen : '';
}
async function names() {
  [lists, cameras] = [(await ask('/api/v1/plate-lists')).lists, (await ask('/api/v1/cameras')).cameras];
  fill(byId('search').elements.list, lists);
  fill(byId('search').elements.camera, cameras);
}

// Passages
let filter = {};
let shown = '';
let pages = 1;
let next;
function filterOf(form) {
  const { text, camera, list, verdict, from, to, fuzzy } = form.elements;
  const given = { text: text.value.trim(), camera: camera.value, list: list.value, verdict: verdict.value };
  for (const [name, input] of [['from', from], ['to', to]]) if (input.value) given[name] = new Date(input.value).toISOString();
  const asked = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== ''));
  return fuzzy.checked && asked.text ? { ...asked, fuzzy: 2 } : asked;
}
async function showPassages() {
  const asked = filter;
  const page = await search(asked);
  // Something else was asked for meanwhile.
  if (asked !== filter) return;
  const now = JSON.stringify([page, lists]);
  // Older ones were asked for: they are not taken away from under the reader.
  if (now === shown || pages > 1) return;
  shown = now;
  next = page.next;
  const focused = document.activeElement && document.activeElement.closest('li[data-id]');
  byId('results').replaceChildren(...page.passages.map(rowOf));
  if (focused) { const again = [...byId('results').children].find((row) => row.dataset.id === focused.dataset.id); if (again && again.querySelector('a')) again.querySelector('a').focus(); }
  count();
}
function count() {
  const found = byId('results').children.length;
  const isFiltered = Object.keys(filter).length > 0;
  byId('found').textContent = found > 0
    ? found + (next ? ' or more' : '') + (found === 1 && !next ? ' passage' : ' passages') + ', newest first'
    : next ? 'Nothing so far; there are older ones to look at.'
    : !isFiltered ? 'No vehicle has been seen yet. Plates are read by cameras that have "plates" in their settings.'
    : 'Nothing found.' + (filter.text && !/[*?]/.test(filter.text) ? ' Of a part of the plate, write * for the rest, for example *' + filter.text + '*' : '');
  byId('more').hidden = !next;
}
byId('search').addEventListener('submit', (event) => {
  event.preventDefault();
  act(event.submitter, async () => {
    filter = filterOf(event.target);
    [pages, shown] = [1, ''];
    await showPassages();
  });
});
byId('search').addEventListener('reset', () => setTimeout(() => byId('search').requestSubmit()));
byId('more').addEventListener('click', (event) => act(event.target, async () => {
  pages += 1;
  const page = await search({ ...filter, after: next });
  next = page.next;
  byId('results').append(...page.passages.map(rowOf));
  count();
}));

`;
