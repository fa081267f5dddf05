import { createHmac } from 'node:crypto';
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import type { IncomingHttpHeaders, RequestListener } from 'node:http';
import { createServer as createHttpServer } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseHostList } from '../../../src/domain/host-list.js';
import { NotReadyError, PermanentError } from '../../../src/errors.js';
import { checkedLookup, checkTarget } from '../../../src/io/channels/webhook/target.js';
import { createWebhookChannel } from '../../../src/io/channels/webhook/webhook-channel.js';
import { NASTY, testMessage, testRecipient } from '../../support/messages.js';
import { failureOf, runContract, until } from './contract.js';

const SECRET = 'mot-bi-mat-rat-dai';
const never = new AbortController().signal;

interface Call {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** Somebody's HTTP server: remembers what it is sent and answers as told. */
async function startReceiver(tls?: { key: string; cert: string }) {
  const calls: Call[] = [];
  let answer: RequestListener = (_request, response) => void response.end('thanks');
  const onRequest: RequestListener = (request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString();
      calls.push({ method: request.method ?? '', path: request.url ?? '', headers: request.headers, body });
      answer(request, response);
    });
  };
  const server = tls ? createHttpsServer(tls, onRequest) : createHttpServer(onRequest);
  // It is for the channel to hang up.
  server.keepAliveTimeout = 0;
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    calls,
    answer: (next: RequestListener): void => {
      answer = next;
    },
    connections: () =>
      new Promise<number>((resolve, reject) =>
        server.getConnections((error, count) => (error ? reject(error) : resolve(count))),
      ),
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    },
  };
}

let receiver: Awaited<ReturnType<typeof startReceiver>>;
const channels: { close(): Promise<void> }[] = [];
const channelFor = (hosts: string[] = ['127.0.0.1'], more: { timeoutMs?: number; ca?: string } = {}) => {
  const channel = createWebhookChannel({ hosts, ...more });
  channels.push(channel);
  return channel;
};
const to = (url: string, secret = SECRET) => testRecipient({ webhook: { url, secret } });
const local = (path = '/hooks/T0K3N-7') => `http://127.0.0.1:${receiver.port}${path}`;
const respond = (status: number, headers: Record<string, string> = {}, body = ''): void =>
  receiver.answer((_request, response) => void response.writeHead(status, headers).end(body));
beforeEach(async () => {
  receiver = await startReceiver();
});
afterEach(async () => {
  await Promise.all(channels.splice(0).map((channel) => channel.close()));
  await receiver.close();
});

runContract('webhook', async ({ timeoutMs, silentPort }) => {
  const url = `http://127.0.0.1:${silentPort ?? receiver.port}/hooks/T0K3N-7?key=abc`;
  // Some receivers repeat what they were sent.
  receiver.answer((request, response) => void response.end(`${request.headers.host} ${request.url}`));
  return {
    channel: createWebhookChannel({ hosts: ['127.0.0.1'], timeoutMs }),
    to: to(url),
    secrets: [SECRET, 'T0K3N-7', 'key=abc', `127.0.0.1:${receiver.port}`],
    arrived: async (count) => {
      await until(async () => receiver.calls.length >= count);
      return receiver.calls.map(({ headers, body }) => {
        const document = JSON.parse(body) as { id: string; text: string };
        expect(document.id).toBe(headers['webhook-id']);
        return { id: document.id, text: document.text };
      });
    },
    make: {
      refuses: async () =>
        receiver.answer((request, response) => void response.writeHead(410).end(`no ${request.url}`)),
      fails: async () => respond(502, {}, 'bad gateway'),
      throttles: async () => respond(429, { 'retry-after': '7' }),
    },
    connections: receiver.connections,
    close: async () => undefined,
  };
});

it.each([
  ['as it is', SECRET, Buffer.from(SECRET)],
  [
    'in base64',
    'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
    Buffer.from('MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', 'base64'),
  ],
])('signs so that the receiver can verify it, the secret given %s', async (_how, secret, key) => {
  await channelFor().send(testMessage('gate-1-7+0+guard+webhook'), to(local(), secret), never);
  const [call] = receiver.calls;
  const { 'webhook-id': id, 'webhook-timestamp': at, 'webhook-signature': signature } = call?.headers ?? {};
  expect(call).toMatchObject({ method: 'POST', path: '/hooks/T0K3N-7' });
  expect(id).toBe('gate-1-7+0+guard+webhook');
  const expected = createHmac('sha256', key)
    .update(`${String(id)}.${String(at)}.${call?.body}`)
    .digest('base64');
  expect(signature).toBe(`v1,${expected}`);
  expect(Math.abs(Number(at) * 1000 - Date.now())).toBeLessThan(60_000);
});

it('says what a program needs, with times in ISO 8601 and without an address', async () => {
  const facts = {
    plate: '51F-123.45',
    links: {
      incident: 'https://cams.example.org/incidents/42',
      picture: 'https://files.example.org/snapshots/7.jpg',
    },
    gathered: {
      incidents: [
        { number: 41, severity: 'info' as const, summary: 's', cameraName: 'c', at: Date.UTC(2026, 0, 2) },
      ],
      more: 2,
    },
  };
  await channelFor().send(testMessage('a', { facts }), to(local()), never);
  const [call] = receiver.calls;
  expect(call?.headers['content-type']).toMatch(/^application\/json/);
  expect(JSON.parse(call?.body ?? '')).toMatchObject({
    id: 'a',
    type: 'camqueue.notification',
    occasion: 'opened',
    title: 'Cảnh báo: có người',
    text: NASTY,
    recipient: 'guard',
    incident: { number: 42, firstAt: '2026-11-21T12:00:00.000Z', lastAt: '2026-11-21T12:00:30.000Z' },
    camera: { id: 'gate-1', name: 'Cổng chính' },
    plate: '51F-123.45',
    gathered: { incidents: [{ number: 41, at: '2026-01-02T00:00:00.000Z' }], more: 2 },
    links: facts.links,
  });
  expect(call?.body).not.toContain('127.0.0.1');
});

it.each([
  [400, {}, PermanentError, undefined],
  [401, {}, PermanentError, undefined],
  [403, {}, PermanentError, undefined],
  [404, {}, PermanentError, undefined],
  [410, {}, PermanentError, undefined],
  [301, { location: 'http://127.0.0.1:1/' }, PermanentError, undefined],
  [408, {}, NotReadyError, 60_000],
  [425, {}, NotReadyError, 60_000],
  [429, { 'retry-after': '7' }, NotReadyError, 7000],
  [429, { 'retry-after': '999999' }, NotReadyError, 300_000],
  [429, { 'retry-after': 'Thu, 01 Jan 1970 00:00:00 GMT' }, NotReadyError, 1000],
  [503, { 'retry-after': '30' }, NotReadyError, 30_000],
])('answers %s %j as it should', async (status, headers, kind, retryAfterMs) => {
  respond(status, headers, 'because');
  const error = await failureOf(channelFor().send(testMessage('a'), to(local()), never));
  expect(error).toBeInstanceOf(kind);
  expect(error.retryAfterMs).toBe(retryAfterMs);
  expect(error.message).toContain(String(status));
  expect(receiver.calls).toHaveLength(1);
});

it.each([[500], [502], [503]])('takes %s as worth a retry', async (status) => {
  respond(status, {}, 'because');
  const error = await failureOf(channelFor().send(testMessage('a'), to(local()), never));
  expect(error).not.toBeInstanceOf(PermanentError);
  expect(error).not.toBeInstanceOf(NotReadyError);
  expect(error.message).toBe(`webhook: ${status} because`);
});

it('keeps 200 printable characters of an answer that never ends, and takes no more of it', async () => {
  let isOver = false;
  receiver.answer((_request, response) => {
    response.on('close', () => (isOver = true));
    response.writeHead(200);
    const more = (): void => {
      if (!isOver) response.write(`\u0000\u001b[31m${'x'.repeat(16_384)}`, () => setImmediate(more));
    };
    more();
  });
  const { detail } = await channelFor().send(testMessage('a'), to(local()), never);
  expect(detail).toMatch(/^webhook: 200 \[31mx+$/);
  expect(detail.length).toBeLessThanOrEqual(213);
  await until(async () => isOver);
});

it('says that nothing left where nobody listens, and does not when the connection breaks', async () => {
  receiver.answer((request) => void request.socket.destroy());
  const broken = await failureOf(channelFor().send(testMessage('a'), to(local()), never));
  expect(broken.notSent).toBe(false);
  const { port } = receiver;
  await receiver.close();
  const error = await failureOf(channelFor().send(testMessage('a'), to(`http://127.0.0.1:${port}/`), never));
  expect(error).toMatchObject({ message: 'webhook: ECONNREFUSED', notSent: true });
  receiver = await startReceiver();
});

it('stays off, saying which entry, while WEBHOOK_HOSTS cannot be read', async () => {
  const channel = channelFor(['10.0.0.0/99']);
  expect(channel.off).toMatch(/^WEBHOOK_HOSTS: "10\.0\.0\.0\/99"/);
  expect(await failureOf(channel.send(testMessage('a'), to(local()), never))).toBeInstanceOf(NotReadyError);
});

describe('what it must not call', () => {
  it.each([
    ['this machine', 'https://127.0.0.1/'],
    ['this machine, as one number', 'https://2130706433/'],
    ['this machine, in octal', 'https://0177.0.0.1/'],
    ['this machine, shortened', 'https://127.1/'],
    ['this machine by IPv6', 'https://[::1]/'],
    ['this machine by IPv4 in IPv6', 'https://[::ffff:127.0.0.1]/'],
    ['this machine by the unspecified address', 'https://0.0.0.0/'],
    ["a cloud's metadata", 'https://169.254.169.254/latest/meta-data/'],
    ["a cloud's metadata by NAT64", 'https://[64:ff9b::a9fe:a9fe]/'],
    ["a cloud's metadata by 6to4", 'https://[2002:a9fe:a9fe::1]/'],
    ['a local network', 'https://10.1.2.3/'],
    ['a local network by IPv6', 'https://[fd00::1]/'],
    ['a link', 'https://[fe80::1]/'],
    ['an IPv4-compatible address', 'https://[::10.1.2.3]/'],
    ['the carrier', 'https://100.64.0.1/'],
    ['everybody', 'https://255.255.255.255/'],
    ['http to a public address', 'http://93.184.216.34/'],
    ['a user and a password', 'https://user:password@hooks.example.org/'],
    ['mail', 'https://hooks.example.org:25/'],
  ])('%s: %s', async (_what, url) => {
    const error = await failureOf(channelFor([]).send(testMessage('a'), to(url), never));
    expect(error).toBeInstanceOf(PermanentError);
    expect(error.message).toMatch(/^webhook: the recipient's url /);
    expect(error.message).not.toContain(new URL(url).hostname);
  });

  it.each([
    ['https://hooks.example.org/x'],
    ['https://hooks.example.org:8443/x'],
    ['https://93.184.216.34/'],
    ['https://[2606:2800:220:1:248:1893:25c8:1946]/'],
  ])('but may call %s', (url) => {
    expect(checkTarget(url, hostList()).href).toBe(url);
  });

  it('a name that leads to this machine, also when only one of its addresses does', async () => {
    // `localhost` is one that every machine resolves.
    const error = await failureOf(
      channelFor([]).send(testMessage('a'), to(`https://localhost:${receiver.port}/`), never),
    );
    expect(error).toBeInstanceOf(PermanentError);
    expect(error.message).toMatch(/leads to an address that is not public/);
    expect(await lookedUp(['93.184.216.34', '127.0.0.1'])).toMatch(/not public/);
    expect(await lookedUp(['93.184.216.34', '::ffff:10.0.0.1'])).toMatch(/not public/);
    expect(await lookedUp([])).toMatch(/not public/);
    expect(await lookedUp(['93.184.216.34', '2606:2800::1'])).toEqual(['93.184.216.34', '2606:2800::1']);
  });

  it('but a listed name may lead anywhere, and any name to a listed network', async () => {
    expect(await lookedUp(['10.0.0.7'], 'hooks.lan')).toEqual(['10.0.0.7']);
    expect(await lookedUp(['10.0.0.7'], '10.0.0.0/8')).toEqual(['10.0.0.7']);
    expect(await lookedUp(['10.0.0.7', '127.0.0.1'], '10.0.0.0/8')).toMatch(/not public/);
    await channelFor(['localhost']).send(testMessage('a'), to(`http://localhost:${receiver.port}/`), never);
    expect(receiver.calls).toHaveLength(1);
  });

  it('connects to the address that was checked, not to what the name means a moment later', async () => {
    const answers = [['93.184.216.34'], ['127.0.0.1']];
    const lookup = checkedLookup(
      hostList(),
      resolver(() => answers.shift() ?? []),
    );
    const ask = () =>
      new Promise((resolve) =>
        lookup('hooks.example.org', { all: false }, (error, address) => resolve(error ?? address)),
      );
    expect(await ask()).toBe('93.184.216.34');
    expect(await ask()).toBeInstanceOf(PermanentError);
  });

  function hostList(...entries: string[]) {
    const list = parseHostList(entries);
    if (typeof list === 'string') throw new Error(list);
    return list;
  }
  const resolver = (answer: () => string[]) =>
    ((_host: string, _options: unknown, callback: (error: null, found: unknown[]) => void) =>
      callback(
        null,
        answer().map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
      )) as unknown as Parameters<typeof checkedLookup>[1];
  /** The addresses that may be connected to, or why not. */
  function lookedUp(addresses: string[], ...listed: string[]): Promise<unknown> {
    const lookup = checkedLookup(
      hostList(...listed),
      resolver(() => addresses),
    );
    return new Promise((resolve) =>
      lookup('hooks.lan', { all: true }, (error, found) =>
        resolve(error ? error.message : (found as { address: string }[]).map(({ address }) => address)),
      ),
    );
  }
});

describe('https', () => {
  let folder: string;
  let tls: { key: string; cert: string };
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'camqueue-tls-'));
    const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
    const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost'];
    const made = [
      'req',
      '-x509',
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:prime256v1',
      '-nodes',
      '-days',
      '2',
    ];
    execFileSync('openssl', [...made, ...subject, '-keyout', key, '-out', cert], { stdio: 'ignore' });
    tls = { key: readFileSync(key, 'utf8'), cert: readFileSync(cert, 'utf8') };
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  let secure: typeof receiver | undefined;
  afterEach(() => secure?.close());

  it('is believed only with a certificate of the name that is called', async () => {
    secure = await startReceiver(tls);
    const url = to(`https://localhost:${secure.port}/`);
    const unknown = await failureOf(channelFor(['localhost']).send(testMessage('a'), url, never));
    expect(unknown).toMatchObject({ message: 'webhook: DEPTH_ZERO_SELF_SIGNED_CERT', notSent: true });
    const other = to(`https://127.0.0.1:${secure.port}/`);
    const named = await failureOf(
      channelFor(['127.0.0.1'], { ca: tls.cert }).send(testMessage('a'), other, never),
    );
    expect(named.message).toBe('webhook: ERR_TLS_CERT_ALTNAME_INVALID');
    expect(secure.calls).toEqual([]);
    await channelFor(['localhost'], { ca: tls.cert }).send(testMessage('a'), url, never);
    expect(secure.calls).toHaveLength(1);
  });
});
