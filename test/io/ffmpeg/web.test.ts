import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import sharp from 'sharp';
import type { FrameSource, OpenOptions, SourceFrame } from '../../../src/domain/frame-source.js';
import { parseSource } from '../../../src/domain/source-address.js';
import { createFfmpegSources } from '../../../src/io/ffmpeg/sources.js';
import { processesWith } from './media.js';

const sources = createFfmpegSources();
const signal = new AbortController().signal;
const PASSWORD = 's3cret';
let jpegs: Buffer[];
let server: Server;
let host: string;
let asked: IncomingMessage[] = [];
let answer: (request: IncomingMessage, response: ServerResponse) => void;

beforeAll(async () => {
  // Picture i is of one grey, 20 lighter than the one before.
  jpegs = await Promise.all(
    [0, 1, 2, 3, 4].map((i) => {
      const grey = 60 + 20 * i;
      const create = {
        width: 640,
        height: 480,
        channels: 3,
        background: { r: grey, g: grey, b: grey },
      } as const;
      return sharp({ create }).jpeg().toBuffer();
    }),
  );
  server = createServer((request, response) => {
    asked.push(request);
    answer(request, response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
});
beforeEach(() => {
  asked = [];
});
afterEach(() => server.closeAllConnections());
afterAll(() => server.close());

const open = (source: string, options: Partial<OpenOptions> = {}) =>
  sources.open(parseSource(source), { fps: 20, maxWidth: 320, signal, ...options });

async function readAll(source: FrameSource): Promise<SourceFrame[]> {
  const frames: SourceFrame[] = [];
  for (let next = await source.next(); next; next = await source.next()) frames.push(next);
  return frames;
}

async function endingOf(source: FrameSource) {
  await readAll(source);
  await source.close();
  return source.ending();
}

/** The grey that was put in, read from the luma (limited range). */
const greyOf = ({ picture }: SourceFrame) => Math.round(((picture.data[0] ?? 0) - 16) * (255 / 219));
const isGrey = (frame: SourceFrame | undefined, i: number) =>
  Math.abs((frame ? greyOf(frame) : NaN) - (60 + 20 * i)) <= 2;

const snapshots = (_: IncomingMessage, response: ServerResponse) =>
  response.setHeader('content-type', 'image/jpeg').end(jpegs[(asked.length - 1) % 5]);

/** MJPEG as cameras send it: the pictures from `first` on. */
function sendPictures(response: ServerResponse, first: number, count: number): void {
  if (!response.headersSent) response.setHeader('content-type', 'multipart/x-mixed-replace; boundary=--cam');
  for (const picture of jpegs.slice(first, first + count)) {
    response.write(`--cam\r\nContent-Type: image/jpeg\r\nContent-Length: ${picture.length}\r\n\r\n`);
    response.write(picture);
    response.write('\r\n');
  }
}

describe('MJPEG', () => {
  it('gives its pictures with the times they came, until the camera ends it', async () => {
    let camera: ServerResponse | undefined;
    answer = (_, response) => {
      camera = response;
      sendPictures(response, 0, 1);
    };
    const source = open(`http://${host}/video`);
    const first = await source.next();
    if (!camera) throw new Error('it was not asked');
    await new Promise((later) => setTimeout(later, 400));
    sendPictures(camera, 1, 1);
    camera.end();
    const second = await source.next();
    expect([isGrey(first, 0), isGrey(second, 1)]).toEqual([true, true]);
    expect(first).toMatchObject({
      frame: 0,
      mediaMs: 0,
      picture: { width: 320, height: 240, format: 'i420' },
    });
    // Not the 40 ms that ffmpeg assumes where no times are given.
    expect(second?.mediaMs).toBeGreaterThan(350);
    expect(await readAll(source)).toEqual([]);
    await source.close();
    expect(source.ending().problem?.fault).toBe('ended');
    expect(asked).toHaveLength(1);
  });

  it('leaves nothing running and no connection open when it is closed', async () => {
    answer = (_, response) => sendPictures(response, 0, 2);
    const source = open(`http://viewer:${PASSWORD}@${host}/video`);
    await source.next();
    expect(await processesWith(PASSWORD)).toEqual([]);
    const gone = once(asked[0]?.socket ?? server, 'close');
    await source.close();
    await gone;
    await readAll(source);
    expect(source.ending().problem?.fault).not.toBe('timeout');
  });

  it('that falls silent is given up', async () => {
    answer = (_, response) => sendPictures(response, 0, 2);
    const { problem } = await endingOf(open(`http://${host}/video`));
    expect(problem).toEqual({
      fault: 'timeout',
      message: `http://${host}/video sent nothing for 10 s; check the network and that the camera is on`,
    });
  }, 25_000);
});

describe('snapshots', () => {
  it('are asked for at the rate wanted, over one connection', async () => {
    answer = snapshots;
    const source = open(`http://${host}/picture.jpg`, { fps: 20 });
    const frames: (SourceFrame | undefined)[] = [];
    for (let i = 0; i < 5; i++) frames.push(await source.next());
    const sockets = new Set(asked.map(({ socket }) => socket.remotePort));
    await source.close();
    expect(frames.map((frame) => frame?.frame)).toEqual([0, 1, 2, 3, 4]);
    expect(frames.every((frame, i) => isGrey(frame, i))).toBe(true);
    expect(frames[0]?.picture).toMatchObject({ width: 320, height: 240 });
    expect(frames[4]?.mediaMs).toBeGreaterThanOrEqual(120);
    expect(sockets.size).toBe(1);
  });

  it('that cannot be decoded are counted and left out', async () => {
    answer = (request, response) =>
      asked.length === 2
        ? response.setHeader('content-type', 'image/jpeg').end(jpegs[1]?.subarray(0, 200))
        : snapshots(request, response);
    const source = open(`http://${host}/picture.jpg`);
    expect([(await source.next())?.frame, (await source.next())?.frame]).toEqual([0, 2]);
    expect(source.stats().decodeErrors).toBe(1);
    await source.close();
  });

  it('end with the reason when the camera refuses one', async () => {
    answer = (request, response) =>
      asked.length < 3 ? snapshots(request, response) : response.writeHead(503).end();
    const source = open(`http://${host}/picture.jpg`);
    expect(await readAll(source)).toHaveLength(2);
    expect(source.ending().problem?.message).toBe(
      `http://${host}/picture.jpg answers with an error of its own; check the camera (HTTP 503)`,
    );
    await source.close();
  });
});

describe('the password', () => {
  const md5 = (text: string) => createHash('md5').update(text).digest('hex');
  const basic = `Basic ${Buffer.from(`viewer:${PASSWORD}`).toString('base64')}`;
  /** Each nonce is good for two requests. */
  function isDigest(header: string, url: string, nonce: string): boolean {
    const value = (name: string) => new RegExp(`\\b${name}="?([^",]+)`).exec(header)?.[1] ?? '';
    const parts = [
      md5(`viewer:cam:${PASSWORD}`),
      nonce,
      value('nc'),
      value('cnonce'),
      'auth',
      md5(`GET:${url}`),
    ];
    return value('uri') === url && Number(value('nc')) <= 2 && value('response') === md5(parts.join(':'));
  }

  it('is given as Basic where the camera asks for that, and only then', async () => {
    answer = (request, response) =>
      request.headers.authorization === basic
        ? snapshots(request, response)
        : response.writeHead(401, { 'www-authenticate': 'Basic realm="cam"' }).end();
    const source = open(`http://viewer:${PASSWORD}@${host}/picture.jpg`);
    await source.next();
    await source.next();
    await source.close();
    expect(asked.map(({ headers }) => headers.authorization)).toEqual([undefined, basic, basic]);
  });

  it('is given as Digest, anew when the nonce is used up', async () => {
    const url = '/cgi/picture.jpg?channel=1';
    let nonces = 0;
    answer = (request, response) => {
      if (isDigest(request.headers.authorization ?? '', url, `n${nonces}`))
        return snapshots(request, response);
      const header = `Digest realm="cam", nonce="n${++nonces}", qop="auth"`;
      return response.writeHead(401, { 'www-authenticate': ['Basic realm="cam"', header] }).end();
    };
    const source = open(`http://viewer:${PASSWORD}@${host}${url}`);
    for (let i = 0; i < 5; i++) expect(await source.next()).toBeDefined();
    await source.close();
    expect(nonces).toBe(3);
    expect(asked.some(({ headers }) => headers.authorization?.startsWith('Basic'))).toBe(false);
  });

  it.each([
    ['a wrong one', 'viewer:wr0ng@', 'Digest realm="cam", nonce="n", qop="auth"', 2],
    ['none', '', 'Basic realm="cam"', 1],
  ])('%s is told', async (_, credentials, header, requests) => {
    answer = (_request, response) => response.writeHead(401, { 'www-authenticate': header }).end();
    const { problem } = await endingOf(open(`http://${credentials}${host}/video`));
    expect(problem).toEqual({
      fault: 'unauthorised',
      message: `http://${host}/video refuses the user name or password; check the credentials in source (HTTP 401)`,
    });
    expect(asked).toHaveLength(requests);
  });
});

describe('what is no camera', () => {
  it.each([
    [
      'text/html; charset=utf-8',
      'unsupported',
      'is a web page (text/html); check the path in source, or the login',
    ],
    [
      'application/vnd.apple.mpegurl',
      'unsupported',
      "is a playlist (application/vnd.apple.mpegurl); use the camera's",
    ],
    ['video/mp4', 'unsupported', 'sends nothing that ffmpeg can decode as video'],
  ])('%s is refused', async (type, fault, message) => {
    answer = (_, response) => response.setHeader('content-type', type).end('<html>#EXTM3U no video at all');
    const { problem } = await endingOf(open(`http://${host}/x`));
    expect(problem?.fault).toBe(fault);
    expect(problem?.message).toContain(`http://${host}/x ${message}`);
  });

  it('another host is not gone to, and gets no password', async () => {
    answer = (request, response) =>
      request.url === '/start'
        ? response.writeHead(302, { location: '/on' }).end()
        : response.writeHead(302, { location: `http://localhost:${host.split(':')[1]}/steal` }).end();
    const { problem } = await endingOf(open(`http://viewer:${PASSWORD}@${host}/start`));
    expect(problem?.message).toContain('redirects to another host, localhost:');
    expect(asked.map(({ url }) => url)).toEqual(['/start', '/on']);
  });

  it('a server of another protocol is told', async () => {
    answer = (_, response) => response.socket?.end('SSH-2.0-OpenSSH_9.2\r\n');
    const { problem } = await endingOf(open(`http://${host}/x`));
    expect(problem?.message).toContain('does not speak HTTP; check port and protocol in source');
  });
});

describe('probe', () => {
  const probe = (path: string) =>
    sources.probe(parseSource(`http://viewer:${PASSWORD}@${host}${path}`), { signal });
  const about = { codec: 'mjpeg', width: 640, height: 480 };

  it('says what MJPEG and snapshots are', async () => {
    answer = (_, response) => sendPictures(response, 0, 2);
    expect(await probe('/video')).toMatchObject({
      ...about,
      picture: { width: 640, height: 480, format: 'i420' },
    });
    answer = snapshots;
    expect(await probe('/picture')).toMatchObject({
      ...about,
      picture: { width: 640, height: 480, format: 'i420' },
    });
  });

  it('says what is wrong', async () => {
    answer = (_, response) => response.writeHead(404).end();
    await expect(probe('/x')).rejects.toMatchObject({ problem: { fault: 'missing' } });
    answer = (_, response) => response.setHeader('content-type', 'image/jpeg').end('no picture');
    await expect(probe('/x')).rejects.toMatchObject({ problem: { fault: 'unsupported' } });
  });
});

it('a stream is not recorded where there are only pictures, and that is said', async () => {
  answer = snapshots;
  const sink = { begin: () => undefined, take: () => undefined };
  const copy = sources.copy(parseSource(`http://${host}/picture.jpg`), { signal, sink });
  expect((await copy.ended).problem?.message).toContain('sends single pictures, which cannot be recorded');
  await copy.close();
});
