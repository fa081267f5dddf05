/** The recordings page: what is held, the room that recordings take, and what the archive did. */
export const KEEP_JS = String.raw`// Holds
byId('hold').addEventListener('submit', (event) => {
  event.preventDefault();
  const { reason } = byId('hold').elements;
  actAt(byId('hold'), event.submitter, async () => {
    needStretch();
    const { isNew } = await send('POST', '/api/v1/holds', { camera: cameraId, from: iso(stretch.from), to: iso(stretch.to), reason: reason.value.trim() });
    event.target.reset();
    await showStrip();
    tell(isNew ? 'This stretch is held: nothing of it goes until an admin releases it.' : 'This stretch was held before.');
  });
});
function holdItem(one) {
  const item = make('li', 'card held');
  item.dataset.id = one.id;
  const title = make('h2', '', cameraName(one.camera) + ' ');
  if (one.releasedAt) title.append(make('span', 'state expired', 'released'));
  const about = make('div', 'dim', 'by ' + who(one.by) + ', ' + whenText(Date.parse(one.createdAt)));
  if (one.incident) about.append(' · ', linkTo('/incidents/' + one.incident, 'incident #' + one.incident));
  if (one.releasedAt) about.append(' · released by ' + who(one.releasedBy) + ', ' + whenText(Date.parse(one.releasedAt)));
  const buttons = make('div', 'buttons');
  buttons.append(linkTo(hrefOf({ ...one, cameraId: one.camera }), 'Show', 'button'));
  const problem = make('p', 'problem');
  problem.hidden = true;
  problem.setAttribute('role', 'alert');
  if (role === 'admin' && !one.releasedAt) {
    const release = make('button', '', 'Release');
    release.addEventListener('click', () => {
      if (!confirm('Release this hold? What it held goes its way again, and may be deleted tonight.')) return;
      actAt(problem, release, async () => { await ask('/api/v1/holds/' + encodeURIComponent(one.id), { method: 'DELETE' }); await showHolds(); tell('The hold was released.'); });
    });
    buttons.append(release);
  }
  item.append(title, make('div', '', spanText(spanOf(one))), make('div', '', one.reason), about, problem, buttons);
  return item;
}
async function showHolds() {
  const { holds } = await ask('/api/v1/holds?limit=200' + (byId('released-too').checked ? '' : '&active=true'));
  replaceIfNew(byId('hold-list'), JSON.stringify([holds, cameras.length]), () => holds.map(holdItem));
  byId('no-holds').hidden = holds.length > 0;
}
byId('released-too').addEventListener('change', () => showHolds().catch(wrong));

// Room
const cells = (row, texts) => { row.append(...texts.map((text) => make('td', '', text))); return row; };
async function showUsage() {
  const { cameras: used, total, disk, coldStorage, machine } = await ask('/api/v1/recordings/usage');
  replaceIfNew(byId('usage'), JSON.stringify([used, cameras.length]), () => {
    const line = (name, about, href) => {
      const row = make('tr');
      const head = make('th');
      head.scope = 'row';
      head.append(href ? linkTo(href, name) : name);
      row.append(head);
      return cells(row, [tallyText(about.hot), tallyText(about.cold), about.oldest ? whenText(Date.parse(about.oldest)) : '']);
    };
    const rows = used.map((one) => line(cameraName(one.camera), one, '/recordings/' + encodeURIComponent(one.camera)));
    return used.length > 1 ? [...rows, line('All', total)] : rows;
  });
  byId('no-usage').hidden = used.length > 0;
  byId('room').textContent = [
    disk.problem || sizeText(disk.freeBytes) + ' of ' + sizeText(disk.totalBytes) + ' are free on the disk of ' + machine,
    coldStorage.isThere ? 'there is cold storage' : 'no cold storage: recordings stay on the disk until they go (' + coldStorage.why + ')',
  ].join('; ') + '.';
}

// What the archive did
byId('run').hidden = !mayWrite;
const ACTIONS = { move: 'moved and deleted', restore: 'restored', scrub: 'looked for damage' };
function reportRow(one) {
  const row = make('tr', one.failedCount > 0 || one.problem ? 'bad' : '');
  const { deleted, moved } = one;
  const gone = { count: deleted.hot.count + deleted.cold.count, bytes: deleted.hot.bytes + deleted.cold.bytes };
  cells(row, [whenText(Date.parse(one.startedAt)), (one.isDryRun ? 'would have ' : '') + (ACTIONS[one.action] || one.action) + ' · ' + one.node, tallyText(moved), tallyText(gone), tallyText(one.protected), String(one.failedCount) + (one.problem ? ' · ' + one.problem : '')]);
  const cell = make('td');
  const link = linkTo('/api/v1/archive/reports/' + encodeURIComponent(one.id) + '/report.html', 'Report');
  link.target = '_blank';
  link.rel = 'noreferrer';
  cell.append(link);
  row.append(cell);
  return row;
}
async function showReports() {
  const { reports } = await ask('/api/v1/archive/reports?limit=10');
  replaceIfNew(byId('reports').querySelector('tbody'), JSON.stringify(reports), () => reports.map(reportRow));
  byId('reports').parentNode.hidden = reports.length === 0;
  byId('no-reports').hidden = reports.length > 0;
}
async function showStorage() { await Promise.all([showUsage(), showReports()]); await showRun(); }
let run;
/** How far what was asked for here is. */
async function showRun() {
  if (!run) return;
  const { state, progress, reason, result, outcome } = await ask(run.href);
  const say = (text) => { byId('run-said').textContent = text; };
  if (state === 'completed') {
    say(result && result.report ? (run.dryRun ? 'Nothing was done. It would have moved ' : 'It moved ') + tallyText(result.moved) + ', deleted ' + tallyText({ count: result.deleted.hot.count + result.deleted.cold.count, bytes: result.deleted.hot.bytes + result.deleted.cold.bytes }) + (result.failed > 0 ? ', failed on ' + result.failed : '') + '; the report is below.' : 'Every machine with recordings does it now; their reports come below.');
    run = undefined;
  } else if (state === 'failed') { say(''); wrongAt(byId('run'), new Error(reason || outcome || 'it failed')); run = undefined; }
  else say(state === 'active' ? 'It runs: ' + Math.round((progress || 0) * 100) + ' %' : 'It waits for a worker of the queue archive (camqueue worker archive).');
}
async function begin(dryRun) {
  run = { ...(await send('POST', '/api/v1/archive/run', { dryRun })), dryRun };
  await showRun();
}
byId('dry-run').addEventListener('click', (event) => actAt(byId('run'), event.target, () => begin(true)));
byId('run-now').addEventListener('click', (event) => { if (confirm('Move and delete old recordings now, as it is done each night? What would happen shows it first.')) actAt(byId('run'), event.target, () => begin(false)); });
`;
