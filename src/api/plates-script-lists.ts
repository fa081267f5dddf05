/** The plates page's lists; see plates-script.ts. */
export const LISTS_JS = String.raw`// Lists
let chosen;
let lastEntry;
const pathOf = (rest) => '/api/v1/plate-lists/' + encodeURIComponent(chosen) + rest;
function showLists() {
  byId('no-lists').hidden = lists.length > 0;
  byId('new-list').hidden = role !== 'admin';
  const now = JSON.stringify([lists, chosen]);
  if (byId('list-names').dataset.shown === now) return;
  byId('list-names').dataset.shown = now;
  byId('list-names').replaceChildren(...lists.map((list) => {
    const item = make('li');
    const button = make('button');
    button.setAttribute('aria-pressed', String(list.id === chosen));
    button.append(make('b', '', list.name || list.id), make('span', 'kind ' + list.kind, list.kind + (list.alertUnknown ? ' · unknown vehicles raise an alert' : '')));
    button.disabled = !mayWrite;
    if (!mayWrite) button.title = 'Entries are shown to operators';
    button.addEventListener('click', () => act(undefined, () => choose(list.id)));
    item.append(button);
    return item;
  }));
}
async function choose(id) {
  chosen = id;
  const list = lists.find((one) => one.id === id);
  byId('list').hidden = !list;
  byId('bad-rows').hidden = true;
  showLists();
  if (!list) return;
  const title = make('span', '', list.name ? list.name + ' (' + list.id + ')' : list.id);
  byId('list-title').replaceChildren(title);
  if (role === 'admin') {
    const remove = make('button', '', 'Remove list');
    remove.addEventListener('click', () => {
      if (confirm('Remove the list "' + list.id + '" with all its entries?')) act(remove, async () => {
        await ask(pathOf(''), { method: 'DELETE' });
        tell('List ' + list.id + ' removed');
        await names();
        await choose(undefined);
      });
    });
    byId('list-title').append(remove);
  }
  byId('export').href = pathOf('/entries.csv');
  byId('entries').replaceChildren();
  lastEntry = 0;
  await moreEntries();
}
async function moreEntries() {
  const { entries, next: more } = await ask(pathOf('/entries?limit=200&after=' + lastEntry));
  byId('entries').append(...entries.map(entryRow));
  byId('more-entries').hidden = !more;
  if (entries.length > 0) lastEntry = entries[entries.length - 1].id;
  byId('no-entries').hidden = byId('entries').children.length > 0;
}
function entryRow(entry) {
  const row = make('tr');
  const cell = (content) => { const td = make('td'); td.append(content || ''); row.append(td); };
  cell(entry.pattern);
  cell(entry.validFrom && at(entry.validFrom));
  cell(entry.validTo && at(entry.validTo));
  cell(entry.reason);
  cell(entry.owner);
  cell(entry.note);
  cell(entry.createdBy.replace(/^(person|key):/, ''));
  const remove = make('button', '', 'Remove');
  remove.setAttribute('aria-label', 'Remove ' + entry.pattern);
  remove.addEventListener('click', () => act(remove, async () => {
    await ask(pathOf('/entries/' + entry.id), { method: 'DELETE' });
    const neighbour = row.nextElementSibling || row.previousElementSibling;
    row.remove();
    tell(entry.pattern + ' removed');
    byId('no-entries').hidden = byId('entries').children.length > 0;
    (neighbour ? neighbour.querySelector('button') : byId('add').elements.pattern).focus();
  }));
  cell(remove);
  return row;
}
byId('more-entries').addEventListener('click', (event) => act(event.target, moreEntries));
byId('new-list').addEventListener('submit', (event) => {
  event.preventDefault();
  const { id, name, kind, alertUnknown } = event.target.elements;
  act(event.submitter, async () => {
    if (lists.some((list) => list.id === id.value)) throw new Error('There is a list "' + id.value + '" already');
    await send('PUT', '/api/v1/plate-lists/' + encodeURIComponent(id.value), { kind: kind.value, ...(name.value.trim() && { name: name.value.trim() }), alertUnknown: alertUnknown.checked });
    await names();
    await choose(id.value);
    event.target.reset();
    byId('add').elements.pattern.focus();
  });
});
byId('add').addEventListener('submit', (event) => {
  event.preventDefault();
  const given = Object.fromEntries([...new FormData(event.target)].filter(([, value]) => value !== ''));
  act(event.submitter, async () => {
    const entry = await send('POST', pathOf('/entries'), given);
    event.target.reset();
    if (byId('more-entries').hidden) { byId('entries').append(entryRow(entry)); lastEntry = entry.id; byId('no-entries').hidden = true; }
    tell(entry.pattern + ' added to ' + listName(chosen));
    event.target.elements.pattern.focus();
  });
});
byId('import').addEventListener('change', (event) => {
  const file = event.target.files[0];
  if (!file) return;
  act(event.target, async () => {
    byId('bad-rows').hidden = true;
    const path = pathOf('/import' + (byId('partial').checked ? '?partial=true' : ''));
    let report;
    try {
      report = await ask(path, { method: 'POST', headers: { 'Content-Type': 'text/csv' }, body: file });
    } catch (error) {
      if (!error.body || !error.body.bad) throw error;
      report = error.body;
    }
    event.target.value = '';
    if (report.isImported) await choose(chosen);
    showBadRows(report);
    tell(report.isImported ? report.added + ' added' + (report.known > 0 ? ', ' + report.known + ' were there already' : '') : '');
  });
});
function showBadRows({ bad, badRows, isImported }) {
  byId('bad-rows').hidden = badRows === 0;
  if (badRows === 0) return;
  const rows = make('ul');
  rows.append(...bad.map(({ line, field, value, problem }) => make('li', '', 'line ' + line + ', ' + field + (value ? ' "' + value + '"' : '') + ' ' + problem)));
  byId('bad-rows').replaceChildren(make('b', '', badRows + (badRows === 1 ? ' row' : ' rows') + ' cannot be read' + (isImported ? '' : '; nothing was imported')), rows);
}

`;
