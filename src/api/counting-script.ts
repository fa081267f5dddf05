/** The counting page's frame: which view is shown, and keeping it fresh. */
export const COUNTING_VIEWS_JS = String.raw`const EVERY_MS = 3000;
function view() {
  const name = location.hash === '#crossings' ? 'crossings' : 'today';
  for (const one of ['today', 'crossings']) byId(one).hidden = one !== name;
  for (const link of document.querySelectorAll('.tabs a')) {
    if (link.hash === '#' + name) link.setAttribute('aria-current', 'page');
    else link.removeAttribute('aria-current');
  }
  return name;
}
async function refresh() {
  const name = view();
  ({ cameras } = await ask('/api/v1/cameras'));
  await showCounts();
  if (name === 'today') return showAreas();
  fillFilters();
  await showCrossings();
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
