/** The incidents page: the recording of an incident, asked for and shown when it is there. */
export const CLIP_JS = String.raw`// The clip
/** Recordings are shown from before the first alert to after the last, ms. */
const CLIP_AROUND_MS = 10000;
const CLIP_STATES = { waiting: 'The clip waits for a worker.', cancelled: 'The clip was cancelled.', expired: 'The clip is no longer kept.' };
const isMade = ({ state }) => state === 'waiting' || state === 'running';
async function showClip(incident) {
  const { number, camera, firstAt, lastAt } = incident;
  byId('clip').hidden = camera === 'system';
  if (camera === 'system') return;
  const around = { from: new Date(Date.parse(firstAt) - CLIP_AROUND_MS).toISOString(), to: new Date(Date.parse(lastAt) + CLIP_AROUND_MS).toISOString() };
  byId('see-recording').href = '/recordings/' + encodeURIComponent(camera) + '?' + new URLSearchParams(around);
  const { exports: made } = await ask('/api/v1/exports?' + new URLSearchParams({ incident: number, limit: 10 }));
  if (number !== chosen) return;
  // It may have gone on since it was exported first.
  const best = made.find(isMade) || made.find(({ state }) => state === 'done') || made[0];
  byId('ask-clip').hidden = !mayWrite || Boolean(best && isMade(best));
  byId('ask-clip').textContent = best && best.state === 'done' ? 'Clip again' : 'Clip';
  byId('clip-said').textContent = !best ? '' : best.state === 'running' ? 'The clip is being made: ' + Math.round((best.progress || 0) * 100) + ' %' : best.state === 'failed' ? 'The clip failed: ' + best.reason : CLIP_STATES[best.state] || '';
  const video = byId('clip').querySelector('video');
  video.hidden = !best || best.state !== 'done';
  if (video.hidden) { video.removeAttribute('src'); delete video.dataset.of; return; }
  if (video.dataset.of === best.id) return;
  video.dataset.of = best.id;
  video.poster = best.result.poster;
  video.src = best.result.clip;
  video.setAttribute('aria-label', 'Clip of incident #' + number);
}
byId('ask-clip').addEventListener('click', async ({ target }) => {
  const problem = byId('clip').querySelector('.problem');
  target.disabled = true;
  problem.hidden = true;
  try {
    await ask(pathOf('/clip'), { method: 'POST' });
    await refresh();
  } catch (error) {
    problem.textContent = error.message;
    problem.hidden = false;
  }
  target.disabled = false;
});

`;
