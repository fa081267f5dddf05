import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { startTestApi, type TestApi } from '../support/api.js';
import { openIncident, tellOf } from '../support/api-incidents.js';

const AT = 1_795_251_600_000;
let api: TestApi;
beforeAll(async () => {
  api = await startTestApi({ now: () => AT });
});
afterAll(() => api.stop());

const test = async (channel: string, json: object) => {
  const answer = await api.fetch(`/api/v1/channels/${channel}/test`, { as: 'admin', method: 'POST', json });
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
};
const channels = async () => {
  const answer = await api.fetch('/api/v1/channels', { as: 'admin' });
  return ((await answer.json()) as { channels: { channel: string }[] }).channels;
};

it('says which are on, off and why, or down and until when', async () => {
  expect(await channels()).toEqual(
    expect.arrayContaining([
      { channel: 'log', state: 'on', ratePerS: expect.any(Number) as number },
      {
        ...{ channel: 'email', state: 'off', ratePerS: expect.any(Number) as number },
        reason: 'email is not set up in this test',
      },
    ]),
  );
  const { deliveries } = api.deps.ports;
  const incident = await openIncident(api, 'down', { now: AT });
  await tellOf(api, incident, [{ recipient: 'guard', channel: 'log', otherChannels: [] }]);
  const claim = await deliveries.claim(
    { recipient: 'guard', channel: 'log' },
    'job',
    { maxPerHour: 9, ratePerS: 99 },
    AT,
  );
  if (claim.kind !== 'send') throw new Error(claim.kind);
  const result = {
    state: 'pending',
    reason: 'disk full',
    isCertain: true,
    isOutage: true,
    until: AT + 60_000,
  } as const;
  await deliveries.settle(claim.deliveries, result, AT);
  expect((await channels()).find(({ channel }) => channel === 'log')).toMatchObject({
    ...{ state: 'down', reason: 'disk full' },
    until: new Date(AT + 60_000).toISOString(),
  });
});

// Six tests a minute are taken, good or bad: these five, and the next.
it.each([
  ['fax', { to: 'guard' }, 400, /^channel:/],
  ['log', {}, 400, /^to:/],
  ['log', { to: 'nobody' }, 422, /no recipient "nobody"/],
  ['log', { to: 'chief' }, 422, /"chief" has no address for log/],
  ['email', { to: 'guard' }, 409, /^email is off: email is not set up/],
])('%s to %j: %i', async (channel, json, status, says) => {
  const { status: answered, body } = await test(channel, json);
  expect([answered, (body['error'] as { message: string }).message]).toEqual([
    status,
    expect.stringMatching(says),
  ]);
});

it('sends a test message at once, the trail says to whom; a seventh must wait', async () => {
  expect(await test('log', { to: 'guard' })).toMatchObject({
    status: 200,
    body: { channel: 'log', to: 'guard' },
  });
  const log = await readFile(join(dirname(api.cameraFile), 'notifications.log'), 'utf8');
  expect(log).toMatch(/"occasion":"test"/);
  expect(await api.deps.ports.audit.list({ action: 'channel.test', limit: 9 })).toMatchObject([
    { actor: 'key:a', subject: 'channel/log', detail: { to: 'guard', outcome: 'sent' } },
  ]);
  expect((await test('log', { to: 'guard' })).status).toBe(429);
});
