/** The counting page's areas and lines; see counting-script.ts. */
export const AREAS_JS = String.raw`const cards = new Map();

// How many are inside
function areaCard(id) {
  let card = cards.get(id);
  if (card) return card;
  const element = make('li', 'area card');
  element.dataset.id = id;
  const facts = make('div', 'facts');
  element.append(facts);
  if (mayWrite) element.append(correctionOf(id));
  card = { element, facts };
  cards.set(id, card);
  return card;
}
function correctionOf(id) {
  const details = make('details');
  const form = make('form');
  form.autocomplete = 'off';
  const inside = make('input');
  Object.assign(inside, { name: 'inside', type: 'number', min: 0, max: 1000000, step: 1, required: true });
  const note = make('input');
  Object.assign(note, { name: 'note', maxLength: 500, placeholder: 'counted by hand' });
  const numberLabel = make('label', '', 'Inside now ');
  numberLabel.append(inside);
  const noteLabel = make('label', 'note', 'Note ');
  noteLabel.append(note);
  const again = make('button', '', 'Reset');
  again.type = 'button';
  const buttons = make('span', 'buttons');
  buttons.append(make('button', 'main', 'Correct'), ' ', again);
  form.append(numberLabel, noteLabel, buttons);
  const said = () => (note.value.trim() ? { note: note.value.trim() } : {});
  const after = (area, text) => { form.reset(); details.open = false; showArea(area); tell(text); };
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const value = Number(inside.value);
    const { name, inside: counted } = cards.get(id).area;
    if (!confirm('Set ' + name + ' from ' + counted + ' to ' + value + ' inside? Who did it is kept.')) return;
    act(event.submitter, async () => after(await send('POST', '/api/v1/areas/' + encodeURIComponent(id) + '/corrections', { inside: value, ...said() }), name + ': ' + value + ' inside.'));
  });
  again.addEventListener('click', () => {
    const { name, inside: counted, resetTo } = cards.get(id).area;
    if (!confirm('Begin the count of ' + name + ' again? ' + counted + ' are counted inside; it goes on from ' + resetTo + '.')) return;
    act(again, async () => after(await send('POST', '/api/v1/areas/' + encodeURIComponent(id) + '/reset', said()), name + ' was reset.'));
  });
  details.append(make('summary', '', 'Set it right'), form);
  return details;
}
function showArea(area) {
  const card = areaCard(area.id);
  card.area = area;
  card.element.classList.toggle('over', area.isOver);
  const title = make('h2', '', area.name);
  if (area.isOver) title.append(make('span', 'badge', 'more than ' + area.threshold.above));
  const inside = make('div', 'inside');
  inside.append(make('b', '', String(area.inside)), make('span', '', (area.capacity ? 'of ' + area.capacity + ' inside' : 'inside')));
  if (area.plusMinus !== undefined) {
    const sure = make('span', 'dim', '± ' + area.plusMinus);
    sure.title = 'How far it may be from the truth, learnt from earlier corrections and resets';
    inside.append(sure);
  }
  const parts = [title, inside];
  if (area.capacity) {
    const bar = make('div', 'bar');
    const fill = make('i');
    fill.style.width = Math.min(100, (area.inside / area.capacity) * 100) + '%';
    bar.append(fill);
    parts.push(bar);
  }
  const since = make('div', 'dim', [area.capacity ? area.free + ' free' : '', area.in + ' in, ' + area.out + ' out'].filter(Boolean).join(' · '));
  if (area.since) since.append(' since ', at(area.since));
  parts.push(since);
  if (area.driftPerDay !== undefined) parts.push(make('div', 'dim', 'Wrong by ' + area.driftPerDay + ' a day on average' + (area.driftPerThousand === undefined ? '' : ', ' + area.driftPerThousand + ' of 1000 crossings')));
  if (area.raw < 0) parts.push(make('p', 'warn', -area.raw + ' more went out than came in: entries were missed. Somebody should count.'));
  if (area.lastMark) {
    const { kind, by, value, counted, note } = area.lastMark;
    const who = by.replace(/^(person|key):/, '').replace('job/occupancy', 'schedule');
    const last = make('div', 'dim', (kind === 'reset' ? 'Reset to ' : 'Set to ') + value + ' by ' + who + ' (counted ' + counted + ')' + (note ? ': ' + note : ''));
    parts.push(last);
  }
  for (const problem of area.problems) parts.push(make('p', 'warn', problem));
  card.facts.replaceChildren(...parts);
  return card.element;
}
async function showAreas() {
  const { areas } = await ask('/api/v1/areas');
  for (const [id, { element }] of cards) if (!areas.some((area) => area.id === id)) { element.remove(); cards.delete(id); }
  for (const area of areas) {
    const element = showArea(area);
    if (!element.parentNode) byId('areas').append(element);
  }
}

// What crossed lines today
function countCell(count, name) {
  const cell = make('td', 'number');
  cell.append(make('b', '', String(count)));
  if (name) cell.append(make('div', 'dim', name));
  return cell;
}
function lineRow(counted) {
  const row = make('tr', counted.in + counted.out === 0 ? 'none' : '');
  const { names } = counted;
  const line = make('th', '', counted.line);
  line.scope = 'row';
  const classes = make('div', 'classes');
  for (const [name, { in: ins, out }] of Object.entries(counted.byClass)) classes.append(make('span', '', name + ' ' + ins + ' / ' + out));
  const kinds = make('td');
  kinds.append(classes);
  row.append(line, countCell(counted.in, names.in === 'in' ? '' : names.in), countCell(counted.out, names.out === 'out' ? '' : names.out), kinds);
  return row;
}
function cameraTable(camera, lines) {
  const card = make('div', 'card scroll');
  const table = make('table');
  const head = make('tr');
  for (const name of ['Line', 'In', 'Out', 'Classes, in / out']) { const cell = make('th', '', name); cell.scope = 'col'; head.append(cell); }
  const [top, body] = [make('thead'), make('tbody')];
  top.append(head);
  body.append(...lines.map(lineRow));
  table.append(make('caption', '', cameraName(camera)), top, body);
  card.append(table);
  return card;
}
let counts = [];
let drawn = '';
async function showCounts() {
  const answer = await ask('/api/v1/counts');
  counts = answer.counts;
  const now = JSON.stringify([answer, cameras.map(({ id, name }) => [id, name])]);
  if (now === drawn) return;
  drawn = now;
  const byCamera = Map.groupBy ? Map.groupBy(counts, ({ camera }) => camera) : counts.reduce((map, one) => map.set(one.camera, [...(map.get(one.camera) || []), one]), new Map());
  byId('lines').replaceChildren(...[...byCamera].map(([camera, lines]) => cameraTable(camera, lines)));
  byId('no-lines').hidden = counts.length > 0;
  byId('total').replaceChildren();
  if (counts.length > 0) byId('total').append('Since ', at(answer.from), ': ' + answer.total.in + ' in, ' + answer.total.out + ' out');
}

`;
