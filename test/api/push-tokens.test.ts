import { startTestApi, type TestApi } from '../support/api.js';

const AT = 1_795_251_600_000;
const TOKEN = 'dXk3:APA91b-t0ken_of-a-phone';
let api: TestApi;
beforeAll(async () => {
  api = await startTestApi({ now: () => AT });
});
afterAll(() => api.stop());

const put = async (json: object) => {
  const answer = await api.fetch('/api/v1/push-tokens', { as: 'operator', method: 'PUT', json });
  const text = await answer.text();
  return { status: answer.status, text };
};
const list = async () => {
  const answer = await api.fetch('/api/v1/push-tokens', { as: 'admin' });
  return ((await answer.json()) as { tokens: { id: string }[] }).tokens;
};

it('a phone is registered, any number of times, listed without its token, and removed', async () => {
  for (const platform of ['android', 'android', 'ios'])
    expect(await put({ token: TOKEN, recipient: 'guard', platform })).toEqual({ status: 204, text: '' });
  expect(await api.deps.ports.pushTokens.tokens('guard')).toEqual([TOKEN]);
  const tokens = await list();
  const at = new Date(AT).toISOString();
  expect(tokens).toEqual([
    { id: tokens[0]?.id, recipient: 'guard', platform: 'ios', createdAt: at, seenAt: at },
  ]);
  const remove = async () =>
    (await api.fetch(`/api/v1/push-tokens/${tokens[0]?.id ?? ''}`, { as: 'admin', method: 'DELETE' })).status;
  expect([await remove(), await remove()]).toEqual([204, 404]);
  expect(await api.deps.ports.pushTokens.tokens('guard')).toEqual([]);
  const trail = await api.deps.ports.audit.list({ action: 'push-token.', limit: 9 });
  expect(trail.map(({ action, actor, subject }) => [action, actor, subject])).toEqual([
    ['push-token.remove', 'key:a', `push-token/${tokens[0]?.id ?? ''}`],
    ['push-token.put', 'key:o', 'recipient/guard'],
  ]);
  expect(JSON.stringify(trail)).not.toContain('APA91b');
});

it.each([
  ['no token', { recipient: 'guard', platform: 'ios' }, 400, /token/],
  [
    'a token with blanks',
    { token: `${TOKEN} x`, recipient: 'guard', platform: 'ios' },
    400,
    /token: is no registration/,
  ],
  ['a token too short', { token: 'abc', recipient: 'guard', platform: 'ios' }, 400, /16-4096/],
  ['another platform', { token: TOKEN, recipient: 'guard', platform: 'fax' }, 400, /platform/],
  [
    'an unknown recipient',
    { token: TOKEN, recipient: 'nobody', platform: 'ios' },
    422,
    /no recipient .{1,2}nobody/,
  ],
  ['a recipient without push', { token: TOKEN, recipient: 'chief', platform: 'ios' }, 422, /push: true/],
  ['a recipient with a topic', { token: TOKEN, recipient: 'crew', platform: 'ios' }, 422, /topic .{1,2}yard/],
])('%s is refused, and the answer does not repeat the token', async (_what, json, status, says) => {
  const answer = await put(json);
  expect([answer.status, says.test(answer.text), answer.text.includes('APA91b')]).toEqual([
    status,
    true,
    false,
  ]);
  expect(await list()).toEqual([]);
});

it('recipients are listed by name and channel, never with an address', async () => {
  const text = await (await api.fetch('/api/v1/recipients', { as: 'operator' })).text();
  expect(JSON.parse(text)).toEqual({
    recipients: [
      { id: 'guard', name: 'Lan', channels: ['email', 'sms', 'push', 'log'], language: 'en' },
      { id: 'chief', name: 'chief', channels: ['sms', 'webhook'], language: 'vi' },
      { id: 'crew', name: 'crew', channels: ['push'], language: 'vi' },
    ],
  });
  expect(text).not.toMatch(/8491|8498|example\.org|s3cret/);
});
