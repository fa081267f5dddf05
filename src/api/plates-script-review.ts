/** The plates page's queue of what a person should look at; see plates-script.ts. */
export const REVIEW_JS = String.raw`// Review
const queue = new Map();
async function showReview() {
  const page = await search({ verdict: 'needs-review', limit: 60 });
  const count = page.passages.length;
  byId('review-count').textContent = count + (page.next ? '+' : '');
  byId('review-count').hidden = count === 0;
  if (byId('review').hidden) return;
  byId('nothing-to-review').hidden = count > 0;
  const there = new Set(page.passages.map(({ id }) => id));
  for (const [id, card] of queue) if (!there.has(id)) { card.remove(); queue.delete(id); }
  // Cards that are there stay: somebody may be writing in one.
  for (const passage of page.passages) if (!queue.has(passage.id)) queue.set(passage.id, reviewCard(passage));
  byId('queue').append(...page.passages.map(({ id }) => queue.get(id)).filter((card) => !card.parentNode));
}
function reviewCard(passage) {
  const card = make('li', 'card');
  const about = make('div', 'about');
  const line = make('div', 'dim');
  line.append([passage.camera ? cameraName(passage.camera) : 'picture handed in', passage.vehicle].filter(Boolean).join(' · ') + ' · ', at(passage.at));
  about.append(line, make('div', 'dim', passage.reading.reason || ''), hitsOf(passage));
  if (mayWrite) about.append(...reviewForm(passage, card));
  else about.prepend(make('div', 'plate', passage.text));
  card.append(cropOf(passage), about);
  return card;
}
function reviewForm(passage, card) {
  const form = make('form');
  form.autocomplete = 'off';
  const input = make('input');
  input.value = passage.text;
  input.required = true;
  input.maxLength = 32;
  input.spellcheck = false;
  input.setAttribute('aria-label', 'What the plate says');
  const save = make('button', 'main', 'It is right');
  input.addEventListener('input', () => { save.textContent = input.value === passage.text ? 'It is right' : 'Save correction'; });
  form.append(input, save);
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    act(save, async () => {
      const isSame = input.value === passage.text;
      const after = card.nextElementSibling;
      const now = await send('POST', '/api/v1/passages/' + encodeURIComponent(passage.id) + '/review', isSame ? { confirm: true } : { text: input.value });
      card.remove();
      queue.delete(passage.id);
      tell(now.text + (isSame ? ' confirmed' : ' saved') + (now.hits.length > 0 ? '; it is on ' + now.hits.map(({ list }) => listName(list)).join(', ') : ''));
      const field = after && after.querySelector('input');
      if (field) field.focus();
      await showReview();
    });
  });
  const others = make('div', 'others');
  if (passage.reading.alternatives.length > 0) others.append(make('span', 'dim', 'or'));
  for (const { text } of passage.reading.alternatives) {
    const button = make('button', '', text);
    button.type = 'button';
    button.addEventListener('click', () => { input.value = text; input.dispatchEvent(new Event('input')); save.focus(); });
    others.append(button);
  }
  return [form, others];
}

`;
