import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { NotReadyError, PermanentError } from '../../../src/errors.js';
import { createPushChannel, type PushOptions } from '../../../src/io/channels/push/push-channel.js';
import type { NotificationChannel } from '../../../src/ports/alerting.js';
import { fcmError, type FcmServer, startFcm } from '../../support/fcm-server.js';
import { testMessage, testRecipient } from '../../support/messages.js';
import type { Trouble } from '../../support/provider-server.js';

const FIRST = `first-${'A1b2'.repeat(35)}`;
const SECOND = `second-${'C3d4'.repeat(35)}`;
const guard = testRecipient({ push: true });
const never = new AbortController().signal;
const message = testMessage('gate-1-7+0+guard+push');

let server: FcmServer;
let folder: string;
let registered: string[];
const channels: NotificationChannel[] = [];
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'camqueue-push-'));
});
afterAll(() => rm(folder, { recursive: true }));
beforeEach(async () => {
  server = await startFcm();
  registered = [FIRST];
});
afterEach(async () => {
  for (const channel of channels.splice(0)) await channel.close();
  await server.close();
});

async function channelFor(given: Partial<PushOptions> = {}): Promise<NotificationChannel> {
  const channel = await createPushChannel({
    credentialsFile: await server.writeCredentials(folder),
    baseUrl: server.url,
    tokens: {
      tokens: async (recipient) => (recipient === 'guard' ? registered : []),
      remove: async (which) => {
        const token = 'token' in which ? which.token : '';
        const had = registered.includes(token);
        registered = registered.filter((one) => one !== token);
        return had;
      },
    },
    ...given,
  });
  channels.push(channel);
  return channel;
}
const failureOf = (sending: Promise<unknown>) =>
  sending.then(
    () => Promise.reject(new Error('it went through')),
    (error: unknown) => error as Error & { notSent?: boolean; retryAfterMs?: number },
  );
const sends = () => server.requests.filter(({ path }) => path.endsWith(':send'));

it('sends to every phone of the recipient, logged in once', async () => {
  registered = [FIRST, SECOND];
  const channel = await channelFor();
  const receipt = await channel.send(message, guard, never);
  expect(server.messages.map(({ token }) => token).toSorted()).toEqual([FIRST, SECOND]);
  expect(receipt.detail).toBe('sent to 2 phones');
  expect(receipt.providerId).toMatch(/^projects\/camqueue-test\/messages\/\d$/);
  await channel.send(testMessage('another'), guard, never);
  expect(server.messages).toHaveLength(4);
  expect(server.granted()).toBe(1);
});

it('says everything an app needs, in strings', async () => {
  const channel = await channelFor();
  await channel.send(message, guard, never);
  const [taken] = server.messages;
  expect(taken?.notification).toEqual({ title: message.words.title, body: message.words.body });
  expect(taken?.data).toMatchObject({
    messageId: message.id,
    incidentId: 'gate-1-7',
    number: '42',
    kind: 'intrusion',
    severity: 'warning',
    cameraId: 'gate-1',
    occasion: 'opened',
    link: 'https://cams.example.org/incidents/42',
    hasPicture: 'false',
  });
  expect(Object.values(taken?.data ?? {}).every((value) => typeof value === 'string')).toBe(true);
  expect(taken?.android).toMatchObject({ priority: 'normal' });
  expect(taken?.webpush).toMatchObject({ fcmOptions: { link: 'https://cams.example.org/incidents/42' } });
  const tag = (taken?.android as { collapse_key: string }).collapse_key;
  expect(taken?.apns.headers['apns-collapse-id']).toBe(tag);
  expect(taken?.android).toMatchObject({ notification: { tag } });
});

it('wakes phones for what is critical, and links only to what is safe to open', async () => {
  const channel = await channelFor();
  const incident = { ...message.facts.incident, severity: 'critical' as const };
  const links = { incident: 'http://10.0.0.9/incidents/42' };
  await channel.send(testMessage('critical', { facts: { incident, links } }), guard, never);
  const [taken] = server.messages;
  expect(taken?.android).toMatchObject({ priority: 'high' });
  expect(taken?.apns.headers['apns-priority']).toBe('10');
  expect(taken?.webpush).not.toHaveProperty('fcmOptions');
  expect(taken?.data['link']).toBe('http://10.0.0.9/incidents/42');
});

it('shows the picture where it has an address, and nowhere else', async () => {
  const channel = await channelFor();
  const picture = 'https://files.example.org/snapshots/a%20b/7.jpg';
  const links = { incident: 'https://cams.example.org/incidents/42', picture };
  await channel.send(testMessage('shown', { facts: { links } }), guard, never);
  await channel.send(message, guard, never);
  const [shown, plain] = server.messages;
  expect(shown?.notification).toMatchObject({ image: picture });
  expect(shown?.data['pictureLink']).toBe(picture);
  expect(shown?.apns).toMatchObject({
    payload: { aps: { 'mutable-content': 1 } },
    fcmOptions: { image: picture },
  });
  expect(shown?.webpush).toMatchObject({ notification: { image: picture } });
  expect(JSON.stringify(plain)).not.toMatch(/picture|"image|mutable/);
});

it('keeps a long text within what FCM takes', async () => {
  const channel = await channelFor();
  await channel.send(testMessage('long', { words: { body: '👨‍👩‍👧 Đột nhập. '.repeat(500) } }), guard, never);
  const body = server.messages[0]?.notification.body ?? '';
  expect(Buffer.byteLength(body)).toBeLessThanOrEqual(900);
  expect(body.endsWith('…')).toBe(true);
  expect(body).not.toContain('\ufffd');
});

it('sends to a topic', async () => {
  const channel = await channelFor();
  const receipt = await channel.send(message, testRecipient({ push: { topic: 'night-shift' } }), never);
  expect(server.messages.map(({ token, topic }) => [token, topic])).toEqual([[undefined, 'night-shift']]);
  expect(receipt.detail).toBe('sent to a topic');
});

it('goes through a proxy that has a path of its own', async () => {
  const channel = await channelFor({ baseUrl: `${server.url}/fcm/` });
  await channel.send(message, guard, never);
  expect(sends().map(({ path }) => path)).toEqual(['/fcm/v1/projects/camqueue-test/messages:send']);
  expect(sends()[0]?.headers.host).toBe(new URL(server.url).host);
});

it('tells of a recipient without a phone', async () => {
  registered = [];
  const failure = await failureOf((await channelFor()).send(message, guard, never));
  expect(failure).toBeInstanceOf(PermanentError);
  expect(failure.message).toBe('no phone is registered for recipient "guard"');
  expect(server.requests).toHaveLength(0);
});

it.each([
  ['is unregistered', fcmError(404, 'NOT_FOUND', 'UNREGISTERED', 'Requested entity was not found.')],
  [
    'is no token',
    fcmError(
      400,
      'INVALID_ARGUMENT',
      'INVALID_ARGUMENT',
      'The registration token is not a valid FCM registration token',
    ),
  ],
])('forgets a phone that %s, and the others still get the message', async (_name, answer) => {
  registered = [FIRST, SECOND];
  server.forTarget(FIRST, answer);
  const channel = await channelFor();
  const receipt = await channel.send(message, guard, never);
  expect(receipt.detail).toBe('sent to 1 phone; 1 phone no longer registered');
  expect(registered).toEqual([SECOND]);
  server.forTarget(SECOND, answer);
  const failure = await failureOf(channel.send(testMessage('next'), guard, never));
  expect(failure).toBeInstanceOf(PermanentError);
  expect(failure.message).toBe('no phone is registered any more for recipient "guard"');
  expect(registered).toEqual([]);
});

it.each([
  ['the message is bad', fcmError(400, 'INVALID_ARGUMENT', undefined, 'Message is too big')],
  [
    'a field of the message is bad',
    fcmError(400, 'INVALID_ARGUMENT', 'INVALID_ARGUMENT', 'Invalid value at data'),
  ],
  ['the project is not found', fcmError(404, 'NOT_FOUND')],
  ['something else answers', { status: 404, body: '<html>no such page</html>' }],
  ['the phone belongs to another project', fcmError(403, 'PERMISSION_DENIED', 'SENDER_ID_MISMATCH')],
])('forgets no phone because %s', async (_name, answer) => {
  server.always(answer);
  await failureOf((await channelFor()).send(message, guard, never));
  expect(registered).toEqual([FIRST]);
});

it.each<[number, string, string | undefined, unknown, string]>([
  [400, 'INVALID_ARGUMENT', 'INVALID_ARGUMENT', PermanentError, 'INVALID_ARGUMENT'],
  [403, 'PERMISSION_DENIED', 'SENDER_ID_MISMATCH', NotReadyError, 'FCM_CREDENTIALS'],
  [403, 'PERMISSION_DENIED', undefined, NotReadyError, 'FCM_CREDENTIALS'],
  [401, 'UNAUTHENTICATED', 'THIRD_PARTY_AUTH_ERROR', NotReadyError, 'APNs'],
  [401, 'UNAUTHENTICATED', undefined, NotReadyError, 'FCM_CREDENTIALS'],
  [404, 'NOT_FOUND', undefined, NotReadyError, 'FCM_BASE_URL'],
  [429, 'RESOURCE_EXHAUSTED', 'QUOTA_EXCEEDED', NotReadyError, 'QUOTA_EXCEEDED'],
  [500, 'INTERNAL', 'INTERNAL', Error, 'INTERNAL'],
  [503, 'UNAVAILABLE', 'UNAVAILABLE', Error, 'UNAVAILABLE'],
  [409, 'ABORTED', undefined, Error, 'ABORTED'],
])('takes HTTP %s %s %s for what it is', async (status, canonical, code, kind, words) => {
  server.always(fcmError(status, canonical, code, `about ${FIRST}`));
  const failure = await failureOf((await channelFor()).send(message, guard, never));
  expect(failure.constructor).toBe(kind);
  expect(failure.message).toContain(words);
  expect(failure.message).not.toContain(FIRST);
  expect(failure.notSent).toBe(true);
  // The SDK would try 503 four times more by itself; a login that was refused is worth one more with a new token.
  expect(sends()).toHaveLength(status === 401 && code === undefined ? 2 : 1);
});

it.each([
  ['what it is told', 429, '7', 7000],
  ['a minute', 429, undefined, 60_000],
  ['what it is told when overloaded', 503, '20', 20_000],
])('waits for %s', async (_name, status, header, ms) => {
  const answer = fcmError(status, 'RESOURCE_EXHAUSTED', status === 429 ? 'QUOTA_EXCEEDED' : 'UNAVAILABLE');
  server.always(header === undefined ? answer : { ...answer, headers: { 'retry-after': header } });
  const failure = await failureOf((await channelFor()).send(message, guard, never));
  expect(failure.retryAfterMs).toBe(ms);
});

it.each<[string, Trouble, boolean]>([
  ['is cut before an answer', 'cut', false],
  ['is cut after it was taken', 'take-and-cut', false],
  ['gives half an answer', 'half-an-answer', false],
  ['answers what is no JSON', { status: 200, body: '<html>welcome</html>' }, false],
  ['takes it and names nothing', { status: 200, body: {} }, false],
  ['is a gateway without an answer', { status: 502, body: '<html>Bad gateway</html>' }, false],
  ['is overloaded', { status: 503, body: 'try later' }, true],
])('says whether a copy may have left when FCM %s', async (_name, trouble, notSent) => {
  server.next(trouble);
  const failure = await failureOf((await channelFor()).send(message, guard, never));
  expect(failure.constructor).toBe(Error);
  expect(failure.notSent).toBe(notSent);
  expect(failure.message).toMatch(/^FCM/);
  expect(failure.message).not.toContain('no answer in');
  expect(sends()).toHaveLength(1);
});

it('knows that nothing left where there was no connection', async () => {
  const channel = await channelFor({ baseUrl: 'http://127.0.0.1:1' });
  const failure = await failureOf(channel.send(message, guard, never));
  expect(failure).toMatchObject({ notSent: true });
  expect(failure.message).toContain('ECONNREFUSED');
});

it('knows that nothing left where the server is none that can be trusted', async () => {
  const channel = await channelFor({ baseUrl: server.url.replace('http:', 'https:') });
  const failure = await failureOf(channel.send(message, guard, never));
  expect(failure).toMatchObject({ notSent: true });
  expect(server.messages).toHaveLength(0);
});

it('gives a retry to those phones only that have not got it', async () => {
  registered = [FIRST, SECOND];
  server.forTarget(SECOND, fcmError(500, 'INTERNAL', 'INTERNAL'));
  const channel = await channelFor();
  expect((await channel.send(message, guard, never)).detail).toMatch(/^sent to 1 phone; 1 phone failed: FCM/);
  server.forTarget(SECOND, undefined);
  expect((await channel.send(message, guard, never)).detail).toBe('sent to 2 phones');
  expect((await channel.send(message, guard, never)).detail).toBe('sent to 2 phones; by an earlier try');
  expect(server.messages.map(({ token }) => token)).toEqual([FIRST, SECOND]);
  expect(new Set(server.messages.map(({ android }) => android['collapse_key'])).size).toBe(1);
});

it('keeps the hope of the phone that has most', async () => {
  registered = [FIRST, SECOND];
  server.forTarget(FIRST, fcmError(400, 'INVALID_ARGUMENT', undefined, 'Message is too big'));
  server.forTarget(SECOND, fcmError(500, 'INTERNAL', 'INTERNAL'));
  const failure = await failureOf((await channelFor()).send(message, guard, never));
  expect(failure.constructor).toBe(Error);
});

it('logs in again when its access token is no longer good', async () => {
  const channel = await channelFor();
  await channel.send(message, guard, never);
  server.revoke();
  await channel.send(testMessage('second'), guard, never);
  expect(server.messages).toHaveLength(2);
  expect(server.granted()).toBe(2);
});

it.each([
  [
    'refused',
    { status: 400, body: { error: 'invalid_grant', error_description: 'Invalid JWT Signature.' } },
    NotReadyError,
    /Invalid JWT Signature.*FCM_CREDENTIALS.*clock/,
  ],
  ['refused without a word', { status: 401, body: '' }, NotReadyError, /HTTP 401.*FCM_CREDENTIALS/],
  ['slowed down', { status: 429, body: '', headers: { 'retry-after': '9' } }, NotReadyError, /HTTP 429/],
  ['answered by a broken server', { status: 503, body: '' }, Error, /HTTP 503/],
  ['answered with nothing', { status: 200, body: {} }, Error, /holds none/],
])('tells of a login that is %s', async (_name, answer, kind, words) => {
  server.refuseLogin(answer);
  const channel = await channelFor();
  const failure = await failureOf(channel.send(message, guard, never));
  expect(failure.constructor).toBe(kind);
  expect(failure.message).toMatch(words);
  expect(failure.notSent).toBe(true);
  expect(sends()).toHaveLength(0);
  server.refuseLogin();
  await channel.send(message, guard, never);
  expect(server.messages).toHaveLength(1);
});

it('gives up on a login that is never answered, and is not stuck afterwards', async () => {
  server.refuseLogin('hang');
  const channel = await channelFor({ timeoutMs: 3000 });
  const failure = await failureOf(channel.send(message, guard, never));
  expect(failure).toMatchObject({ message: 'no answer in 3 s', notSent: true });
  server.refuseLogin();
  await channel.send(message, guard, never);
  expect(server.messages).toHaveLength(1);
});

it.each([
  ['is not there', undefined, /cannot be read \(ENOENT\)/],
  ['is no JSON', '{', /is no JSON/],
  [
    'is of another kind',
    JSON.stringify({ type: 'authorized_user' }),
    /type must be service_account.*project_id is missing/,
  ],
  [
    'holds a key that is none',
    JSON.stringify({ type: 'service_account', project_id: 'p', client_email: 'a@b', private_key: 'SECRET' }),
    /private_key that is none/,
  ],
])('is off, and says why, when its credentials file %s', async (_name, text, words) => {
  const path = join(folder, 'broken.json');
  await rm(path, { force: true });
  if (text !== undefined) await writeFile(path, text);
  const channel = await channelFor({ credentialsFile: path });
  expect(channel.off).toMatch(words);
  expect(channel.off).toContain('FCM_CREDENTIALS');
  expect(channel.off).not.toContain('SECRET');
  expect(await failureOf(channel.send(message, guard, never))).toBeInstanceOf(NotReadyError);
});

it('is off without credentials', async () => {
  expect((await channelFor({ credentialsFile: undefined })).off).toBe('FCM_CREDENTIALS is not set');
});

it('is refused with a key that is not of its account, and says so', async () => {
  const client_email = 'somebody@else.iam.gserviceaccount.com';
  const credentialsFile = await server.writeCredentials(folder, { client_email });
  const failure = await failureOf((await channelFor({ credentialsFile })).send(message, guard, never));
  expect(failure).toBeInstanceOf(NotReadyError);
  expect(failure.message).toContain('account not found');
});
