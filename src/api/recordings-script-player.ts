/** The recordings page: plays recordings one after another, with the time they were captured. */
export const PLAYER_JS = String.raw`// One is shown while the next one is fetched
const AHEAD = 20;
const AGAIN_MS = 4000;
const NEW_MS = 120000;
const JOINT_MS = 1500;
let [shown, waiting] = document.querySelectorAll('#screen video');
let playing;
let following = [];
let isWanted = false;
let stopAt;
let token = 0;
let retry;
const canPlay = ({ codec }) => document.createElement('video').canPlayType('video/mp4; codecs="' + codec + '"') !== '';
/** What was said is left long enough to be read, also when the next recording begins. */
const READ_MS = 8000;
let saidAt = 0;
const sayPlay = (text) => { byId('play-said').textContent = text; saidAt = Date.now(); };
const wrongPlay = (error) => wrongAt(byId('play-problem'), error);

/** The recordings from a moment on, oldest first. */
async function recordingsFrom(moment) {
  const { recordings } = await ask(pathOf('/recordings?' + new URLSearchParams({ from: iso(moment), to: iso(moment + DAY_MS), limit: AHEAD })));
  return recordings.map((one) => ({ ...one, ...spanOf(one), canPlay: one.video !== undefined && canPlay(one) }));
}
const whyNot = ({ away, codec }) => away || 'this browser cannot play ' + codec + '; export it';

/** Shows what was recorded at a moment, or next after it. */
async function go(moment, andPlay) {
  const mine = (token += 1);
  clearTimeout(retry);
  position = moment;
  isWanted = andPlay;
  stopAt = stretch && moment >= stretch.from && moment < stretch.to ? stretch.to : undefined;
  wrongPlay();
  sayPlay('');
  draw();
  showClock();
  // Within what is shown there is nothing to ask.
  if (playing && moment >= playing.from && moment < playing.from + shown.duration * 1000) {
    shown.currentTime = (moment - playing.from) / 1000;
    return resume();
  }
  shown.pause();
  try {
    const found = await recordingsFrom(moment);
    if (mine === token) await enter(found, moment);
  } catch (error) { if (mine === token) { halt(); wrongPlay(error); } }
}
/** Goes on with the first one that can be played; says what is passed over. */
async function enter(found, moment) {
  const first = found.findIndex((one) => one.canPlay);
  const passed = found.slice(0, first < 0 ? found.length : first);
  if (first < 0) {
    halt();
    if (passed.length > 0) throw new Error(capital(whyNot(passed[0])));
    return sayPlay('Nothing was recorded after ' + whenText(moment) + '.');
  }
  const next = found[first];
  if (stopAt !== undefined && next.from >= stopAt) {
    halt();
    if (passed.length > 0) throw new Error(capital(whyNot(passed[0])));
    return sayPlay('Nothing more was recorded in this stretch.');
  }
  following = found.slice(first + 1);
  if (passed.length > 0) sayPlay(passed.length + (passed.length === 1 ? ' recording was' : ' recordings were') + ' passed over: ' + whyNot(passed[0]));
  else if (next.from > moment + JOINT_MS) sayPlay('Nothing was recorded from ' + clockText(moment) + ' to ' + clockText(next.from, moment) + gapText(moment, next.from) + ': passed over.');
  else if (Date.now() - saidAt > READ_MS) sayPlay('');
  show(next, Math.max(moment, next.from));
}
function gapText(from, to) {
  const gap = coverage && coverage.recording.gaps.find((one) => spanOf(one).to > from && spanOf(one).from < to);
  return gap ? ' (' + causeText(gap) + ')' : '';
}
const capital = (text) => text[0].toUpperCase() + text.slice(1);

function show(recording, moment) {
  const isAhead = waiting.dataset.id === recording.id && recording.state === 'closed';
  if (isAhead) [shown, waiting] = [waiting, shown];
  playing = recording;
  waiting.hidden = true;
  waiting.pause();
  shown.hidden = false;
  byId('none').hidden = true;
  // What begins in the middle shows nothing of what is before.
  const offset = Math.max(0, (moment - recording.from) / 1000);
  if (!isAhead) { shown.dataset.id = recording.id; shown.src = recording.video + (recording.state === 'open' ? '?t=' + Date.now() : ''); }
  if (shown.readyState >= 1) shown.currentTime = offset;
  else shown.addEventListener('loadedmetadata', () => { shown.currentTime = offset; }, { once: true });
  resume();
  fetchNext();
}
/** Two at a time are enough: a slow line is not flooded. */
function fetchNext() {
  const next = following.find((one) => one.canPlay);
  if (!next || next.state !== 'closed' || waiting.dataset.id === next.id) return;
  waiting.dataset.id = next.id;
  waiting.src = next.video;
}
function resume() {
  shown.playbackRate = Number(byId('speed').value);
  shown.muted = byId('sound').getAttribute('aria-pressed') !== 'true';
  if (isWanted) shown.play().catch((error) => { if (error.name === 'NotAllowedError') halt(); });
  else shown.pause();
  showPlay();
}
function halt() { isWanted = false; shown.pause(); showPlay(); }
function stop() { halt(); token += 1; clearTimeout(retry); playing = undefined; following = []; for (const video of [shown, waiting]) { video.removeAttribute('src'); delete video.dataset.id; video.load(); video.hidden = true; } byId('none').hidden = false; byId('clock').textContent = ''; sayPlay(''); wrongPlay(); }
function showPlay() { byId('play').textContent = isWanted ? 'Pause' : 'Play'; }
function showClock() { byId('clock').textContent = position === undefined ? '' : whenText(position) + ' · ' + cameraName(cameraId); }

function onTime({ target }) {
  if (target !== shown || !playing || target.seeking) return;
  position = playing.from + shown.currentTime * 1000;
  showClock();
  const cursor = strip.querySelector('.cursor');
  if (cursor && inView(position)) cursor.style.left = share(position) + '%';
  else if (inView(position) !== Boolean(cursor)) draw();
  if (stopAt !== undefined && position >= stopAt) { stopAt = undefined; halt(); sayPlay('The end of the stretch.'); }
}
async function onEnded({ target }) {
  if (target !== shown || !playing) return;
  const mine = token;
  const ended = playing;
  try {
    // One that was open may have grown: then it comes again.
    const found = following.length > 0 ? following : (await recordingsFrom(position)).filter((one) => one.id !== ended.id || one.to > ended.to);
    if (mine !== token) return;
    if (found.length > 0) return await enter(found, position);
    if (Date.now() - position > NEW_MS) { halt(); return sayPlay('Nothing was recorded after this.'); }
    sayPlay('This is the newest that is recorded; it goes on by itself.');
    retry = setTimeout(onEnded, AGAIN_MS, { target });
  } catch (error) { if (mine === token) { halt(); wrongPlay(error); } }
}
/** The browser does not say why: we ask. */
async function onError({ target }) {
  if (target !== shown) { delete target.dataset.id; return; }
  if (!playing) return;
  const failed = playing;
  halt();
  try {
    const answer = await fetch(failed.video, { headers: { Range: 'bytes=0-0', Accept: 'application/json' } });
    if (answer.status === 401) return location.assign('/login?next=' + encodeURIComponent(location.pathname));
    if (!answer.ok) throw new Error((await answer.json()).error.message);
    throw new Error('This browser cannot play this recording (' + failed.codec + '); export it.');
  } catch (error) { playing = undefined; wrongPlay(error); }
}
for (const video of [shown, waiting]) {
  video.addEventListener('timeupdate', onTime);
  video.addEventListener('seeked', onTime);
  video.addEventListener('ended', onEnded);
  video.addEventListener('error', onError);
}
byId('play').addEventListener('click', () => {
  if (isWanted) return halt();
  const moment = position !== undefined ? position : stretch ? stretch.from : firstRecorded();
  if (moment === undefined) return sayPlay('There is nothing to play in this time.');
  return go(moment, true);
});
function firstRecorded() { const span = coverage && coverage.recording.covered[0]; return span && spanOf(span).from; }
byId('play-stretch').addEventListener('click', () => { if (stretch) go(stretch.from, true); else sayLength(); });
/** Into a gap means before it: else nobody comes back over it. */
function before(moment) {
  const gap = coverage && coverage.recording.gaps.map(spanOf).find(({ from, to }) => from <= moment && moment < to);
  return gap ? gap.from - 1000 : moment;
}
byId('back10').addEventListener('click', () => { if (position !== undefined) go(before(position - 10000), isWanted); });
byId('on10').addEventListener('click', () => { if (position !== undefined) go(position + 10000, isWanted); });
byId('speed').addEventListener('change', () => { shown.playbackRate = Number(byId('speed').value); });
byId('sound').addEventListener('click', ({ target }) => { target.setAttribute('aria-pressed', String(target.getAttribute('aria-pressed') !== 'true')); shown.muted = target.getAttribute('aria-pressed') !== 'true'; });
byId('full').hidden = !document.fullscreenEnabled;
byId('full').addEventListener('click', () => { if (document.fullscreenElement) document.exitFullscreen(); else byId('screen').requestFullscreen(); });
`;
