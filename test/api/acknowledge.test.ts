import { randomUUID } from 'node:crypto';
import type { Delivery } from '../../src/ports/alerting.js';
import { FORM, startTestApi, type TestApi } from '../support/api.js';
import { linkOf, openIncident, tellOf } from '../support/api-incidents.js';

const AT = 1_795_251_600_000;
let api: TestApi;
beforeAll(async () => {
  api = await startTestApi({ now: () => AT });
});
afterAll(() => api.stop());

/** An incident that somebody was told of, and the link in the message. */
async function told(more: Parameters<typeof openIncident>[2] = {}, recipient = 'guard') {
  const incident = await openIncident(api, randomUUID(), { now: AT, at: AT - 1000, ...more });
  const deliveries = await tellOf(api, incident, [{ recipient, channel: 'sms', otherChannels: [] }], AT);
  const delivery = deliveries[0] as Delivery;
  return { incident, delivery, link: linkOf(api, delivery) };
}
const get = async (link: string, headers: Record<string, string> = {}) => {
  const answer = await api.fetch(link, { headers: { Accept: 'text/html', ...headers } });
  return { answer, status: answer.status, text: await answer.text() };
};
const press = (link: string, headers: Record<string, string> = {}) =>
  api.fetch(link, { method: 'POST', headers: { ...FORM, ...headers }, body: '' });
const stateOf = async (id: string) => (await api.deps.ports.incidents.get(id))?.state;

it('looking changes nothing, the button acknowledges in the name of the recipient, and then it says so', async () => {
  const { incident, link } = await told({ severity: 'critical' });
  for (const method of ['GET', 'HEAD'])
    expect((await api.fetch(link, { method, headers: { Accept: 'text/html' } })).status).toBe(200);
  expect(await stateOf(incident.id)).toBe('notified');
  const before = await get(link, { 'Accept-Language': 'en-GB,en;q=0.9' });
  expect(before.text).toMatch(/<html lang="en">/);
  expect(before.text).toContain('<form method="post">');
  expect(before.text).toMatch(
    new RegExp(`#${incident.number}[^]*Critical[^]*Main gate[^]*Acknowledge</button>`),
  );
  const pressed = await press(link, { 'Sec-Fetch-Site': 'same-origin' });
  expect([pressed.status, new URL(pressed.headers.get('location') ?? '', api.url + link).pathname]).toEqual([
    303,
    link,
  ]);
  expect((await api.deps.ports.incidents.get(incident.id))?.acknowledged).toEqual({
    by: 'recipient:guard by link',
    at: AT,
  });
  const after = await get(link, { 'Accept-Language': 'en' });
  expect(after.text).toMatch(/Acknowledged by Lan, 21\/11\/2026/);
  expect(after.text).not.toContain('<form');
  const trail = await api.deps.ports.audit.list({ subject: `incident/${incident.id}`, limit: 1 });
  expect(trail).toMatchObject([{ action: 'incident.acknowledged', actor: 'recipient:guard by link' }]);
});

it('is not kept by browsers and proxies, tells no other site of itself, and lets no other site frame it', async () => {
  const { answer } = await get((await told()).link);
  expect(Object.fromEntries(answer.headers)).toMatchObject({
    'cache-control': 'no-store',
    'referrer-policy': 'no-referrer',
    'x-robots-tag': 'noindex, nofollow',
    'content-security-policy': expect.stringMatching(/form-action 'self'.*frame-ancestors 'none'/) as string,
  });
});

it('shows neither picture nor plate nor address nor who else was told', async () => {
  const { text } = await get(
    (await told({ snapshot: 'gate-1/x.jpg', kind: 'plate-deny', summary: '30A-339.18' })).link,
  );
  expect(text).not.toMatch(/snapshot|\.jpg|30A|8491|example\.org|chief/);
});

it('pressed again, and by somebody else, it says who was first', async () => {
  const { incident, link } = await told();
  await api.deps.ports.incidents.acknowledge(incident.id, 'person:hoa', AT - 60_000);
  expect((await press(link)).status).toBe(303);
  expect((await get(link, { 'Accept-Language': 'en' })).text).toMatch(/Acknowledged by hoa, /);
  expect((await api.deps.ports.incidents.get(incident.id))?.acknowledged?.by).toBe('person:hoa');
});

it.each([
  [
    'ended by hand',
    (id: string) => api.deps.ports.incidents.resolve(id, 'person:hoa', AT),
    /over since .*, ended by hoa\./,
  ],
  ['expired', () => api.deps.ports.incidents.sweep(AT + 3 * 3_600_000, 60_000), /This expired /],
])('late, %s: it says so, without a button, and pressing does nothing', async (_what, end, says) => {
  const { incident, link } = await told();
  await end(incident.id);
  const state = await stateOf(incident.id);
  expect((await press(link)).status).toBe(303);
  const { text, status } = await get(link, { 'Accept-Language': 'en' });
  expect([status, text.includes('<form')]).toEqual([200, false]);
  expect(text).toMatch(says);
  expect(await stateOf(incident.id)).toBe(state);
});

it.each([
  ['', 'vi'],
  ['*', 'vi'],
  ['fr-FR,fr;q=0.9', 'vi'],
  ['en-US,en;q=0.9,vi;q=0.1', 'en'],
  ['vi-VN', 'vi'],
])('for readers of "%s" it is in %s', async (accept, language) => {
  const { text } = await get((await told()).link, { 'Accept-Language': accept });
  expect(text).toContain(`<html lang="${language}">`);
  expect(text).toContain(language === 'vi' ? 'Xác nhận đã nhận tin' : '>Acknowledge<');
});

it('a message that gathered several acknowledges all of them, but for those somebody reacted to', async () => {
  const { deliveries, incidents } = api.deps.ports;
  const all: Awaited<ReturnType<typeof told>>[] = [];
  for (let n = 0; n < 5; n += 1) all.push(await told({}, 'chief'));
  const lane = { recipient: 'chief', channel: 'sms' as const };
  const claim = await deliveries.claim(lane, 'job', { maxPerHour: 9, ratePerS: 99 }, AT + 120_000);
  if (claim.kind !== 'send') throw new Error(`nothing is sent: ${claim.kind}`);
  expect(claim.deliveries).toHaveLength(5);
  await deliveries.settle(claim.deliveries, { state: 'sent', receipt: { detail: 'ok' } }, AT + 120_000);
  await incidents.resolve(all[1]?.incident.id ?? '', 'person:hoa', AT);
  const link = linkOf(api, claim.deliveries[0] as Delivery);
  const { text } = await get(link, { 'Accept-Language': 'en' });
  expect(text).toContain('Acknowledge all 4');
  expect(text).toContain(`#${all[2]?.incident.number} Main gate`);
  expect(text).not.toContain(`#${all[1]?.incident.number} `);
  expect((await press(link)).status).toBe(303);
  expect(await Promise.all(all.map(({ incident }) => stateOf(incident.id)))).toEqual([
    'acknowledged',
    'resolved',
    ...['acknowledged', 'acknowledged', 'acknowledged'],
  ]);
});

describe('what is no link of ours', () => {
  it.each([
    ['another mark', (link: string) => link.slice(0, -1) + (link.endsWith('A') ? 'B' : 'A')],
    ['the mark of another delivery', (link: string) => link.replace(/\/a\/\w+\./, '/a/1.')],
    ['a mark cut off', (link: string) => link.slice(0, -1)],
    ['a longer mark', (link: string) => `${link}A`],
    ['no mark', (link: string) => link.replace(/\..*/, '.')],
    ['no delivery of that number', (link: string) => link.replace(/\/a\/\w+\./, '/a/zzzz.')],
    ['words', () => '/a/hello'],
    ['another encoding', () => '/a/%00%ff.x'.replace('%ff', '%C3%BF')],
  ])('%s: 404, the same page for all, and nothing happens', async (_what, change) => {
    const { incident, link } = await told();
    const { status, text } = await get(change(link), { 'Accept-Language': 'en' });
    expect([status, /This link is not valid/.test(text), text.includes(incident.kind)]).toEqual([
      404,
      true,
      false,
    ]);
    expect((await press(change(link))).status).toBe(404);
    expect(await stateOf(incident.id)).toBe('notified');
  });

  it('a mark made for another purpose is none', async () => {
    const { delivery } = await told();
    const mark = api.deps.ports.signer
      .sign('session', `${delivery.number}.${delivery.incidentId}`)
      .slice(0, 16);
    expect((await get(`/a/${delivery.number.toString(36)}.${mark}`)).status).toBe(404);
  });
});

it('a form of another site is refused, where the browser says that it is one', async () => {
  const { incident, link } = await told();
  for (const site of ['cross-site', 'same-site'])
    expect((await press(link, { 'Sec-Fetch-Site': site })).status).toBe(403);
  expect(await stateOf(incident.id)).toBe('notified');
  expect((await press(link, { Origin: 'null' })).status).toBe(303);
});

it('who tries many wrong links must wait; right ones are not counted', async () => {
  const other = await startTestApi();
  try {
    const tries = await Promise.all(Array.from({ length: 101 }, () => other.fetch('/a/1.AAAAAAAAAAAAAAAA')));
    const statuses = tries.map(({ status }) => status);
    expect([statuses.filter((status) => status === 404).length, statuses.at(-1)]).toEqual([100, 429]);
  } finally {
    await other.stop();
  }
  const { link } = await told();
  expect((await get(link)).answer.headers.get('ratelimit')).toMatch(/limit=100/);
});
