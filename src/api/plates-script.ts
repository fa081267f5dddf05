/**
 * The plates page's frame: which view is shown, and keeping it fresh. What is searched for goes in request bodies:
 * addresses end up in the logs of proxies and in the browser's history.
 */
export const VIEWS_JS = String.raw`const EVERY_MS = 4000;
// Which view, and keeping it fresh
function view() {
  const name = ['review', 'lists'].find((one) => location.hash === '#' + one) || 'passages';
  for (const one of ['passages', 'review', 'lists']) byId(one).hidden = one !== name;
  for (const link of document.querySelectorAll('.tabs a')) {
    if (link.hash === '#' + name) link.setAttribute('aria-current', 'page');
    else link.removeAttribute('aria-current');
  }
  return name;
}
async function refresh() {
  const name = view();
  await names();
  await showReview();
  if (name === 'passages') await showPassages();
  if (name === 'lists') showLists();
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
