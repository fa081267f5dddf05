/**
 * The plates page's frame: which view is shown, and keeping it fresh. What is searched for goes in request bodies:
 * addresses end up in the logs of proxies and in the browser's history.
 */
export const VIEWS_JS = String.raw`const EVERY_MS = 4000;
async function refresh() {
  const name = shownView(['passages', 'review', 'lists']);
  await names();
  await showReview();
  if (name === 'passages') await showPassages();
  if (name === 'lists') showLists();
}
addEventListener('hashchange', () => { tell(''); wrong(); refresh().catch(wrong); scrollTo(0, 0); });
keepFresh(refresh, EVERY_MS);
`;
