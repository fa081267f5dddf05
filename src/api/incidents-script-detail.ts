/** The incidents page's pane of one incident; see incidents-script.ts. */
export const DETAIL_JS = String.raw`// One incident
const numberIn = (path) => Number((/^\/incidents\/([1-9]\d{0,15})$/.exec(path) || [])[1]) || undefined;
let chosen = numberIn(location.pathname);
const MOST_ALERTS = 10;
const pathOf = (rest) => '/api/v1/incidents/' + chosen + rest;

/** Shows an incident, or none, under its own address. */
function go(number) {
  if (number !== chosen) history.pushState(undefined, '', number ? hrefOf(number) : '/incidents' + location.hash);
  return arrive(number);
}
async function arrive(number) {
  const left = chosen;
  chosen = number;
  tell('');
  wrong();
  if (left !== number) { for (const form of document.querySelectorAll('#detail form')) form.reset(); delete byId('detail').dataset.shown; }
  byId('detail').hidden = number === undefined;
  document.body.classList.toggle('has-detail', number !== undefined);
  await act(undefined, refresh);
  if (number !== undefined) { byId('detail').focus({ preventScroll: true }); if (byId('detail').getBoundingClientRect().top < 0) byId('detail').scrollIntoView(); }
  else if (left !== undefined && rows.get(left)) rows.get(left).querySelector('a').focus();
}
async function showDetail() {
  const asked = chosen;
  byId('detail').hidden = asked === undefined;
  document.body.classList.toggle('has-detail', asked !== undefined);
  byId('back').href = '/incidents' + location.hash;
  if (asked === undefined) return;
  let incident;
  try {
    incident = await ask(pathOf(''));
  } catch (error) {
    if (!error.body || error.body.error.code !== 'no-such-incident' || asked !== chosen) throw error;
    byId('about').replaceChildren(make('h2', '', 'There is no incident #' + asked));
    for (const id of ['acts', 'clip', 'verdict', 'note', 'picture', 'history']) byId(id).hidden = true;
    byId('timeline').replaceChildren();
    return;
  }
  if (asked !== chosen) return;
  const isUnanswered = incident.state === 'open' || incident.state === 'notified';
  const isEnded = incident.state === 'resolved' || incident.state === 'expired';
  byId('acts').hidden = !mayWrite || isEnded;
  byId('acknowledge').hidden = !isUnanswered;
  byId('verdict').hidden = !mayWrite;
  byId('note').hidden = !mayWrite;
  // Texts that are selected, and forms that are filled in, stay.
  replaceIfNew(byId('about'), JSON.stringify([incident, 'about']), () => aboutParts(incident));
  replaceIfNew(byId('timeline'), JSON.stringify([incident, 'timeline']), () => timelineOf(incident));
  byId('history').hidden = incident.history.length === 0;
  replaceIfNew(byId('history').querySelector('ol'), JSON.stringify(incident.history), () => incident.history.slice().reverse().map(historyItem));
  showPicture(incident);
  await showClip(incident);
}
function showPicture({ snapshot, number }) {
  const image = byId('picture').querySelector('img');
  byId('picture').hidden = !snapshot;
  if (!snapshot || image.dataset.of === snapshot) return;
  image.dataset.of = snapshot;
  image.alt = 'Picture of incident #' + number;
  image.onerror = () => { byId('picture').hidden = true; };
  image.src = snapshot;
}
function aboutParts(incident) {
  const { number, kind, severity, cameraName, camera, subject, alerts, summary, verdict, gathered } = incident;
  const title = make('h2', '', words(kind) + ' ');
  title.append(make('span', 'dim', '#' + number));
  const line = make('p', 'state-line');
  line.append(make('span', 'severity ' + severity, severity), make('span', 'state ' + incident.state, stateText(incident)));
  const facts = make('dl');
  const fact = (name, ...value) => { const dd = make('dd'); dd.append(...value); facts.append(make('dt', '', name), dd); };
  if (camera !== 'system') fact('Camera', cameraName + (subject ? ' · ' + subject : ''));
  fact('Since', at(incident.firstAt));
  if (alerts > 1) fact('Alerts', alerts + ', the last one ', when(incident.lastAt));
  fact('Summary', summary);
  if (gathered) fact('Gathered', gathered.incidents + ' incidents: ' + gathered.cameras.map((one) => one.camera + ' (' + one.alerts + ')').join(', '));
  if (incident.storm) { const link = make('a', '', 'storm #' + incident.storm); link.href = hrefOf(incident.storm); fact('Part of', link); }
  if (incident.isFlapping) fact('Note', 'It comes again and again: no further incidents are made of it until it rests.');
  if (verdict) fact('Verdict', (verdict.isFalseAlarm ? 'false alarm' : 'it was real') + (verdict.reason ? ': ' + verdict.reason : '') + ' (' + who(verdict.by) + ')');
  return [title, line, facts];
}
function item(iso, className, ...parts) {
  const entry = make('li', className);
  const text = make('span');
  text.append(...parts);
  entry.append(when(iso), text);
  return { iso, entry };
}
const occasionText = (occasion) => typeof occasion === 'number' ? (occasion === 0 ? '' : 'step ' + (occasion + 1)) : { raised: 'more severe', ended: 'it is over', 'storm-over': 'the storm is over' }[occasion] || occasion;
function deliveryItem(one) {
  const about = [occasionText(one.occasion), one.tries > 1 ? one.tries + ' tries' : '', one.detail].filter(Boolean).join(' · ');
  const isWaiting = one.state === 'pending' && one.notBefore && Date.parse(one.notBefore) > Date.now();
  return item(one.sentAt || one.updatedAt, 'delivery', make('b', '', one.channel + ' to ' + one.recipient + ' '), make('span', 'sent ' + one.state, isWaiting ? 'waits until ' + new Date(one.notBefore).toLocaleTimeString() : one.state), about ? make('span', 'dim', ' ' + about) : '');
}
function alertItems(alerts) {
  const oldest = alerts.slice().reverse();
  const shown = oldest.slice(0, MOST_ALERTS).map((one) => item(one.at, 'alert', make('b', '', 'Alert '), one.summary));
  const rest = oldest.slice(MOST_ALERTS);
  if (rest.length > 0) shown.push(item(rest[0].at, 'alert', make('b', '', rest.length + (rest.length === 1 ? ' more alert' : ' more alerts')), ', the last one ', when(rest[rest.length - 1].at)));
  return shown;
}
function timelineOf(incident) {
  const { alertList, deliveries, notes, plan, acknowledged, ended, verdict } = incident;
  const items = [...alertItems(alertList), ...deliveries.map(deliveryItem), ...notes.map((note) => item(note.at, 'note', make('b', '', who(note.by) + ': '), note.text))];
  if (acknowledged) items.push(item(acknowledged.at, 'change', make('b', '', 'Acknowledged'), ' by ' + who(acknowledged.by)));
  if (ended) items.push(item(ended.at, 'change', make('b', '', incident.state === 'expired' ? 'Expired' : 'Over'), ended.by === 'event' ? ', by itself' : ended.by === 'system' ? ': nobody reacted' : ', ended by ' + who(ended.by)));
  if (verdict) items.push(item(verdict.at, 'change', make('b', '', verdict.isFalseAlarm ? 'False alarm' : 'It was real'), (verdict.reason ? ': ' + verdict.reason : '') + ' (' + who(verdict.by) + ')'));
  if (incident.state === 'open' || incident.state === 'notified') {
    const told = new Set(deliveries.map(({ occasion }) => occasion));
    for (const { step, dueAt, to, channels } of plan.steps) if (!told.has(step) && Date.parse(dueAt) > Date.now())
      items.push(item(dueAt, 'planned', make('b', '', 'Planned '), (channels ? channels.join(', ') + ' to ' : 'tell ') + to.map((one) => (one === '*' ? 'everybody' : one)).join(', ')));
  }
  if (plan.policy === 'none') items.push(item(incident.openedAt, 'planned', 'Nobody is told of this kind.'));
  return items.sort((a, b) => Date.parse(a.iso) - Date.parse(b.iso)).map(({ entry }) => entry);
}
function historyItem({ at: iso, actor, action, detail }) {
  const more = Object.keys(detail).length > 0 ? JSON.stringify(detail) : '';
  return item(iso, '', make('b', '', action), ' ' + actor + ' ', make('span', 'dim', more)).entry;
}
byId('back').addEventListener('click', (event) => { event.preventDefault(); go(undefined); });
addEventListener('keydown', (event) => { if (event.key === 'Escape' && chosen !== undefined && !/^(INPUT|SELECT)$/.test(event.target.tagName)) go(undefined); });
byId('acknowledge').addEventListener('click', (event) => act(event.target, async () => {
  const { incident, isNew } = await ask(pathOf('/acknowledge'), { method: 'POST' });
  await refresh();
  tell(isNew ? '#' + incident.number + ' acknowledged: nobody else is called' : '#' + incident.number + ' was acknowledged by ' + who(incident.acknowledged.by) + ' before');
}));
byId('resolve').addEventListener('click', (event) => act(event.target, async () => {
  const { incident } = await ask(pathOf('/resolve'), { method: 'POST' });
  await refresh();
  tell('#' + incident.number + ' resolved');
}));
byId('verdict').addEventListener('submit', (event) => {
  event.preventDefault();
  const { reason } = event.target.elements;
  const isFalseAlarm = !event.submitter || event.submitter.name === 'false';
  const text = reason.value.trim();
  if (isFalseAlarm && text === '') { wrong(new Error('Say what it was: that is how false alarms become fewer')); reason.focus(); return; }
  act(event.submitter, async () => {
    await send('POST', pathOf('/verdict'), { isFalseAlarm, ...(text && { reason: text }) });
    event.target.reset();
    await refresh();
    tell('#' + chosen + (isFalseAlarm ? ' was a false alarm' : ' was real'));
  });
});
byId('note').addEventListener('submit', (event) => {
  event.preventDefault();
  act(event.submitter, async () => {
    await send('POST', pathOf('/notes'), { text: event.target.elements.text.value });
    event.target.reset();
    await refresh();
    event.target.elements.text.focus();
  });
});
addEventListener('popstate', () => { const number = numberIn(location.pathname); if (number !== chosen) arrive(number); });

`;
