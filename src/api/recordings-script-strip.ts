/** The recordings page: what was recorded over a day, and the stretch that is chosen on it. */
export const STRIP_JS = String.raw`// What is shown: a day, or less of it; what is chosen of it
const LENGTHS = [DAY_MS, 6 * 3600000, 3600000, 600000];
const TICKS = [60000, 300000, 600000, 1800000, 3600000, 3 * 3600000, 6 * 3600000];
const asked = new URLSearchParams(location.search);
let stretch;
let position;
let coverage;
let held = [];
let view = dayAround(Date.now());
{
  const [from, to] = [Date.parse(asked.get('from')), Date.parse(asked.get('to'))];
  if (from < to) { stretch = { from, to }; view = dayAround(from); position = from; }
}
const strip = byId('strip');
const share = (moment) => ((moment - view.from) / (view.to - view.from)) * 100;
const inView = (moment) => moment >= view.from && moment < view.to;

function bar(className, { from, to }, title) {
  const element = make('i', className);
  const [left, right] = [Math.max(0, share(from)), Math.min(100, share(to))];
  element.style.left = left + '%';
  element.style.width = Math.max(0, right - left) + '%';
  if (title) element.title = title;
  return element;
}
function draw() {
  const bars = [];
  if (coverage) {
    bars.push(...coverage.recording.covered.map((span) => bar('covered', spanOf(span))));
    bars.push(...coverage.recording.gaps.map((gap) => bar(gap.cause, spanOf(gap), spanText(spanOf(gap)) + ': ' + causeText(gap))));
  }
  bars.push(...held.map((one) => bar('held', spanOf(one), 'Held: ' + one.reason)));
  if (stretch) bars.push(bar('chosen', stretch));
  if (position !== undefined && inView(position)) bars.push(bar('cursor', { from: position, to: position }));
  strip.replaceChildren(...bars);
  const at = position === undefined ? view.from : position;
  for (const [name, value] of [['aria-valuemin', view.from], ['aria-valuemax', view.to], ['aria-valuenow', at]]) strip.setAttribute(name, String(Math.round(value / 1000)));
  strip.setAttribute('aria-valuetext', whenText(at));
  drawTicks();
}
function drawTicks() {
  const most = strip.clientWidth < 500 ? 5 : 13;
  const every = TICKS.find((one) => (view.to - view.from) / one <= most) || 6 * 3600000;
  replaceIfNew(byId('ticks'), JSON.stringify([view, every]), () => {
    const ticks = [];
    // By the clock: over a change of it ticks stay at full hours.
    for (let wall = Math.ceil(wallOf(view.from) / every) * every; ; wall += every) {
      const moment = momentOf(new Date(wall).toISOString().slice(0, 19));
      if (moment >= view.to) return ticks;
      const tick = make('span', '', clockText(moment).slice(0, 5));
      tick.style.left = share(moment) + '%';
      if (share(moment) < 96) ticks.push(tick);
    }
  });
}
function showGaps() {
  const gaps = coverage ? coverage.recording.gaps.filter(({ cause }) => cause !== 'not-watched' && cause !== 'off') : [];
  const [summary, list] = byId('gaps').children;
  byId('gaps').hidden = gaps.length === 0;
  const lost = gaps.reduce((sum, gap) => sum + spanOf(gap).to - spanOf(gap).from, 0);
  summary.textContent = gaps.length + (gaps.length === 1 ? ' gap, ' : ' gaps, ') + lengthText(lost) + ' in all';
  replaceIfNew(list, JSON.stringify(gaps), () => gaps.slice(0, 100).map((gap) => {
    const item = make('li');
    item.append(make('span', 'key ' + gap.cause, spanText(spanOf(gap)) + ' '), make('span', 'dim', causeText(gap)));
    return item;
  }));
}
/** Why the strip is empty, and what to do. */
function sayEmpty() {
  const camera = cameras.find((one) => one.id === cameraId);
  const isEmpty = coverage && coverage.recording.covered.length === 0;
  const isOff = camera && camera.recording === 'off';
  const texts = !cameraId ? ['There is no camera yet. Cameras are in the camera file, or made with POST /api/v1/cameras.']
    : !isEmpty ? []
    : isOff ? [cameraName(cameraId) + ' does not record. Let it: ', make('code', '', 'record: { mode: always }'), ' at the camera in the camera file (or ', make('code', '', 'motion'), ' for movement only).']
    : ['Nothing was recorded in this time.'];
  byId('strip-said').replaceChildren(...texts);
  byId('strip-said').hidden = texts.length === 0;
}
let loading = 0;
async function showStrip() {
  const mine = (loading += 1);
  const span = { from: iso(view.from), to: iso(view.to) };
  if (!cameraId) { coverage = undefined; sayEmpty(); return draw(); }
  try {
    if (view.from >= Date.now()) throw new Error('This time is still to come.');
    const [found, holding] = await Promise.all([
      ask(pathOf('/coverage?' + new URLSearchParams(span))),
      ask('/api/v1/holds?' + new URLSearchParams({ camera: cameraId, active: 'true', ...span })),
    ]);
    if (mine !== loading) return;
    [coverage, held] = [found, holding.holds];
    wrongAt(byId('strip-problem'));
  } catch (error) {
    if (mine !== loading) return;
    [coverage, held] = [undefined, []];
    wrongAt(byId('strip-problem'), error);
  }
  draw();
  showGaps();
  sayEmpty();
}
/** The address says what is shown: it can be sent, and found again. */
function keepAddress() {
  const query = stretch ? '?' + new URLSearchParams({ from: iso(stretch.from), to: iso(stretch.to) }) : '';
  history.replaceState(undefined, '', '/recordings' + (cameraId ? '/' + encodeURIComponent(cameraId) : '') + query + location.hash);
}
function look(at) {
  if (view.from !== at.from || view.to !== at.to) coverage = undefined;
  view = at;
  byId('choose').elements.day.value = dayOf(view.from);
  return showStrip();
}
function choose(span) {
  stretch = span;
  const { from, to } = byId('stretch').elements;
  from.value = localOf(span.from);
  to.value = localOf(span.to);
  wrongAt(byId('stretch'));
  sayLength();
  draw();
}
function chosen() { keepAddress(); estimateSoon(); }
function sayLength() {
  byId('length').textContent = stretch ? lengthText(stretch.to - stretch.from) + ' of ' + cameraName(cameraId) : 'No stretch is chosen: drag over the strip, or type the times.';
}

// With the mouse or a finger
let drag;
const momentAt = (event) => {
  const { left, width } = strip.getBoundingClientRect();
  const moment = view.from + Math.min(1, Math.max(0, (event.clientX - left) / width)) * (view.to - view.from);
  return Math.round(moment / 1000) * 1000;
};
strip.addEventListener('pointerdown', (event) => {
  if (event.button !== 0) return;
  strip.setPointerCapture(event.pointerId);
  drag = { moment: momentAt(event), x: event.clientX, isMoved: false };
});
strip.addEventListener('pointermove', (event) => {
  byId('hover').textContent = whenText(momentAt(event));
  if (!drag) return;
  drag.isMoved = drag.isMoved || Math.abs(event.clientX - drag.x) > 4;
  const here = momentAt(event);
  if (drag.isMoved && here !== drag.moment) choose({ from: Math.min(here, drag.moment), to: Math.max(here, drag.moment) });
});
strip.addEventListener('pointerleave', () => { byId('hover').textContent = ''; });
strip.addEventListener('pointercancel', () => { drag = undefined; });
strip.addEventListener('pointerup', () => {
  if (!drag) return;
  const { isMoved, moment } = drag;
  drag = undefined;
  if (isMoved) chosen();
  else go(moment, true);
});

// With keys
const moveTo = (moment) => go(Math.min(view.to - 1000, Math.max(view.from, moment)), isWanted);
strip.addEventListener('keydown', (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey) return;
  const here = position === undefined ? view.from : position;
  const far = event.shiftKey ? (view.to - view.from) / 24 : 10000;
  const deeds = {
    ArrowLeft: () => moveTo(before(here - far)), ArrowRight: () => moveTo(here + far), Home: () => moveTo(view.from), End: () => moveTo(Math.min(view.to, Date.now()) - 60000),
    i: () => beginAt(here), o: () => endAt(here), ' ': () => byId('play').click(),
  };
  const deed = deeds[event.key.length === 1 ? event.key.toLowerCase() : event.key];
  if (!deed) return;
  event.preventDefault();
  deed();
});
function beginAt(moment) { choose({ from: moment, to: stretch && stretch.to > moment ? stretch.to : moment + 60000 }); chosen(); }
function endAt(moment) { choose({ from: stretch && stretch.from < moment ? stretch.from : moment - 60000, to: moment }); chosen(); }
const here = () => Math.round((position === undefined ? view.from : position) / 1000) * 1000;
byId('begin-here').addEventListener('click', () => beginAt(here()));
byId('end-here').addEventListener('click', () => endAt(here()));

// By typing
byId('stretch').addEventListener('submit', (event) => event.preventDefault());
byId('stretch').addEventListener('change', () => {
  const { from, to } = byId('stretch').elements;
  if (!from.value || !to.value) return;
  const span = { from: momentOf(from.value), to: momentOf(to.value) };
  if (!(span.from < span.to)) return wrongAt(byId('stretch'), new Error('To must come after From.'));
  wrongAt(byId('stretch'));
  stretch = span;
  sayLength();
  if (!inView(span.from)) look(dayAround(span.from));
  draw();
  chosen();
});

// Camera, day, closer and wider
function arrive() { stop(); [position, stretch] = [undefined, undefined]; byId('stretch').reset(); sayLength(); keepAddress(); estimateSoon(); return showStrip(); }
byId('choose').addEventListener('submit', (event) => event.preventDefault());
byId('choose').elements.camera.addEventListener('change', (event) => { cameraId = event.target.value; arrive(); });
byId('choose').elements.day.addEventListener('change', (event) => {
  const moment = momentOf(event.target.value);
  if (moment !== undefined) look(dayAround(moment));
});
const beside = (way) => (view.to - view.from > DAY_MS / 2 ? dayAround(way < 0 ? view.from - 3600000 : view.to + 3600000) : { from: view.from + way * (view.to - view.from), to: view.to + way * (view.to - view.from) });
byId('earlier').addEventListener('click', () => look(beside(-1)));
byId('later').addEventListener('click', () => look(beside(1)));
function zoom(step) {
  const level = LENGTHS.findIndex((one) => view.to - view.from >= one * 0.9);
  const length = LENGTHS[Math.min(LENGTHS.length - 1, Math.max(0, (level < 0 ? LENGTHS.length - 1 : level) + step))];
  const centre = stretch && stretch.to > view.from && stretch.from < view.to ? (stretch.from + stretch.to) / 2 : position !== undefined && inView(position) ? position : (view.from + Math.min(view.to, Math.max(view.from, Date.now()))) / 2;
  if (length === DAY_MS) return look(dayAround(centre));
  const from = Math.round((centre - length / 2) / 60000) * 60000;
  return look({ from, to: from + length });
}
byId('closer').addEventListener('click', () => zoom(1));
byId('wider').addEventListener('click', () => zoom(-1));
addEventListener('resize', draw);
function fillCameras() {
  const select = byId('choose').elements.camera;
  replaceIfNew(select, JSON.stringify(cameras.map(({ id, name }) => [id, name])), () => cameras.map(({ id, name }) => new Option(name || id, id)));
  const isKnown = cameras.some(({ id }) => id === cameraId);
  // The first one that records, so that there is something to see.
  if (!cameraId && cameras.length > 0) { cameraId = (cameras.find(({ recording }) => recording !== 'off') || cameras[0]).id; keepAddress(); }
  else if (cameraId && !isKnown && ![...select.options].some(({ value }) => value === cameraId)) select.append(new Option(cameraId, cameraId));
  select.value = cameraId;
}
`;
