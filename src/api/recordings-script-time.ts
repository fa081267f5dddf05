/** The recordings page: the clock of the site, and words; the first part of its script. */
export const TIME_JS = String.raw`// The clock of the site
const DAY_MS = 86400000;
const ZONE = document.querySelector('main').dataset.zone;
const fields = new Intl.DateTimeFormat('en-u-ca-iso8601-nu-latn', { timeZone: ZONE, year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' });
/** What it shows, as if it were UTC, ms. */
function wallOf(moment) {
  const part = Object.fromEntries(fields.formatToParts(moment).map(({ type, value }) => [type, value]));
  return Date.parse(part.year + '-' + part.month + '-' + part.day + 'T' + part.hour + ':' + part.minute + ':' + part.second + 'Z') + (((moment % 1000) + 1000) % 1000);
}
/** 2026-11-22T08:30:05 */
const localOf = (moment) => new Date(wallOf(moment)).toISOString().slice(0, 19);
const dayOf = (moment) => localOf(moment).slice(0, 10);
/** When it shows that: the first time where it is put back over it. undefined: it is no time. */
function momentOf(local) {
  const wall = Date.parse(local + (local.length === 10 ? 'T00:00:00' : local.length === 16 ? ':00' : '') + 'Z');
  if (Number.isNaN(wall)) return undefined;
  const guesses = [-DAY_MS, DAY_MS].map((far) => wall - (wallOf(wall + far) - (wall + far))).sort((a, b) => a - b);
  const exact = guesses.find((guess) => wallOf(guess) === wall);
  return exact === undefined ? guesses[1] : exact;
}
/** The day that moment is on. */
function dayAround(moment) {
  const day = dayOf(moment);
  const next = new Date(Date.parse(day + 'T12:00:00Z') + DAY_MS).toISOString().slice(0, 10);
  return { from: momentOf(day), to: momentOf(next) };
}
const full = new Intl.DateTimeFormat(undefined, { timeZone: ZONE, dateStyle: 'medium', timeStyle: 'medium' });
const whenText = (moment) => full.format(moment);
/** 08:30:05; with the day where that is another one. */
const clockText = (moment, beside) => (beside !== undefined && dayOf(beside) !== dayOf(moment) ? dayOf(moment) + ' ' : '') + localOf(moment).slice(11);
const spanText = ({ from, to }) => dayOf(from) + ' ' + clockText(from) + ' – ' + clockText(to, from);
const iso = (moment) => new Date(moment).toISOString();
const spanOf = ({ from, to }) => ({ from: Date.parse(from), to: Date.parse(to) });

// Words
function lengthText(ms) {
  const s = Math.round(ms / 1000);
  if (ms < 10000) return Number((ms / 1000).toFixed(1)) + ' s';
  const parts = [[Math.floor(s / 86400), 'd'], [Math.floor(s / 3600) % 24, 'h'], [Math.floor(s / 60) % 60, 'min'], [s % 60, 's']].filter(([n]) => n > 0);
  return parts.slice(0, 2).map(([n, unit]) => n + ' ' + unit).join(' ');
}
function sizeText(bytes) {
  const power = bytes < 1000 ? 0 : Math.min(4, Math.floor(Math.log10(bytes) / 3));
  return (bytes / 1000 ** power).toFixed(power === 0 || bytes / 1000 ** power >= 100 ? 0 : 1) + ' ' + ['B', 'kB', 'MB', 'GB', 'TB'][power];
}
const tallyText = ({ count, bytes }) => (count === 0 ? '–' : sizeText(bytes) + ' (' + count + ')');
const who = (by) => by.replace(/^(person|key|job):/, '');
const CAUSES = { camera: 'the camera gave no pictures', network: 'the network was down', disk: 'the disk did not take it', process: 'nothing was running', disabled: 'the camera was switched off', still: 'nothing moved', off: 'recording was switched off', 'not-watched': 'the camera was not there yet', unknown: 'the cause is not known' };
const causeText = ({ cause, reason }) => (CAUSES[cause] || cause) + (reason ? ': ' + reason : '');

// Errors are said where they happened
function wrongAt(place, error) {
  const shown = place.classList.contains('problem') ? place : place.querySelector('.problem');
  shown.textContent = error ? error.message : '';
  shown.hidden = !error;
}
async function actAt(place, button, work) {
  if (button) button.disabled = true;
  wrongAt(place);
  tell('');
  try { await work(); } catch (error) { wrongAt(place, error); }
  if (button) button.disabled = false;
}

// Cameras
let cameras = [];
let cameraId = decodeURIComponent(location.pathname.split('/')[2] || '');
const cameraName = (id) => { const camera = cameras.find((one) => one.id === id); return (camera && camera.name) || id; };
const pathOf = (rest) => '/api/v1/cameras/' + encodeURIComponent(cameraId) + rest;
`;
