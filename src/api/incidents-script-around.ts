/** The incidents page's maintenance and channels, and what keeps all of it fresh; the last part of its script. */
export const AROUND_JS = String.raw`// Maintenance
async function showMaintenance() {
  const { maintenance } = await ask('/api/v1/maintenance?current=true');
  byId('maintenance').hidden = maintenance.length === 0;
  replaceIfNew(byId('maintenance'), JSON.stringify([maintenance, cameras]), () => maintenance.map((one) => {
    const entry = make('li');
    const where = one.camera ? cameraName(one.camera) : 'the whole site';
    entry.append(make('span', '', (one.isOn ? 'Maintenance of ' : 'Maintenance is planned of ') + where + (one.isOn ? '' : ' from ' + new Date(one.from).toLocaleString()) + ' until ' + new Date(one.to).toLocaleString() + ', by ' + who(one.by) + (one.reason ? ': ' + one.reason : '') + '. Alerts are kept but tell nobody.'));
    if (!mayWrite) return entry;
    const end = make('button', '', 'End it');
    end.setAttribute('aria-label', 'End the maintenance of ' + where);
    end.addEventListener('click', () => act(end, async () => { await ask('/api/v1/maintenance/' + one.id, { method: 'DELETE' }); await showMaintenance(); tell('Maintenance of ' + where + ' is over'); }));
    entry.append(end);
    return entry;
  }));
}
byId('plan').hidden = !mayWrite;
byId('maintain').addEventListener('submit', (event) => {
  event.preventDefault();
  const { camera, minutes, reason } = event.target.elements;
  act(event.submitter, async () => {
    const to = new Date(Date.now() + Number(minutes.value) * 60000).toISOString();
    await send('POST', '/api/v1/maintenance', { to, ...(camera.value && { camera: camera.value }), ...(reason.value.trim() && { reason: reason.value.trim() }) });
    event.target.reset();
    byId('plan').open = false;
    await showMaintenance();
    tell('Maintenance has begun');
  });
});

// Names of cameras
let cameras = [];
const cameraName = (id) => { const camera = cameras.find((one) => one.id === id); return (camera && camera.name) || id; };
async function names() {
  const found = (await ask('/api/v1/cameras')).cameras.map(({ id, name }) => ({ id, name }));
  if (JSON.stringify(found) === JSON.stringify(cameras)) return;
  cameras = found;
  for (const select of [byId('filter').elements.camera, byId('maintain').elements.camera]) {
    const was = select.value;
    select.replaceChildren(select.options[0], ...cameras.map(({ id, name }) => new Option(name, id)));
    select.value = cameras.some(({ id }) => id === was) ? was : '';
  }
}

// Channels
const isAdmin = role === 'admin';
byId('channels').hidden = !isAdmin;
let recipients = [];
async function showChannels() {
  if (!isAdmin) return;
  const { channels } = await ask('/api/v1/channels');
  const count = (state) => channels.filter((one) => one.state === state).length;
  const down = count('down');
  byId('channels').querySelector('summary').textContent = 'Channels: ' + count('on') + ' on' + (down > 0 ? ', ' + down + ' down' : '') + ', ' + count('off') + ' off';
  byId('channels').classList.toggle('bad', down > 0);
  replaceIfNew(byId('channel-list'), JSON.stringify(channels), () => channels.map(({ channel, state, reason, until }) => {
    const entry = make('li');
    entry.append(make('b', '', channel), make('span', 'channel ' + state, state), make('span', 'dim', [reason, until ? 'tried again at ' + new Date(until).toLocaleTimeString() : ''].filter(Boolean).join(' · ')));
    return entry;
  }));
  recipients = (await ask('/api/v1/recipients')).recipients;
  const { channel: select } = byId('test').elements;
  replaceIfNew(select, JSON.stringify(channels.map(({ channel, state }) => [channel, state])), () => channels.filter(({ state }) => state !== 'off').map(({ channel }) => new Option(channel, channel)));
  byId('test').hidden = select.options.length === 0;
  reachable();
}
function reachable() {
  const { channel, to } = byId('test').elements;
  const can = recipients.filter(({ channels }) => channels.includes(channel.value));
  replaceIfNew(to, JSON.stringify(can), () => can.map(({ id, name }) => new Option(name, id)));
  byId('test').querySelector('button').disabled = can.length === 0;
}
byId('test').elements.channel.addEventListener('change', reachable);
byId('test').addEventListener('submit', (event) => {
  event.preventDefault();
  const { channel, to } = event.target.elements;
  act(event.submitter, async () => {
    const sent = await send('POST', '/api/v1/channels/' + channel.value + '/test', { to: to.value });
    tell('Test message sent to ' + sent.to + ' by ' + sent.channel + ': ' + sent.detail);
  });
});

// Keeping it fresh
const AROUND_EVERY = 5;
let round = 0;
async function refresh() {
  await Promise.all([showList(), showCounts(), showDetail()]);
}
addEventListener('hashchange', () => { tell(''); wrong(); anew().catch(wrong); });
keepFresh(async () => {
  await refresh();
  if (round % AROUND_EVERY === 0) { await names(); await showMaintenance(); await showChannels(); }
  round += 1;
}, EVERY_MS);
`;
