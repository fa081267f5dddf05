/** The counting page's list of crossings and its search; see counting-script.ts. */
export const CROSSINGS_JS = String.raw`const CLASSES = ['person', 'bicycle', 'motorcycle', 'car', 'bus', 'truck'];
let cameras = [];
const cameraName = (id) => { const camera = cameras.find((one) => one.id === id); return (camera && camera.name) || id; };
function fill(select, values) {
  const chosen = select.value;
  select.replaceChildren(select.options[0], ...values.map(([value, name]) => new Option(name, value)));
  select.value = values.some(([value]) => value === chosen) ? chosen : '';
}
function fillFilters() {
  const { camera, line, class: kind } = byId('search').elements;
  fill(camera, cameras.map(({ id, name }) => [id, name || id]));
  const lines = counts.filter((one) => !camera.value || one.camera === camera.value).map((one) => one.line);
  fill(line, [...new Set(lines)].map((id) => [id, id]));
  const seen = counts.flatMap(({ byClass }) => Object.keys(byClass));
  fill(kind, [...new Set([...CLASSES, ...seen])].map((name) => [name, name]));
}

// One crossing
function lookOf(crossing) {
  const look = make('a', 'look');
  look.href = crossing.drawn;
  look.target = '_blank';
  look.rel = 'noreferrer';
  look.title = 'Show it large';
  const image = make('img');
  image.loading = 'lazy';
  image.alt = (crossing.class || 'something') + ' crossing ' + crossing.line + ', with the way it came';
  image.onerror = () => { image.replaceWith('no picture'); };
  image.src = crossing.drawn;
  look.append(image);
  return look;
}
function crossingItem(crossing) {
  const item = make('li', 'crossing card');
  item.dataset.id = crossing.id;
  const about = make('div', 'about');
  const way = make('div', 'way');
  way.append(make('span', '', (crossing.class || 'something') + ' #' + crossing.trackId), make('span', crossing.direction, (crossing.direction === 'in' ? '→ ' : '← ') + (crossing.name || crossing.direction)));
  const speed = crossing.speedKmh === undefined ? '' : Math.round(crossing.speedKmh) + (crossing.speedErrorKmh === undefined ? '' : ' ± ' + Math.max(1, Math.round(crossing.speedErrorKmh))) + ' km/h';
  const when = make('div', 'dim');
  when.append(at(crossing.at));
  about.append(way, make('div', 'dim', [cameraName(crossing.cameraId), crossing.line, speed].filter(Boolean).join(' · ')), when);
  item.append(lookOf(crossing), about);
  return item;
}

// The list
let filter = {};
let shown = '';
let pages = 1;
let next;
const query = (given) => '/api/v1/crossings?' + new URLSearchParams({ limit: 24, ...given });
function filterOf(form) {
  const { camera, line, direction, class: kind, from, to } = form.elements;
  const given = { camera: camera.value, line: line.value, direction: direction.value, class: kind.value };
  for (const [name, input] of [['from', from], ['to', to]]) if (input.value) given[name] = new Date(input.value).toISOString();
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== ''));
}
async function showCrossings() {
  const asked = filter;
  const page = await ask(query(asked));
  // Something else was asked for meanwhile, or older ones were: they are not taken away from under the reader.
  if (asked !== filter || pages > 1) return;
  const now = JSON.stringify([page, cameras.map(({ id, name }) => [id, name])]);
  if (now === shown) return;
  shown = now;
  next = page.next;
  const known = new Map([...byId('results').children].map((item) => [item.dataset.id, item]));
  byId('results').replaceChildren(...page.crossings.map((crossing) => known.get(crossing.id) || crossingItem(crossing)));
  sayFound();
}
function sayFound() {
  const found = byId('results').children.length;
  byId('found').textContent = found > 0
    ? found + (next ? ' or more' : '') + (found === 1 && !next ? ' crossing' : ' crossings') + ', newest first'
    : Object.keys(filter).length > 0 ? 'Nothing found.' : 'Nothing has crossed a line yet.';
  byId('more').hidden = !next;
}
byId('search').addEventListener('submit', (event) => {
  event.preventDefault();
  act(event.submitter, async () => {
    filter = filterOf(event.target);
    [pages, shown] = [1, ''];
    await showCrossings();
  });
});
byId('search').addEventListener('reset', () => setTimeout(() => { fillFilters(); byId('search').requestSubmit(); }));
byId('search').elements.camera.addEventListener('change', fillFilters);
byId('more').addEventListener('click', (event) => act(event.target, async () => {
  pages += 1;
  const page = await ask(query({ ...filter, after: next }));
  next = page.next;
  byId('results').append(...page.crossings.map(crossingItem));
  sayFound();
}));

`;
