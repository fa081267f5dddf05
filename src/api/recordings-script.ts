/** The recordings page's frame: which view is shown, and keeping it fresh; the last part of its script. */
export const RECORDINGS_VIEWS_JS = String.raw`const EVERY_MS = 2500;
/** What was recorded grows slowly: it is asked for each so many rounds. */
const STRIP_EVERY = 6;
let round = 0;
async function refresh() {
  const name = shownView(['watch', 'exports', 'holds', 'storage']);
  if (round % STRIP_EVERY === 0) { ({ cameras } = await ask('/api/v1/cameras')); fillCameras(); sayLength(); }
  if (name === 'watch') { if (round % STRIP_EVERY === 0 && !drag) await showStrip(); }
  if (name === 'holds') await showHolds();
  if (name === 'storage') await showStorage();
  await showExports();
  round += 1;
}
addEventListener('hashchange', () => { tell(''); wrong(); round = 0; refresh().catch(wrong); scrollTo(0, 0); if (shownView(['watch', 'exports', 'holds', 'storage']) !== 'watch') halt(); });
byId('choose').elements.day.value = dayOf(view.from);
if (stretch) { choose(stretch); estimateSoon(); }
keepFresh(refresh, EVERY_MS);
`;
