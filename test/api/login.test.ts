import { createPerson, ensureFirstAdmin } from '../../src/api/accounts.js';
import { hashPassword } from '../../src/api/secrets.js';
import { createSessions, SESSION_MS } from '../../src/api/session.js';
import { FORM, startTestApi, type TestApi } from '../support/api.js';

let api: TestApi;
let now = Date.now();
/** One of each role, logged in. */
let viewer: Person;
let operator: Person;
type Person = Awaited<ReturnType<TestApi['login']>>;

beforeAll(async () => {
  api = await startTestApi({ now: () => now });
  viewer = await api.login('viewer');
  operator = await api.login('operator');
});
beforeEach(() => {
  now = Date.now();
});
afterAll(() => api.stop());

const tryLogin = (
  user: string,
  password: string,
  more: Record<string, string> = {},
  headers: Record<string, string> = {},
) =>
  api.fetch('/login', {
    method: 'POST',
    body: new URLSearchParams({ user, password, ...more }).toString(),
    headers: { ...FORM, ...headers },
  });
const statusWith = async (cookie: string, path = '/api/v1/queues'): Promise<number> =>
  (await api.fetch(path, { headers: { Cookie: cookie } })).status;

describe('the first admin', () => {
  it('is made when there is none, can log in and use the key, and only hashes are kept', async () => {
    await api.principals.disable('key', 'a', 1);
    const first = await ensureFirstAdmin(api.principals);
    expect(first).toMatchObject({
      user: 'admin',
      password: expect.stringMatching(/^[\w-]{24}$/) as string,
      key: expect.stringMatching(/^cq_admin_[0-9a-f]{48}$/) as string,
    });
    expect((await tryLogin('admin', first!.password)).status).toBe(303);
    expect((await api.fetch('/api/v1/audit', { headers: { 'X-Api-Key': first!.key } })).status).toBe(200);
    const stored = JSON.stringify(await api.principals.list());
    expect(stored).not.toContain(first!.password);
    expect(stored).not.toContain(first!.key);
    expect(stored).toContain('scrypt$32768$8$3$');
    expect(await ensureFirstAdmin(api.principals)).toBeUndefined();
  });

  it('is made once when several processes start, under a name nobody had', async () => {
    for (const { kind, name, role } of await api.principals.list())
      if (role === 'admin') await api.principals.disable(kind, name, 1);
    const made = await Promise.all([ensureFirstAdmin(api.principals), ensureFirstAdmin(api.principals)]);
    expect(made.filter((one) => one !== undefined)).toMatchObject([{ user: 'admin-2' }]);
  });
});

describe('a person', () => {
  it('logs in, is known by the cookie, logs out, and the cookie is worth nothing', async () => {
    const { cookie, user } = await api.login('operator');
    expect(await statusWith(cookie)).toBe(200);
    expect(await api.deps.ports.audit.list({ subject: `person:${user}`, limit: 9 })).toMatchObject([
      { action: 'login', detail: { ip: '127.0.0.1' } },
    ]);
    const out = await api.fetch('/logout', {
      method: 'POST',
      headers: { Cookie: cookie, 'Sec-Fetch-Site': 'same-origin' },
    });
    expect([out.status, out.headers.get('location')]).toEqual([303, '/login']);
    expect(out.headers.get('set-cookie')).toMatch(/^camqueue_session=;/);
    expect(await statusWith(cookie)).toBe(401);
  });

  it('gets a cookie that scripts cannot read and other sites do not send', async () => {
    const password = await createPerson(api.principals, { name: 'lan', role: 'viewer' }, 1);
    expect((await tryLogin('Lan ', password)).headers.get('set-cookie')).toMatch(
      /; Path=\/; .*HttpOnly; SameSite=Lax$/,
    );
    const behindTls = await tryLogin('lan', password, {}, { 'X-Forwarded-Proto': 'https' });
    expect(behindTls.headers.get('set-cookie')).toContain('; Secure');
  });

  it('is out when the session is over, the password changes or the account is disabled', async () => {
    const { cookie, user } = await api.login('viewer');
    now += SESSION_MS - 1;
    expect(await statusWith(cookie)).toBe(200);
    now += 1;
    expect(await statusWith(cookie)).toBe(401);
    now -= SESSION_MS;
    await api.principals.disable('person', user, now);
    expect(await statusWith(cookie)).toBe(401);

    const sessions = createSessions('x'.repeat(32));
    const person = (await api.principals.find('person', user))!;
    const session = sessions.read(sessions.begin(person, 0), 1)!;
    expect(sessions.isOf(session, person)).toBe(true);
    expect(sessions.isOf(session, { ...person, hash: await hashPassword('another password') })).toBe(false);
  });

  it.each([
    [
      'changed',
      (cookie: string) => cookie.replace(/=(.)/, (_all, char: string) => `=${char === 'A' ? 'B' : 'A'}`),
    ],
    ['unsigned', (cookie: string) => cookie.split('.')[0] + '.'],
    [
      'signed by another',
      () =>
        `camqueue_session=${createSessions('y'.repeat(32)).begin({ kind: 'person', name: 'lan', role: 'admin', hash: 'h', createdAt: 1 }, now)}`,
    ],
    ['of no form', () => 'camqueue_session=%%%'],
  ])('with a cookie that is %s stays a stranger', async (_what, forge) => {
    expect(await statusWith(viewer.cookie)).toBe(200);
    expect(await statusWith(forge(viewer.cookie))).toBe(401);
  });

  it.each([
    ['/cameras?x=1', '/cameras?x=1'],
    ['//evil.example/', '/'],
    ['/\\evil.example', '/'],
    ['https://evil.example/', '/'],
    ['/a\nb', '/'],
  ])('goes on from the login page to %j as %s', async (next, to) => {
    const login = await api.fetch(`/login?next=${encodeURIComponent(next)}`, {
      headers: { Cookie: viewer.cookie },
    });
    expect(login.headers.get('location')).toBe(to);
  });

  it('is sent to the login page and back', async () => {
    const answer = await api.fetch('/admin/queues/queue/motion?status=failed', {
      headers: { Accept: 'text/html' },
    });
    expect([answer.status, answer.headers.get('location')]).toEqual([
      303,
      '/login?next=%2Fadmin%2Fqueues%2Fqueue%2Fmotion%3Fstatus%3Dfailed',
    ]);
    expect(await (await api.fetch(answer.headers.get('location')!)).text()).toContain(
      'value="/admin/queues/queue/motion?status=failed"',
    );
  });
});

describe('another site', () => {
  it.each([
    [{ 'Sec-Fetch-Site': 'same-origin' }, 200],
    [{ 'Sec-Fetch-Site': 'none' }, 200],
    [{ 'Sec-Fetch-Site': 'cross-site' }, 403],
    [{ 'Sec-Fetch-Site': 'same-site' }, 403],
    [{ Origin: 'http://evil.example' }, 403],
    [{ Origin: 'null' }, 403],
    [{}, 403],
  ])('cannot act with a session: %j is answered with %i', async (headers, status) => {
    const { cookie } = operator;
    await api.queues.queue('alert').resume();
    const act = (more: Record<string, string>) =>
      api.fetch('/admin/queues/api/queues/alert/pause', {
        method: 'PUT',
        headers: { Cookie: cookie, ...more },
      });
    expect((await act(headers as Record<string, string>)).status).toBe(status);
    expect(await api.queues.queue('alert').isPaused()).toBe(status === 200);
  });

  it('is told from this one by Origin where the browser says no more', async () => {
    const { cookie } = operator;
    const answer = await api.fetch('/admin/queues/api/queues/alert/pause', {
      method: 'PUT',
      headers: { Cookie: cookie, Origin: api.url },
    });
    expect(answer.status).toBe(200);
  });

  it('cannot log a visitor in', async () => {
    const { user, password } = viewer;
    expect((await tryLogin(user, password, {}, { 'Sec-Fetch-Site': 'cross-site' })).status).toBe(403);
  });
});

it('what is done on the board is in the audit trail', async () => {
  const { cookie, user } = operator;
  await api.fetch('/admin/queues/api/queues/motion/resume', {
    method: 'PUT',
    headers: { Cookie: cookie, 'Sec-Fetch-Site': 'same-origin' },
  });
  expect(await api.deps.ports.audit.list({ subject: 'queues/motion/resume', limit: 9 })).toMatchObject([
    { actor: `person:${user}`, action: 'board.put' },
  ]);
});

describe('guessing (last: afterwards this address must wait)', () => {
  it('a wrong password and an unknown user look alike, and the eleventh try waits', async () => {
    const wrong = await tryLogin(viewer.user, 'wrong password');
    const unknown = await tryLogin('nobody', 'wrong password');
    expect([wrong.status, unknown.status]).toEqual([401, 401]);
    expect(await wrong.text()).toBe(await unknown.text());
    for (let n = 0; n < 8; n++) await tryLogin('', '');
    const limited = await tryLogin(viewer.user, viewer.password);
    expect([limited.status, await limited.json()]).toMatchObject([
      429,
      { error: { code: 'too-many-tries' } },
    ]);
  });
});
