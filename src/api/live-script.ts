/** What the live page does in the browser, beside what all pages do: plain JavaScript. */
export const LIVE_PAGE_JS = String.raw`
const GRID_EVERY_MS = 2500;
const STALLED_AFTER_MS = 5000;
const ASK_EVERY_MS = 3000;
const TRY_AGAIN_MS = 3000;
const AWAY = ['no_signal', 'retrying', 'connection_failed', 'disabled', 'connecting', 'finished'];
const cameraId = decodeURIComponent(location.pathname.split('/')[2] || '');
const pathOf = (id) => '/api/v1/cameras/' + encodeURIComponent(id);
const say = (status) => status.replaceAll('_', ' ');

/* ---- all cameras ---- */
const views = new Map();
function viewOf({ id, name }) {
  let view = views.get(id);
  if (view) return view;
  const link = make('a', 'card view');
  link.href = '/live/' + encodeURIComponent(id);
  const look = make('div', 'look');
  const image = make('img');
  image.alt = 'Latest picture of ' + name;
  image.hidden = true;
  const none = make('span', '', 'no picture yet');
  // The next one is asked for when this one is there: a slow line is not flooded.
  image.onload = () => { image.hidden = false; none.hidden = true; view.isLoading = false; };
  image.onerror = () => { image.hidden = true; none.hidden = false; view.isLoading = false; };
  look.append(image, none);
  const line = make('div', 'line');
  link.append(look, line);
  view = { link, look, image, line, isLoading: false };
  views.set(id, view);
  byId('all').append(link);
  return view;
}
async function showAll() {
  const { cameras } = await ask('/api/v1/cameras');
  const there = new Set(cameras.map(({ id }) => id));
  for (const [id, { link }] of views) if (!there.has(id)) { link.remove(); views.delete(id); }
  for (const camera of cameras) {
    const view = viewOf(camera);
    view.look.classList.toggle('away', AWAY.includes(camera.status));
    view.line.replaceChildren(make('b', '', camera.name), make('span', 'status ' + camera.status, say(camera.status)));
    if (camera.lastFrameAt && !view.isLoading) {
      view.isLoading = true;
      view.image.src = camera.latest + '?overlay=1&t=' + Date.now();
    }
  }
  byId('said').textContent = cameras.length === 0 ? 'There is no camera yet.' : '';
}

/* ---- one camera ---- */
let stream;
let camera;
let newestAt;
let cameAt;
let openedAt = Date.now();
function state() {
  if (camera && AWAY.includes(camera.status)) return { name: 'away', text: 'camera away: ' + say(camera.status) };
  const isFresh = cameAt !== undefined && Date.now() - cameAt < STALLED_AFTER_MS;
  if (isFresh) return { name: 'live', text: 'live' };
  if (stream && newestAt !== undefined) return { name: 'stalled', text: 'stalled' };
  return Date.now() - openedAt < STALLED_AFTER_MS || !stream ? { name: 'connecting', text: 'connecting' } : { name: 'stalled', text: 'stalled: no picture comes' };
}
function showState() {
  const { name, text } = state();
  if (byId('state').textContent !== text) byId('state').textContent = text;
  byId('state').className = 'state ' + name;
  byId('screen').className = 'screen ' + name;
  byId('none').textContent = name === 'away' ? 'No picture' : 'Waiting for the first picture …';
  const parts = [];
  if (newestAt) parts.push('picture of ' + new Date(newestAt).toLocaleTimeString());
  if (camera && camera.reason) parts.push(camera.reason);
  byId('about').textContent = parts.join(' · ');
}
function onFrame({ data }) {
  const { at: capturedAt, jpeg } = JSON.parse(data);
  // A repeated picture is no sign of life.
  if (capturedAt !== newestAt) cameAt = Date.now();
  newestAt = capturedAt;
  const picture = byId('picture');
  picture.src = 'data:image/jpeg;base64,' + jpeg;
  picture.hidden = false;
  byId('none').hidden = true;
  wrong();
  showState();
}
function open() {
  if (document.hidden || stream) return;
  openedAt = Date.now();
  stream = new EventSource(pathOf(cameraId) + '/live');
  stream.addEventListener('frame', onFrame);
  stream.onerror = () => { if (stream && stream.readyState === EventSource.CLOSED) refused(); };
}
function close() {
  if (stream) stream.close();
  stream = undefined;
  showState();
}
/** The browser does not say why, and does not try again after a refusal: we ask, and do. */
async function refused() {
  close();
  try {
    const answer = await fetch(pathOf(cameraId) + '/live', { headers: { Accept: 'application/json' }, signal: AbortSignal.timeout(2000) });
    if (answer.status === 401) return location.assign('/login?next=' + encodeURIComponent(location.pathname));
    if (answer.ok) answer.body.cancel();
    else throw new Error((await answer.json()).error.message);
  } catch (error) { wrong(error); }
  setTimeout(open, TRY_AGAIN_MS);
}
async function askCamera() {
  camera = await ask(pathOf(cameraId));
  byId('name').textContent = camera.name;
  byId('picture').alt = 'What ' + camera.name + ' sees';
  document.title = camera.name + ' · live';
  showState();
}
function showOne() {
  byId('one').hidden = false;
  byId('mjpeg').href = pathOf(cameraId) + '/live.mjpeg';
  byId('mjpeg').textContent = location.origin + pathOf(cameraId) + '/live.mjpeg';
  byId('full').addEventListener('click', () => { if (document.fullscreenElement) document.exitFullscreen(); else byId('screen').requestFullscreen(); });
  byId('full').hidden = !document.fullscreenEnabled;
  // What nobody looks at is not drawn.
  document.addEventListener('visibilitychange', () => { if (document.hidden) close(); else open(); });
  open();
  setInterval(showState, 1000);
  keepFresh(askCamera, ASK_EVERY_MS);
}
if (cameraId) showOne();
else {
  byId('all').hidden = false;
  keepFresh(showAll, GRID_EVERY_MS);
}
`;
