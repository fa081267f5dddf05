/** The counting page's frame: which view is shown, and keeping it fresh. */
export const COUNTING_VIEWS_JS = String.raw`const EVERY_MS = 3000;
async function refresh() {
  const name = shownView(['today', 'crossings']);
  ({ cameras } = await ask('/api/v1/cameras'));
  await showCounts();
  if (name === 'today') return showAreas();
  fillFilters();
  await showCrossings();
}
addEventListener('hashchange', () => { tell(''); wrong(); refresh().catch(wrong); scrollTo(0, 0); });
keepFresh(refresh, EVERY_MS);
`;
